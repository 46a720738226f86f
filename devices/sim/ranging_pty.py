"""A TF-series ranging sensor behind a pseudo-terminal: measures a hundred times a second, or misbehaves.

It listens to nothing. What stands before it is set by hand; it can fall silent, stutter with broken frames
and lose its port. Any thread may command it.
"""

import struct
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.drivers.ranging_codec import HEADER
from devices.sim.paced_pty import PacedPty

NOTHING_CM, STRONG = 0, 2000
PERIOD_S = 0.01
_WEAK = 40
_JOIN_S = 2.0


def measurement(cm: int, strength: int, temperature: int = 2400) -> bytes:
    """Make the nine bytes of one measurement."""
    body = HEADER + struct.pack("<HHH", cm, strength, temperature)
    return body + bytes([sum(body) & 0xFF])


class RangingSensor:
    """The sensor. A context manager: plugged in on entry, gone on exit."""

    def __init__(self, link: Path, baud: int = 115200) -> None:
        self._link, self._baud = link, baud
        self._plugging = threading.Lock()
        self._line: PacedPty | None = None
        self._thread: threading.Thread | None = None
        self._frame = measurement(NOTHING_CM, _WEAK)
        self._silent = False
        self._break_every = 0

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.unplug()

    def plug(self) -> None:
        """Give power and a port. Does nothing when plugged in."""
        with self._plugging:
            if self._line is None:
                self._line = PacedPty(self._link, self._baud)
                self._thread = threading.Thread(target=self._serve, args=(self._line,), name="ranging", daemon=True)
                self._thread.start()

    def unplug(self) -> None:
        """Take power and port away, in mid-frame too. Does nothing when unplugged."""
        with self._plugging:
            line, self._line = self._line, None
            if line is None or self._thread is None:
                return
            line.stop()
            self._thread.join(_JOIN_S)
            line.close()

    def stand_at(self, cm: int, strength: int = STRONG) -> None:
        """Put somebody before the sensor."""
        self._frame = measurement(cm, strength)

    def walk_away(self) -> None:
        """Leave nothing before the sensor that reflects."""
        self._frame = measurement(NOTHING_CM, _WEAK)

    def fall_silent(self, silent: bool = True) -> None:
        self._silent = silent

    def stutter(self, every: int) -> None:
        """Cut every so-many-th frame short; 0 for none."""
        self._break_every = every

    def _serve(self, line: PacedPty) -> None:
        number, at = 0, time.monotonic()
        while not line.stopped:
            number, at = number + 1, at + PERIOD_S
            frame = self._frame
            if self._break_every and number % self._break_every == 0:
                frame = frame[: number % len(frame)]
            if not self._silent:
                line.put(frame, at)
            else:
                line.wait(max(0.0, at - time.monotonic()))
