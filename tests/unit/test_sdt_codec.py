"""Frames of the SDT module against the vendor protocol's own bytes, and against everything a line can do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Damage, Frame, FrameReader, Reply, Status
from tests.room import most_room

REQUESTS = {
    Command.RESET: "AAAAAA9669 0003 10FF EC",
    Command.STATUS: "AAAAAA9669 0003 11FF ED",
    Command.MODULE_NUMBER: "AAAAAA9669 0003 12FF EE",
    Command.FIND: "AAAAAA9669 0003 2001 22",
    Command.SELECT: "AAAAAA9669 0003 2002 21",
    Command.READ: "AAAAAA9669 0003 3001 32",
    Command.READ_ADDITIONAL_ADDRESS: "AAAAAA9669 0003 3003 30",
    Command.READ_MANAGEMENT_NUMBER: "AAAAAA9669 0003 3005 36",
    Command.READ_WITH_FINGERPRINT: "AAAAAA9669 0003 3010 23",
}
BARE_REPLIES = {
    0x90: "AAAAAA9669 0004 000090 94",
    0x91: "AAAAAA9669 0004 000091 95",
    0x10: "AAAAAA9669 0004 000010 14",
    0x11: "AAAAAA9669 0004 000011 15",
    0x21: "AAAAAA9669 0004 000021 25",
    0x23: "AAAAAA9669 0004 000023 27",
    0x24: "AAAAAA9669 0004 000024 20",
    0x31: "AAAAAA9669 0004 000031 35",
    0x32: "AAAAAA9669 0004 000032 36",
    0x33: "AAAAAA9669 0004 000033 37",
    0x37: "AAAAAA9669 0004 000037 33",
    0x3F: "AAAAAA9669 0004 00003F 3B",
    0x40: "AAAAAA9669 0004 000040 44",
    0x41: "AAAAAA9669 0004 000041 45",
    0x47: "AAAAAA9669 0004 000047 43",
    0x60: "AAAAAA9669 0004 000060 64",
    0x66: "AAAAAA9669 0004 000066 62",
    0x80: "AAAAAA9669 0004 000080 84",
    0x81: "AAAAAA9669 0004 000081 85",
}
FOUND = bytes.fromhex("AAAAAA9669 0008 00009F 00000000 97")
SELECTED = bytes.fromhex("AAAAAA9669 000C 000090 0000000000000000 9C")
SUCCESS = bytes.fromhex(BARE_REPLIES[0x90])

bodies = st.binary(min_size=codec.SHORTEST_REPLY - 1, max_size=60)
noises = st.binary(max_size=30).map(lambda noise: noise.replace(b"\xaa", b"\x55"))


def whole(reader: FrameReader, data: bytes) -> list[bytes]:
    return [item.body for item in reader.feed(data) if isinstance(item, Frame)]


@pytest.mark.parametrize("command", REQUESTS)
def test_requests_are_the_vendors_bytes(command: Command) -> None:
    golden = bytes.fromhex(REQUESTS[command])
    assert codec.request(command) == golden
    [item] = FrameReader(codec.SHORTEST_REQUEST, codec.LONGEST_REQUEST).feed(golden)
    assert isinstance(item, Frame)
    assert codec.parse_request(item.body) == (command, b"")


def test_request_with_data_is_the_vendors_bytes() -> None:
    assert codec.request(Command.SET_RF_BYTES, b"\x50") == bytes.fromhex("AAAAAA9669 0004 61FF 50 CA")


@pytest.mark.parametrize("status", BARE_REPLIES)
def test_every_status_is_named_and_its_reply_is_the_vendors_bytes(status: int) -> None:
    golden = bytes.fromhex(BARE_REPLIES[status])
    assert codec.reply(Status(status)) == golden
    assert [codec.parse_reply(body) for body in whole(FrameReader(), golden)] == [Reply(status)]


def test_found_and_selected_carry_the_vendors_data() -> None:
    assert codec.reply(Status.FOUND, bytes(4)) == FOUND
    assert codec.reply(Status.SUCCESS, bytes(8)) == SELECTED


def test_a_read_card_has_the_vendors_lengths_and_offsets() -> None:
    text, photo = bytes(range(256)), bytes(1024)
    golden = codec.reply(Status.SUCCESS, codec.card_data(text, photo))
    assert len(golden) == 1295
    assert golden[5:14] == bytes.fromhex("0508 000090 0100 0400")
    assert golden[14:270] == text
    [body] = whole(FrameReader(), golden)
    answer = codec.parse_reply(body)
    assert answer is not None
    assert codec.parse_card_data(answer.data) == codec.CardBlocks(text, photo)


def test_a_card_without_a_photo_is_read_by_its_inner_lengths() -> None:
    assert codec.parse_card_data(codec.card_data(bytes(256), b"")) == codec.CardBlocks(bytes(256), b"")


@pytest.mark.parametrize(("fingers", "length", "size"), [(0, "050A", 1297), (512, "070A", 1809), (1024, "090A", 2321)])
def test_a_card_read_with_fingerprints_has_the_vendors_lengths_and_offsets(
    fingers: int, length: str, size: int
) -> None:
    text, photo, fingerprints = bytes(range(256)), bytes(1024), b"\x55" * fingers
    golden = codec.reply(Status.SUCCESS, codec.card_data(text, photo, fingerprints))
    assert len(golden) == size
    assert golden[5:7] == bytes.fromhex(length)
    assert (golden[16:272], golden[272:1296], golden[1296:-1]) == (text, photo, fingerprints)
    [body] = whole(FrameReader(), golden)
    answer = codec.parse_reply(body)
    assert answer is not None
    assert codec.parse_card_data(answer.data, fingerprints=True) == codec.CardBlocks(text, photo, fingerprints)
    assert codec.parse_card_data(answer.data) is None


@pytest.mark.parametrize("data", [b"", b"\x01\x00\x04", b"\x01\x00\x04\x00" + bytes(1279), bytes(1284)])
def test_inner_lengths_that_do_not_add_up_are_refused(data: bytes) -> None:
    assert codec.parse_card_data(data) is None
    assert codec.parse_card_data(data, fingerprints=True) is None


def test_the_module_number_is_written_as_on_its_plate() -> None:
    golden = codec.reply(Status.SUCCESS, codec.module_number_data((5, 1, 20200101, 1234567, 89012345)))
    assert golden[5:10] == bytes.fromhex("0014 000090")
    [body] = whole(FrameReader(), golden)
    answer = codec.parse_reply(body)
    assert answer is not None
    assert codec.parse_module_number(answer.data) == "05.01-20200101-0001234567-0089012345"
    assert codec.parse_module_number(answer.data[:-1]) == ""


def test_a_reply_that_does_not_begin_with_zeros_is_no_reply() -> None:
    assert codec.parse_reply(b"\x00\x01\x90") is None
    assert codec.parse_reply(b"\x00\x00") is None


def test_an_undocumented_request_has_no_command() -> None:
    assert codec.parse_request(b"\x77\x01") is None


@pytest.mark.parametrize("cut", range(len(SELECTED)))
def test_a_frame_split_at_any_byte_is_whole_with_the_second_half(cut: int) -> None:
    reader = FrameReader()
    assert whole(reader, SELECTED[:cut]) == []
    assert whole(reader, SELECTED[cut:]) == [SELECTED[7:-1]]


@pytest.mark.parametrize("extra", range(1, 6))
def test_a_preamble_that_begins_with_one_aa_too_many_is_found(extra: int) -> None:
    assert whole(FrameReader(), b"\xaa" * extra + FOUND) == [FOUND[7:-1]]


def test_two_frames_back_to_back_are_two() -> None:
    assert whole(FrameReader(), FOUND + SUCCESS) == [FOUND[7:-1], SUCCESS[7:-1]]


def test_a_wrong_checksum_is_reported_and_the_next_frame_found() -> None:
    broken = FOUND[:-1] + bytes((FOUND[-1] ^ 1,))
    assert FrameReader().feed(broken + SUCCESS) == [Damage.CHECKSUM, Frame(SUCCESS[7:-1])]


def test_a_good_frame_inside_a_damaged_one_is_found() -> None:
    claims_more = codec.PREAMBLE + (len(SUCCESS) + 3).to_bytes(2, "big") + b"\0\0"
    assert FrameReader().feed(claims_more + SUCCESS + b"\0") == [Damage.CHECKSUM, Frame(SUCCESS[7:-1])]


@pytest.mark.parametrize("length", ["0000", "0003", "090B", "FFFF"])
def test_an_absurd_length_is_refused_before_anything_is_kept(length: str) -> None:
    reader = FrameReader()
    assert reader.feed(codec.PREAMBLE + bytes.fromhex(length)) == [Damage.LENGTH]
    assert not reader.mid_frame
    assert whole(reader, SUCCESS) == [SUCCESS[7:-1]]


def test_wanted_never_asks_for_a_byte_past_the_frame() -> None:
    reader = FrameReader()
    frame = codec.reply(Status.SUCCESS, codec.card_data(bytes(256), bytes(1024)))
    position = 0
    while position < len(frame):
        step = reader.wanted
        position += step
        assert position <= len(frame)
        found = whole(reader, frame[position - step : position])
    assert found == [frame[7:-1]]


def flood() -> None:
    reader = FrameReader()
    absurd = (codec.PREAMBLE + b"\xff\xff" + b"\x00" * 57) * 64
    for _ in range(64):
        reader.feed(absurd)


def test_a_length_of_65535_allocates_nothing_for_it() -> None:
    assert most_room(flood) < 40_000


def test_a_makers_private_frame_whose_length_is_a_lie_is_never_whole() -> None:
    stub = bytes.fromhex("AAAAAA9669 0508 000090 DEAD")
    reader = FrameReader()
    assert reader.feed(stub) == []
    assert reader.mid_frame
    assert reader.wanted == 1295 - len(stub)


@given(st.binary(max_size=300), st.integers(0, 1295), noises, noises)
def test_a_whole_card_split_anywhere_with_noise_around_is_one_card(
    photo: bytes, cut: int, before: bytes, after: bytes
) -> None:
    stream = before + codec.reply(Status.SUCCESS, codec.card_data(bytes(256), photo)) + after
    reader = FrameReader()
    [body] = whole(reader, stream[:cut]) + whole(reader, stream[cut:])
    answer = codec.parse_reply(body)
    assert answer is not None
    assert codec.parse_card_data(answer.data) == codec.CardBlocks(bytes(256), photo)


@given(bodies, st.integers(0, 0xFFFF))
def test_a_frame_with_a_wrong_length_is_never_taken_as_it_was_meant(body: bytes, length: int) -> None:
    good = codec.frame(body)
    lying = good[:5] + length.to_bytes(2, "big") + good[7:]
    taken = whole(FrameReader(), lying + bytes(4))
    assert length == len(body) + 1 or body not in taken


@given(st.lists(st.tuples(noises, bodies), max_size=6), st.data())
def test_frames_among_noise_in_any_pieces_are_all_found(parts: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    stream = b"".join(noise + codec.frame(body) for noise, body in parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    reader = FrameReader()
    found: list[bytes] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += whole(reader, stream[start:end])
    assert found == [body for _, body in parts]


@given(st.lists(st.one_of(st.binary(max_size=200), st.just(codec.PREAMBLE), st.just(b"\xaa\xaa")), max_size=30))
def test_any_bytes_are_taken_without_growing(pieces: list[bytes]) -> None:
    reader = FrameReader()
    for piece in pieces:
        reader.feed(piece)
        assert len(reader._held) < codec.LONGEST_REPLY + 7
        assert 0 < reader.wanted <= codec.LONGEST_REPLY + 7


@given(bodies, st.data())
def test_one_flipped_bit_is_never_taken_for_the_frame(body: bytes, data: st.DataObject) -> None:
    frame = bytearray(codec.frame(body))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert bytes(body) not in whole(FrameReader(), bytes(frame))


@given(st.binary(max_size=1400), st.booleans())
def test_any_data_of_a_read_reply_is_split_or_refused(data: bytes, with_fingerprints: bool) -> None:
    blocks = codec.parse_card_data(data, fingerprints=with_fingerprints)
    if blocks is not None:
        parts = blocks.text + blocks.photo + blocks.fingerprints
        assert data.endswith(parts)
        assert len(data) - len(parts) == (6 if with_fingerprints else 4)


@given(st.binary(max_size=300), st.binary(max_size=300), st.none() | st.binary(max_size=300))
def test_any_card_comes_apart_as_it_was_put_together(text: bytes, photo: bytes, fingers: bytes | None) -> None:
    data = codec.card_data(text, photo, fingers)
    blocks = codec.parse_card_data(data, fingerprints=fingers is not None)
    assert blocks == codec.CardBlocks(text, photo, fingers or b"")
