"""Talking with triggered scanners: an answer is never a code, a code never an answer, and silence is counted."""

from collections.abc import Generator
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from devices.drivers.scan_codec import GAP_S, SUFFIX_GAP_S, Suffix, Unreadable
from devices.drivers.scanner_gm65 import Gm65, crc
from devices.drivers.scanner_honeywell import Honeywell
from devices.drivers.scanner_newland import Newland
from devices.drivers.scanner_talk import (
    AGAIN_S,
    ANSWER_S,
    REARM_S,
    TRIES,
    Answer,
    Ask,
    Conversation,
    Family,
    Prompting,
    Sieve,
    Verdict,
)
from devices.errors import Garbled, Silent
from devices.values import Code, Symbology

FAMILIES: dict[str, Family] = {"newland": Newland(), "honeywell": Honeywell(), "gm65": Gm65()}
OK = Verdict.ACCEPTED
GOLDEN: dict[str, list[tuple[bytes, Answer]]] = {
    "newland": [
        (b"\x02\x010000#SCNTRG1\x06;\x03", Answer(OK, b"1")),
        (b"\x02\x010000@SCNMOD0\x06;\x03", Answer(OK, b"0")),
        (b"\x02\x010000#SCNTRG9\x15;\x03", Answer(Verdict.REFUSED, b"9")),
        (b"\x02\x010000#AIDENA1\x05;\x03", Answer(Verdict.UNKNOWN, b"1")),
    ],
    "honeywell": [
        (b"TRGMOD0\x06.", Answer(OK, b"0")),
        (b"TRGMOD0\x06!", Answer(OK, b"0")),
        (b"PREBK2\x06.", Answer(OK, b"")),
        (b"PREBK2995C81\x06;", Answer(OK, b"995C81")),
        (b"TRGMOD?\x05."[:6] + b"\x05.", Answer(Verdict.UNKNOWN, b"")),
        (b"TRGMOD7\x15.", Answer(Verdict.REFUSED, b"7")),
    ],
    "gm65": [
        (bytes.fromhex("02 00 00 01 00 33 31"), Answer(OK, b"\x00")),
        (bytes.fromhex("02 00 00 01 00 AB CD"), Answer(OK, b"\x00")),
        (b"\x02\x00\x00\x01\xd6" + crc(b"\x00\x01\xd6"), Answer(OK, b"\xd6")),
        (b"\x02\x00\x00\x02\x39\x01" + crc(b"\x00\x02\x39\x01"), Answer(OK, b"\x39\x01")),
        (b"\x02\x00\x01\x01\x00" + crc(b"\x01\x01\x00"), Answer(Verdict.REFUSED, b"\x00")),
    ],
}
ANSWERS = [(family, *entry) for family, entries in GOLDEN.items() for entry in entries]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(
    lambda text: not text.startswith("]")
)


@pytest.mark.parametrize(
    ("ask", "sent"),
    [
        (Newland.trigger, "7E 01 30 30 30 30 23 53 43 4E 54 52 47 31 3B 03"),
        (Newland.stop, "7E 01 30 30 30 30 23 53 43 4E 54 52 47 30 3B 03"),
        (Honeywell.query, "16 4D 0D 54 52 47 4D 4F 44 3F 2E"),
        (Honeywell.trigger, "16 4D 0D 54 52 47 4D 4F 44 3F 2E 16 54 0D"),
        (Honeywell.stop, "16 55 0D 16 4D 0D 54 52 47 4D 4F 44 3F 2E"),
        (Gm65.trigger, "7E 00 08 01 00 02 01 02 DA"),
        (Gm65.query, "7E 00 07 01 00 00 01 01 41"),
    ],
)
def test_commands_are_the_bytes_of_the_makers_manuals(ask: Ask, sent: str) -> None:
    assert ask.data == bytes.fromhex(sent)


@pytest.mark.parametrize(
    "frame", ["09 01 00 00 00 DE C8", "07 01 00 2A 02 D8 0F", "08 01 00 D9 D3 20 38", "08 02 00 2A 39 01 A7 EA"]
)
def test_the_check_sum_is_that_of_the_makers_own_examples(frame: str) -> None:
    data = bytes.fromhex(frame)
    assert crc(data[:-2]) == data[-2:]


@pytest.mark.parametrize(("family", "answer", "meant"), ANSWERS)
def test_an_answer_is_taken_out_wherever_it_stands_however_it_is_split(
    family: str, answer: bytes, meant: Answer
) -> None:
    for place in range(6):
        data = b"HELLO"[:place] + answer + b"HELLO"[place:]
        for cut in range(len(data) + 1):
            sieve = Sieve(FAMILIES[family])
            pieces = [*sieve.feed(data[:cut]), *sieve.feed(data[cut:]), *sieve.let_go()]
            assert [piece for piece in pieces if isinstance(piece, Answer)] == [meant]
            assert b"".join(piece for piece in pieces if isinstance(piece, bytes)) == b"HELLO"


