"""What a code scanner sends, made into codes: pure, bytes and times in, codes out.

A scanner sends the bare bytes of a code, perhaps an AIM identifier before and a suffix after them. A
code ends at its suffix, or when the line is quiet. Nothing that was on its way when listening began is
taken for a code, nothing grows beyond the longest code there is, and nothing here is ever logged.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from devices.values import Code, Symbology

Suffix = Literal["auto", "cr", "lf", "crlf", "tab", "none"]

LONGEST_BYTES = 2953
"""A QR code of version 40-L in byte mode (ISO/IEC 18004, table 7); nothing else holds more."""
GAP_S = 0.04
"""A line that was quiet for so long has sent the whole code: 38 characters' time at 9600 baud."""
SUFFIX_GAP_S = 0.25
"""The same where a suffix is promised: then a pause is more likely the line's than the code's end."""
REPEAT_S = 2.0
"""The same code again within this time is the same paper in a hand that is not quite still."""
BABBLE_BYTES = 8 * LONGEST_BYTES
BABBLE_CODES = 32
"""What no working scanner sends without once pausing: it has to look at a code before it can send it."""

_IDENTIFIER_BYTES = 3
_SEPARATOR = "\x1d"
"""GS, which ends an element of variable length in a GS1 code; without it two elements run into one."""
_MOST_BYTES = _IDENTIFIER_BYTES + LONGEST_BYTES
_ENDS: dict[Suffix, tuple[bytes, ...]] = {
    "auto": (b"\r", b"\n", b"\t"),
    "cr": (b"\r",),
    "lf": (b"\n",),
    "crlf": (b"\r\n",),
    "tab": (b"\t",),
    "none": (),
}
_SYMBOLOGIES = {
    **{f"]Q{modifier}": Symbology.QR for modifier in range(7)},
    "]d1": Symbology.DATA_MATRIX,
    "]d2": Symbology.GS1_DATA_MATRIX,
    "]L2": Symbology.PDF417,
    "]z0": Symbology.AZTEC,
    "]U0": Symbology.MAXICODE,
    "]J1": Symbology.DOTCODE,
    "]C0": Symbology.CODE_128,
    "]C1": Symbology.GS1_128,
    "]A0": Symbology.CODE_39,
    "]G0": Symbology.CODE_93,
    "]F0": Symbology.CODABAR,
    "]I0": Symbology.INTERLEAVED_2_OF_5,
    "]E0": Symbology.EAN_13,
    "]E4": Symbology.EAN_8,
    "]e0": Symbology.GS1_DATABAR,
}
"""AIM symbology identifiers (ISO/IEC 15424); one that is not here stays in the text, which may begin so."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A code was seen that cannot be used; `why` names no byte of it."""

    why: Literal["too long", "in no known encoding", "lost in part"]


Heard = Code | Unreadable


def decode(data: bytes) -> Heard | None:
    """Make the bytes of one code, without its suffix, into text; None when nothing is left of them."""
    symbology = _SYMBOLOGIES.get(data[:_IDENTIFIER_BYTES].decode("latin-1"))
    payload = data[_IDENTIFIER_BYTES:] if symbology is not None else data
    if len(payload) > LONGEST_BYTES:
        return Unreadable("too long")
    for encoding in ("utf-8", "gb18030"):
        try:
            text = payload.decode(encoding)
        except UnicodeDecodeError:
            continue
        shown = "".join(one for one in text if one == _SEPARATOR or unicodedata.category(one) != "Cc")
        return Code(shown, symbology or Symbology.UNKNOWN) if shown.strip(_SEPARATOR) else None
    return Unreadable("in no known encoding")


class Babble:
    """Tells a scanner that sends without end from one that is busy. Counts, and keeps nothing."""

    def __init__(self) -> None:
        self._units = self._codes = 0

    def read(self, units: int) -> None:
        """One read brought so many bytes' worth; 0 for nothing, which is a pause."""
        self._units = self._units + units if units else 0
        self._codes = self._codes if units else 0

    def heard(self) -> None:
        """There was a code in it."""
        self._codes += 1

    @property
    def goes_on(self) -> bool:
        """Whether it is more by now than any scanner means to send."""
        return self._units > BABBLE_BYTES or self._codes > BABBLE_CODES


class CodeStream:
    """Codes out of a stream of bytes. `now` is monotonic seconds; the caller reads the line and the clock.

    `gap_s` ends a code that has no suffix, `fresh_s` what was half way in at the beginning; without them
    they are those of a serial line.
    """

    def __init__(self, suffix: Suffix, now: float, gap_s: float | None = None, fresh_s: float = GAP_S) -> None:
        self._ends = _ENDS[suffix]
        promised = suffix in ("cr", "lf", "crlf", "tab")
        self.gap_s = gap_s if gap_s is not None else SUFFIX_GAP_S if promised else GAP_S
        self._fresh_s = fresh_s
        self._buffer = bytearray()
        self._skipping = self._stale = True
        """Of a code that began before anybody listened, or that is too long, the rest is let go by."""
        self._skipped = 0
        self._last_byte_at = now
        self._said: Heard | None = None
        self._said_at = now

    def feed(self, data: bytes, now: float) -> list[Heard]:
        """Take up what was read up to `now`; empty `data` says that nothing came.

        Only nothing read is a gap: bytes that were read late were not sent late.
        """
        found: list[Heard] = []
        if not data:
            quiet_s = now - self._last_byte_at
            if quiet_s >= (self._fresh_s if self._skipping else self.gap_s):
                self._end(found, now)
            return found
        self._last_byte_at = now
        for byte in data:
            self._take(byte, found, now)
        return found

    @property
    def fresh(self) -> bool:
        """Whether the next byte begins, or goes on with, a code of which nothing was missed."""
        return not self._skipping

    def stir(self, now: float) -> None:
        """Something else than a code came meanwhile: the line was not quiet."""
        self._last_byte_at = now

    def lose(self, now: float) -> list[Heard]:
        """Some of what was sent is lost: give up the code that it belonged to, whose rest is let go by."""
        found: list[Heard] = []
        half = bool(self._buffer) and not self._skipping
        self._buffer.clear()
        self._skipping, self._stale, self._skipped = True, False, 0
        self._last_byte_at = now
        if half:
            self._hear(Unreadable("lost in part"), found, now)
        return found

    def _take(self, byte: int, found: list[Heard], now: float) -> None:
        if self._stale:
            self._skipped += 1
            if self._skipped > _MOST_BYTES:
                # No code is so long: whatever this is, it will not end by itself.
                self._stale = False
                self._hear(Unreadable("too long"), found, now)
            return
        self._buffer.append(byte)
        ending = next((end for end in self._ends if self._buffer.endswith(end)), None)
        if ending is not None:
            del self._buffer[-len(ending) :]
            self._end(found, now)
        elif self._skipping:
            del self._buffer[:-1]  # as much as the beginning of a suffix needs
        elif len(self._buffer) > _MOST_BYTES + 1:  # one more, which may be the first half of a suffix
            self._skipping = True
            self._buffer.clear()
            self._hear(Unreadable("too long"), found, now)

    def _end(self, found: list[Heard], now: float) -> None:
        data, skipping = bytes(self._buffer), self._skipping
        self._buffer.clear()
        self._skipping = self._stale = False
        heard = decode(data) if data and not skipping else None
        if heard is not None:
            self._hear(heard, found, now)

    def _hear(self, heard: Heard, found: list[Heard], now: float) -> None:
        if heard != self._said or now - self._said_at > REPEAT_S:
            found.append(heard)
        self._said, self._said_at = heard, now
