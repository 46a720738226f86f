"""Chip cards as their chips answer: social security, staff, a bank's, one locked, one put in upside down.

Each card keeps the logic of its chip: what is selected, what waits for GET RESPONSE under T=0, which
length is the right one. Made of a synthetic person of the demonstration, or of bytes that a test chose.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from devices.drivers.social_session import SSSE
from devices.drivers.staff_card import AID

ATR_T0 = bytes.fromhex("3B021450")
ATR_T1 = bytes.fromhex("3B800181")
ATR_MUTE = bytes(64)
"""More than pcscd has room for: it powers the card up, gets nothing it can use, and calls the card mute."""

OK, NOT_FOUND, RECORD_NOT_FOUND = b"\x90\x00", b"\x6a\x82", b"\x6a\x83"
_WRONG_P1_P2, _NO_INSTRUCTION, _NO_CLASS, _WRONG_LENGTH = b"\x6a\x86", b"\x6d\x00", b"\x6e\x00", b"\x67\x00"
_MASTER_FILE = bytes.fromhex("3F00")
_NAMELESS = b"\x6f\x02\x84\x00"
"""What a card says of an application that is selected: a template with an empty name."""


class Card(Protocol):
    """A card as a reader meets it."""

    @property
    def atr(self) -> bytes: ...

    def reset(self) -> None:
        """Power went, or was given anew: nothing is selected any more."""

    def answer(self, command: bytes) -> bytes:
        """Return data and status word."""


class Chip:
    """What chips have in common: T=0's two steps, applications by name, and the root.

    Subclasses say which applications there are and answer what is asked of the selected one.
    """

    applications: tuple[bytes, ...] = ()

    def __init__(self, protocol: int = 0, locked: bytes = b"") -> None:
        self._protocol = protocol
        self._locked = locked
        """A status word with which an application refuses to be selected."""
        self._waiting = b""
        self._selected: bytes | None = None

    @property
    def atr(self) -> bytes:
        return ATR_T1 if self._protocol else ATR_T0

    def reset(self) -> None:
        self._selected, self._waiting = None, b""

    def answer(self, command: bytes) -> bytes:
        if len(command) < 4:
            return _WRONG_LENGTH
        if command[0] != 0x00:
            return _NO_CLASS
        header, rest = command[:4], command[4:]
        data = rest[1 : 1 + rest[0]] if len(rest) > 1 else b""
        if len(data) != (rest[0] if len(rest) > 1 else 0):
            return _WRONG_LENGTH
        return self._obey(header, data, rest[1 + len(data) :] if data else rest)

    def _obey(self, header: bytes, data: bytes, expected: bytes) -> bytes:
        if header[1] == 0xC0:
            return self._fetch(expected)
        self._waiting = b""
        if header[1] == 0xA4:
            return self._select(header, data)
        if self._selected is None:
            return NOT_FOUND
        return self._give(self.perform(header, data), expected, asked=bool(data))

    def perform(self, header: bytes, data: bytes) -> tuple[bytes, bytes]:
        """Answer a command to the selected application: data and status word."""
        del header, data
        return b"", _NO_INSTRUCTION

    def choose(self, p1: int, identifier: bytes) -> bytes:
        """Select a file; return the status word."""
        del p1, identifier
        return NOT_FOUND

    def _select(self, header: bytes, data: bytes) -> bytes:
        if header[2] == 0x04:
            if data not in self.applications:
                return NOT_FOUND
            if self._locked:
                return self._locked
            self._selected = data
            return self._give((_NAMELESS, OK), b"", asked=True)
        if data == _MASTER_FILE and header[2] == 0x00:
            self._selected = None
            return OK
        return self.choose(header[2], data) if self._selected else NOT_FOUND

    def _give(self, found: tuple[bytes, bytes], expected: bytes, *, asked: bool) -> bytes:
        """Put an answer into the protocol's form. `asked`: the command had data of its own."""
        data, status = found
        if not data:
            return status
        if self._protocol == 0 and asked:
            self._waiting = data + status
            return bytes((0x61, len(data) & 0xFF))
        if not expected:
            return status  # nobody wants the data
        if expected[0] not in (0, len(data)) or (expected[0] == 0 and self._protocol == 0):
            return bytes((0x6C, len(data)))
        return data + status

    def _fetch(self, expected: bytes) -> bytes:
        waiting, self._waiting = self._waiting, b""
        if self._protocol or not waiting or not expected or expected[0] != len(waiting) - 2:
            return _WRONG_LENGTH
        return waiting


@dataclass(frozen=True, slots=True)
class Manner:
    """What issuers do differently: P1 of selecting a file, and how records are asked for."""

    select_p1: int = 0x02
    records_by: str = "tag"
    """``tag`` (P2 00), ``short file`` (P2 names the file), or ``place`` (P1 counts, P2 04)."""


