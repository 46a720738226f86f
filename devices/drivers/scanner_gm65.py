"""GM65 and its relatives (Hangzhou Grow's GM6x, GM8x; sold under many names; "User Manual", serial commands).

Registers, read and written in frames: ``7E 00``, what to do, length, address, data, CRC-16/XMODEM over all
behind the head; the answer is ``02 00``, 0 for done, length, data, CRC. ``AB CD`` for the CRC means "not
checked", and is taken from the module too. Registers are changed until the power is off, never saved.
"""

import binascii
import struct

from devices.drivers.scanner_talk import Answer, Ask, Found, Look, Preparation, Verdict

_READ, _WRITE = 0x07, 0x08
_MODES, _TRIGGERS, _OUTPUT = 0x0000, 0x0002, 0x00D0
"""Registers: bits 0 and 1 of the first are how readings begin; bit 0 of the second begins one; bit 7 of the
third has an AIM identifier sent."""
_ON_COMMAND, _HOW = 0b01, 0b11
_AIM = 0x80
_HEAD = b"\x02\x00"
_UNCHECKED = b"\xab\xcd"
_FRAME_BYTES = 6
"""Head, verdict, length and CRC of an answer."""


def crc(data: bytes) -> bytes:
    """CRC-16/XMODEM: polynomial 1021, beginning with 0, high byte first."""
    return struct.pack(">H", binascii.crc_hqx(data, 0))


def _ask(name: str, what: int, register: int, value: int) -> Ask:
    body = struct.pack(">BBHB", what, 1, register, value)
    return Ask(name, b"\x7e\x00" + body + crc(body))


class Gm65:
    """GM65."""

    query = _ask("mode?", _READ, _MODES, 1)
    trigger = _ask("trigger", _WRITE, _TRIGGERS, 1)
    stop = _ask("stop", _WRITE, _TRIGGERS, 0)
    heads = _HEAD[:1]

    def prepare(self) -> Preparation:
        """Read on command only, and say what kind of code it was."""
        modes = yield self.query
        if modes.verdict is Verdict.ACCEPTED and len(modes.data) == 1:
            # The other bits are light, sound and aiming: whoever set the module up chose them.
            yield _ask("mode", _WRITE, _MODES, modes.data[0] & ~_HOW | _ON_COMMAND)
        yield _ask("identifiers", _WRITE, _OUTPUT, _AIM)

    def look(self, data: bytes, at: int) -> Found | Look:
        # The longest answer has 255 bytes of data.
        frame = data[at : at + _FRAME_BYTES + 255]
        if not frame.startswith(_HEAD[: len(frame)]):
            return Look.NOTHING
        if len(frame) < 4:
            return Look.PERHAPS
        size = _FRAME_BYTES + frame[3]
        if len(frame) < size:
            return Look.PERHAPS
        body, checked = frame[2 : size - 2], frame[size - 2 : size]
        if checked not in (crc(body), _UNCHECKED):
            return Look.NOTHING
        return Found(Answer(Verdict.REFUSED if frame[2] else Verdict.ACCEPTED, body[2:]), size)
