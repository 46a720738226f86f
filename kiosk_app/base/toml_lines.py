"""On which line each key of a TOML text stands, since the parser of the standard library keeps no lines.

For text that the parser has taken: what is not TOML is not found out here. Dotted and quoted keys, inline
tables, arrays over several lines and strings over several lines are followed, so that no fault of a
configuration points at the wrong line or at none.
"""

import re

Place = tuple[int | str, ...]
"""Keys and, for entries of arrays, numbers from 0: ``("devices", 1, "port")``."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]*")


def line_of(text: str) -> dict[Place, int]:
    """Map each table, array entry and key of a TOML text to its line, counted from 1."""
    reading = _Reading(text)
    reading.document()
    return reading.found


class _Reading:
    """A walk through the text, from key to key."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._entries: dict[Place, int] = {}
        self.found: dict[Place, int] = {}

    def document(self) -> None:
        table: Place = ()
        self._skip(_GAP)
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_GAP)

    def _header(self) -> Place:
        """Pass ``[a.b]`` or ``[[a.b]]``; return the table that is open from there on."""
        line = self._line()
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        names = self._key()
        self._at += 2 if many else 1
        place: Place = ()
        for name in names[:-1]:
            place = self._inside((*place, name))
        place = (*place, names[-1])
        if many:
            self._entries[place] = self._entries.get(place, -1) + 1
        place = self._inside(place)
        self.found[place] = line
        return place

    def _inside(self, place: Place) -> Place:
        """Return the newest entry, where `place` is an array of tables."""
        return (*place, self._entries[place]) if place in self._entries else place

    def _pair(self, table: Place) -> None:
        line = self._line()
        place = table
        for name in self._key():
            place = (*place, name)
            self.found.setdefault(place, line)
        self._at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(place)

    def _key(self) -> list[str]:
        """Pass a key; return its parts."""
        parts: list[str] = []
        while True:
            self._skip(_BLANK)
            quoted = _STRING.match(self._text, self._at)
            part = quoted or _BARE_KEY.match(self._text, self._at)
            if part is None:
                raise ValueError(f"no key on line {self._line()}")
            parts.append(part.group()[1:-1] if quoted else part.group())
            self._at = part.end()
            self._skip(_BLANK)
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _value(self, place: Place) -> None:
        match self._text[self._at : self._at + 1]:
            case "[":
                self._array(place)
            case "{":
                self._inline_table(place)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _array(self, place: Place) -> None:
        number = 0
        self._at += 1
        self._skip(_GAP)
        while not self._text.startswith("]", self._at):
            self.found[(*place, number)] = self._line()
            self._value((*place, number))
            number += 1
            self._separator()
        self._at += 1

    def _inline_table(self, place: Place) -> None:
        self._at += 1
        self._skip(_GAP)
        while not self._text.startswith("}", self._at):
            self._pair(place)
            self._separator()
        self._at += 1

    def _separator(self) -> None:
        self._skip(_GAP)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_GAP)

    def _skip(self, what: re.Pattern[str]) -> None:
        passed = what.match(self._text, self._at)
        if passed is not None:
            self._at = passed.end()

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1
