"""``kiosk device …`` under way, as tests of it read it: line by line, until one fits."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.device_bench import PATIENCE_S

ROOT = Path(__file__).resolve().parents[1]
Told = dict[str, Any]


class Trial:
    """The command under way; `await_line` reads what it prints until a line fits."""

    def __init__(self, *words: str, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kiosk_app", "device", *words],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.printed: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def await_line(self, fits: Callable[[Told], bool]) -> Told:
        """Return the next JSON line that fits; what is no JSON is for people and passed over."""
        while (line := self._lines.get(timeout=PATIENCE_S)) is not None:
            self.printed.append(line)
            told: Told = json.loads(line) if line.startswith("{") else {}
            if told and fits(told):
                return told
        raise AssertionError(f"it ended first: {self.printed} {self.error}")

    def await_event(self, name: str) -> Told:
        return self.await_line(lambda told: told["event"] == name)

    def await_state(self, state: str) -> Told:
        return self.await_line(lambda told: told["event"] == "StatusChanged" and told["status"]["state"] == state)

    def interrupt(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return self.status

    @property
    def status(self) -> int:
        status = self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        while (line := self._lines.get(timeout=PATIENCE_S)) is not None:
            self.printed.append(line)
        self._lines.put(None)
        return status

    @property
    def error(self) -> str:
        assert self._process.stderr is not None
        return self._process.stderr.read()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._reader.join(PATIENCE_S)
