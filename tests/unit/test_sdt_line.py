"""The talk with an SDT module over a wire that does just what a test wants: what is asked how often, and believed."""

from collections import deque
from collections.abc import Callable

import pytest

from devices.deadline import Deadline
from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Status
from devices.drivers.sdt_line import SdtLine
from devices.errors import Cancelled, Garbled, NeedsHelp, Silent

NO_CARD = codec.reply(Status.NOT_FOUND)
FOUND = codec.reply(Status.FOUND, bytes(4))
DAMAGED = FOUND[:-1] + bytes((FOUND[-1] ^ 1,))
MISHEARD = codec.reply(Status.REQUEST_CHECKSUM_WRONG)


class Wire:
    """A wire in memory that forgets nothing by itself. Each request brings the next of `answers`."""

    def __init__(self, *answers: bytes) -> None:
        self.sent: list[bytes] = []
        self.arrived = bytearray()
        self._answers = deque(answers)
        self.hear: Callable[[], None] = lambda: None

    def close(self) -> None: ...

    def send(self, data: bytes) -> None:
        self.sent.append(data)
        self.arrived += self._answers.popleft() if self._answers else b""

    def receive(self, wanted: int) -> bytes:
        self.hear()
        got, self.arrived = self.arrived[:wanted], self.arrived[wanted:]
        return bytes(got)

    def forget(self) -> None: ...

    def seconds(self, count: int) -> float:
        return count / 1e6


def ask(wire: Wire, command: Command = Command.FIND) -> codec.Reply:
    return SdtLine(wire).exchange(command, Deadline(20))


def test_an_answer_is_taken_at_once_and_asked_for_once() -> None:
    wire = Wire(FOUND)
    assert ask(wire).status == Status.FOUND
    assert wire.sent == [codec.request(Command.FIND)]


@pytest.mark.parametrize("bad", [DAMAGED, MISHEARD, codec.reply(Status.REQUEST_LENGTH_WRONG)])
@pytest.mark.parametrize("times", [1, 2])
def test_what_was_damaged_on_the_way_is_asked_for_again(bad: bytes, times: int) -> None:
    wire = Wire(*[bad] * times, FOUND)
    assert ask(wire).status == Status.FOUND
    assert len(wire.sent) == times + 1


@pytest.mark.parametrize("bad", [DAMAGED, MISHEARD])
def test_the_third_in_a_row_is_no_accident(bad: bytes) -> None:
    wire = Wire(*[bad] * 9)
    with pytest.raises(Garbled) as raised:
        ask(wire)
    assert raised.value.fault.code == "reader.garbled"
    assert len(wire.sent) == 3


def test_a_late_answer_is_not_taken_for_the_next_question() -> None:
    wire = Wire(b"", FOUND)
    line = SdtLine(wire)
    with pytest.raises(Silent):
        line.exchange(Command.FIND, Deadline(20))
    wire.arrived += NO_CARD
    assert line.exchange(Command.FIND, Deadline(20)).status == Status.FOUND


def test_what_a_module_says_when_it_gets_power_is_not_an_answer() -> None:
    wire = Wire(codec.reply(Status.SUCCESS, bytes(16)))
    line = SdtLine(wire)
    wire.arrived += codec.reply(Status.READ_FAILED)
    line.begin()
    assert line.exchange(Command.MODULE_NUMBER, Deadline(20)).status == Status.SUCCESS


@pytest.mark.parametrize(
    ("command", "other"),
    [
        (Command.FIND, codec.reply(Status.SUCCESS)),
        (Command.SELECT, FOUND),
        (Command.READ, codec.reply(Status.SUCCESS, bytes(8))),
        (Command.READ, codec.reply(Status.SUCCESS, codec.card_data(bytes(256), b"", b""))),
        (Command.READ_WITH_FINGERPRINT, codec.reply(Status.SUCCESS, codec.card_data(bytes(256), bytes(1024)))),
    ],
)
def test_an_answer_that_cannot_be_this_ones_is_passed_over(command: Command, other: bytes) -> None:
    wire = Wire(other + codec.reply(Status.READ_FAILED))
    assert ask(wire, command).status == Status.READ_FAILED


@pytest.mark.parametrize(
    ("status", "code"),
    [(Status.SELF_TEST_FAILED, "reader.self_test_failed"), (Status.NOT_AUTHORISED, "reader.not_authorised")],
)
def test_a_module_that_refuses_service_is_asked_once(status: Status, code: str) -> None:
    wire = Wire(codec.reply(status))
    with pytest.raises(NeedsHelp) as raised:
        ask(wire, Command.STATUS)
    assert raised.value.fault.code == code
    assert len(wire.sent) == 1


def test_half_an_answer_is_silence_and_told_as_such() -> None:
    with pytest.raises(Silent) as raised:
        ask(Wire(FOUND[:9]))
    assert raised.value.fault.detail == "find: half an answer"


def test_a_withdrawn_question_ends_within_one_slice() -> None:
    wire, until = Wire(), Deadline(3600)
    wire.hear = until.cancel
    with pytest.raises(Cancelled):
        SdtLine(wire).exchange(Command.READ, until)
