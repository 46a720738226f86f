"""Keys into text: what a scanner was set to type comes back, and XKB agrees about where the characters are."""

import ctypes
from collections.abc import Iterable

import pytest
from evdev.ecodes import ecodes
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.wedge_keymap import LAYOUTS, NO_CHARACTER, AltCodes, LayoutName, Typist, alt_code
from devices.sim import wedge_typist

NAMES: tuple[LayoutName, ...] = ("us", "uk", "de", "fr")
XKB_NAMES = {"us": "us", "uk": "gb", "de": "de", "fr": "fr"}
HELD = {"plain": [], "shift": ["LEFTSHIFT"], "altgr": ["RIGHTALT"]}
_DEAD = {
    "dead_circumflex": "^",
    "dead_acute": "´",
    "dead_grave": "`",
    "dead_diaeresis": "¨",
    "dead_tilde": "~",
}
ONLY_WINDOWS = {("fr", "altgr", "~"), ("fr", "altgr", "`")}
"""Dead on Windows, which scanners mean, and plain in XKB."""
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=30)


class Xkb:
    """The system's keyboard tables, through the library that Qt itself uses."""

    def __init__(self, layout: str) -> None:
        self._lib = ctypes.CDLL("libxkbcommon.so.0")
        for name in ("xkb_context_new", "xkb_keymap_new_from_names", "xkb_state_new"):
            getattr(self._lib, name).restype = ctypes.c_void_p
        names = (ctypes.c_char_p * 5)(b"evdev", b"pc105", layout.encode(), b"", b"")
        self._context = ctypes.c_void_p(self._lib.xkb_context_new(0))
        self._keymap = ctypes.c_void_p(self._lib.xkb_keymap_new_from_names(self._context, names, 0))
        assert self._keymap, "no keyboard tables (xkb-data)"

    def name(self, held: Iterable[int], code: int) -> str:
        """Name what `code` types while the keys in `held` are down."""
        state = ctypes.c_void_p(self._lib.xkb_state_new(self._keymap))
        for key in held:
            self._lib.xkb_state_update_key(state, key + 8, 1)
        symbol = self._lib.xkb_state_key_get_one_sym(state, code + 8)
        text = ctypes.create_string_buffer(64)
        self._lib.xkb_keysym_get_name(symbol, text, 64)
        dead = _DEAD.get(text.value.decode())
        size = self._lib.xkb_state_key_get_utf8(state, code + 8, text, 64)
        self._lib.xkb_state_unref(state)
        return f"dead {dead}" if dead else text.raw[:size].decode()

    def close(self) -> None:
        self._lib.xkb_keymap_unref(self._keymap)
        self._lib.xkb_context_unref(self._context)


def key(name: str) -> int:
    return ecodes[f"KEY_{name}"]


def typed(strokes: Iterable[tuple[int, int]], layout: LayoutName = "us", alt_codes: AltCodes = "unicode") -> bytes:
    typist = Typist(layout, alt_codes)
    return b"".join(typist.key(code, value) for code, value in strokes)


def chord(*names: str) -> list[tuple[int, int]]:
    """Press all in turn, and let go of them."""
    return [(key(name), 1) for name in names] + [(key(name), 0) for name in reversed(names)]


def alt(digits: str) -> list[tuple[int, int]]:
    pad = [stroke for digit in digits for stroke in chord(f"KP{digit}")]
    return [(key("LEFTALT"), 1), *pad, (key("LEFTALT"), 0)]


@pytest.mark.parametrize("layout", NAMES)
def test_every_character_is_where_the_systems_own_tables_have_it(layout: LayoutName) -> None:
    table, xkb = LAYOUTS[layout], Xkb(XKB_NAMES[layout])
    for level, characters in (("plain", table.plain), ("shift", table.shift), ("altgr", table.altgr)):
        for code, character in characters.items():
            if character == "\0" or (layout, level, character) in ONLY_WINDOWS:
                continue
            expected = f"dead {character}" if (level, character) in table.dead else character
            assert xkb.name([key(name) for name in HELD[level]], code) == expected, (level, code)
    xkb.close()


@pytest.mark.parametrize("layout", NAMES)
@pytest.mark.parametrize("alt_codes", ["unicode", "bytes"])
@given(text=TEXTS, seed=st.integers(0, 3))
def test_any_text_that_is_typed_comes_back(layout: LayoutName, alt_codes: AltCodes, text: str, seed: int) -> None:
    try:
        strokes = list(wedge_typist.Typist(layout, alt_codes, seed).text(text))
    except UnicodeEncodeError:  # between 80 and 9F, what only some code page has
        return
    assert typed(strokes, layout, alt_codes).decode() == text


@pytest.mark.parametrize("layout", NAMES)
@given(text=st.text(st.sampled_from("收件回执沈阳市AZaz09-/:?&=.%_äé€^`´~"), max_size=30), seed=st.integers(0, 3))
def test_chinese_typed_by_its_gbk_numbers_comes_back(layout: LayoutName, text: str, seed: int) -> None:
    gbk = "".join(character for character in text if character in "收件回执沈阳市" or ord(character) < 0x80)
    strokes = wedge_typist.Typist(layout, "gbk", seed).text(gbk)
    assert typed(strokes, layout, "gbk").decode() == gbk


@pytest.mark.parametrize("layout", NAMES)
def test_a_whole_address_is_typed_on_every_layout(layout: LayoutName) -> None:
    address = "https://fuwu.example.gov.cn/verify?code=7K3M-9Q2X&to=[A]{b}|\\@#~^`'\"<>_;:,.!$%*()+"
    assert typed(wedge_typist.Typist(layout, "unicode").text(address), layout).decode() == address


