"""What a printer answers over IPP: understood or refused as malformed, and nothing else."""

from collections.abc import Iterator

from devices.drivers.ipp_wire import Attribute, MalformedIpp, Operation, Tag, decode_answer, encode_request

LONGEST = 2048


def check(data: bytes) -> None:
    try:
        answer = decode_answer(data)
    except MalformedIpp:
        return
    assert isinstance(answer.succeeded, bool)
    for tag in range(16):
        answer.of(tag)


def seeds() -> Iterator[bytes]:
    uri = Attribute(Tag.URI, "printer-uri", ("ipp://127.0.0.1:8631/ipp/print",))
    wanted = Attribute(Tag.KEYWORD, "printer-state-reasons", ("media-empty-error", "toner-low-warning"))
    figures = (Attribute(Tag.INTEGER, "marker-levels", (10, -1)), Attribute(Tag.BOOLEAN, "color-supported", (True,)))
    # An answer has the form of a request, with its status where a request has its operation (RFC 8010, 3.1.1).
    asked = encode_request(next(iter(Operation)), 1, (uri, wanted, *figures))
    yield asked
    yield asked[:2] + b"\x00\x00" + asked[4:]
    yield asked[:2] + b"\x04\x06" + asked[4:]
    yield asked[:-1] + b"\x04" + asked[9:]
