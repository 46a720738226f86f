"""Sealed files: what was written is read, from anywhere; what was touched is not read at all."""

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline_cache.sealed_file import SEGMENT_BYTES, NotThatContent, SealBroken, SealedWriter, read_sealed
from tests.room import most_room

KEY = bytes(range(32))
SIZES = st.one_of(
    st.integers(0, 300),
    st.sampled_from([SEGMENT_BYTES * whole + odd for whole in (1, 2, 3) for odd in (-1, 0, 1)]),
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def content_of(size: int) -> bytes:
    return (b"\x00\x01planted" * (size // 9 + 1))[:size]


def hash_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def sealed(path: Path, content: bytes, cuts: list[int] | None = None) -> Path:
    path.unlink(missing_ok=True)
    writer = SealedWriter(path, KEY, hash_of(content), len(content))
    at = 0
    for cut in sorted(cut % (len(content) + 1) for cut in cuts or []):
        writer.write(content[at:cut])
        at = cut
    writer.write(content[at:])
    writer.finish()
    return path


@given(SIZES, st.lists(st.integers(0, 300_000), max_size=5), st.integers(0, 300_000), st.integers(0, 300_000))
def test_any_stretch_of_any_file_is_read_as_it_was_however_it_came(
    place: Path, size: int, cuts: list[int], offset: int, length: int
) -> None:
    content = content_of(size)
    path = sealed(place / "file", content, cuts)
    offset = min(offset, size)
    assert read_sealed(path, KEY, hash_of(content), size, offset=offset, length=length) == content[offset:][:length]
    assert b"planted" not in path.read_bytes()


@given(SIZES.filter(bool), st.data())
def test_file_that_was_touched_anywhere_does_not_open(place: Path, size: int, data: st.DataObject) -> None:
    content = content_of(size)
    path = sealed(place / "file", content)
    raw = bytearray(path.read_bytes())
    match data.draw(st.sampled_from(["flip", "cut", "grow", "swap"])):
        case "flip":
            raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        case "cut":
            del raw[data.draw(st.integers(0, len(raw) - 1)) :]
        case "grow" if size % SEGMENT_BYTES:
            raw += b"\x00"
        case _:
            raw[12], raw[-1] = raw[-1], raw[12] ^ 1
    path.write_bytes(raw)
    with pytest.raises(SealBroken):
        read_sealed(path, KEY, hash_of(content), size, offset=0, length=size)


def test_segments_do_not_go_from_file_to_file_nor_from_place_to_place(place: Path) -> None:
    one, other = content_of(3 * SEGMENT_BYTES), content_of(3 * SEGMENT_BYTES)[::-1]
    first, second = sealed(place / "one", one), sealed(place / "other", other)
    swapped = first.read_bytes()[:12] + second.read_bytes()[12:]
    first.write_bytes(swapped)
    with pytest.raises(SealBroken):
        read_sealed(first, KEY, hash_of(one), len(one), offset=0, length=1)
    raw = second.read_bytes()
    step = SEGMENT_BYTES + 16
    second.write_bytes(raw[:12] + raw[12 + step : 12 + 2 * step] + raw[12 : 12 + step] + raw[12 + 2 * step :])
    with pytest.raises(SealBroken):
        read_sealed(second, KEY, hash_of(other), len(other), offset=0, length=1)
    with pytest.raises(SealBroken):
        read_sealed(sealed(place / "one", one), bytes(32), hash_of(one), len(one), offset=0, length=1)


def whole(writer: SealedWriter, content: bytes) -> None:
    writer.write(content)
    writer.finish()


def test_same_content_sealed_twice_looks_different(place: Path) -> None:
    content = content_of(1000)
    assert sealed(place / "a", content).read_bytes()[12:] != sealed(place / "b", content).read_bytes()[12:]


@pytest.mark.parametrize("wrong", ["longer", "shorter", "other"])
def test_file_that_is_not_what_was_announced_is_never_there(place: Path, wrong: str) -> None:
    content = content_of(100)
    path = place / "announced"
    writer = SealedWriter(path, KEY, hash_of(content), len(content))
    written = {"longer": content + b"x", "shorter": content[:-1], "other": content[:-1] + b"x"}[wrong]
    with pytest.raises(NotThatContent):
        whole(writer, written)
    writer.abandon()
    writer.abandon()
    assert not [file for file in place.iterdir() if file.name.startswith("announced")]


def test_a_large_file_takes_little_memory(place: Path) -> None:
    assert most_room(write_and_read_a_large_file, str(place / "large")) < 8 * SEGMENT_BYTES


def write_and_read_a_large_file(name: str) -> None:
    path, size = Path(name), 24 * 1024 * 1024
    block = content_of(64 * 1024)
    whole = sha256()
    for _ in range(size // len(block)):
        whole.update(block)
    of_all = whole.hexdigest()
    writer = SealedWriter(path, KEY, of_all, size)
    for _ in range(size // len(block)):
        writer.write(block)
    writer.finish()
    for at in range(0, size, len(block)):
        assert read_sealed(path, KEY, of_all, size, offset=at, length=len(block)) == block
