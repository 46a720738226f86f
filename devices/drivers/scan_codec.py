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

_IDENTIFIER_BYTES = 3
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

    why: Literal["too long", "in no known encoding"]


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
        shown = "".join(character for character in text if unicodedata.category(character) != "Cc")
        return Code(shown, symbology or Symbology.UNKNOWN) if shown else None
    return Unreadable("in no known encoding")


class CodeStream:
    """Codes out of a stream of bytes. `now` is monotonic seconds; the caller reads the line and the clock."""

    def __init__(self, suffix: Suffix, now: float) -> None:
        self._ends = _ENDS[suffix]
        self._gap_s = SUFFIX_GAP_S if suffix in ("cr", "lf", "crlf", "tab") else GAP_S
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
            if quiet_s >= (GAP_S if self._skipping else self._gap_s):
                self._end(found, now)
            return found
        self._last_byte_at = now
        for byte in data:
            self._take(byte, found, now)
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
