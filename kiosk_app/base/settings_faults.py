"""Wrong configuration in words: the line, what is wrong there, and what would be right.

For the person who edits the file. Says nothing about values that are right.
"""

import re
import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

Place = tuple[int | str, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-\s\"']+?)\s*\]\]?")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")


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
    return f"{path}:{line}: {name}: {_right(fault)}"


def _right(fault: ErrorDetails) -> str:
    match fault["type"]:
        case "extra_forbidden":
            return "there is no such key"
        case "missing":
            return "this key is missing"
        case "union_tag_invalid":
            expected = fault.get("ctx", {}).get("expected_tags", "")
            return f"there is no driver {fault.get('ctx', {}).get('tag', '')!r}; there are {expected}"
        case "union_tag_not_found":
            return "the device has no driver"
        case _:
            given = fault["input"]
            return f"{fault['msg']}, not {given!r}" if isinstance(given, str | int | float | bool) else fault["msg"]


def _without_tag(place: Place) -> Place:
    """Drop the driver's name that pydantic puts behind a device's number."""
    if len(place) > 2 and place[0] == "devices" and isinstance(place[1], int):
        return (*place[:2], *place[3:])
    return place


def line_of(text: str) -> dict[Place, int]:
    """Map each table, array entry and key of a TOML text to its line, counted from 1."""
    found: dict[Place, int] = {}
    entries: dict[str, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            name = header.group(2)
            if header.group(1) == "[[":
                entries[name] = entries.get(name, -1) + 1
                table = (name, entries[name])
            else:
                table = tuple(name.split("."))
            found[table] = number
        elif key := _KEY.match(line):
            found[(*table, key.group(1))] = number
    return found
