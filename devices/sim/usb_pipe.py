"""The pair of bulk pipes between a simulated USB reader and its host: packets, time-outs, stalls."""

import errno
import threading
import time
from collections import deque
from collections.abc import Callable

import usb.core

from devices.sim.paced_pty import Sending

PACKET = 64
_PACKET_S = 0.001
"""A full-speed bus carries at least one packet of a pipe in each frame of a millisecond."""


class UsbPipe:
    """One plugged-in reader's pipes; the module's side is a line as `sdt_module.ModuleLine` wants it."""

    host_speed_fits = True

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._heard: deque[bytes] = deque()
        self._said: deque[bytes] = deque()
        self._stopped = threading.Event()
        self._stalled = False

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def seconds(self, count: int) -> float:
        """Return the time that `count` bytes take."""
        return count / PACKET * _PACKET_S

    def receive(self) -> bytes:
        """Wait for a transfer from the host; empty when stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._heard or self.stopped)
            return self._heard.popleft() if self._heard and not self.stopped else b""

    def send(self, data: bytes, pieces: tuple[int, ...] = (PACKET,), pause_s: float = 0.0) -> Sending:
        """Begin to send; iterate over what is returned to let the packets out."""
        return Sending(self, data, pieces, pause_s)

    def put(self, piece: bytes, at: float) -> bool:
        """Let a packet out at monotonic time `at`; False when the plug was pulled meanwhile."""
        if self._stopped.wait(max(0.0, at - time.monotonic())):
            return False
        with self._changed:
            self._said.append(piece)
            self._changed.notify_all()
        return True

    def wait(self, seconds: float) -> None:
        """Let time pass, or less when the plug is pulled."""
        self._stopped.wait(seconds)

    def stall(self) -> bool:
        """Stall until the host clears it."""
        with self._changed:
            self._stalled = True
            self._changed.notify_all()
        return True

    def clear(self) -> None:
        """The host clears a stall; what was in the pipe is gone."""
        with self._changed:
            self._stalled = False
            self._said.clear()

    def stop(self) -> None:
        """Pull the plug: nobody waits on this pipe any longer."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Do nothing more: a pulled plug holds nothing."""

    def from_host(self, data: bytes, within_s: float) -> None:
        """Take one bulk transfer from the host.

        Raises:
            usb.core.USBError: stalled, or pulled.
        """
        with self._changed:
            self._await(within_s, lambda: True)
            self._heard.append(data)
            self._changed.notify_all()

    def to_host(self, within_s: float) -> bytes:
        """Give the host one packet.

        Raises:
            usb.core.USBTimeoutError: there was none in time.
            usb.core.USBError: stalled, or pulled.
        """
        with self._changed:
            self._await(within_s, lambda: bool(self._said))
            return self._said.popleft()

    def _await(self, within_s: float, true: Callable[[], bool]) -> None:
        came = self._changed.wait_for(lambda: self.stopped or self._stalled or true(), within_s)
        if self.stopped:
            raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
        if self._stalled:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        if not came:
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
