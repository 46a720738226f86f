"""Commands to a chip card: whatever it answers, the conversation ends, stays small and says what was wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.apdu import Answer, CardChannel, refusal, selected
from devices.errors import MediaTrouble
from tests.chip_rigs import attempt

READ = bytes.fromhex("00B20800")
SELECT = bytes.fromhex("00A40400")
MOST_COMMANDS = 9
MOST_BYTES = 1024


class Scripted:
    """A card that answers what it is told, in turn, and the last thing for ever."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)
        self.heard: list[bytes] = []

    def __call__(self, command: bytes) -> bytes:
        self.heard.append(command)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def test_what_waits_is_fetched_and_put_together() -> None:
    card = Scripted(b"\x61\x03", b"abc\x61\x02", b"de\x90\x00")
    assert CardChannel(card, t0=True).ask(SELECT, b"name") == Answer(b"abcde", 0x9000)
    assert card.heard == [SELECT + b"\x04name", bytes.fromhex("00C0000003"), bytes.fromhex("00C0000002")]


def test_a_wrong_length_is_put_right_by_the_card() -> None:
    card = Scripted(b"\x6c\x05", b"hello\x90\x00")
    assert CardChannel(card, t0=True).ask(READ, expected=20) == Answer(b"hello", 0x9000)
    assert card.heard == [READ + b"\x14", READ + b"\x05"]


def test_a_length_put_right_keeps_the_data_of_the_command() -> None:
    card = Scripted(b"\x6c\x05", b"hello\x90\x00")
    CardChannel(card, t0=False).ask(SELECT, b"name", expected=256)
    assert card.heard == [SELECT + b"\x04name\x00", SELECT + b"\x04name\x05"]


def test_under_t0_a_command_with_data_names_no_length() -> None:
    card = Scripted(b"\x90\x00")
    CardChannel(card, t0=True).ask(SELECT, b"name", expected=256)
    assert card.heard == [SELECT + b"\x04name"]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ((b"\x61\x08", b"12345678\x61\x08"), "no end of rounds"),
        ((b"\x6c\x01", b"\x6c\x02", b"\x6c\x03"), "no length is the right one"),
        ((b"\x6c\x05",), "no length is the right one"),
        ((bytes(256) + b"\x61\x00",), "no end of data"),
        ((b"",), "answer of 0 bytes"),
        ((b"\x90",), "answer of 1 bytes"),
        ((bytes(259),), "answer of 259 bytes"),
    ],
)
def test_a_card_that_never_comes_to_an_end_is_unreadable(answers: tuple[bytes, ...], why: str) -> None:
    card = Scripted(*answers)
    with pytest.raises(MediaTrouble, match=f"card.unreadable: command B2: {why}"):
        CardChannel(card, t0=True).ask(READ, expected=20)
    assert len(card.heard) <= MOST_COMMANDS


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20), st.booleans(), st.booleans())
def test_whatever_a_card_answers_the_conversation_ends_and_stays_small(
    answers: list[bytes], t0: bool, with_data: bool
) -> None:
    card = Scripted(*answers)
    answer = attempt(lambda: CardChannel(card, t0=t0).ask(READ, b"data" if with_data else b"", expected=20))
    if isinstance(answer, MediaTrouble):
        assert answer.fault.code == "card.unreadable"
    else:
        assert len(answer.data) <= MOST_BYTES
        assert answer.status >> 8 not in (0x61, 0x6C)
    assert len(card.heard) <= MOST_COMMANDS
    assert all(command[1] in (READ[1], 0xC0) for command in card.heard)


@pytest.mark.parametrize("status", [0x6283, 0x6983, 0x6A81, 0x9303])
def test_a_locked_application_is_a_blocked_card(status: int) -> None:
    with pytest.raises(MediaTrouble) as raised:
        selected(status)
    assert raised.value.fault.code == "card.blocked"
    assert refusal(status, "record 08").fault.code == "card.blocked"


@pytest.mark.parametrize("status", [0x6A82, 0x6A86, 0x6D00, 0x6E00, 0x6700, 0x6999, 0x6985])
def test_an_application_that_cannot_be_selected_is_not_there(status: int) -> None:
    assert not selected(status)


@pytest.mark.parametrize("status", [0x0000, 0x6F00, 0xFFFF, 0x9001])
def test_a_status_that_says_nothing_is_no_proof_that_an_application_is_not_there(status: int) -> None:
    with pytest.raises(MediaTrouble) as raised:
        selected(status)
    assert raised.value.fault.code == "card.unreadable"


@given(st.integers(0, 0xFFFF))
def test_every_status_means_something(status: int) -> None:
    found = attempt(lambda: selected(status))
    if isinstance(found, MediaTrouble):
        assert found.fault.code in {"card.blocked", "card.unreadable"}
    else:
        assert found is (status == 0x9000)
    assert refusal(status, "record 08").fault.code in {"card.blocked", "card.unreadable", "card.unsupported"}


def test_nothing_that_a_card_answered_is_in_a_repr() -> None:
    assert "张伟" not in repr(Answer("张伟".encode(), 0x9000))
