"""What a scanner sends: whatever the split, the suffix and the noise, a code comes out whole or not at all."""

import unicodedata
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.scan_codec import (
    BABBLE_BYTES,
    BABBLE_CODES,
    GAP_S,
    LONGEST_BYTES,
    REPEAT_S,
    SUFFIX_GAP_S,
    Babble,
    CodeStream,
    Heard,
    Suffix,
    Unreadable,
    decode,
)
from devices.values import Code, Symbology

SUFFIXES: dict[Suffix, bytes] = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b"", "auto": b"\r"}
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60).filter(
    lambda text: not text.startswith("]")
)


class Line:
    """A line with its own clock: bytes at once, or after a while."""

    def __init__(self, suffix: Suffix = "cr") -> None:
        self.now = 100.0
        self.codes = CodeStream(suffix, self.now)
        self.heard: list[Heard] = []
        self.quiet()

    def send(self, data: bytes, after_s: float = 0.0) -> "Line":
        self.now += after_s
        self.heard += self.codes.feed(data, self.now)
        return self

    def quiet(self, seconds: float = 1.0) -> "Line":
        """Nothing comes for a while; the driver looks every 20 ms."""
        end = self.now + seconds
        while self.now < end:
            self.send(b"", 0.02)
        return self

    @property
    def texts(self) -> list[str]:
        return [heard.text if isinstance(heard, Code) else heard.why for heard in self.heard]


def test_every_suffix_that_can_be_configured_is_tried_here() -> None:
    assert set(SUFFIXES) == set(get_args(Suffix))


@given(st.sampled_from(sorted(SUFFIXES)), TEXTS, st.lists(st.integers(0, 200), max_size=6))
def test_a_code_comes_out_whole_however_it_is_split(suffix: Suffix, text: str, cuts: list[int]) -> None:
    data = text.encode() + SUFFIXES[suffix]
    line = Line(suffix)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        line.send(b"", GAP_S / 2).send(data[start:end])
    assert line.quiet().texts == [text]


@given(st.sampled_from(sorted(SUFFIXES)), st.lists(TEXTS, min_size=2, max_size=4, unique=True))
def test_codes_one_after_another_stay_apart(suffix: Suffix, texts: list[str]) -> None:
    line = Line(suffix)
    for text in texts:
        line.send(text.encode() + SUFFIXES[suffix]).quiet(0.3)
    assert line.texts == texts


@given(st.binary(max_size=400), st.sampled_from(sorted(SUFFIXES)))
def test_whatever_comes_is_a_clean_text_or_unreadable(data: bytes, suffix: Suffix) -> None:
    for heard in Line(suffix).send(data).quiet().heard:
        if isinstance(heard, Code):
            assert heard.text
            assert {character for character in heard.text if unicodedata.category(character) == "Cc"} <= {"\x1d"}
        else:
            assert heard == Unreadable("in no known encoding")


@given(TEXTS, st.integers(1, 60), TEXTS)
def test_the_rest_of_a_code_that_began_before_is_discarded(before: str, cut: int, after: str) -> None:
    tail = before.encode()[-cut:] + b"\r"
    line = Line.__new__(Line)
    line.now, line.heard, line.codes = 100.0, [], CodeStream("cr", 100.0)
    line.send(tail[:5], 0.01).send(tail[5:], 0.03)
    assert line.quiet().texts == []
    assert line.send(after.encode() + b"\r").texts == [after]


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_without_its_suffix_a_code_ends_with_the_pause(suffix: Suffix) -> None:
    line = Line(suffix).send(b"HELLO")
    assert line.quiet(GAP_S / 2).texts == []
    assert line.quiet(SUFFIX_GAP_S).texts == ["HELLO"]


def test_bytes_that_are_read_late_were_not_sent_late() -> None:
    assert Line("none").send(b"HEL").send(b"LO", after_s=5.0).quiet().texts == ["HELLO"]


def test_any_suffix_will_do_where_none_is_named() -> None:
    assert Line("auto").send(b"A\rB\nC\r\nD\t").texts == ["A", "B", "C", "D"]


def test_a_named_suffix_leaves_others_to_the_text() -> None:
    assert Line("tab").send(b"LINE 1\r\nLINE 2\t").texts == ["LINE 1LINE 2"]


@pytest.mark.parametrize(
    ("sent", "text", "symbology"),
    [
        (b"]Q1https://a", "https://a", Symbology.QR),
        (b"]C1123", "123", Symbology.GS1_128),
        (b"]E0690", "690", Symbology.EAN_13),
        (b"]L2x", "x", Symbology.PDF417),
        (b"]d2x", "x", Symbology.GS1_DATA_MATRIX),
        (b"]Q9x", "]Q9x", Symbology.UNKNOWN),
        (b"]", "]", Symbology.UNKNOWN),
        (b"plain", "plain", Symbology.UNKNOWN),
    ],
)
def test_the_aim_identifier_is_taken_off_and_kept_as_symbology(sent: bytes, text: str, symbology: Symbology) -> None:
    assert decode(sent) == Code(text, symbology)


