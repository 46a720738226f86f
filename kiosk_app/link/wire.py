"""Our values as JSON and back: frozen dataclasses, enums, dates, bytes, tuples, sets, `contract` values.

The codec of a type is made from its annotations when it is first asked for, so that a process pays only
for what it sends. Reading is strict: a missing, extra or wrongly typed field is refused, an unknown name
by that name. Error texts hold names of types and fields and never a value, which may be personal.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from contract.model import Value
from kiosk_app.link.messages import Json

T = TypeVar("T")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}")
_TAG = "is"


class WireError(Exception):
    """What came is not a value of the type that belongs here."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one type are written and read.

    `json` are the types that the JSON of such a value can have, `python` those of the value itself; they
    tell the members of a union apart. `name` is set for objects, which a union tells apart by it.
    """

    write: Callable[[Any], Json]
    read: Callable[[Json], Any]
    json: tuple[type, ...]
    python: tuple[type, ...]
    name: str | None = None


def written(kind: object, value: object) -> Json:
    """Return `value`, which is of `kind` (a type or a union of types), as JSON."""
    return codec(kind).write(value)


@overload
def read(kind: type[T], held: Json) -> T: ...
@overload
def read(kind: object, held: Json) -> Any: ...
def read(kind: object, held: Json) -> Any:
    """Return the value of `kind` that `held` is.

    Raises:
        WireError: it is none.
    """
    return codec(kind).read(held)


def said_name(name: str) -> str:
    """Return a name that a peer sent so that it can be told: one that is no name may be anything."""
    return repr(name) if _NAME.fullmatch(name) else "(not a name)"


@cache
def codec(kind: Any) -> Codec:
    """Return the codec of a type.

    Raises:
        TypeError: values of this type do not travel; that is a bug.
    """
    origin = get_origin(kind)
    if origin is Annotated:
        return codec(get_args(kind)[0])
    if hasattr(kind, "__supertype__"):  # a NewType
        return codec(kind.__supertype__)
    if origin in _MADE_OF:
        return _MADE_OF[origin](get_args(kind))
    if isinstance(kind, type):
        return _plain(kind)
    raise TypeError(f"{kind} does not travel")


def _plain(kind: type) -> Codec:
    if kind in _SCALARS:
        return _SCALARS[kind]
    if issubclass(kind, Enum):
        return _enum(kind)
    if is_dataclass(kind):
        return _object(kind)
    if issubclass(kind, Value):
        return _value(kind)
    raise TypeError(f"{kind.__name__} does not travel")


def _exactly(kind: type, *also: type) -> Callable[[Json], Any]:
    def check(held: Json) -> Any:
        if type(held) is not kind and type(held) not in also:  # a bool is an int, and here it is not
            raise WireError(f"a {kind.__name__} belongs here, not a {type(held).__name__}")
        return kind(held) if also else held

    return check


def _bytes(held: Json) -> bytes:
    try:
        return base64.b64decode(_text(held), validate=True)
    except ValueError:
        raise WireError("bytes belong here, in base64") from None


def _from_iso(kind: type[date]) -> Callable[[Json], date]:
    def parse(held: Json) -> date:
        try:
            return kind.fromisoformat(_text(held))
        except ValueError:
            raise WireError(f"a {kind.__name__} belongs here") from None

    return parse


_text = _exactly(str)
_SCALARS: dict[type, Codec] = {
    NoneType: Codec(lambda _: None, _exactly(NoneType), (NoneType,), (NoneType,)),
    bool: Codec(bool, _exactly(bool), (bool,), (bool,)),
    int: Codec(int, _exactly(int), (int,), (int,)),
    float: Codec(float, _exactly(float, int), (float, int), (float, int)),
    str: Codec(str, _text, (str,), (str,)),
    bytes: Codec(lambda held: base64.b64encode(held).decode("ascii"), _bytes, (str,), (bytes,)),
    date: Codec(date.isoformat, _from_iso(date), (str,), (date,)),
    datetime: Codec(datetime.isoformat, _from_iso(datetime), (str,), (datetime,)),
}


def _enum(kind: type[Enum]) -> Codec:
    members = {member.value: member for member in kind}

    def parse(held: Json) -> Enum:
        member = members.get(held) if type(held) in (str, int) else None
        if member is None:
            raise WireError(f"no {kind.__name__} is called so")
        return member

    return Codec(lambda member: member.value, parse, tuple({type(value) for value in members}), (kind,))


def _literal(values: tuple[Any, ...]) -> Codec:
    def parse(held: Json) -> Any:
        for value in values:
            if type(held) is type(value) and held == value:
                return value
        raise WireError(f"one of {', '.join(map(repr, values))} belongs here")

    kinds = tuple({type(value) for value in values})
    return Codec(lambda value: value, parse, kinds, kinds)


def _tuple(arguments: tuple[Any, ...]) -> Codec:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return _many(codec(arguments[0]), tuple)
    return _row(tuple(codec(member) for member in arguments))


def _frozenset(arguments: tuple[Any, ...]) -> Codec:
    return _many(codec(arguments[0]), frozenset)


def _many(member: Codec, kind: type) -> Codec:
    def parse(held: Json) -> Any:
        if type(held) is not list:
            raise WireError(f"a list belongs here, not a {type(held).__name__}")
        return kind(member.read(one) for one in held)

    def write(value: Any) -> Json:
        rows = [member.write(one) for one in value]
        return sorted(rows) if kind is frozenset else rows

    return Codec(write, parse, (list,), (kind,))


def _row(members: tuple[Codec, ...]) -> Codec:
    def parse(held: Json) -> Any:
        if type(held) is not list or len(held) != len(members):
            raise WireError(f"a list of {len(members)} belongs here")
        return tuple(member.read(one) for member, one in zip(members, held, strict=True))

    def write(value: Any) -> Json:
        return [member.write(one) for member, one in zip(members, value, strict=True)]

    return Codec(write, parse, (list,), (tuple,))


def _mapping(arguments: tuple[Any, ...]) -> Codec:
    if arguments[0] is not str:
        raise TypeError("only mappings from text travel")
    member = codec(arguments[1])

    def parse(held: Json) -> Any:
        if type(held) is not dict:
            raise WireError(f"an object belongs here, not a {type(held).__name__}")
        return {key: member.read(one) for key, one in held.items()}

    def write(value: Any) -> Json:
        return {str(key): member.write(one) for key, one in value.items()}

    return Codec(write, parse, (dict,), (dict, Mapping))


def _object(kind: type) -> Codec:
    hints = get_type_hints(kind, include_extras=True)
    members = {field.name: codec(hints[field.name]) for field in fields(kind) if field.init}
    named = members.keys()

    def parse(held: Json) -> Any:
        if type(held) is not dict:
            raise WireError(f"a {kind.__name__} belongs here, not a {type(held).__name__}")
        if held.keys() != named:
            _refuse_names(kind, named - held.keys(), held.keys() - named)
        found = {}
        for name, member in members.items():
            try:
                found[name] = member.read(held[name])
            except WireError as error:
                raise WireError(f"{kind.__name__}.{name}: {error}") from None
        return kind(**found)

    def write(value: Any) -> Json:
        return {name: member.write(getattr(value, name)) for name, member in members.items()}

    return Codec(write, parse, (dict,), (kind,), name=kind.__name__)


def _refuse_names(kind: type, missing: set[str], extra: set[str]) -> None:
    wrong = [f"{name!r} is missing" for name in sorted(missing)]
    wrong += [f"{said_name(str(name))} is unknown" for name in sorted(extra)]
    raise WireError(f"{kind.__name__}: {', '.join(wrong[:4])}")


def _value(kind: type[Value]) -> Codec:
    def parse(held: Json) -> Value:
        from pydantic import ValidationError  # noqa: PLC0415 - not before the first value travels

        if type(held) is not dict:
            raise WireError(f"a {kind.__name__} belongs here, not a {type(held).__name__}")
        try:
            return kind.model_validate_json(json.dumps(held), strict=True)
        except ValidationError as error:  # its text would quote the input
            found = error.errors(include_url=False, include_context=False, include_input=False)
            raise WireError(f"{kind.__name__}: {', '.join(sorted({one['type'] for one in found})[:4])}") from None

    def write(value: Value) -> Json:
        return value.model_dump(mode="json")

    return Codec(write, parse, (dict,), (kind,), name=kind.__name__)


def _union(arguments: tuple[Any, ...]) -> Codec:
    """A union's objects carry their name when there are several; whatever else is in it, JSON tells apart."""
    members = tuple(codec(member) for member in arguments)
    objects = {member.name: member for member in members if member.name is not None}
    plain = _by_json([member for member in members if member.name is None])
    if objects and dict in plain:
        raise TypeError("an object and a mapping in one union")
    tagged = len(objects) > 1
    names = " | ".join(sorted(objects))

    def write(value: Any) -> Json:
        for member in members:
            if isinstance(value, member.python) if member.name is not None else type(value) in member.python:
                held = member.write(value)
                return {_TAG: member.name, **held} if tagged and member.name is not None else held
        raise TypeError(f"a {type(value).__name__} does not belong here")

    def parse(held: Json) -> Any:
        if type(held) is not dict or not objects:
            member = plain.get(type(held))
            if member is None:
                raise WireError(f"a {type(held).__name__} does not belong here")
            return member.read(held)
        if not tagged:
            return next(iter(objects.values())).read(held)
        tag = held.get(_TAG)
        if type(tag) is not str or tag not in objects:
            raise WireError(f"{said_name(str(tag))} is none of {names}")
        return objects[tag].read({key: one for key, one in held.items() if key != _TAG})

    kinds = tuple({kind for member in members for kind in member.json})
    return Codec(write, parse, kinds, tuple(kind for member in members for kind in member.python))


def _by_json(members: list[Codec]) -> dict[type, Codec]:
    """Return which member a JSON type stands for. A whole number is an int where there is one, else a float."""
    found: dict[type, Codec] = {}
    for member in sorted(members, key=lambda one: float in one.python):
        for kind in member.json:
            if kind not in found:
                found[kind] = member
            elif float not in member.python:
                raise TypeError(f"two members of a union are both a {kind.__name__} in JSON")
    return found


_MADE_OF: dict[Any, Callable[[tuple[Any, ...]], Codec]] = {
    Union: _union,
    UnionType: _union,
    Literal: _literal,
    tuple: _tuple,
    frozenset: _frozenset,
    Mapping: _mapping,
    dict: _mapping,
}
