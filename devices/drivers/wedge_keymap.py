"""Keys into text: which character a key types on each keyboard layout a scanner can be set to play.

A scanner that types was set to the layout of some host; only the same layout here gives its code back.
Layouts are those of Windows, which scanners mean. A key that would type nothing where a character must
stand makes the code unreadable instead of shorter. Pure; forgets nothing but what was typed.
"""

import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from evdev.ecodes import ecodes

LayoutName = Literal["us", "uk", "de", "fr"]
AltCodes = Literal["unicode", "gbk", "bytes"]

NO_CHARACTER = b"\xff"
"""Typed where no character can be told: in no encoding, so that the whole code is unreadable."""
_MOST_ALT_DIGITS = 10
_LAST_CODE_POINT = 0x10FFFF


def _key(name: str) -> int:
    return ecodes[f"KEY_{name}"]


_ROWS = (
    "GRAVE 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL",
    "Q W E R T Y U I O P LEFTBRACE RIGHTBRACE",
    "A S D F G H J K L SEMICOLON APOSTROPHE BACKSLASH",
    "102ND Z X C V B N M COMMA DOT SLASH",
)
POSITIONS = tuple(_key(name) for row in _ROWS for name in row.split())
"""The keys that type characters, in the order in which the layouts below name them."""
_PAD_DIGITS = {_key(f"KP{digit}"): str(digit) for digit in range(10)}
_PAD = {**_PAD_DIGITS, _key("KPPLUS"): "+", _key("KPMINUS"): "-", _key("KPASTERISK"): "*", _key("KPSLASH"): "/"}
_CONTROL = {_key("ENTER"): b"\r", _key("KPENTER"): b"\r", _key("TAB"): b"\t", _key("LINEFEED"): b"\n"}
_PAD_DOT = _key("KPDOT")
_SPACE, _CAPS_LOCK = _key("SPACE"), _key("CAPSLOCK")
_SHIFTS = frozenset({_key("LEFTSHIFT"), _key("RIGHTSHIFT")})
_CONTROLS = frozenset({_key("LEFTCTRL"), _key("RIGHTCTRL")})
_LEFT_ALT, _RIGHT_ALT = _key("LEFTALT"), _key("RIGHTALT")
_MODIFIERS = _SHIFTS | _CONTROLS | {_LEFT_ALT, _RIGHT_ALT}
_MARKS = {"^": "\u0302", "´": "\u0301", "`": "\u0300", "¨": "\u0308", "~": "\u0303"}
"""What a dead key puts on the next letter."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Characters by key: alone, with shift, with AltGr; `dead` are the keys' characters that wait for a letter."""

    plain: dict[int, str]
    shift: dict[int, str]
    altgr: dict[int, str]
    dead: frozenset[tuple[str, str]] = field(default=frozenset())
    """Level (``plain``, ``shift``, ``altgr``) and character."""
    point: str = "."
    """What the numeric keypad's point types."""


def _layout(plain: str, shift: str, altgr: dict[str, str], dead: tuple[str, ...] = (), point: str = ".") -> Layout:
    """Make a layout from characters in the order of `POSITIONS`; `altgr` goes from the plain character."""
    by_plain = dict(zip(plain, POSITIONS, strict=True))
    return Layout(
        plain=dict(zip(POSITIONS, plain, strict=True)) | {_SPACE: " "},
        shift=dict(zip(POSITIONS, shift, strict=True)) | {_SPACE: " "},
        altgr={by_plain[key]: character for key, character in altgr.items()},
        dead=frozenset((level, character) for entry in dead for level, _, character in [entry.partition(" ")]),
        point=point,
    )


LAYOUTS: dict[LayoutName, Layout] = {
    "us": _layout(
        "`1234567890-=" + "qwertyuiop[]" + "asdfghjkl;'\\" + "<zxcvbnm,./",
        "~!@#$%^&*()_+" + "QWERTYUIOP{}" + 'ASDFGHJKL:"|' + ">ZXCVBNM<>?",
        {},
    ),
    "uk": _layout(
        "`1234567890-=" + "qwertyuiop[]" + "asdfghjkl;'#" + "\\zxcvbnm,./",
        '¬!"£$%^&*()_+' + "QWERTYUIOP{}" + "ASDFGHJKL:@~" + "|ZXCVBNM<>?",
        {"4": "€"},
    ),
    "de": _layout(
        "^1234567890ß´" + "qwertzuiopü+" + "asdfghjklöä#" + "<yxcvbnm,.-",
        '°!"§$%&/()=?`' + "QWERTZUIOPÜ*" + "ASDFGHJKLÖÄ'" + ">YXCVBNM;:_",
        dict(zip("qe7890ß+<m23", "@€{[]}\\~|µ²³", strict=True)),
        dead=("plain ^", "plain ´", "shift `"),
        point=",",
    ),
    "fr": _layout(
        "²&é\"'(-è_çà)=" + "azertyuiop^$" + "qsdfghjklmù*" + "<wxcvbn,;:!",
        "\0" + "1234567890°+" + "AZERTYUIOP¨£" + "QSDFGHJKLM%µ" + ">WXCVBN?./§",
        dict(zip("é\"'(-è_çà)=e", "~#{[|`\\^@]}€", strict=True)),
        dead=("plain ^", "shift ¨", "altgr ~", "altgr `"),
    ),
}
"""Checked against the keyboard tables of XKB; ``\\0`` is a key that types nothing."""