class SocialSecurityChip(Chip):
    """A social security card. `files` are records by tag, as they stand on the card: tag, length, value."""

    applications = (SSSE,)

    def __init__(
        self,
        files: Mapping[int, Mapping[int, bytes]],
        protocol: int = 0,
        manner: Manner | None = None,
        locked: bytes = b"",
        refuse: Mapping[int, bytes] | None = None,
    ) -> None:
        super().__init__(protocol, locked)
        self._files = files
        self._manner = manner or Manner()
        self._refuse = refuse or {}
        """Status words instead of records, by tag."""
        self._file: int | None = None

    def reset(self) -> None:
        super().reset()
        self._file = None

    def choose(self, p1: int, identifier: bytes) -> bytes:
        if p1 != self._manner.select_p1:
            return _WRONG_P1_P2
        file = int.from_bytes(identifier, "big")
        if file not in self._files:
            return NOT_FOUND
        self._file = file
        return OK

    def perform(self, header: bytes, data: bytes) -> tuple[bytes, bytes]:
        _, instruction, p1, p2 = header
        if instruction != 0xB2 or data:
            return b"", _NO_INSTRUCTION
        manner, records = self._manner.records_by, self._files.get(self._file or 0, {})
        short = {0xEF05: 5, 0xEF06: 6}.get(self._file or 0, 0)
        if p2 != {"tag": 0x00, "short file": short << 3 | 4, "place": 0x04}[manner]:
            return b"", _WRONG_P1_P2
        tag = p1 if manner != "place" else dict(enumerate(sorted(records), start=1)).get(p1, 0)
        if tag in self._refuse:
            return b"", self._refuse[tag]
        if tag not in records:
            return b"", RECORD_NOT_FOUND
        return records[tag], OK


class StaffChip(Chip):
    """A staff card. Its answer is HMAC-SHA-256 over its application, its id and the challenge."""

    applications = (AID,)

    def __init__(self, staff_id: str, key: bytes, protocol: int = 1, locked: bytes = b"") -> None:
        super().__init__(protocol, locked)
        self._id = staff_id.encode()
        self._key = key

    def perform(self, header: bytes, data: bytes) -> tuple[bytes, bytes]:
        if header[1:] == b"\xca\x01\x01":
            return self._id, OK
        if header[1:] == b"\x88\x00\x00" and len(data) >= 8:
            return hmac.digest(self._key, AID + self._id + data, hashlib.sha256), OK
        return b"", _NO_INSTRUCTION


class BankChip(Chip):
    """Somebody's bank card."""

    applications = (b"1PAY.SYS.DDF01",)


@dataclass(slots=True)
class MuteCard:
    """A card put in the wrong way round: it is felt, and does not answer its reset."""

    atr: bytes = field(default=ATR_MUTE)

    def reset(self) -> None:
        """Nothing changes."""

    def answer(self, command: bytes) -> bytes:
        del command
        return b""


def social_card_files(person: Mapping[str, str]) -> dict[int, dict[int, bytes]]:
    """Return the files of a social security card for `person`.

    Args:
        person: ``name``, ``number``, ``sex``, ``ethnic`` and ``birth`` as on an identity card; ``card_number``,
            ``issued``, ``social_valid_to``, ``birth_place`` and ``social_issuer`` may be given.

    Raises:
        ValueError: the name needs more than the card's 30 bytes.
    """
    number = person["number"]
    name = person["name"].encode("gb18030")
    if len(name) > 30:
        raise ValueError("the name needs more than 30 bytes")
    region = bytes.fromhex(person.get("birth_place", number[:6]))
    social = {
        0x01: region + bytes(13),
        0x02: b"3",
        0x03: b"3.00",
        0x04: person.get("social_issuer", "").encode().ljust(12, b"\0"),
        0x05: bytes.fromhex(person.get("issued", "20240115")),
        0x06: bytes.fromhex(person.get("social_valid_to", "20340115")),
        0x07: person.get("card_number", f"D{int(number[9:17]):08d}").encode().ljust(9, b"\0"),
    }
    holder = {
        0x08: number.encode(),
        0x09: name.ljust(30, b"\0"),
        0x0A: person["sex"].encode(),
        0x0B: bytes.fromhex(person["ethnic"]),
        0x0C: region,
        0x0D: bytes.fromhex(person["birth"]),
    }
    return {0xEF05: _records(social), 0xEF06: _records(holder)}


def _records(values: Mapping[int, bytes]) -> dict[int, bytes]:
    return {tag: bytes((tag, len(value))) + value for tag, value in values.items()}


def social_security_card(person: Mapping[str, str], protocol: int = 0) -> SocialSecurityChip:
    """Return the social security card of `person`, as `social_card_files` describes it."""
    return SocialSecurityChip(social_card_files(person), protocol)
