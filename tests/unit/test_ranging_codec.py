"""Measurements of a ranging sensor, and when somebody counts as being there."""

from hypothesis import example, given
from hypothesis import strategies as st

from devices.drivers.ranging_codec import FRAME_BYTES, OVEREXPOSED, Presence, Range, RangeStream
from devices.sim.ranging_pty import measurement

shorts = st.integers(0, 0xFFFF)
ranges = st.builds(Range, shorts, shorts)
STRONG, WEAK = 1500, 20


def frame_of(one: Range) -> bytes:
    return measurement(one.cm, one.strength)


def fed(data: bytes, *cuts: int) -> list[Range]:
    """Feed `data` in pieces."""
    stream, at, found = RangeStream(), 0, list[Range]()
    for cut in (*sorted(cuts), len(data)):
        found += stream.feed(data[at:cut])
        at = cut
    return found


@given(st.lists(ranges, max_size=6), st.lists(st.integers(0, 60), max_size=6))
@example([Range(0x5959, 0x5959)] * 3, [1, 2, 10])
def test_measurements_split_anywhere_come_out_whole(sent: list[Range], cuts: list[int]) -> None:
    data = b"".join(frame_of(one) for one in sent)
    assert fed(data, *(min(cut, len(data)) for cut in cuts)) == sent


@given(st.binary(max_size=30).filter(lambda noise: 0x59 not in noise), ranges)
def test_noise_before_is_passed_over(noise: bytes, one: Range) -> None:
    assert fed(noise + frame_of(one)) == [one]


@given(ranges, st.integers(0, FRAME_BYTES - 1), st.lists(ranges, min_size=3, max_size=5))
def test_a_frame_cut_short_costs_few_others(broken: Range, cut: int, after: list[Range]) -> None:
    found = fed(frame_of(broken)[:cut] + b"".join(frame_of(one) for one in after))
    assert found[-1] == after[-1]
    assert len(found) >= len(after) - 2


@given(ranges, st.integers(1, 255))
def test_a_wrong_checksum_is_no_measurement(one: Range, wrong: int) -> None:
    frame = frame_of(one)
    assert fed(frame[:-1] + bytes([frame[-1] + wrong & 0xFF])) == []


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=8))
def test_any_bytes_in_any_pieces_are_the_same_measurements(data: bytes, cuts: list[int]) -> None:
    assert fed(data, *(min(cut, len(data)) for cut in cuts)) == fed(data)


@given(st.binary(max_size=2000))
def test_what_is_kept_for_later_is_never_a_whole_frame_long(data: bytes) -> None:
    stream = RangeStream()
    stream.feed(data)
    assert len(stream._buffer) < FRAME_BYTES


def watched(*measured: tuple[int, int, int]) -> list[bool | None]:
    """What is believed after each (times, cm, strength)."""
    presence, believed = Presence(90, 120, come=10, go=100), list[bool | None]()
    for times, cm, strength in measured:
        for _ in range(times):
            presence.take(Range(cm, strength))
        believed.append(presence.there)
    return believed


def test_somebody_is_there_once_near_for_a_while_and_not_for_a_hand_that_waves() -> None:
    assert watched((20, 300, STRONG), (9, 60, STRONG), (1, 300, STRONG), (10, 60, STRONG)) == [
        False,
        False,
        False,
        True,
    ]


def test_somebody_who_bends_aside_for_a_moment_has_not_left() -> None:
    assert watched((10, 60, STRONG), (99, 300, STRONG), (1, 60, STRONG), (100, 300, STRONG)) == [
        True,
        True,
        True,
        False,
    ]


def test_between_near_and_far_nothing_changes() -> None:
    assert watched((10, 60, STRONG), (500, 110, STRONG)) == [True, True]
    assert watched((10, 300, STRONG), (500, 110, STRONG)) == [False, False]


def test_nothing_that_reflects_is_nobody() -> None:
    assert watched((10, 0, WEAK)) == [False]


def test_the_sun_in_the_sensor_says_nothing() -> None:
    assert watched((10, 60, STRONG), (500, 0, OVEREXPOSED)) == [True, True]
    assert watched((500, 0, OVEREXPOSED)) == [None]
