"""A chip card that answers whatever it likes: it is read, unknown or refused, in bounded rounds.

The bytes are the card's answers one after another, each behind a byte that says how long it is; what is not
there is answered with a status of its own.
"""

from collections.abc import Iterator
from datetime import date

from devices.drivers.apdu import CardChannel
from devices.drivers.social_card import FILES, value_of
from devices.drivers.social_session import read_social_card
from devices.drivers.staff_card import read_staff_card
from devices.errors import MediaTrouble

LONGEST = 2048
_TODAY = date(2026, 6, 1)
_MOST_COMMANDS = 512
_MOST_ROUNDS = 12
_MOST_ANSWER_BYTES = 1024
_OK = b"\x90\x00"
_VALUES = {
    0x07: b"A12345678",
    0x02: b"3",
    0x03: b"3.00",
    0x04: b"910100000001",
    0x05: bytes.fromhex("20210506"),
    0x06: bytes.fromhex("20310506"),
    0x08: b"110101199003070011",
    0x09: "测试甲".encode("gb18030"),
    0x0A: b"1",
    0x0B: b"\x01",
    0x0C: bytes.fromhex("110101"),
    0x0D: bytes.fromhex("19900307"),
}


class _Script:
    """The card: answers from the script until it is used up."""

    def __init__(self, data: bytes, most: int = _MOST_COMMANDS) -> None:
        self._left = data
        self._most = most
        self._asked = 0

    def __call__(self, command: bytes) -> bytes:
        assert 4 <= len(command) <= 261, "no short command has this length (ISO 7816-4)"
        self._asked += 1
        assert self._asked <= self._most, "the card is asked without end"
        if not self._left:
            return b"\x6a\x82"
        size, self._left = self._left[0], self._left[1:]
        answer, self._left = self._left[:size], self._left[size:]
        return answer


def check(data: bytes) -> None:
    for t0 in (True, False):
        for read in (lambda channel: read_social_card(channel, _TODAY), read_staff_card):
            try:
                read(CardChannel(_Script(data[1:]), t0=t0))
            except MediaTrouble as trouble:
                assert trouble.fault.code.startswith("card.")
                assert trouble.fault.detail.isprintable()
    _one_command(data)
    for file in FILES:
        for record in file.records.values():
            try:
                value = value_of(record, data)
            except MediaTrouble:
                continue
            assert len(value) == data[1] <= record.length


def _one_command(data: bytes) -> None:
    script = _Script(data[1:], _MOST_ROUNDS)
    try:
        answer = CardChannel(script, t0=True).ask(b"\x00\xb2\x01\x04", expected=256)
    except MediaTrouble:
        return
    assert len(answer.data) <= _MOST_ANSWER_BYTES


def _said(*answers: bytes) -> bytes:
    return b"\0" + b"".join(bytes((len(answer),)) + answer for answer in answers)


def seeds() -> Iterator[bytes]:
    records = [
        bytes((record.tag, len(_VALUES[record.tag]))) + _VALUES[record.tag] + _OK
        for file in FILES
        for record in file.records.values()
    ]
    half = len(FILES[0].records)
    yield _said(_OK, _OK, *records[:half], _OK, *records[half:])
    yield _said(b"\x61\x10", b"o" * 16 + _OK, _OK, b"\x6c\x0b", *records[:half], _OK, *records[half:])
    yield _said(_OK, b"T-0001" + _OK, b"r" * 32 + _OK)
    yield _said(*[b"\x61\x00"] * 20)
    yield _said(b"\x6a\x82", _OK, b"\x62\x83", b"\x69\x83")
