"""Tells the service manager that this process is ready, and again and again that it lives.

The protocol of sd_notify(3) in a few lines: one datagram to the socket that the environment names, none when
it names none. It is for whoever calls `alive` to do so only from the loop whose life matters.
"""

import os
import socket
from contextlib import suppress

_SHARE = 3.0
"""Signs of life in one period of the watchdog, so that one that comes late is no death."""


class ServiceManager:
    """The service manager that started this process, if one did."""

    def __init__(self) -> None:
        # Taken out of the environment, so that no child speaks for this process.
        self._address = os.environ.pop("NOTIFY_SOCKET", "")
        period_us = os.environ.pop("WATCHDOG_USEC", "")
        ours = os.environ.pop("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self.beat_s: float | None = int(period_us) / 1e6 / _SHARE if period_us.isdigit() and ours else None
        """How often `alive` should be called; None when nobody listens for it."""

    def ready(self) -> None:
        self._tell("READY=1")

    def alive(self) -> None:
        if self.beat_s is not None:
            self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, what: str) -> None:
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        # A service manager that is gone or slow is no reason to serve citizens less.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as teller:
            teller.setblocking(False)
            teller.sendto(what.encode(), address)
