"""What the simulated scanners of three makers understand and say: commands in, deeds and answers out.

Written from the makers' manuals and not from the driver, so that a mistake in one is not made in both.
A dialect keeps what the scanner was set to, which is lost with its power.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

Deed = Literal["on", "off", "command", "self", "identifiers", "other"]
"""Light on, light off, read on command, read by itself, send identifiers; anything else."""
Word = Literal["ack", "nak", "enq"]


@dataclass(frozen=True, slots=True)
class Command:
    """One command as heard: what it makes the scanner do, and each thing that it could say to it."""

    deed: Deed
    answers: dict[Word, bytes]


class Dialect(Protocol):
    """One maker's commands."""

    def hear(self, data: bytes) -> Iterator[Command]:
        """Take up what came in; yield each command that is whole."""


class NewlandDialect:
    """``~ SOH 0000 # TAG SUB value ; ETX``."""

    _COMMAND = re.compile(rb"~\x010000([#@])([A-Z0-9]{6})([^;\x03]*);\x03")

    def __init__(self) -> None:
        self._rest = b""
        self._settings = {b"SCNMOD": b"2", b"AIDENA": b"0", b"SCNTRG": b"0"}

    def hear(self, data: bytes) -> Iterator[Command]:
        self._rest += data
        while match := self._COMMAND.search(self._rest):
            self._rest = self._rest[match.end() :]
            kept, tag, value = match.groups()
            said = value
            if value == b"*":
                said = self._settings.get(tag, b"")
            elif tag in self._settings:
                self._settings[tag] = value
            answers = {
                word: b"\x02\x010000" + kept + tag + (said if word == "ack" else value) + byte + b";\x03"
                for word, byte in _BYTES.items()
            }
            yield Command(_NEWLAND_DEEDS.get(tag + value, "other"), answers)


class HoneywellDialect:
    """``SYN T CR``, ``SYN U CR``, and ``SYN M CR TAG value .``; the first two are not answered."""

    _COMMAND = re.compile(rb"\x16([TU])\r|\x16M\r([A-Za-z0-9]{6})([^.!;]*)([.!])")

    def __init__(self) -> None:
        self._rest = b""
        self._settings = {b"TRGMOD": b"3", b"PREBK2": b""}

    def hear(self, data: bytes) -> Iterator[Command]:
        self._rest += data
        while match := self._COMMAND.search(self._rest):
            self._rest = self._rest[match.end() :]
            trigger, tag, value, kept = match.groups()
            if trigger is not None:
                yield Command("on" if trigger == b"T" else "off", {})
                continue
            tag = tag.upper()
            said = value
            deed: Deed = "other"
            if value == b"?":
                said = self._settings.get(tag, b"")
            elif tag == b"PREBK2":
                self._settings[tag] = said = self._settings[tag] + value
                deed = "identifiers" if b"995C81" in said else "other"
            elif tag in self._settings:
                self._settings[tag] = value
                deed = "command" if value == b"0" else "self"
            yield Command(deed, {word: tag + said + byte + kept for word, byte in _BYTES.items()})


class Gm65Dialect:
    """Registers in frames with a check sum."""

    def __init__(self) -> None:
        self._rest = b""
        self.registers = {0x0000: 0xD6, 0x0002: 0x00, 0x00D0: 0x00}

    def hear(self, data: bytes) -> Iterator[Command]:
        self._rest += data
        while (at := self._rest.find(b"\x7e\x00")) >= 0 and len(self._rest) >= at + 4:
            size = 8 + self._rest[at + 3]
            frame = self._rest[at : at + size]
            if len(frame) < size:
                return
            self._rest = self._rest[at + size :]
            if frame[-2:] in (b"\xab\xcd", _check_sum(frame[2:-2])):
                yield self._obey(frame[2], int.from_bytes(frame[4:6]), frame[6])

    def _obey(self, what: int, register: int, value: int) -> Command:
        deed: Deed = "other"
        said = b"\x00"
        match what, register:
            case 0x07, _:
                said = bytes([self.registers.get(register, 0)])
            case 0x08, 0x0000:
                deed = "command" if value & 0b11 == 0b01 else "self"
            case 0x08, 0x0002:
                deed = "on" if value & 1 else "off"
            case 0x08, 0x00D0:
                deed = "identifiers" if value & 0x80 else "other"
            case _:
                pass
        if what == 0x08:
            self.registers[register] = value
        return Command(
            deed, {"ack": self._frame(0, said), "nak": self._frame(1, b"\x00"), "enq": self._frame(2, b"\x00")}
        )

    @staticmethod
    def _frame(verdict: int, data: bytes) -> bytes:
        body = bytes([verdict, len(data)]) + data
        return b"\x02\x00" + body + _check_sum(body)


_NEWLAND_DEEDS: dict[bytes, Deed] = {
    b"SCNTRG1": "on",
    b"SCNTRG0": "off",
    b"SCNMOD0": "command",
    b"SCNMOD2": "self",
    b"AIDENA1": "identifiers",
}
_BYTES: dict[Word, bytes] = {"ack": b"\x06", "nak": b"\x15", "enq": b"\x05"}


def _check_sum(data: bytes) -> bytes:
    """CRC-CCITT as the manual draws it, bit by bit."""
    register = 0
    for byte in data:
        for bit in range(7, -1, -1):
            carry = register & 0x8000
            register = (register << 1) & 0xFFFF
            if bool(carry) != bool(byte >> bit & 1):
                register ^= 0x1021
    return register.to_bytes(2)


DIALECTS: dict[str, type[NewlandDialect] | type[HoneywellDialect] | type[Gm65Dialect]] = {
    "newland": NewlandDialect,
    "honeywell": HoneywellDialect,
    "gm65": Gm65Dialect,
}
"""By the name that the driver's configuration has for the family."""
