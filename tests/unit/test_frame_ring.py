"""The ring of preview frames: whole or not at all, of the right order or not at all, and wiped."""

import contextlib
import mmap
import multiprocessing
import os
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.ids import OrderId
from devices.frame_ring import FrameRing, FrameWindow
from devices.values import Frame

ONE, TWO = OrderId("01JZX0000000000000000000A1"), OrderId("01JZX0000000000000000000A2")
WIDTH, HEIGHT = 64, 48
SIZE = WIDTH * HEIGHT * 3
LARGE = (640, 480)


def plain(number: int, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    """A frame of one colour that its number says, so that two halves of different frames show."""
    return Frame(number, width, height, bytes([number % 251]) * (width * height * 3))


@pytest.fixture
def ring() -> Iterator[FrameRing]:
    made = FrameRing(frame_bytes=SIZE)
    yield made
    made.close()


@pytest.fixture
def window(ring: FrameRing) -> Iterator[FrameWindow]:
    opened = FrameWindow(ring.descriptor)
    yield opened
    opened.close()


def test_the_newest_frame_is_seen_and_seen_once(ring: FrameRing, window: FrameWindow) -> None:
    ring.begin(ONE)
    assert window.newest(ONE) is None
    assert all(ring.put(ONE, plain(number)) for number in range(1, 6))
    assert window.newest(ONE) == plain(5)
    assert window.newest(ONE, after=5) is None


@given(st.lists(st.tuples(st.integers(1, 64), st.integers(1, 48)), min_size=1, max_size=9))
def test_frames_of_any_size_come_out_as_they_went_in(sizes: list[tuple[int, int]]) -> None:
    ring = FrameRing(frame_bytes=SIZE)
    with contextlib.closing(ring), contextlib.closing(FrameWindow(ring.descriptor)) as window:
        ring.begin(ONE)
        for number, (width, height) in enumerate(sizes, 1):
            frame = Frame(number, width, height, os.urandom(width * height * 3))
            assert ring.put(ONE, frame)
            assert window.newest(ONE, number - 1) == frame


def test_a_frame_that_does_not_fit_or_lies_about_its_size_is_not_taken(ring: FrameRing, window: FrameWindow) -> None:
    ring.begin(ONE)
    assert not ring.put(ONE, plain(1, WIDTH + 1))
    assert not ring.put(ONE, Frame(1, WIDTH, HEIGHT, bytes(SIZE - 1)))
    assert window.newest(ONE) is None


def test_frames_of_a_citizen_are_wiped_when_the_order_ends(ring: FrameRing, window: FrameWindow) -> None:
    ring.begin(ONE)
    for number in range(1, 8):
        ring.put(ONE, plain(number))
    ring.end(ONE)
    assert window.newest(ONE) is None
    seen = mmap.mmap(ring.descriptor, os.fstat(ring.descriptor).st_size, access=mmap.ACCESS_READ)
    everything = bytes(seen[mmap.PAGESIZE :])
    seen.close()
    assert not everything.strip(b"\0" + bytes(range(32)))  # no pixel and no id, only sequence numbers


def test_a_late_frame_of_an_ended_order_is_dropped(ring: FrameRing, window: FrameWindow) -> None:
    ring.begin(ONE)
    ring.begin(TWO)
    assert not ring.put(ONE, plain(1))
    ring.end(ONE)
    assert ring.put(TWO, plain(2))
    assert window.newest(ONE) is None
    assert window.newest(TWO) == plain(2)


def test_the_next_citizen_does_not_see_the_one_before(ring: FrameRing, window: FrameWindow) -> None:
    ring.begin(ONE)
    ring.put(ONE, plain(1))
    ring.begin(TWO)
    assert window.newest(TWO) is None
    assert window.newest(ONE) is None


def test_a_writer_that_died_in_the_middle_of_a_frame_leaves_the_frame_before(
    ring: FrameRing, window: FrameWindow
) -> None:
    ring.begin(ONE)
    ring.put(ONE, plain(1))
    ring.put(ONE, plain(2))
    start = ring._start(1)
    ring._memory[start] = ring._memory[start] - 1  # as it is between the two stores of its sequence
    assert window.newest(ONE) == plain(1)


@pytest.mark.parametrize("place", [8, 16, 20, 28, 96, 96 + SIZE - 1])
def test_a_frame_of_which_one_byte_is_another_is_never_shown(ring: FrameRing, window: FrameWindow, place: int) -> None:
    """What a machine that reorders stores could show under a right sequence number."""
    ring.begin(ONE)
    ring.put(ONE, plain(1))
    start = ring._start(0)
    ring._memory[start + place] ^= 0x40
    assert window.newest(ONE) is None


def _write(ring: FrameRing, rounds: int) -> None:
    ring.begin(ONE)
    for number in range(1, rounds):
        ring.put(ONE, plain(number, *LARGE))


def _all_whole(window: FrameWindow, writing: threading.Event) -> int:
    """Read until `writing` is over; how many frames were seen, every one of them whole and none older."""
    seen = last = 0
    while writing.is_set():
        frame = window.newest(ONE, last)
        if frame is not None:
            assert frame == plain(frame.number, *LARGE)
            assert frame.number > last
            last, seen = frame.number, seen + 1
    return seen


def test_no_torn_frame_beside_a_writer_that_never_waits(request: pytest.FixtureRequest) -> None:
    """The writer is a process of its own, so that no interpreter lock keeps the two apart.

    Two large slots, so that copies last long and are often overtaken.
    """
    rounds = 50_000 if request.config.getoption("--campaign") else 1_000
    ring = FrameRing(slots=2, frame_bytes=LARGE[0] * LARGE[1] * 3)
    window = FrameWindow(ring.descriptor)
    writing = threading.Event()
    writing.set()
    writer = multiprocessing.get_context("fork").Process(target=_write, args=(ring, rounds))
    writer.start()

    def clear() -> None:
        writer.join()
        writing.clear()

    end = threading.Thread(target=clear)
    end.start()
    seen = _all_whole(window, writing)
    end.join()
    window.close()
    ring.close()
    assert writer.exitcode == 0
    assert seen > 0


def test_whoever_receives_the_descriptor_can_only_read(ring: FrameRing) -> None:
    with pytest.raises(PermissionError):
        mmap.mmap(ring.descriptor, os.fstat(ring.descriptor).st_size)
    with pytest.raises(PermissionError):
        os.ftruncate(ring.descriptor, 0)
    with pytest.raises(PermissionError):
        os.pwrite(ring.descriptor, b"x", 0)


def test_what_is_no_ring_is_refused() -> None:
    unsealed = os.memfd_create("other", os.MFD_ALLOW_SEALING)
    try:
        os.ftruncate(unsealed, 65536)
        with pytest.raises(ValueError, match="not sealed"):
            FrameWindow(unsealed)
        with pytest.raises(ValueError, match="out of bounds"):
            FrameRing(slots=1)
        with pytest.raises(ValueError, match="out of bounds"):
            FrameRing(frame_bytes=1 << 30)
    finally:
        os.close(unsealed)
    null = os.open(os.devnull, os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="Invalid"):
            FrameWindow(null)
    finally:
        os.close(null)


def test_closing_wipes_and_frees_the_descriptor() -> None:
    ring = FrameRing(frame_bytes=SIZE)
    window = FrameWindow(ring.descriptor)
    ring.begin(ONE)
    ring.put(ONE, plain(1))
    ring.close()
    ring.close()
    assert window.newest(ONE) is None
    assert not ring.put(ONE, plain(2))
    window.close()
    window.close()
