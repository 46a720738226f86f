"""A code scanner behind a pseudo-terminal: sends what is held before it, and misbehaves on command.

Set to read by itself, like one whose light is always on: a code that stays before its window is sent
again and again. It listens to nothing. Any thread may command it.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.sim.paced_pty import PacedPty

SUFFIXES = {"auto": b"\r", "cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b""}
"""What a scanner sends after each code, by the name that the driver's configuration has for it."""
AGAIN_S = 0.2
"""Between two readings of a code that stays before the window."""
_PIECES = (1, 3, 2, 7, 5)
_JOIN_S = 2.0


class Scanner:
    """The scanner. A context manager: plugged in on entry, gone on exit."""

    def __init__(self, link: Path, baud: int = 9600, suffix: bytes = b"\r") -> None:
        self._link = link
        self._baud = baud
        self._suffix = suffix
        self._changed = threading.Condition()
        self._plugging = threading.Lock()
        self._line: PacedPty | None = None
        self._thread: threading.Thread | None = None
        self._held = b""
        self._held_until = 0.0
        self._once: list[bytes] = []
        self._sent = 0
        self._pause_s: float | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def plugged(self) -> bool:
        return self._line is not None

    def plug(self) -> None:
        """Give power and a port. Does nothing when plugged in."""
        with self._plugging:
            if self._line is None:
                self._line = PacedPty(self._link, self._baud)
                self._thread = threading.Thread(target=self._serve, args=(self._line,), name="scanner", daemon=True)
                self._thread.start()

    def unplug(self) -> None:
        """Take power and port away, in mid-code too. Does nothing when unplugged."""
        with self._plugging:
            line, self._line = self._line, None
            if line is None or self._thread is None:
                return
            line.stop()
            with self._changed:
                self._once.clear()
                self._changed.notify_all()
            self._thread.join(_JOIN_S)
            line.close()

    def scan(self, text: str | bytes, identifier: str = "") -> None:
        """Read a code once, and return when its last byte is on the line.

        Raises:
            TimeoutError: the scanner has no power.
        """
        data = self._framed(text, identifier)
        if not self.plugged:
            raise TimeoutError("the scanner has no power")
        with self._changed:
            goal = self._sent + len(self._once) + 1
            self._once.append(data)
            self._changed.notify_all()
            self._await(lambda: self._sent >= goal, 10 + len(data) * 20 / self._baud)

    def hold(self, text: str | bytes, seconds: float = 3600.0, identifier: str = "") -> None:
        """Have somebody hold a code before the window; it is read every `AGAIN_S` until it is taken away."""
        with self._changed:
            self._held = self._framed(text, identifier)
            self._held_until = time.monotonic() + seconds
            self._changed.notify_all()

    def take_away(self) -> None:
        """Hold nothing before the window any more."""
        with self._changed:
            self._held = b""

    def flood(self, count: int, byte: bytes = b"#") -> None:
        """Send so many bytes without an end, as a broken scanner does."""
        with self._changed:
            self._once.append(byte * count)
            self._changed.notify_all()

    def split(self, pause_s: float | None) -> None:
        """Send in odd pieces with a pause between them; None sends as usual."""
        self._pause_s = pause_s

    def _framed(self, text: str | bytes, identifier: str) -> bytes:
        data = text.encode() if isinstance(text, str) else text
        return identifier.encode() + data + self._suffix

    def _await(self, true: Callable[[], bool], within_s: float) -> None:
        if not self._changed.wait_for(true, within_s):
            raise TimeoutError("the scanner did not send its code")

    def _serve(self, line: PacedPty) -> None:
        while not line.stopped:
            data, once = self._next(line)
            pieces = (_PIECES, self._pause_s) if self._pause_s is not None else ()
            for _ in line.send(data, *pieces):
                pass
            with self._changed:
                self._sent += once
                self._changed.notify_all()
                if not once and data:
                    self._changed.wait_for(lambda: bool(line.stopped or self._once or not self._held), AGAIN_S)

    def _next(self, line: PacedPty) -> tuple[bytes, bool]:
        """Wait for something to send; whether it was to be sent once."""
        with self._changed:
            self._changed.wait_for(lambda: bool(line.stopped or self._once or self._held))
            if time.monotonic() > self._held_until:
                self._held = b""
            if line.stopped:
                return b"", False
            return (self._once.pop(0), True) if self._once else (self._held, False)
