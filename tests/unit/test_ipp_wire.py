"""IPP messages: what is written reads back, and no bytes are misread or crash the reader."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ipp_wire import (
    OPERATION_GROUP,
    PRINTER_GROUP,
    Attribute,
    MalformedIpp,
    Operation,
    Tag,
    decode_answer,
    encode_request,
    integer,
    strings,
)

TEXT = st.text(max_size=60)
NAMES = st.from_regex(r"[a-z]{1,20}(-[a-z]{1,10})?", fullmatch=True)
ATTRIBUTES = st.one_of(
    st.builds(Attribute, st.just(Tag.NAME), NAMES, st.lists(TEXT, min_size=1, max_size=3).map(tuple)),
    st.builds(Attribute, st.just(Tag.INTEGER), NAMES, st.tuples(st.integers(-(2**31), 2**31 - 1))),
    st.builds(Attribute, st.just(Tag.BOOLEAN), NAMES, st.tuples(st.booleans())),
)


def field(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


def value(tag: int, name: bytes, data: bytes) -> bytes:
    return bytes([tag]) + field(name) + field(data)


def answer(*values: bytes, status: int = 0) -> bytes:
    return struct.pack(">BBHI", 2, 0, status, 1) + bytes([PRINTER_GROUP]) + b"".join(values) + b"\x03"


@given(st.lists(ATTRIBUTES, unique_by=lambda attribute: attribute.name))
def test_what_is_written_reads_back(attributes: list[Attribute]) -> None:
    # A request and an answer differ in their code only.
    written = encode_request(Operation.GET_JOBS, 7, attributes)
    (group,) = decode_answer(written).of(OPERATION_GROUP)
    assert {name: got for name, got in group.items() if not name.startswith("attributes-")} == {
        attribute.name: attribute.values for attribute in attributes
    }


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_malformed(data: bytes) -> None:
    with suppress(MalformedIpp):
        decode_answer(data)


@given(st.integers(0, 60))
def test_answer_cut_short_is_never_taken_for_a_whole_one(cut: int) -> None:
    whole = answer(
        value(0x44, b"printer-state-reasons", b"media-empty-error"), value(0x23, b"printer-state", b"\0\0\0\5")
    )
    with pytest.raises(MalformedIpp):
        decode_answer(whole[: min(cut, len(whole) - 1)])


def test_several_values_collect_under_one_name() -> None:
    group = decode_answer(
        answer(value(0x44, b"printer-state-reasons", b"media-empty"), value(0x44, b"", b"toner-low"))
    ).of(PRINTER_GROUP)[0]
    assert strings(group, "printer-state-reasons") == ("media-empty", "toner-low")


def test_collections_are_passed_over_and_what_follows_is_read() -> None:
    group = decode_answer(
        answer(
            value(0x34, b"media-col-ready", b""),
            value(0x4A, b"", b"media-size"),
            value(0x34, b"", b""),
            value(0x4A, b"", b"x-dimension"),
            value(0x21, b"", b"\0\0\x52\x08"),
            value(0x37, b"", b""),
            value(0x37, b"", b""),
            value(0x21, b"printer-up-time", b"\0\0\0\x2a"),
        )
    ).of(PRINTER_GROUP)[0]
    assert integer(group, "printer-up-time") == 42
    assert "x-dimension" not in group


def test_text_with_a_language_and_no_value_are_understood() -> None:
    group = decode_answer(
        answer(value(0x36, b"job-name", field(b"en") + field(b"a name")), value(0x13, b"time-at-processing", b""))
    ).of(PRINTER_GROUP)[0]
    assert strings(group, "job-name") == ("a name",)
    assert integer(group, "time-at-processing") is None


def test_boolean_is_not_taken_for_a_number() -> None:
    group = decode_answer(answer(value(0x22, b"printer-is-accepting-jobs", b"\1"))).of(PRINTER_GROUP)[0]
    assert integer(group, "printer-is-accepting-jobs") is None
