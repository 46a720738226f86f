"""Frames of the SDT (SAM-V) identity-card module: pure bytes, both directions.

`FrameReader` finds frames in whatever a line delivers: noise, halves, two at once. It never trusts a
length it has not bounded and never keeps more than one frame's worth of bytes. It knows nothing of
ports, time or retries. Guards against taking a damaged or foreign frame for a card.
"""

from dataclasses import dataclass, field
from enum import Enum, IntEnum, StrEnum
from functools import reduce
from itertools import pairwise
from operator import xor
from struct import Struct

PREAMBLE = bytes.fromhex("AAAAAA9669")
_HEAD = len(PREAMBLE) + 2
SHORTEST_REQUEST = 3
LONGEST_REQUEST = 16
"""The longest request known has one byte of data (set max RF bytes: length 4); the rest is margin."""
SHORTEST_REPLY = 4
LONGEST_REPLY = 0x090A
"""Text, photo and two fingerprints: the longest reply of the vendor protocol."""


class Command(Enum):
    """CMD and PARA of each request."""

    RESET = b"\x10\xff"
    STATUS = b"\x11\xff"
    MODULE_NUMBER = b"\x12\xff"
    FIND = b"\x20\x01"
    SELECT = b"\x20\x02"
    READ = b"\x30\x01"
    READ_ADDITIONAL_ADDRESS = b"\x30\x03"
    READ_MANAGEMENT_NUMBER = b"\x30\x05"
    READ_WITH_FINGERPRINT = b"\x30\x10"
    SET_RF_BYTES = b"\x61\xff"


class Status(IntEnum):
    """SW3, the only status byte that published replies ever use."""

    REQUEST_CHECKSUM_WRONG = 0x10
    REQUEST_LENGTH_WRONG = 0x11
    COMMAND_WRONG = 0x21
    NOT_PERMITTED = 0x23
    UNKNOWN_ERROR = 0x24
    CARD_REFUSED_MODULE = 0x31
    MODULE_REFUSED_CARD = 0x32
    INFORMATION_UNVERIFIED = 0x33
    FINGERPRINT_UNVERIFIED = 0x37
    INFORMATION_LENGTH_WRONG = 0x3F
    CARD_TYPE_UNKNOWN = 0x40
    READ_FAILED = 0x41
    RANDOM_FAILED = 0x47
    SELF_TEST_FAILED = 0x60
    NOT_AUTHORISED = 0x66
    NOT_FOUND = 0x80
    SELECT_FAILED = 0x81
    SUCCESS = 0x90
    ITEM_NOT_ON_CARD = 0x91
    FOUND = 0x9F


class Damage(StrEnum):
    """Why bytes behind a preamble are no frame."""

    CHECKSUM = "checksum"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a whole, checked frame holds between length and checksum."""

    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `status` may be a byte that `Status` does not name."""

    status: int
    data: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class CardBlocks:
    """The parts of a read card, not yet understood. `additional_address` comes from a command of its own."""

    text: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    fingerprints: bytes = field(default=b"", repr=False)
    additional_address: bytes = field(default=b"", repr=False)


def frame(body: bytes) -> bytes:
    """Wrap `body` in preamble, length and checksum."""
    counted = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + counted + bytes((reduce(xor, counted),))


def request(command: Command, data: bytes = b"") -> bytes:
    return frame(command.value + data)


def reply(status: int, data: bytes = b"") -> bytes:
    return frame(bytes((0, 0, status)) + data)


def parse_request(body: bytes) -> tuple[Command, bytes] | None:
    """Return command and data, or None for a command that nobody documents."""
    try:
        return Command(body[:2]), body[2:]
    except ValueError:
        return None


def parse_reply(body: bytes) -> Reply | None:
    """Return the answer, or None when SW1 and SW2 are not the zeros that every published reply has."""
    if len(body) < SHORTEST_REPLY - 1 or body[:2] != b"\0\0":
        return None
    return Reply(body[2], body[3:])


def card_data(text: bytes, photo: bytes, fingerprints: bytes | None = None) -> bytes:
    """Lay out the data of a successful read: 30 01, or 30 10 when `fingerprints` is not None."""
    parts = [text, photo] if fingerprints is None else [text, photo, fingerprints]
    return b"".join(len(part).to_bytes(2, "big") for part in parts) + b"".join(parts)


def parse_card_data(data: bytes, *, fingerprints: bool = False) -> CardBlocks | None:
    """Return the parts by the reply's own inner lengths, or None when these do not add up.

    Args:
        data: what followed the status byte.
        fingerprints: whether it answers 30 10, which has a third length, and not 30 01.
    """
    count = 3 if fingerprints else 2
    if len(data) < count * 2:
        return None
    lengths = [int.from_bytes(data[at : at + 2], "big") for at in range(0, count * 2, 2)]
    if count * 2 + sum(lengths) != len(data):
        return None
    ends = [count * 2, *(count * 2 + sum(lengths[: number + 1]) for number in range(count))]
    return CardBlocks(*(data[start:end] for start, end in pairwise(ends)))


_MODULE_NUMBER = Struct("<HHIII")


def module_number_data(parts: tuple[int, int, int, int, int]) -> bytes:
    return _MODULE_NUMBER.pack(*parts)


def parse_module_number(data: bytes) -> str:
    """Write the module's number as printed on it; "" when the data has another size."""
    if len(data) != _MODULE_NUMBER.size:
        return ""
    kind, batch, made, serial, check = _MODULE_NUMBER.unpack(data)
    return f"{kind:02}.{batch:02}-{made:08}-{serial:010}-{check:010}"


class FrameReader:
    """Frames out of a stream of bytes that comes in any pieces."""

    def __init__(self, shortest: int = SHORTEST_REPLY, longest: int = LONGEST_REPLY) -> None:
        self._shortest = shortest
        self._longest = longest
        self._held = bytearray()

    @property
    def mid_frame(self) -> bool:
        """Whether a preamble was seen whose frame is not whole yet."""
        return len(self._held) >= len(PREAMBLE)

    @property
    def wanted(self) -> int:
        """How many bytes are missing at the least: reading so many never waits past a frame's end."""
        if len(self._held) < _HEAD:
            return _HEAD - len(self._held)
        return _HEAD + self._length() - len(self._held)

    def feed(self, data: bytes) -> list[Frame | Damage]:
        """Take the next bytes; return what they completed, in order.

        After damage the search goes on one byte behind the false start, since a frame's own length
        may be what was damaged and the next good frame may lie inside the bytes it claimed.
        """
        self._held += data
        found: list[Frame | Damage] = []
        while (item := self._next()) is not None:
            found.append(item)
        return found

    def _next(self) -> Frame | Damage | None:
        self._seek()
        if len(self._held) < _HEAD:
            return None
        length = self._length()
        if not self._shortest <= length <= self._longest:
            del self._held[0]
            return Damage.LENGTH
        end = _HEAD + length
        if len(self._held) < end:
            return None
        if reduce(xor, self._held[len(PREAMBLE) : end]) != 0:
            del self._held[0]
            return Damage.CHECKSUM
        body = bytes(self._held[_HEAD : end - 1])
        del self._held[:end]
        return Frame(body)

    def _seek(self) -> None:
        """Drop everything before the next preamble, or before what may become one."""
        start = self._held.find(PREAMBLE)
        if start < 0:
            kept = next(n for n in range(len(PREAMBLE) - 1, -1, -1) if self._held.endswith(PREAMBLE[:n]))
            start = len(self._held) - kept
        del self._held[:start]

    def _length(self) -> int:
        return int.from_bytes(self._held[len(PREAMBLE) : _HEAD], "big")