class Typist:
    """Follows the keys of one keyboard; says what each types, as UTF-8."""

    def __init__(self, layout: LayoutName, alt_codes: AltCodes) -> None:
        self._layout = LAYOUTS[layout]
        self._alt_codes = alt_codes
        self._down: set[int] = set()
        self._caps = False
        self._digits = ""
        self._dead = ""

    def forget(self) -> None:
        """Events were lost: no key is known to be down."""
        self._down.clear()
        self._digits = self._dead = ""

    def key(self, code: int, value: int) -> bytes:
        """Take up one key event, `value` 0 for up, 1 for down, 2 for the repeat of one held down; "" types nothing."""
        match value:
            case 0:
                return self._up(code)
            case 1:
                return self._pressed(code)
            case _:
                return b""

    def _pressed(self, code: int) -> bytes:
        typed = b""
        if code in _MODIFIERS:
            self._down.add(code)
        elif code == _CAPS_LOCK:
            self._caps = not self._caps
        elif code in _CONTROL:
            typed = self._after_dead() + _CONTROL[code]
        elif _LEFT_ALT in self._down and not self._down & _CONTROLS and code in _PAD_DIGITS:
            # One too many is kept, which makes the number invalid, and no more.
            self._digits = (self._digits + _PAD_DIGITS[code])[: _MOST_ALT_DIGITS + 1]
        else:
            character = self._character(code)
            typed = NO_CHARACTER if character is None else character.encode()
        return typed

    def _up(self, code: int) -> bytes:
        self._down.discard(code)
        if code != _LEFT_ALT or not self._digits:
            return b""
        digits, self._digits = self._digits, ""
        return self._after_dead() + alt_code(digits, self._alt_codes)

    def _character(self, code: int) -> str | None:
        """Return what a key types now, "" for nothing that belongs to a text, None where a character is missing."""
        if code in _PAD or code == _PAD_DOT:
            return self._compose(_PAD.get(code, self._layout.point), dead=False)
        if code not in self._layout.plain:
            return ""
        control, alt = bool(self._down & _CONTROLS), _LEFT_ALT in self._down
        if _RIGHT_ALT in self._down or (control and alt):  # a host without AltGr takes Ctrl and Alt for it
            level, table = "altgr", self._layout.altgr
        elif control:
            return _control(self._layout.plain[code])
        elif alt:
            return None
        elif bool(self._down & _SHIFTS) != (self._caps and self._layout.plain[code].isalpha() and self._pairs(code)):
            level, table = "shift", self._layout.shift
        else:
            level, table = "plain", self._layout.plain
        character = table.get(code, "\0")
        return None if character == "\0" else self._compose(character, dead=(level, character) in self._layout.dead)

    def _pairs(self, code: int) -> bool:
        """Whether the key has the small and the capital of one letter: those caps lock turns round."""
        return self._layout.plain[code].upper() == self._layout.shift[code]

    def _compose(self, character: str, *, dead: bool) -> str:
        waiting, self._dead = self._dead, character if dead else ""
        if not waiting:
            return "" if dead else character
        if dead:
            return waiting
        if character == " ":
            return waiting
        composed = unicodedata.normalize("NFC", character + _MARKS[waiting])
        return composed if len(composed) == 1 else waiting + character

    def _after_dead(self) -> bytes:
        waiting, self._dead = self._dead, ""
        return waiting.encode()


def alt_code(digits: str, kind: AltCodes) -> bytes:
    """Make the number that was typed with Alt held down into what it stands for, as UTF-8 or as the code's own byte."""
    value = int(digits)
    if len(digits) > _MOST_ALT_DIGITS or not value:
        return NO_CHARACTER
    try:
        if kind == "bytes":
            return bytes([value])
        if value > 0xFF and kind == "gbk":
            return value.to_bytes(2).decode("gbk").encode()
        if value > 0xFF:
            return chr(value).encode() if value <= _LAST_CODE_POINT else NO_CHARACTER
        # Windows: with a leading zero the ANSI code page, without one the first PC's.
        return bytes([value]).decode("cp1252" if digits.startswith("0") else "cp437").encode()
    except (ValueError, OverflowError):
        return NO_CHARACTER


def _control(character: str) -> str:
    """Return the control character that Ctrl with a key gives."""
    upper = character.upper()
    return chr(ord(upper) & 0x1F) if "@" <= upper <= "_" else ""
