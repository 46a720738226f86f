"""The settings of one device from words of a command line: ``DRIVER`` and ``KEY=VALUE``.

The driver's own model checks them. A value is taken as text first and as TOML where text does not fit, so
that ``baud=9600`` is a number, ``baud=auto`` a word, and ``where=0123`` stays what it is. What is wrong is
named with what would be right, never by a stack trace.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from devices.registry import AnyDriverSettings, driver_names, kind_of, settings_of
from kiosk_app.base.settings_faults import right

TRIAL_ID = "trial"
_NOT_TO_SET = ("id", "kind", "driver")
_ENTRY: TypeAdapter[AnyDriverSettings] = TypeAdapter(AnyDriverSettings)


class WrongUse(Exception):
    """A command used wrongly; each of `lines` says what, and what would be right."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("; ".join(self.lines))


def trial_settings(driver: str, words: Iterable[str]) -> AnyDriverSettings:
    """Return the settings of one device of `driver`.

    Raises:
        WrongUse: there is no such driver, or a word is no setting of it.
    """
    if driver not in driver_names():
        near = difflib.get_close_matches(driver, driver_names(), n=1)
        asked = f", did you mean {near[0]!r}?" if near else ""
        raise WrongUse([f"there is no driver {driver!r}{asked}; there are {', '.join(driver_names())}"])
    given = _pairs(words)
    fixed = {"id": TRIAL_ID, "kind": kind_of(driver), "driver": driver}
    if fixed.keys() & given.keys():
        raise WrongUse(f"--set {key}: this follows from the driver" for key in fixed.keys() & given.keys())
    try:
        return _ENTRY.validate_python(fixed | given)
    except ValidationError as error:
        doubtful = {str(fault["loc"][1]) for fault in error.errors() if len(fault["loc"]) > 1}
    try:
        return _ENTRY.validate_python(fixed | given | _read_as_toml(given, doubtful))
    except ValidationError as error:
        raise WrongUse(_sentences(driver, error)) from None


def keys_of(driver: str) -> Mapping[str, FieldInfo]:
    """Return what can be set of `driver`, by key."""
    return {key: field for key, field in settings_of(driver).model_fields.items() if key not in _NOT_TO_SET}


def shown_key(key: str, field: FieldInfo) -> str:
    """Write one key with what it takes: ``port=TEXT`` or ``[baud=auto|115200|…]``."""
    choices = get_args(field.annotation) if "Literal" in str(field.annotation) else ()
    kinds: dict[object, str] = {str: "TEXT", int: "NUMBER", float: "NUMBER", bool: "true|false"}
    kind = kinds.get(field.annotation, "TOML")
    takes = "|".join(str(choice) for choice in choices) or kind
    return f"{key}={takes}" if field.is_required() else f"[{key}={takes}]"


def _pairs(words: Iterable[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals:
            raise WrongUse([f"--set {word}: this has to be KEY=VALUE"])
        if key in pairs:
            raise WrongUse([f"--set {key}: this is said twice"])
        pairs[key] = value
    return pairs


def _read_as_toml(given: Mapping[str, str], keys: Iterable[str]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key in keys:
        try:
            read[key] = tomllib.loads(f"value = {given.get(key, '')}")["value"]
        except tomllib.TOMLDecodeError:
            continue  # text, as it was
    return read


def _sentences(driver: str, error: ValidationError) -> Iterable[str]:
    for fault in error.errors():
        # pydantic names the driver first; a configuration's place would have the entry before it
        named = right({**fault, "loc": ("devices", 0, *fault["loc"])})
        inside = ".".join(str(part) for part in fault["loc"][1:])
        yield f"--set {inside}: {named}" if fault["type"] != "missing" else f"--set {inside}=… is missing"
    yield f"{driver} takes {' '.join(shown_key(key, field) for key, field in keys_of(driver).items()) or 'no setting'}"