def test_the_same_keys_on_another_layout_are_another_text() -> None:
    strokes = list(wedge_typist.Typist("us", "unicode").text("AZ-1/"))
    assert [typed(strokes, layout).decode() for layout in NAMES] == ["AZ-1/", "AZ-1/", "AYß1-", "QW)&!"]


@pytest.mark.parametrize(
    ("layout", "names", "text"),
    [
        ("us", ("A",), "a"),
        ("us", ("RIGHTSHIFT", "2"), "@"),
        ("uk", ("LEFTSHIFT", "3"), "£"),
        ("uk", ("RIGHTALT", "4"), "€"),
        ("de", ("RIGHTALT", "Q"), "@"),
        ("de", ("LEFTCTRL", "LEFTALT", "7"), "{"),
        ("de", ("KPDOT",), ","),
        ("fr", ("LEFTSHIFT", "1"), "1"),
        ("fr", ("RIGHTALT", "0"), "@"),
        ("us", ("KP7",), "7"),
        ("us", ("KPENTER",), "\r"),
        ("us", ("TAB",), "\t"),
        ("us", ("LEFTCTRL", "M"), "\r"),
        ("us", ("LEFTCTRL", "RIGHTBRACE"), "\x1d"),
        ("us", ("F1",), ""),
        ("us", ("UP",), ""),
        ("us", ("NUMLOCK",), ""),
    ],
)
def test_keys_type_what_is_printed_on_them(layout: LayoutName, names: tuple[str, ...], text: str) -> None:
    assert typed(chord(*names), layout).decode() == text


@pytest.mark.parametrize(
    ("layout", "names"), [("us", ("LEFTALT", "A")), ("de", ("RIGHTALT", "A")), ("fr", ("LEFTSHIFT", "GRAVE"))]
)
def test_a_key_without_a_character_makes_the_code_unreadable_and_not_shorter(
    layout: LayoutName, names: tuple[str, ...]
) -> None:
    assert typed(chord(*names), layout) == NO_CHARACTER


def test_caps_lock_turns_letters_round_and_nothing_else() -> None:
    caps = chord("CAPSLOCK")
    assert typed([*caps, *chord("A"), *chord("LEFTSHIFT", "A"), *chord("1"), *caps, *chord("A")]) == b"Aa1a"
    assert typed([*caps, *chord("SEMICOLON"), *chord("2")], "de").decode() == "Ö2"


def test_a_key_that_is_held_down_types_once() -> None:
    assert typed([(key("A"), 1), (key("A"), 2), (key("A"), 2), (key("A"), 0)]) == b"a"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (chord("GRAVE") + chord("SPACE"), "^"),
        (chord("GRAVE") + chord("A"), "â"),
        (chord("EQUAL") + chord("E"), "é"),
        (chord("EQUAL") + chord("LEFTSHIFT", "E"), "É"),
        (chord("GRAVE") + chord("Q"), "^q"),
        (chord("GRAVE") + chord("GRAVE") + chord("SPACE"), "^^"),
        (chord("GRAVE") + chord("ENTER"), "^\r"),
    ],
)
def test_dead_keys_wait_for_the_next_one(keys: list[tuple[int, int]], text: str) -> None:
    assert typed(keys, "de").decode() == text


@pytest.mark.parametrize(
    ("digits", "kind", "text"),
    [
        ("065", "unicode", "A"),
        ("65", "unicode", "A"),
        ("0128", "unicode", "€"),
        ("0233", "unicode", "é"),
        ("130", "unicode", "é"),
        ("20013", "unicode", "中"),
        ("128512", "unicode", "😀"),
        ("54992", "gbk", "中"),
        ("065", "gbk", "A"),
    ],
)
def test_numbers_typed_with_alt_are_characters(digits: str, kind: AltCodes, text: str) -> None:
    assert typed(alt(digits), "us", kind).decode() == text


def test_numbers_typed_with_alt_may_be_the_codes_own_bytes() -> None:
    assert typed([stroke for byte in "中".encode() for stroke in alt(f"0{byte}")], "us", "bytes").decode() == "中"


@pytest.mark.parametrize(
    ("digits", "kind"),
    [("0", "unicode"), ("55296", "unicode"), ("1114112", "unicode"), ("9" * 11, "unicode"), ("0129", "unicode"),
     ("65535", "gbk"), ("99999", "gbk"), ("256", "bytes")],
)  # fmt: skip
def test_a_number_that_stands_for_nothing_makes_the_code_unreadable(digits: str, kind: AltCodes) -> None:
    assert alt_code(digits, kind) == NO_CHARACTER
    assert typed(alt(digits), "us", kind) == NO_CHARACTER


def test_shift_that_was_down_when_events_were_lost_is_not_believed_any_more() -> None:
    typist = Typist("us", "unicode")
    typist.key(key("LEFTSHIFT"), 1)
    typist.forget()
    assert typist.key(key("A"), 1) == b"a"


@given(
    st.sampled_from(NAMES),
    st.sampled_from(["unicode", "gbk", "bytes"]),
    st.lists(st.tuples(st.integers(0, 0xFFFF) | st.integers(0, 127), st.integers(-1, 3)), max_size=200),
)
def test_whatever_keys_come_neither_break_nor_grow(
    layout: LayoutName, alt_codes: AltCodes, strokes: list[tuple[int, int]]
) -> None:
    typist = Typist(layout, alt_codes)
    for code, value in strokes:
        assert len(typist.key(code, value)) <= 8
    assert len(typist._digits) <= 11
    assert len(typist._down) <= 6