@pytest.mark.parametrize(("family", "answer", "meant"), ANSWERS)
def test_an_answer_that_comes_byte_by_byte_is_still_one(family: str, answer: bytes, meant: Answer) -> None:
    talk = Line(family)
    for byte in answer:
        talk.send(bytes([byte])).quiet(SUFFIX_GAP_S / 2)
    assert talk.quiet().heard == [meant]


@pytest.mark.parametrize(("family", "answer", "meant"), ANSWERS)
def test_an_answer_in_the_middle_of_a_code_leaves_the_code_whole(family: str, answer: bytes, meant: Answer) -> None:
    assert Line(family).send(b"]Q1HEL" + answer + b"LO\r").heard == [meant, Code("HELLO", Symbology.QR)]


@pytest.mark.parametrize("family", FAMILIES)
def test_an_answer_that_takes_its_time_in_the_middle_of_a_code_is_no_pause_in_it(family: str) -> None:
    answer, meant = GOLDEN[family][0]
    line = Line(family, "none").send(b"HEL")
    for byte in answer:
        line.send(b"", GAP_S / 2).send(bytes([byte]))
    assert line.send(b"", GAP_S / 2).send(b"LO").quiet().heard == [meant, Code("HELLO")]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("suffix", ["cr", "none"])
def test_what_only_begins_like_an_answer_is_a_code(family: str, suffix: Suffix) -> None:
    for answer, _ in GOLDEN[family]:
        for size in range(1, len(answer) - 2):
            line = Line(family, suffix).send(b"A" + answer[:size]).quiet()
            if suffix == "cr":
                line.send(b"\r")
            shown = "".join(chr(byte) for byte in answer[:size] if byte >= 0x20)
            assert all(byte < 0x80 for byte in answer[:size]) is (line.heard == [Code("A" + shown)])
            assert not any(isinstance(heard, Answer) for heard in line.heard)


def test_a_wrong_check_sum_is_no_answer() -> None:
    line = Line("gm65").send(bytes.fromhex("02 00 00 01 00 33 32")).quiet()
    assert line.heard == [Code("32")]


@given(st.sampled_from(sorted(FAMILIES)), TEXTS, st.lists(st.integers(0, 400), max_size=8), st.data())
def test_codes_and_answers_come_apart_however_they_are_mixed(
    family: str, text: str, cuts: list[int], choice: st.DataObject
) -> None:
    answer, meant = choice.draw(st.sampled_from(GOLDEN[family]))
    code = text.encode() + b"\r"
    place = choice.draw(st.integers(0, len(code)))
    data = code[:place] + answer + code[place:]
    line = Line(family)
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        line.send(data[start:end]).send(b"", GAP_S / 2)
    line.quiet()
    codes = [heard.text for heard in line.heard if isinstance(heard, Code)]
    assert [heard for heard in line.heard if isinstance(heard, Answer)] == [meant]
    assert codes == [text]


@given(st.sampled_from(sorted(FAMILIES)), st.lists(st.binary(max_size=600), max_size=8))
@example("gm65", [b"\x02\x00\x00\xff" * 100] * 3)
@example("newland", [b"\x02\x010000#" * 50] * 3)
@example("honeywell", [b"TRGMOD" + b"0" * 500, b"PREBK2" * 80])
def test_whatever_comes_neither_breaks_nor_grows_and_no_byte_is_lost(family: str, chunks: list[bytes]) -> None:
    sieve = Sieve(FAMILIES[family])
    kept = 0
    for chunk in chunks:
        kept += sum(len(piece) for piece in sieve.feed(chunk) if isinstance(piece, bytes))
        assert len(sieve._held) <= 262
    rest = sieve.let_go()
    assert sieve._held == b""
    assert kept + sum(len(piece) for piece in rest if isinstance(piece, bytes)) <= sum(map(len, chunks))


@given(st.sampled_from(sorted(FAMILIES)), st.lists(st.binary(max_size=600), max_size=8))
def test_a_conversation_of_anything_yields_clean_codes_only(family: str, chunks: list[bytes]) -> None:
    line = Line(family)
    for chunk in chunks:
        line.send(chunk)
    for heard in line.quiet().heard:
        assert isinstance(heard, Code | Unreadable | Answer)


