"""The bytes of a code and what it says of them, made into text: every encoding that is named, none that is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.code_text import IDENTIFIERS, read_text
from devices.drivers.scan_codec import LONGEST_BYTES, Unreadable
from devices.values import Code, Symbology

CHINESE = "收件回执 沈阳"


def named(*parts: tuple[int, bytes]) -> tuple[bytes, bytes]:
    """Return a code's bytes, and the same with each part's encoding named."""
    said = b"]Q2" + b"".join(b"\\%06d" % eci + part.replace(b"\\", b"\\\\") for eci, part in parts)
    return b"".join(part for _, part in parts), said


def plain(payload: bytes) -> tuple[bytes, bytes]:
    return payload, b"]Q1" + payload


@pytest.mark.parametrize(
    ("eci", "encoding", "text"),
    [
        (26, "utf-8", CHINESE + "𬭎"),
        (32, "gb18030", CHINESE + "𬭎"),
        (31, "gbk", CHINESE),
        (29, "gb2312", CHINESE),
        (28, "big5", "收件回執"),
        (20, "shift_jis", "中文"),
        (25, "utf-16-be", CHINESE),
        (3, "iso8859-1", "Müller"),
        (7, "iso8859-5", "Привет"),
        (15, "iso8859-13", "Łódź"),
        (22, "cp1251", "Привет"),
    ],
)
def test_a_named_encoding_is_believed(eci: int, encoding: str, text: str) -> None:
    assert read_text(Symbology.QR, *named((eci, text.encode(encoding)))) == Code(text, Symbology.QR)


def test_parts_in_different_encodings_are_one_text() -> None:
    parts = ((26, "收件".encode()), (32, "回执".encode("gb18030")), (899, b"-01"))
    assert read_text(Symbology.AZTEC, *named(*parts)) == Code("收件回执-01", Symbology.AZTEC)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_that_say_nothing_are_read_as_from_any_scanner(encoding: str) -> None:
    payload = CHINESE.encode(encoding)
    for given_as in (plain(payload), named((899, payload))):
        assert read_text(Symbology.QR, *given_as) == Code(CHINESE, Symbology.QR)


def test_kanji_mode_is_a_matter_of_qr_codes_only() -> None:
    assert read_text(Symbology.QR, *plain("A1中文".encode("shift_jis"))) == Code("A1中文", Symbology.QR)
    assert read_text(Symbology.PDF417, *plain("中文".encode("shift_jis"))) != Code("中文", Symbology.PDF417)


@pytest.mark.parametrize(
    "given_as",
    [
        named((26, b"\xff\xfe")),
        named((999, b"HELLO")),
        named((32, b"\x81")),
        plain(b"\xff\xfe\x81"),
    ],
    ids=["not-what-it-says", "unknown-number", "half-a-character", "nothing-fits"],
)
def test_what_nobody_can_tell_is_unreadable(given_as: tuple[bytes, bytes]) -> None:
    assert read_text(Symbology.QR, *given_as) == Unreadable("in no known encoding")


def test_more_than_the_largest_code_holds_is_refused_whatever_it_says() -> None:
    for given_as in (plain(b"A" * (LONGEST_BYTES + 1)), named((26, b"A" * (LONGEST_BYTES + 1)))):
        assert read_text(Symbology.QR, *given_as) == Unreadable("too long")
    assert read_text(Symbology.QR, *plain(b"A" * LONGEST_BYTES)) == Code("A" * LONGEST_BYTES, Symbology.QR)


def test_an_empty_code_is_none() -> None:
    assert read_text(Symbology.QR, *plain(b"")) is None
    assert read_text(Symbology.QR, *plain(b"\x00\x07")) is None


def test_a_separator_is_kept_and_other_controls_are_not() -> None:
    assert read_text(Symbology.GS1_128, *plain(b"10AB\x1d21\x00\x0712")) == Code("10AB\x1d2112", Symbology.GS1_128)


@pytest.mark.parametrize("text", ["a\\b", "\\000026", "\\\\", "C:\\000026\\x"])
@pytest.mark.parametrize("eci", [None, 26])
def test_a_backslash_is_a_backslash(text: str, eci: int | None) -> None:
    given_as = plain(text.encode()) if eci is None else named((eci, text.encode()))
    assert read_text(Symbology.QR, *given_as) == Code(text, Symbology.QR)


@pytest.mark.parametrize("text", ["]Q1", "]C1 HELLO"])
def test_a_text_that_begins_like_an_identifier_keeps_it(text: str) -> None:
    assert read_text(Symbology.QR, *plain(text.encode())) == Code(text, Symbology.QR)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["utf-8", "gb18030"]),
            st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_in_any_named_parts_comes_back(parts: list[tuple[str, str]]) -> None:
    numbers = {"utf-8": 26, "gb18030": 32}
    coded = named(*((numbers[encoding], text.encode(encoding)) for encoding, text in parts))
    assert read_text(Symbology.QR, *coded) == Code("".join(text for _, text in parts), Symbology.QR)


@given(st.sampled_from(sorted(IDENTIFIERS)), st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_break_it(symbology: Symbology, payload: bytes, said: bytes) -> None:
    heard = read_text(symbology, payload, b"]Q2" + said)
    assert heard is None or isinstance(heard, Code | Unreadable)


@given(st.binary(max_size=200))
def test_what_it_says_is_used_only_if_it_holds_the_same_bytes(payload: bytes) -> None:
    assert read_text(Symbology.AZTEC, payload, b"]z3\\000026OTHER") == read_text(Symbology.AZTEC, *plain(payload)) or (
        payload == b"OTHER"
    )
