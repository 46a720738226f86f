"""Hears the signs of life of a child process, the way a service manager does (sd_notify(3)).

The child speaks the same protocol here and under systemd and does not know which of them listens. Only
that something came counts, and when: a process that hangs says nothing.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Mapping

BEAT_S = 1.0
"""How often a child gives a sign of life; the variable names a period three times as long, as systemd's does."""


class Notices:
    """One child's signs of life, heard on a thread of its own."""

    def __init__(self, name: str) -> None:
        address = f"kiosk-{name}-{os.getpid()}-{secrets.token_hex(8)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.bind(f"\0{address}")  # in no file system: it goes with this process
        self._heard = time.monotonic()
        self.ready = threading.Event()
        self.environment: Mapping[str, str] = {
            "NOTIFY_SOCKET": f"@{address}",
            "WATCHDOG_USEC": str(round(BEAT_S * 3 * 1_000_000)),
        }
        self._thread = threading.Thread(target=self._listen, name=f"notices-{name}", daemon=True)
        self._thread.start()

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign."""
        return time.monotonic() - self._heard

    def close(self) -> None:
        """Hear nothing any more. Safe twice."""
        if self._thread.is_alive():
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join(5.0)
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                said = self._socket.recv(256)
            except OSError:
                return
            if not said:
                return
            self._heard = time.monotonic()
            if b"READY=1" in said.split(b"\n"):
                self.ready.set()
