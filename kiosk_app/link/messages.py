"""What two processes say to each other on a link, as JSON objects; what the names mean is the link's own.

A saying expects nothing, a question expects one answer or fault under its number, a beat only says that
its sender lives. Whatever is not exactly one of these is refused, and an error text never quotes values.
"""

import json
from dataclasses import dataclass, field
from typing import Any, NoReturn

Json = Any
"""What `json` reads and writes: None, bool, int, float, str, lists and string-keyed dicts of them."""

MAX_DESCRIPTORS = 4
"""File descriptors that may travel with one message."""


_REASON = 200
"""So much of a peer's reason is kept, in characters."""


class MessageError(Exception):
    """A peer said what is no message."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message each way: which link this is, in which version, and who speaks."""

    link: str
    version: int
    role: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Instead of a hello: the peer does not talk to us, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Beat:
    """Still here."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something that wants no answer. `descriptors` came with it and belong to whoever receives it."""

    name: str
    value: Json = field(default=None, repr=False)
    descriptors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; answer it by its number."""

    number: int
    name: str
    value: Json = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to question `number`, or with `fault` why there is none."""

    number: int
    value: Json = field(default=None, repr=False)
    fault: bool = False


Message = Hello | Refused | Beat | Said | Asked | Answered


def packed(message: Message) -> bytes:
    """Return `message` as JSON, in ASCII so that any text survives, also what is no valid UTF-16."""
    match message:
        case Hello(link, version, role):
            held: dict[str, Json] = {"hello": link, "version": version, "role": role}
        case Refused(reason):
            held = {"refused": reason}
        case Beat():
            held = {"beat": True}
        case Said(name, value, descriptors):
            held = {"say": name, "value": value}
            if descriptors:
                held["descriptors"] = len(descriptors)
        case Asked(number, name, value):
            held = {"ask": name, "number": number, "value": value}
        case Answered(number, value, fault):
            held = {"fault" if fault else "answer": number, "value": value}
    return json.dumps(held, separators=(",", ":"), allow_nan=False).encode("ascii")


_SHAPES: dict[str, dict[str, type]] = {
    "beat": {"beat": bool},
    "say": {"say": str, "value": object},
    "descriptors": {"say": str, "value": object, "descriptors": int},
    "ask": {"ask": str, "number": int, "value": object},
    "answer": {"answer": int, "value": object},
    "fault": {"fault": int, "value": object},
    "hello": {"hello": str, "version": int, "role": str},
    "refused": {"refused": str},
}
"""The fields of each kind of message, which it is known by: all of them, and no other."""


def unpacked(body: bytes) -> tuple[Message, int]:
    """Return the message in `body`, and how many descriptors came with it.

    Raises:
        MessageError: it is none.
    """
    try:
        held = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError; its text would quote the bytes
        raise MessageError("what came is not JSON") from None
    kind = next((kind for kind, shape in _SHAPES.items() if _has(held, shape)), None)
    if kind is None:
        raise MessageError("what came is no message of a link")
    count = held.get("descriptors", 0)
    if kind == "descriptors" and not 0 < count <= MAX_DESCRIPTORS:
        raise MessageError("a number of descriptors that no message has")
    return _made(kind, held), count


def _has(held: Json, shape: dict[str, type]) -> bool:
    if type(held) is not dict or held.keys() != shape.keys():
        return False
    return all(kind is object or type(held[name]) is kind for name, kind in shape.items())


def _made(kind: str, held: dict[str, Json]) -> Message:
    made: Message
    match kind:
        case "beat":
            made = Beat()
        case "say" | "descriptors":
            made = Said(held["say"], held["value"])
        case "ask":
            made = Asked(held["number"], held["ask"], held["value"])
        case "answer" | "fault":
            made = Answered(held[kind], held["value"], fault=kind == "fault")
        case "hello":
            made = Hello(held["hello"], held["version"], held["role"])
        case _:
            made = Refused(held["refused"][:_REASON])
    return made


def _no_number(_: str) -> NoReturn:
    raise ValueError("not a number")
