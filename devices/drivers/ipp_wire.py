"""IPP messages as bytes (RFC 8010), as far as a terminal asks questions with them.

Pure: no sockets, nothing but the standard library, so that a print command can use it at once too.
Collections are skipped, not decoded. The hazard is a printer that answers with anything at all:
whatever does not parse is `MalformedIpp`, never an index error or a wrong number.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

IppValue = int | bool | str | bytes
Group = Mapping[str, tuple[IppValue, ...]]


class MalformedIpp(ValueError):
    """The bytes are not an IPP answer."""


class Operation(IntEnum):
    """The operations that are asked here (RFC 8011 §5.4.15)."""

    PRINT_JOB = 0x0002
    CREATE_JOB = 0x0005
    CANCEL_JOB = 0x0008
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class Tag(IntEnum):
    """Value tags of what is sent (RFC 8010 §3.5.2)."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


OPERATION_GROUP = 0x01
JOB_GROUP = 0x02
END = 0x03
PRINTER_GROUP = 0x04
_FIRST_VALUE_TAG = 0x10
_FIRST_STRING_TAG = 0x40
_BEGIN_COLLECTION = 0x34
_END_COLLECTION = 0x37
_WITH_LANGUAGE = (0x35, 0x36)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a request."""

    tag: Tag
    name: str
    values: tuple[str | int | bool, ...]


@dataclass(frozen=True, slots=True)
class IppAnswer:
    """An answer: its status and its groups as (tag, attributes), in order."""

    status: int
    groups: tuple[tuple[int, Group], ...]

    @property
    def succeeded(self) -> bool:
        return self.status < 0x0100

    def of(self, group_tag: int) -> tuple[Group, ...]:
        """Return every group of that tag."""
        return tuple(group for tag, group in self.groups if tag == group_tag)


def _field(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


def _value_bytes(tag: Tag, value: str | int | bool) -> bytes:
    match tag:
        case Tag.INTEGER | Tag.ENUM:
            return struct.pack(">i", value)
        case Tag.BOOLEAN:
            return b"\x01" if value else b"\x00"
        case _:
            return str(value).encode()


def encode_request(operation: Operation, request_id: int, attributes: Sequence[Attribute]) -> bytes:
    """Write a request. The charset and language that must come first are added here."""
    first = (
        Attribute(Tag.CHARSET, "attributes-charset", ("utf-8",)),
        Attribute(Tag.LANGUAGE, "attributes-natural-language", ("en",)),
    )
    parts = [struct.pack(">BBHIB", 2, 0, operation, request_id, OPERATION_GROUP)]
    for attribute in (*first, *attributes):
        name = attribute.name
        for value in attribute.values:
            parts += [bytes([attribute.tag]), _field(name.encode()), _field(_value_bytes(attribute.tag, value))]
            name = ""  # a further value of the same attribute has no name (RFC 8010 §3.1.5)
    parts.append(bytes([END]))
    return b"".join(parts)


class _Cursor:
    """Reads forward and refuses to read past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise MalformedIpp("the answer ends early")
        self._at += count
        return piece

    def byte(self) -> int:
        return self.take(1)[0]

    def field(self) -> bytes:
        return self.take(int(struct.unpack(">H", self.take(2))[0]))


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace")


def _decode_value(tag: int, data: bytes) -> IppValue | None:
    if tag in (Tag.INTEGER, Tag.ENUM):
        if len(data) != 4:
            raise MalformedIpp("an integer that is not four bytes long")
        return int(struct.unpack(">i", data)[0])
    if tag == Tag.BOOLEAN:
        if len(data) != 1:
            raise MalformedIpp("a boolean that is not one byte long")
        return data != b"\x00"
    if tag in _WITH_LANGUAGE:
        inner = _Cursor(data)
        inner.field()
        return _text(inner.field())
    if tag >= _FIRST_STRING_TAG:
        return _text(data)
    if tag >= 0x30:
        return data
    return None  # out of band: unknown, no-value, unsupported


def decode_answer(data: bytes) -> IppAnswer:
    """Read an answer.

    Raises:
        MalformedIpp: it is not one.
    """
    cursor = _Cursor(data)
    cursor.take(2)  # version
    status = int(struct.unpack(">H", cursor.take(2))[0])
    cursor.take(4)  # request id
    groups: list[tuple[int, dict[str, tuple[IppValue, ...]]]] = []
    name = ""
    depth = 0
    while (tag := cursor.byte()) != END:
        if tag < _FIRST_VALUE_TAG:
            groups.append((tag, {}))
            name, depth = "", 0
            continue
        if not groups:
            raise MalformedIpp("a value before any group")
        found, value = _text(cursor.field()), cursor.field()
        if tag == _END_COLLECTION:
            depth = max(0, depth - 1)
            continue
        if depth == 0 and found:
            name = found
        if tag == _BEGIN_COLLECTION:
            depth += 1
        elif depth == 0:
            if not name:
                raise MalformedIpp("a value of no attribute")
            attributes = groups[-1][1]
            decoded = _decode_value(tag, value)
            attributes[name] = attributes.get(name, ()) + (() if decoded is None else (decoded,))
    return IppAnswer(status, tuple(groups))


def strings(group: Group, name: str) -> tuple[str, ...]:
    """Return the attribute's texts; none when it is not there."""
    return tuple(value for value in group.get(name, ()) if isinstance(value, str))


def integer(group: Group, name: str) -> int | None:
    """Return the attribute's first number, if it is there."""
    return next((value for value in group.get(name, ()) if type(value) is int), None)
