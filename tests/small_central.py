"""A central of a hundred lines that speaks the contract over real HTTP, and misbehaves on command.

For what a terminal must bear and the real central never does: captive portals, hanging, dripping and
resetting connections, half answers, events it refuses. It keeps what it was sent, by sequence.
"""

import gzip
import itertools
import json
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self

from contract import signatures
from contract.lookups import LookupAnswer
from contract.signatures import SignedRequest

Trouble = Literal[
    "", "401", "403", "404", "422", "500", "503", "portal", "redirect", "hang", "drip", "drip-head", "reset", "half",
    "nonsense",
]  # fmt: skip


class SmallCentral:
    """Used as a context manager; `url` is where it listens."""

    def __init__(self, facts: dict[str, Any] | None = None, *, port: int = 0) -> None:
        self.facts = facts
        self.trouble: Trouble = ""
        self.refuses: Callable[[dict[str, Any]], bool] = lambda _: False
        self.loses: Callable[[dict[str, Any]], bool] = lambda _: False
        """Events that it does not keep, and so does not acknowledge."""
        self.catalogue: Any = None
        self.next_delay_s = 30.0
        self.valid_s = 600
        self.sign: Callable[[LookupAnswer], str | None] = lambda _: None
        """Signs answers of registers."""
        self.events: dict[int, str] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.signatures: list[SignedRequest] = []
        """What each request says was signed; whether it was is for the real central to check."""
        self.forgets_replies = False
        self.gives_turns = False
        """Whether it tells one life of a disk from its copy: the n-th request is given turn ``n``."""
        self.moved = threading.Condition()
        self._over = threading.Event()
        central = self

        class Handler(_Handler):
            small_central = central

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def acknowledged(self) -> int:
        number = 0
        while number + 1 in self.events:
            number += 1
        return number

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()

    def wait(self, holds: Callable[[], object], seconds: float = 15.0) -> None:
        with self.moved:
            assert self.moved.wait_for(holds, seconds), "central never saw it"

    def kinds(self) -> list[str]:
        with self.moved:
            return [json.loads(self.events[number])["body"]["kind"] for number in sorted(self.events)]

    def pause(self, seconds: float) -> bool:
        """Wait, but not past the end of the test."""
        return self._over.wait(seconds)

    def answer(self, path: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self.moved:
            self.requests.append((path, request))
            try:
                return self._look_up(request) if path == "/v1/lookups" else self._sync(request)
            finally:
                self.moved.notify_all()

    def _look_up(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        answer = {
            "lookup_id": request["lookup_id"],
            "register_name": request["register_name"],
            "found": self.facts is not None,
            "facts": self.facts or {},
            "as_of": "2026-01-01T00:00:00Z",
            "expires_at": _date(self.valid_s, rfc3339=True),
        }
        signature = self.sign(LookupAnswer.model_validate(answer))
        return 200, answer if signature is None else answer | {"signature": signature}

    def _sync(self, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if any(self.refuses(event) for event in request["events"]):
            return 422, {}
        for event in itertools.filterfalse(self.loses, request["events"]):
            body = json.dumps(event, sort_keys=True)
            if self.events.setdefault(event["sequence"], body) != body:
                return 422, {}
        reply = {
            "acknowledged": self.acknowledged,
            "next_delay_s": self.next_delay_s,
            "server_time": "2026-01-01T00:00:00Z",
        }
        if self.gives_turns:
            reply |= {"turn": str(len(self.requests)), "verdict_cursor": request["verdict_cursor"]}
        if self.catalogue is not None:
            reply["catalogue"] = self.catalogue
        return 200, reply


def _date(shift_s: int, *, rfc3339: bool) -> str:
    """Central's clock stands at midnight of the first of January, which no terminal's does."""
    minutes, seconds = divmod(max(shift_s, 0), 60)
    clock = f"00:{minutes:02d}:{seconds:02d}"
    return f"2026-01-01T{clock}Z" if rfc3339 else f"Thu, 01 Jan 2026 {clock} GMT"


class _Handler(BaseHTTPRequestHandler):
    small_central: SmallCentral
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def handle(self) -> None:
        with suppress(OSError):  # the client left
            super().handle()

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the base class's signature
        return _date(0, rfc3339=False)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        central = self.small_central
        signed, _ = signatures.read("POST", self.path, {name.lower(): value for name, value in self.headers.items()})
        central.signatures.append(signed)
        if central.trouble:
            with central.moved:
                central.requests.append((f"{self.path} in trouble", {}))
                central.moved.notify_all()
            self._misbehave(central.trouble)
            return
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        status, reply = central.answer(self.path, json.loads(body))
        if central.forgets_replies:
            self._reset()
        else:
            self._send(status, json.dumps(reply).encode())

    def _send(self, status: int, body: bytes, kind: str = "application/json", missing: int = 0) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + missing))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection |= missing > 0

    def _misbehave(self, trouble: Trouble) -> None:
        if trouble.isdigit():
            self._send(int(trouble), b"{}", "application/problem+json")
            return
        match trouble:
            case "portal":
                self._send(200, b"<html>Welcome to the hall's WLAN</html>", "text/html")
            case "redirect":
                self.send_response(302)
                self.send_header("Location", "http://127.0.0.1:9/portal")
                self.send_header("Content-Length", "0")
                self.end_headers()
            case "nonsense":
                self._send(200, b'{"acknowledged": "all of them"}')
            case "half":
                self._send(200, b'{"acknowledged":', missing=1000)
            case "hang":
                self.small_central.pause(60)
            case "drip" | "drip-head":
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n"
                self.wfile.write(head + (b"\r\n" if trouble == "drip" else b"X-Slow: "))
                while not self.small_central.pause(0.02):
                    self.wfile.write(b" ")
            case _:
                self._reset()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True
