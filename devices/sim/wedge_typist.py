"""What a scanner that plays a keyboard presses to type a text: pure, text in, key events out.

It holds shift, AltGr (or Ctrl and Alt, as a host without one expects), goes through dead keys, and types
with Alt on the numeric keypad what its layout has no key for. Which of several ways it takes is by seed.
"""

import unicodedata
from collections.abc import Iterator
from random import Random

from evdev.ecodes import ecodes

from devices.drivers.wedge_keymap import LAYOUTS, AltCodes, Layout, LayoutName

Stroke = tuple[int, int]
"""Key code, and 1 for down, 0 for up, 2 for the repeat of one held down."""
ENDS = {"auto": "ENTER", "enter": "ENTER", "tab": "TAB", "none": ""}
"""What is pressed after each code, by the name that the driver's configuration has for it."""
_MARKS = {"\u0302": "^", "\u0301": "´", "\u0300": "`", "\u0308": "¨", "\u0303": "~"}


class Typist:
    """One keyboard."""

    def __init__(self, layout: LayoutName, alt_codes: AltCodes, seed: int = 0) -> None:
        self._layout = LAYOUTS[layout]
        self._alt_codes = alt_codes
        self._random = Random(seed)  # noqa: S311 - repeatable variety, no secret
        self._keys = _by_character(self._layout)

    def text(self, text: str) -> Iterator[Stroke]:
        """Yield the strokes of `text`.

        Raises:
            UnicodeEncodeError: a character has no key and no number either, as this scanner is set.
        """
        for character in text:
            yield from self._character(character)

    def end(self, suffix: str) -> Iterator[Stroke]:
        """Yield the strokes that end a code."""
        if ENDS[suffix]:
            yield from _press(ENDS[suffix])

    def _character(self, character: str) -> Iterator[Stroke]:
        base, *marks = list(unicodedata.normalize("NFD", character))
        if character in self._keys:
            yield from self._key(character)
        elif len(marks) == 1 and base in self._keys and self._waits(_MARKS.get(marks[0], "")):
            yield from self._key(_MARKS[marks[0]], alone=False)
            yield from self._key(base)
        else:
            for digits in _numbers(character, self._alt_codes):
                yield _code("LEFTALT"), 1
                for digit in digits:
                    yield from _press(f"KP{digit}")
                yield _code("LEFTALT"), 0

    def _waits(self, mark: str) -> bool:
        return mark in self._keys and (self._keys[mark][0], mark) in self._layout.dead

    def _key(self, character: str, *, alone: bool = True) -> Iterator[Stroke]:
        level, code = self._keys[character]
        holds: dict[str, list[tuple[str, ...]]] = {
            "plain": [()],
            "shift": [("LEFTSHIFT",), ("RIGHTSHIFT",)],
            "altgr": [("RIGHTALT",), ("LEFTCTRL", "LEFTALT")],
        }
        held = self._random.choice(holds[level])
        for name in held:
            yield _code(name), 1
        yield code, 1
        if self._random.random() < 0.1:
            yield code, 2
        yield code, 0
        for name in reversed(held):
            yield _code(name), 0
        if alone and (level, character) in self._layout.dead:
            yield from _press("SPACE")


def _by_character(layout: Layout) -> dict[str, tuple[str, int]]:
    levels = {"altgr": layout.altgr, "shift": layout.shift, "plain": layout.plain}
    found = {}
    for level, table in levels.items():  # the plainest way last, so that it is the one taken
        found.update({character: (level, code) for code, character in table.items() if character != "\0"})
    for _, character in layout.dead:  # another way without a dead key is the one taken
        for other, table in levels.items():
            if (other, character) not in layout.dead and character in table.values():
                found[character] = (other, next(code for code, shown in table.items() if shown == character))
    return found


def _numbers(character: str, kind: AltCodes) -> list[str]:
    match kind:
        case "bytes":
            return [f"0{byte}" for byte in character.encode()]
        case "gbk":
            return [str(int.from_bytes(character.encode("gbk")))]
        case _:
            if ord(character) > 0xFF:
                return [str(ord(character))]
            return [f"0{character.encode('cp1252')[0]}"]


def _press(name: str) -> Iterator[Stroke]:
    yield _code(name), 1
    yield _code(name), 0


def _code(name: str) -> int:
    return ecodes[f"KEY_{name}"]
