"""What a ranging sensor of the TF series sends, and whether somebody stands before it: pure.

Nine bytes a measurement: 59 59, distance and signal strength as two bytes each, low byte first, two bytes
of temperature, and the low byte of the sum (TF-Luna and TFmini-S product manuals, "9-byte/cm"). The header
may occur inside a measurement, so a frame counts only with its checksum right.
"""

from dataclasses import dataclass

HEADER = b"\x59\x59"
FRAME_BYTES = 9
WEAKEST, OVEREXPOSED = 100, 0xFFFF
"""Below, or at, these strengths a distance is unreliable (TF-Luna product manual, §5.4)."""


@dataclass(frozen=True, slots=True)
class Range:
    """One measurement."""

    cm: int
    strength: int


class RangeStream:
    """Measurements out of a stream of bytes that may begin anywhere."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Range]:
        """Return the measurements that `data` completes, in order."""
        found: list[Range] = []
        buffer, at = self._buffer + data, 0
        while (at := buffer.find(HEADER[:1], at)) >= 0:
            frame = buffer[at : at + FRAME_BYTES]
            if not HEADER.startswith(frame[:2]):
                at += 1
            elif len(frame) < FRAME_BYTES:
                break
            elif frame[8] == sum(frame[:8]) & 0xFF:
                found.append(Range(int.from_bytes(frame[2:4], "little"), int.from_bytes(frame[4:6], "little")))
                at += FRAME_BYTES
            else:
                at += 1
        self._buffer = b"" if at < 0 else buffer[at:]
        return found


class Presence:
    """Whether somebody is there: near by `near_cm`, gone beyond `far_cm`, and only when it lasts.

    Coming is believed after a few measurements and going after many: a citizen who bends over the keyboard
    has not left.
    """

    def __init__(self, near_cm: int, far_cm: int, *, come: int = 10, go: int = 100) -> None:
        self._near_cm, self._far_cm = near_cm, far_cm
        self._needed = {True: come, False: go}
        self._row = 0
        self._row_of: bool | None = None
        self.there: bool | None = None
        """None until anything is known."""

    def take(self, measured: Range) -> None:
        """Take one measurement into account."""
        says = self._says(measured)
        if says is None:
            self._row = 0
            return
        self._row = self._row + 1 if says is self._row_of else 1
        self._row_of = says
        # Nothing known yet: either is believed as soon as coming would be.
        needed = self._needed[says] if self.there is not None else self._needed[True]
        if self._row >= needed:
            self.there = says

    def _says(self, measured: Range) -> bool | None:
        if measured.strength >= OVEREXPOSED:
            return None  # the sun, or a mirror: nothing is known
        if measured.strength < WEAKEST or measured.cm > self._far_cm:
            return False  # nothing that reflects is in reach
        return True if measured.cm <= self._near_cm else None
