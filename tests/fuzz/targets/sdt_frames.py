"""Frames of the SDT module: any bytes in any pieces, no exception, and never more kept than one frame."""

from collections.abc import Iterator

from devices.drivers.sdt_codec import (
    LONGEST_REPLY,
    PREAMBLE,
    Command,
    Frame,
    FrameReader,
    Status,
    card_data,
    frame,
    module_number_data,
    parse_card_data,
    parse_module_number,
    parse_reply,
    parse_request,
    reply,
    request,
)
from tests.fuzz.targets import pieces, whole

LONGEST = 4096
_MOST_HELD = len(PREAMBLE) + 2 + LONGEST_REPLY


def check(data: bytes) -> None:
    reader = FrameReader()
    stream = data[1:]
    for piece in pieces(data):
        for found in reader.feed(piece):
            if isinstance(found, Frame):
                assert frame(found.body) in stream, "a frame was found that nobody sent"
                _understand(found.body)
        assert len(reader._held) <= _MOST_HELD, "more is kept than a frame can be long"
        assert reader.wanted > 0, "nothing is wanted, so that reading never ends"


def _understand(body: bytes) -> None:
    parse_request(body)
    answer = parse_reply(body)
    if answer is not None:
        for fingerprints in (False, True):
            blocks = parse_card_data(answer.data, fingerprints=fingerprints)
            if blocks is not None:
                assert (
                    card_data(blocks.text, blocks.photo, blocks.fingerprints if fingerprints else None) == answer.data
                )
        parse_module_number(answer.data)


def seeds() -> Iterator[bytes]:
    read = reply(Status.SUCCESS, card_data(b"t" * 256, b"p" * 1024))
    fingers = reply(Status.SUCCESS, card_data(b"t" * 256, b"p" * 1024, b"f" * 1024))
    number = reply(Status.SUCCESS, module_number_data((5, 3, 20140101, 1234567, 89)))
    yield from (whole(part) for part in (read, fingers, number, reply(Status.NOT_FOUND), request(Command.FIND)))
    yield whole(b"\xaa\xaa", reply(Status.FOUND, b"\0" * 4), read[:40], reply(Status.FOUND), PREAMBLE, b"\xff\xff")
    yield b"\x00" + number + number
