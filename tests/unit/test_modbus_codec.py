"""Modbus RTU frames: the standard's own examples, and what a long wire does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.modbus_codec import (
    READ_COILS,
    READ_INPUTS,
    WRITE_COIL,
    Refused,
    Request,
    checksum,
    find_reply,
    sealed,
)

units = st.integers(1, 247)
reads = st.builds(Request, units, st.sampled_from([READ_COILS, READ_INPUTS]), st.integers(0, 31), st.integers(1, 32))
writes = st.builds(Request, units, st.just(WRITE_COIL), st.integers(0, 31), st.just(1), st.booleans())


def reply_to(request: Request, states: list[bool]) -> bytes:
    if request.function == WRITE_COIL:
        return request.frame
    packed = sum(on << number for number, on in enumerate(states)).to_bytes((request.count + 7) // 8, "little")
    return sealed(bytes([request.unit, request.function, len(packed)]) + packed)


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[Request, tuple[bool, ...], bytes]:
    request = draw(st.one_of(reads, writes))
    count = request.count
    states = (
        [request.on]
        if request.function == WRITE_COIL
        else draw(st.lists(st.booleans(), min_size=count, max_size=count))
    )
    return request, tuple(states), reply_to(request, states)


def test_frames_are_those_that_modules_document() -> None:
    # As in the manuals of common eight-channel modules: relay 1 on, and all eight inputs read.
    assert Request(1, WRITE_COIL, 0, on=True).frame.hex(" ") == "01 05 00 00 ff 00 8c 3a"
    assert Request(1, WRITE_COIL, 0, on=False).frame.hex(" ") == "01 05 00 00 00 00 cd ca"
    assert Request(1, READ_COILS, 0, 8).frame.hex(" ") == "01 01 00 00 00 08 3d cc"
    assert Request(1, READ_INPUTS, 0, 8).frame.hex(" ") == "01 02 00 00 00 08 79 cc"
    assert checksum(b"123456789") == 0x4B37


@given(exchanges())
def test_a_reply_tells_the_states(exchange: tuple[Request, tuple[bool, ...], bytes]) -> None:
    request, states, reply = exchange
    assert find_reply(request, reply) == states


@given(exchanges(), st.data())
def test_a_reply_that_is_not_all_there_says_nothing_yet(
    exchange: tuple[Request, tuple[bool, ...], bytes], data: st.DataObject
) -> None:
    request, _, reply = exchange
    cut = data.draw(st.integers(0, len(reply) - 1))
    assert find_reply(request, reply[:cut]) is None


@given(exchanges(), st.binary(max_size=12).filter(lambda noise: 0 not in noise), st.binary(max_size=12))
def test_noise_around_a_reply_does_not_hide_it(
    exchange: tuple[Request, tuple[bool, ...], bytes], before: bytes, after: bytes
) -> None:
    request, states, reply = exchange
    noise = bytes(byte for byte in before if byte != request.unit)
    assert find_reply(request, noise + reply + after) == states


@given(exchanges(), st.data())
def test_one_wrong_bit_makes_a_reply_no_reply(
    exchange: tuple[Request, tuple[bool, ...], bytes], data: st.DataObject
) -> None:
    request, _, reply = exchange
    bit = data.draw(st.integers(0, len(reply) * 8 - 1))
    spoilt = bytearray(reply)
    spoilt[bit // 8] ^= 1 << bit % 8
    assert find_reply(request, bytes(spoilt)) is None


@given(st.one_of(reads, writes), st.integers(1, 255))
def test_a_refusal_is_raised_with_its_code(request: Request, code: int) -> None:
    with pytest.raises(Refused) as refused:
        find_reply(request, sealed(bytes([request.unit, request.function | 0x80, code])))
    assert refused.value.code == code


@given(st.one_of(reads, writes), units)
def test_another_units_reply_is_not_ours(request: Request, unit: int) -> None:
    other = Request(unit, request.function, request.first, request.count, request.on)
    if unit != request.unit:
        assert find_reply(request, reply_to(other, [True] * request.count)) is None


@given(st.one_of(reads, writes), st.binary(max_size=300))
def test_nothing_that_is_heard_makes_it_fall_over(request: Request, heard: bytes) -> None:
    try:
        states = find_reply(request, heard)
    except Refused:
        return
    assert states is None or len(states) == request.count
