"""Lines of a configuration: whatever way of TOML somebody writes, a fault points at the line it stands on."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.base.toml_lines import Place, line_of

TEXT = '''\
# a comment with = and [
[kiosk] # another
id = "demo-0001"
screen.width = 1080
"quoted key" = 1
words = """
[not.a.table]
not = "a key"
"""

[central.limits]
  timeout_s = 8

[[devices]]
id = "one" # ]
list = [
    1,  # first
    { port = "/dev/a", baud = 9600 },
]

[[devices]]
id = "two"
[devices.more]
deep.er = 'x = "y"'
[[devices.parts]]
name = "first"
[[devices.parts]]
name = "second"
'''


def holding(words: str) -> int:
    found = [number for number, line in enumerate(TEXT.splitlines(), 1) if words in line]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("kiosk",), "[kiosk]"),
        (("kiosk", "id"), "demo-0001"),
        (("kiosk", "screen"), "screen.width"),
        (("kiosk", "screen", "width"), "screen.width"),
        (("kiosk", "quoted key"), "quoted key"),
        (("kiosk", "words"), "words ="),
        (("central", "limits"), "[central.limits]"),
        (("central", "limits", "timeout_s"), "timeout_s"),
        (("devices", 0, "id"), '"one"'),
        (("devices", 0, "list", 0), "# first"),
        (("devices", 0, "list", 1, "baud"), "9600"),
        (("devices", 1, "id"), '"two"'),
        (("devices", 1, "more", "deep", "er"), "deep.er"),
        (("devices", 1, "parts", 0, "name"), '"first"'),
        (("devices", 1, "parts", 1, "name"), '"second"'),
    ],
)
def test_a_key_is_found_on_its_line(place: Place, words: str) -> None:
    assert line_of(TEXT)[place] == holding(words)


def test_what_only_looks_like_a_key_is_none() -> None:
    assert {place for place in line_of(TEXT) if place[-1] in {"not", "y", "a"}} == set()


NAMES = st.from_regex(r"[a-z_][a-z0-9_-]{0,6}", fullmatch=True)
SCALARS = st.one_of(st.integers(), st.booleans(), st.text(max_size=6))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def written(value: Any) -> str:
    """Write a value as TOML does, arrays over several lines."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return '"' + "".join(f"\\U{ord(letter):08X}" if not letter.isalnum() else letter for letter in value) + '"'
        case list():
            return "[\n" + "".join(f"  {written(item)}, # ]\n" for item in value) + "]"
        case _:
            return "{" + ", ".join(f"{name} = {written(item)}" for name, item in value.items()) + "}"


def places(value: Any, at: Place = ()) -> set[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place for name, item in inner for place in {(*at, name), *places(item, (*at, name))}}


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.lists(st.dictionaries(NAMES, VALUES, max_size=3), max_size=3))
def test_every_key_of_any_text_is_found_and_on_a_line_that_names_it(
    top: dict[str, Any], entries: list[dict[str, Any]]
) -> None:
    top.pop("entry", None)
    text = "".join(f"{name} = {written(value)}\n" for name, value in top.items())
    for entry in entries:
        text += "[[entry]]\n" + "".join(f"{name} = {written(value)}\n" for name, value in entry.items())
    read = tomllib.loads(text)
    found = line_of(text)
    assert found.keys() == places(read) - {("entry",)}
    lines = text.splitlines()
    assert all(str(place[-1]) in lines[line - 1] for place, line in found.items() if isinstance(place[-1], str))