def test_an_identifier_alone_is_no_code() -> None:
    assert decode(b"]Q1") is None
    assert decode(b"\r\n\x00") is None
    assert decode(b"]C1\x1d") is None


def test_what_stands_between_the_fields_of_a_gs1_code_is_kept() -> None:
    assert decode(b"]C110ABC\x1d21\x00XYZ") == Code("10ABC\x1d21XYZ", Symbology.GS1_128)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_is_read_in_both_encodings(encoding: str) -> None:
    assert decode("沈阳示范机床有限公司 𬭎".encode(encoding)) == Code("沈阳示范机床有限公司 𬭎")


def test_what_is_in_no_known_encoding_is_unreadable() -> None:
    assert decode(b"\xff\xfe\x81") == Unreadable("in no known encoding")


@pytest.mark.parametrize("identifier", [b"", b"]Q1"])
def test_the_longest_code_there_is_is_read_and_no_longer_one(identifier: bytes) -> None:
    longest = b"A" * LONGEST_BYTES
    assert Line().send(identifier + longest + b"\r").texts == ["A" * LONGEST_BYTES]
    assert Line("crlf").send(identifier + longest + b"\r\n").texts == ["A" * LONGEST_BYTES]
    assert Line().send(identifier + longest + b"A\r").quiet().texts == ["too long"]


def test_a_flood_is_refused_once_without_growth_and_a_code_after_it_is_read() -> None:
    line = Line()
    for _ in range(2000):
        line.send(b"#" * 100, 0.01)
        assert len(line.codes._buffer) <= LONGEST_BYTES + 5
    assert line.texts == ["too long"]
    assert line.send(b"\rHELLO\r").texts == ["too long", "HELLO"]


def test_a_flood_that_ran_before_anybody_listened_is_called_unreadable() -> None:
    line = Line.__new__(Line)
    line.now, line.heard, line.codes = 100.0, [], CodeStream("none", 100.0)
    for _ in range(200):
        line.send(b"#" * 100, 0.01)
    assert line.texts == ["too long"]
    assert line.quiet().send(b"HELLO").quiet().texts == ["too long", "HELLO"]


def test_a_code_of_which_a_part_was_lost_is_unreadable_and_its_rest_is_let_go_by() -> None:
    line = Line().send(b"HEL")
    line.heard += line.codes.lose(line.now)
    assert line.send(b"LO\rNEXT\r").texts == ["lost in part", "NEXT"]


def test_what_is_lost_between_two_codes_is_nothing_to_complain_about() -> None:
    line = Line().send(b"ONE\r")
    line.heard += line.codes.lose(line.now)
    assert line.quiet().send(b"TWO\r").texts == ["ONE", "TWO"]


def test_a_slower_line_brings_its_own_pauses() -> None:
    line = Line()
    line.codes = CodeStream("none", line.now, gap_s=0.5, fresh_s=0.2)
    assert line.quiet(0.3).send(b"HEL").quiet(0.4).send(b"LO").quiet(0.4).texts == []
    assert line.quiet(0.2).texts == ["HELLO"]


class TestBabble:
    def test_one_long_code_after_another_with_a_pause_between_is_work(self) -> None:
        babble = Babble()
        for _ in range(100):
            babble.read(LONGEST_BYTES)
            babble.heard()
            assert not babble.goes_on
            babble.read(0)

    def test_bytes_without_a_pause_are_too_many_at_last(self) -> None:
        babble = Babble()
        goes_on = []
        for units in (BABBLE_BYTES, 1, 0):
            babble.read(units)
            goes_on.append(babble.goes_on)
        assert goes_on == [False, True, False]

    def test_codes_without_a_pause_are_too_many_at_last(self) -> None:
        babble = Babble()
        for _ in range(BABBLE_CODES):
            babble.read(2)
            babble.heard()
            assert not babble.goes_on
        babble.heard()
        assert babble.goes_on


def test_a_code_that_stays_is_heard_once_and_again_after_two_seconds_without_it() -> None:
    line = Line()
    for _ in range(10):
        line.send(b"SAME\r", REPEAT_S / 2)
    assert line.texts == ["SAME"]
    assert line.quiet(REPEAT_S + 0.1).send(b"SAME\r").texts == ["SAME", "SAME"]


def test_another_code_in_between_is_heard_and_the_first_one_again() -> None:
    assert Line().send(b"ONE\rTWO\rTWO\rONE\r").texts == ["ONE", "TWO", "ONE"]


def test_the_same_text_listened_for_anew_is_heard_again() -> None:
    assert Line().send(b"SAME\r").texts == Line().send(b"SAME\r").texts == ["SAME"]


def test_a_code_does_not_show_in_a_repr() -> None:
    line = Line().send(b"SECRET\r")
    assert line.texts == ["SECRET"]
    assert "SECRET" not in repr(line.heard)
