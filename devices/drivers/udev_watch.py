"""Word from udev that something was plugged in or pulled.

One thread waits on udev's netlink socket and on a wake-up; a burst (one stick makes a dozen events) is told
once, when it has calmed down and the nodes have their owners. Where no udev runs, as in a container, it says
so and does nothing: then the poll finds devices. A socket that overflowed counts as something happened.
"""

import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyudev

SUBSYSTEMS = ("tty", "usb", "input", "hidraw", "video4linux")
CALM_S = 0.05
"""Events of one device come within some milliseconds of each other."""
LATEST_S = 0.5
"""A device that keeps coming and going, such as one with a loose contact, is told this often."""
_JOIN_S = 2.0


class UdevWatch:
    """The `Arrivals` of this machine."""

    def __init__(self, control: Path = Path("/run/udev/control")) -> None:
        self._control = control
        self._thread: threading.Thread | None = None
        self._wake = -1

    def start(self, heard: Callable[[], None]) -> bool:
        if self._thread is not None or not self._control.exists():
            return False
        try:
            monitor = pyudev.Monitor.from_netlink(pyudev.Context(), source="udev")
            for subsystem in SUBSYSTEMS:
                monitor.filter_by(subsystem)
            monitor.start()
        except (OSError, ValueError):  # no netlink for this process
            return False
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        self._thread = threading.Thread(target=self._watch, args=(monitor, heard), name="device-hotplug", daemon=True)
        self._thread.start()
        return True

    def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        os.eventfd_write(self._wake, 1)
        thread.join(_JOIN_S)
        os.close(self._wake)

    def _watch(self, monitor: pyudev.Monitor, heard: Callable[[], None]) -> None:
        poll = select.poll()
        for descriptor in (monitor.fileno(), self._wake):
            poll.register(descriptor, select.POLLIN)
        since: float | None = None
        while True:
            ready = dict(poll.poll(None if since is None else CALM_S * 1000))
            if self._wake in ready:
                return
            now = time.monotonic()
            if ready:
                _take(monitor)
                since = since or now
            if since is not None and (not ready or now - since > LATEST_S):
                since = None
                heard()


def _take(monitor: pyudev.Monitor) -> None:
    with suppress(OSError):  # ENOBUFS: events were lost, which is an event
        monitor.poll(0)
