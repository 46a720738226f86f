"""Wrong configuration in words: the line, what is wrong there, and what would be right.

For the person who edits the file. Says nothing about values that are right.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from devices.registry import driver_names, settings_of
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.toml_lines import Place, line_of

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def worded(path: Path, error: OSError | ValueError) -> list[str]:
    """Return one line for each fault, as ``FILE:LINE: what is wrong; what would be right``.

    Raises:
        TypeError: reading the settings does not raise errors of this kind.
    """
    match error:
        case ValidationError():
            return _worded_keys(path, error)
        case tomllib.TOMLDecodeError():
            said = _AT_LINE.search(str(error))
            return [f"{path}:{said.group(1) if said else 1}: not TOML: {error}"]
        case UnicodeDecodeError(object=content, start=start):
            line = content.count(b"\n", 0, start) + 1
            return [f"{path}:{line}: not UTF-8 text"]
        case OSError():
            return [f"{path}: {error.strerror}"]
        case _:
            raise TypeError(type(error))


def _worded_keys(path: Path, error: ValidationError) -> list[str]:
    lines = line_of(path.read_text("utf-8"))
    return [_sentence(path, lines, fault) for fault in error.errors()]


def _sentence(path: Path, lines: dict[Place, int], fault: ErrorDetails) -> str:
    shown = _without_tag(tuple(fault["loc"]))
    if fault["type"] == "union_tag_invalid":
        shown = (*shown, "driver")  # pydantic names the device; what is wrong is its driver
    name = ".".join(str(part + 1) if isinstance(part, int) else part for part in shown)
    line = next((lines[shown[:n]] for n in range(len(shown), 0, -1) if shown[:n] in lines), 1)
    return f"{path}:{line}: {name}: {right(fault)}"


def right(fault: ErrorDetails) -> str:
    """Say what is wrong with one key or value, and what would be right."""
    match fault["type"]:
        case "extra_forbidden":
            return "there is no such key" + meant(str(fault["loc"][-1]), _keys_beside(tuple(fault["loc"])))
        case "missing":
            return "this key is missing"
        case "union_tag_invalid":
            tag = fault.get("ctx", {}).get("tag", "")
            expected = ", ".join(repr(name) for name in driver_names())
            return f"there is no driver {tag!r}{meant(tag, driver_names())}; there are {expected}"
        case "union_tag_not_found":
            return "the device has no driver"
        case "literal_error" if len(fault["loc"]) == 4 and fault["loc"][3] == "kind":
            return f"{_told(fault)}; driver {fault['loc'][2]!r} is of that kind"
        case _:
            return _told(fault)


def meant(word: str, known: Iterable[str]) -> str:
    """Ask for the nearest of `known`; nothing when none is near."""
    near = difflib.get_close_matches(word, tuple(known), n=1)
    return f", did you mean {near[0]!r}?" if near else ""


def _told(fault: ErrorDetails) -> str:
    given = fault["input"]
    return f"{fault['msg']}, not {given!r}" if isinstance(given, str | int | float | bool) else fault["msg"]


def _keys_beside(place: Place) -> tuple[str, ...]:
    """Return the keys that may stand where `place` does, a place as pydantic names it."""
    match place:
        case ("devices", int(), str(driver), _):
            return tuple(settings_of(driver).model_fields)
        case (str(section), _) if section in Settings.model_fields:
            return tuple(getattr(Settings.model_fields[section].annotation, "model_fields", ()))
        case _:
            return tuple(Settings.model_fields)


def _without_tag(place: Place) -> Place:
    """Drop the driver's name that pydantic puts behind a device's number."""
    if len(place) > 2 and place[0] == "devices" and isinstance(place[1], int):
        return (*place[:2], *place[3:])
    return place
