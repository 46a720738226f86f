"""The bench's socket: one JSON object a line each way, so that the panel and the tour can play the hardware.

``{"do": "card.lay", "value": "zhang-wei"}`` is answered by ``{"ok": true, "answer": …}`` or
``{"ok": false, "error": "…"}``. Only the user who runs the bench can reach the socket.
"""

import contextlib
import json
import socket
import socketserver
import threading
from pathlib import Path
from typing import Any

from kiosk_app.entry.dev.bench import Bench, BenchError

MAX_LINE = 65536


class _Handler(socketserver.StreamRequestHandler):
    server: "BenchServer"

    def handle(self) -> None:
        while line := self.rfile.readline(MAX_LINE):
            try:
                asked = json.loads(line)
                answer = {"ok": True, "answer": self.server.bench.do(str(asked["do"]), str(asked.get("value", "")))}
            except (BenchError, ValueError, KeyError, OSError, TimeoutError) as error:
                answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
            with contextlib.suppress(BrokenPipeError):
                self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")


class BenchServer(socketserver.ThreadingUnixStreamServer):
    """Serves one bench at one socket."""

    daemon_threads = True

    def __init__(self, bench: Bench, path: Path) -> None:
        self.bench = bench
        path.unlink(missing_ok=True)
        super().__init__(str(path), _Handler)
        path.chmod(0o600)
        threading.Thread(target=self.serve_forever, name="bench", daemon=True).start()

    def close(self) -> None:
        """Serve nobody any more."""
        self.shutdown()
        self.server_close()


class BenchClient:
    """Asks a bench to do things. Blocking; for tours, tests and the panel's worker thread."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rwb")

    def do(self, name: str, value: str = "") -> Any:
        """Have the bench do one deed and return its answer.

        Raises:
            BenchError: the bench refused.
        """
        self._file.write(json.dumps({"do": name, "value": value}).encode() + b"\n")
        self._file.flush()
        answer = json.loads(self._file.readline(MAX_LINE) or b'{"ok": false, "error": "the bench is gone"}')
        if not answer["ok"]:
            raise BenchError(answer["error"])
        return answer["answer"]

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()
