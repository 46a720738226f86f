"""Frames and messages of a link: however the bytes arrive, and whatever a peer that is not ours may send."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.link.frames import MAX_FRAME, FrameError, Unframer, framed
from kiosk_app.link.messages import (
    Answered,
    Asked,
    Beat,
    Hello,
    Message,
    MessageError,
    Refused,
    Said,
    packed,
    unpacked,
)
from tests.room import most_room

BODIES = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NUMBERS = st.integers(0, 2**53)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.just(Beat()),
    st.builds(Hello, st.text(), st.integers(), st.text()),
    st.builds(Refused, st.text(max_size=50)),
    st.builds(Said, st.text(), VALUES),
    st.builds(Asked, NUMBERS, st.text(), VALUES),
    st.builds(Answered, NUMBERS, VALUES, st.booleans()),
)
SECRET = "测试甲110101199003070011"


@given(BODIES)
def test_frames_split_at_every_byte_come_out_whole(bodies: list[bytes]) -> None:
    stream = b"".join(framed(body) for body in bodies)
    unframer = Unframer()
    assert [body for at in range(len(stream)) for body in unframer.feed(stream[at : at + 1])] == bodies
    assert unframer.held == 0


@given(BODIES, st.data())
def test_frames_come_out_whole_however_the_stream_is_cut(bodies: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(framed(body) for body in bodies)
    cut = data.draw(st.integers(0, len(stream)))
    unframer = Unframer()
    assert [*unframer.feed(stream[:cut]), *unframer.feed(stream[cut:])] == bodies


@pytest.mark.parametrize("length", [0, MAX_FRAME + 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_an_absurd_length_is_refused_without_room_being_made_for_it(length: int) -> None:
    assert most_room(refuse, str(length)) < 100_000


def refuse(length: str) -> None:
    unframer = Unframer()
    with pytest.raises(FrameError, match=length):
        list(unframer.feed(int(length).to_bytes(4, "big") + b"x" * 100))
    assert unframer.held == 0


def test_what_is_too_long_or_empty_is_not_sent() -> None:
    for body in (b"", b"x" * 11):
        with pytest.raises(FrameError):
            framed(body, longest=10)


@given(MESSAGES)
def test_every_message_survives(message: Message) -> None:
    assert unpacked(packed(message)) == (message, 0)


def test_text_that_is_no_valid_unicode_survives() -> None:
    assert unpacked(packed(Said("x", "\ud800"))) == (Said("x", "\ud800"), 0)


def test_the_number_of_descriptors_is_told() -> None:
    message, count = unpacked(packed(Said("frames", None, (7, 8))))
    assert (message, count) == (Said("frames", None), 2)


@pytest.mark.parametrize(
    "held",
    [
        {},
        [],
        None,
        1,
        {"say": "x"},
        {"say": "x", "value": 1, "more": 2},
        {"say": 1, "value": 1},
        {"say": "x", "value": 1, "descriptors": 0},
        {"say": "x", "value": 1, "descriptors": 5},
        {"say": "x", "value": 1, "descriptors": True},
        {"ask": "x", "number": True, "value": 1},
        {"ask": "x", "number": "1", "value": 1},
        {"answer": 1},
        {"hello": "device", "version": "1", "role": "ui"},
        {"beat": 1},
        {SECRET: SECRET},
    ],
)
def test_what_is_no_message_is_refused_without_being_quoted(held: Any) -> None:
    with pytest.raises(MessageError) as refused:
        unpacked(json.dumps(held).encode())
    assert SECRET not in str(refused.value)


@given(
    st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | VALUES.map(lambda one: json.dumps(one).encode())
)
def test_whatever_comes_is_a_message_or_refused(body: bytes) -> None:
    with suppress(MessageError):
        unpacked(body)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"say":NaN}', b"\xff\xfe", b'{"beat":true}{"beat":true}', b"1" * 5000]
)
def test_json_of_the_worst_kind_is_refused(body: bytes) -> None:
    with pytest.raises(MessageError):
        unpacked(body)
