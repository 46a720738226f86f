"""What a scanner sends, of every family and with every suffix: codes and answers, and bounded keeping.

Three bytes say family, suffix and pieces; before a piece whose first byte divides by eight the line is quiet.
"""

from collections.abc import Iterator
from typing import get_args

from devices.drivers.scan_codec import LONGEST_BYTES, Suffix, Unreadable, decode
from devices.drivers.scanner_families import FamilyName, family_of
from devices.drivers.scanner_talk import Answer, Conversation, Sieve
from devices.values import Code

LONGEST = 8192
_FAMILIES: tuple[FamilyName, ...] = get_args(FamilyName)
_SUFFIXES: tuple[Suffix, ...] = get_args(Suffix)
_MOST_HELD = LONGEST_BYTES + 8
_MOST_ANSWER = 512


def check(data: bytes) -> None:
    if len(data) < 3:
        return
    name, suffix, size = _FAMILIES[data[0] % len(_FAMILIES)], _SUFFIXES[data[1] % len(_SUFFIXES)], data[2] % 64 + 1
    talk, now, rest = Conversation(family_of(name), suffix, 0.0), 1.0, data[3:]
    talk.feed(b"", now)
    heard: list[object] = []
    while rest:
        piece, rest = rest[:size], rest[size:]
        now += 0.3 if piece[0] % 8 == 0 else 0.001
        if piece[0] % 8 == 0:
            heard += talk.feed(b"", now)
        heard += talk.feed(piece, now)
        _bounded(talk)
    heard += talk.feed(b"", now + 1.0)
    for item in heard:
        assert isinstance(item, Code | Unreadable | Answer)
        if isinstance(item, Code):
            assert item.text
            assert len(item.text) <= LONGEST_BYTES
    decode(data)


def _bounded(talk: Conversation) -> None:
    assert len(talk._codes._buffer) <= _MOST_HELD, "more is kept than a code can be long"
    if isinstance(talk._sieve, Sieve):
        assert len(talk._sieve._held) <= _MOST_ANSWER, "more is kept than an answer can be long"


def seeds() -> Iterator[bytes]:
    codes = (b"]Q1https://fuwu.example.gov.cn/verify?code=7K3M\r", "]Q2编码".encode() + b"\r\n", b"6901234567892\t")
    for family in range(len(_FAMILIES)):
        model = family_of(_FAMILIES[family])
        talked = (model.query.data, model.trigger.data, model.stop.data) if model is not None else ()
        for suffix in range(len(_SUFFIXES)):
            yield bytes((family, suffix, 63)) + b"".join(codes)
        for said in talked:
            yield bytes((family, 0, 63)) + said + codes[0] + b"\x02\x00\x00\x01\x00\x33\x31" + codes[1] + b"\x06"
    yield b"\x00\x00\x3f" + b"y" * (LONGEST_BYTES + 99) + b"\r"