@pytest.mark.parametrize(
    ("family", "answers", "asked"),
    [
        ("newland", [Answer(OK), Answer(OK)], [b"SCNMOD0", b"AIDENA1"]),
        ("honeywell", [Answer(OK), Answer(OK), Answer(OK)], [b"TRGMOD0!", b"PREBK2?.", b"PREBK2995C81!"]),
        ("honeywell", [Answer(OK), Answer(OK, b"9902995C81")], [b"TRGMOD0!", b"PREBK2?."]),
        (
            "gm65",
            [Answer(OK, b"\xd6"), Answer(OK), Answer(OK)],
            [b"\x07\x01\x00\x00", b"\x08\x01\x00\x00\xd5", b"\xd0\x80"],
        ),
        ("gm65", [Answer(Verdict.REFUSED), Answer(OK)], [b"\x07\x01\x00\x00", b"\xd0\x80"]),
    ],
)
def test_setting_a_scanner_up_keeps_what_its_owner_set(family: str, answers: list[Answer], asked: list[bytes]) -> None:
    sent = list(_sent(FAMILIES[family].prepare(), answers))
    assert len(sent) == len(asked)
    assert all(part in ask.data for part, ask in zip(asked, sent, strict=True))


def test_nothing_is_ever_written_to_a_scanners_memory_for_good() -> None:
    asks = [ask for family in FAMILIES.values() for ask in (family.query, family.trigger, family.stop)]
    for family in FAMILIES.values():
        asks += _sent(family.prepare(), [Answer(OK, b"\x00")] * 3)
    for ask in asks:
        assert b"0000@" not in ask.data  # Newland's permanent
        assert not ask.data.startswith(b"\x7e\x00\x09")  # GM65's save
        assert ask.data.count(b".") == ask.data.count(b"?.")  # Honeywell's permanent, but in questions


class TestPrompting:
    def test_a_trigger_is_due_at_once_and_again_while_nothing_is_read(self) -> None:
        prompting = Prompting(0.0)
        assert prompting.due(0.0)
        prompting.sent(0.0)
        prompting.answered(Answer(OK), 0.05)
        assert not prompting.due(AGAIN_S - 0.1)
        assert prompting.due(AGAIN_S)

    def test_after_a_code_the_next_trigger_is_not_at_once(self) -> None:
        prompting = Prompting(0.0)
        prompting.sent(0.0)
        prompting.answered(Answer(OK), 0.05)
        prompting.code_came(0.2)
        assert not prompting.due(0.2 + REARM_S / 2)
        assert prompting.due(0.2 + REARM_S)

    def test_the_third_silence_is_too_many(self) -> None:
        prompting, now = Prompting(0.0), 0.0
        for _ in range(TRIES - 1):
            prompting.sent(now)
            now += ANSWER_S
            assert prompting.due(now)
        prompting.sent(now)
        assert not prompting.due(now + ANSWER_S / 2)
        with pytest.raises(Silent) as raised:
            prompting.due(now + ANSWER_S)
        assert raised.value.fault.code == "scanner.offline"

    def test_an_answer_or_a_code_in_between_starts_the_count_anew(self) -> None:
        prompting, now = Prompting(0.0), 0.0
        for tries in range(4 * TRIES):
            prompting.sent(now)
            if tries % 3 == 2:
                prompting.answered(Answer(OK), now)
                now += AGAIN_S
            elif tries % 3 == 1:
                prompting.code_came(now)
                now += REARM_S
            else:
                now += ANSWER_S + 0.01
            assert prompting.due(now)

    def test_the_third_refusal_is_too_many_and_one_alone_is_tried_again_soon(self) -> None:
        prompting = Prompting(0.0)
        for now in range(TRIES - 1):
            prompting.sent(now)
            prompting.answered(Answer(Verdict.REFUSED), now)
            assert prompting.due(now + REARM_S)
        prompting.sent(9.0)
        with pytest.raises(Garbled) as raised:
            prompting.answered(Answer(Verdict.UNKNOWN), 9.0)
        assert raised.value.fault.code == "scanner.offline"


class Line:
    """A line with its own clock, quiet before the first byte."""

    def __init__(self, family: str, suffix: Suffix = "cr") -> None:
        self.now = 100.0
        self.talk = Conversation(FAMILIES[family], suffix, self.now)
        self.heard: list[Code | Unreadable | Answer] = []
        self.quiet()

    def send(self, data: bytes, after_s: float = 0.0) -> "Line":
        self.now += after_s
        self.heard += self.talk.feed(data, self.now)
        return self

    def quiet(self, seconds: float = 1.0) -> "Line":
        end = self.now + seconds
        while self.now < end:
            self.send(b"", 0.02)
        return self


def _sent(asking: Generator[Ask, Answer, None], answers: list[Answer]) -> list[Ask]:
    """What is asked when it is answered so."""
    sent = [next(asking)]
    for answer in answers:
        try:
            sent.append(asking.send(answer))
        except StopIteration:
            break
    return sent
