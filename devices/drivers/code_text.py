"""The text of one code as a decoder read it from a picture: its bytes, and in which encoding the code says they are.

A code may name the encoding of its bytes (extended channel interpretation, ECI); most do not, and are UTF-8 or
GB18030 as from any scanner. Decoders guess among the encodings of the whole world instead, and a guess that is
wrong makes another text: so their guesses are not used, and what nobody can tell is unreadable.
"""

import re
from collections.abc import Iterator

from devices.drivers.scan_codec import LONGEST_BYTES, Heard, Unreadable, decode
from devices.values import Symbology

IDENTIFIERS = {
    Symbology.QR: b"]Q1",
    Symbology.DATA_MATRIX: b"]d1",
    Symbology.GS1_DATA_MATRIX: b"]d2",
    Symbology.PDF417: b"]L2",
    Symbology.AZTEC: b"]z0",
    Symbology.CODE_128: b"]C0",
    Symbology.GS1_128: b"]C1",
    Symbology.CODE_39: b"]A0",
    Symbology.CODE_93: b"]G0",
    Symbology.CODABAR: b"]F0",
    Symbology.INTERLEAVED_2_OF_5: b"]I0",
    Symbology.EAN_13: b"]E0",
    Symbology.EAN_8: b"]E4",
}
"""AIM identifiers (ISO/IEC 15424) as `scan_codec.decode` knows them; their modifiers say nothing about the text."""

_DESIGNATOR = re.compile(rb"\\\\|\\(\d{6})")
_UNLABELLED = 899
"""AIM ECI 899: bytes of no encoding, which is what many writers put before their UTF-8."""
_ENCODINGS = {
    **{part + 2: f"iso8859_{part}" for part in (*range(1, 12), *range(13, 17))},
    20: "shift_jis",
    **{21 + index: f"cp{page}" for index, page in enumerate((1250, 1251, 1252, 1256))},
    25: "utf_16_be",
    26: "utf_8",
    27: "ascii",
    28: "big5",
    29: "gb2312",
    30: "euc_kr",
    31: "gbk",
    32: "gb18030",
    33: "utf_16_le",
    170: "ascii",
}
"""AIM ECI assignments that name a character set."""
_KANJI = re.compile(rb"(?:[\x20-\x7e]|[\x81-\x9f\xe0-\xeb][\x40-\x7e\x80-\xfc])+\Z")
"""Bytes of a QR code's kanji mode (ISO/IEC 18004, 7.4.6) between others."""


def read_text(symbology: Symbology, payload: bytes, said: bytes) -> Heard | None:
    """Make the text of a code; None when there is none in it.

    `payload` are its bytes; `said` are the same as a scanner with ECI protocol would send them: an AIM
    identifier first, a backslash and six digits before each part whose encoding is named, backslashes doubled.
    """
    identifier = IDENTIFIERS[symbology]
    if len(payload) > LONGEST_BYTES:
        return Unreadable("too long")
    parts = list(_parts(said[3:]))
    if b"".join(part for _, part in parts) != payload or all(eci == _UNLABELLED for eci, _ in parts):
        return decode(identifier + (_kanji(payload) if symbology is Symbology.QR else payload))
    try:
        text = "".join(_plain(part) if eci == _UNLABELLED else part.decode(_ENCODINGS[eci]) for eci, part in parts)
    except (KeyError, UnicodeDecodeError):
        return Unreadable("in no known encoding")
    return decode(identifier + text.encode("utf-8", "replace"))


def _parts(said: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each part with the number of its encoding."""
    eci, part, at = _UNLABELLED, b"", 0
    for mark in _DESIGNATOR.finditer(said):
        part += said[at : mark.start()]
        at = mark.end()
        if mark[1] is None:
            part += b"\\"
        else:
            if part:
                yield eci, part
            eci, part = int(mark[1]), b""
    if part + said[at:]:
        yield eci, part + said[at:]


def _plain(part: bytes) -> str:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode("gb18030")


def _kanji(payload: bytes) -> bytes:
    """Make UTF-8 of what a QR code holds in kanji mode; everything else stays as it is.

    Kanji mode is Shift-JIS without saying so, and some writers choose it for Chinese whose characters are
    all in it. Its first bytes lie where GBK has its rare characters only (below B0, or E0 to EB).
    """
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return payload
    if _KANJI.match(payload):
        try:
            return payload.decode("shift_jis").encode()
        except UnicodeDecodeError:
            pass
    return payload
