"""A pseudo-terminal that keeps a serial line's time: each byte costs ten bits at the line's speed.

The simulator holds the master; a symbolic link names the other end, so that a configuration can name
a port that survives unplugging. Bytes the host sends are handed over when they would have arrived,
bytes to the host show up in pieces the size of a UART's buffer. No flow control: a full line drops.
"""

import contextlib
import os
import select
import termios
import threading
import time
import tty
from pathlib import Path
from typing import Protocol

_BITS_PER_BYTE = 10
"""8N1: start bit, eight data bits, stop bit."""
_FIFO_BYTES = 16
"""A 16550's buffer: at 115200 baud the host sees its bytes in steps of about 1.4 ms."""


class PacedPty:
    """One plugged-in line, from making it to `close`. One thread serves it; any thread may stop it."""

    def __init__(self, link: Path, baud: int) -> None:
        self._link = link
        self._baud = baud
        self._stop = threading.Event()
        self._wake = os.eventfd(0, os.EFD_NONBLOCK)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        # Kept open here too: otherwise the master reports an error whenever no host has the port open.
        os.set_blocking(self._master, False)
        link.parent.mkdir(parents=True, exist_ok=True)
        fresh = link.with_name(f".{link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(link)

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def host_speed_fits(self) -> bool:
        """Whether the host set the port to this line's speed."""
        return bool(termios.tcgetattr(self._slave)[5] == getattr(termios, f"B{self._baud}"))

    def seconds(self, count: int) -> float:
        """Return the time that `count` bytes take on the wire."""
        return count * _BITS_PER_BYTE / self._baud

    def receive(self) -> bytes:
        """Wait for bytes and for the time they take to arrive; empty when stopped."""
        select.select([self._master, self._wake], [], [])
        if self.stopped:
            return b""
        data = os.read(self._master, 4096)
        self._stop.wait(self.seconds(len(data)))
        return data

    def send(self, data: bytes, pieces: tuple[int, ...] = (_FIFO_BYTES,), pause_s: float = 0.0) -> "Sending":
        """Begin to send; iterate over what is returned to let the bytes out."""
        return Sending(self, data, pieces, pause_s)

    def put(self, piece: bytes, at: float) -> bool:
        """Let `piece` out at monotonic time `at`; False when the line was unplugged meanwhile."""
        if self._stop.wait(max(0.0, at - time.monotonic())):
            return False
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, piece)
        return True

    def wait(self, seconds: float) -> None:
        """Let time pass, or less when unplugged."""
        self._stop.wait(seconds)

    def stop(self) -> None:
        """Make the serving thread leave `receive` and `send`."""
        self._stop.set()
        os.eventfd_write(self._wake, 1)

    def close(self) -> None:
        """Unplug: the link goes and an open host port hangs up. Only after the serving thread ended."""
        self._link.unlink(missing_ok=True)
        for descriptor in (self._master, self._slave, self._wake):
            os.close(descriptor)


class Line(Protocol):
    """What paces bytes out; a pseudo-terminal is one, a simulated USB pipe another."""

    def seconds(self, count: int) -> float: ...

    def put(self, piece: bytes, at: float) -> bool: ...


class Sending:
    """One frame on its way out: each step lets one piece out and yields its size; `out` is how far it came."""

    def __init__(self, line: Line, data: bytes, pieces: tuple[int, ...], pause_s: float) -> None:
        self._line = line
        self._left = data
        self._pieces = pieces
        self._pause_s = pause_s
        self._step = 0
        self.out = 0
        # Times are counted from the frame's start, so that a late wake-up does not slow the rest down.
        self._at = time.monotonic()

    def __iter__(self) -> "Sending":
        return self

    def __next__(self) -> int:
        if not self._left:
            raise StopIteration
        size = self._pieces[self._step % len(self._pieces)]
        piece, self._left = self._left[:size], self._left[size:]
        self._step += 1
        self._at += self._line.seconds(len(piece)) + self._pause_s
        if not self._line.put(piece, self._at):
            raise StopIteration
        self.out += len(piece)
        return len(piece)
