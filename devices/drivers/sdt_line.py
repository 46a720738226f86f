"""The talk with an SDT module over any wire: one request out, its one answer back.

Reads are driven by the length in the frame, never by a fixed pause; a damaged answer is asked for
again, a late one is drained before the next request so that it cannot pass for the next answer.
Knows nothing of cards. Every wait ends within one slice when the deadline is withdrawn.
"""

import time

from devices.deadline import Deadline
from devices.drivers.sdt_codec import (
    LONGEST_REPLY,
    Command,
    Damage,
    Frame,
    FrameReader,
    Reply,
    Status,
    parse_card_data,
    parse_reply,
    request,
)
from devices.drivers.sdt_wire import Wire
from devices.errors import Garbled, NeedsHelp, Silent

_STALL_S = 0.25
"""A gap inside a frame after which the rest will not come: 240 bytes' time at 9600 baud."""
_QUIET_S = 0.03
"""A line without a byte for so long has nothing more to say."""
_DRAIN_S = 0.5
_PIECE = 64
_AFTER_DAMAGE_S = 0.05
"""How long a good frame may follow a damaged one, such as noise that looked like a preamble."""
_ATTEMPTS = 3
"""Damaged answers in a row after which the line, not luck, is to blame."""

_REPLY_S = {
    Command.RESET: 0.3,
    Command.STATUS: 0.3,
    Command.MODULE_NUMBER: 0.3,
    Command.FIND: 0.1,
    Command.SELECT: 0.1,
    Command.READ: 2.0,
    Command.READ_ADDITIONAL_ADDRESS: 1.5,
    Command.READ_MANAGEMENT_NUMBER: 0.3,
    Command.READ_WITH_FINGERPRINT: 3.0,
    Command.SET_RF_BYTES: 0.3,
}
"""Silence before the first byte of an answer, per command, as handheld readers' own software has it."""

_SUCCESS_BYTES = {Command.SELECT: 8, Command.MODULE_NUMBER: 16, Command.READ_ADDITIONAL_ADDRESS: 70}
"""Data of a successful answer where the vendor protocol fixes its size; it tells answers apart."""


class SdtLine:
    """The talk on one wire, which somebody else opens and closes."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._late_answer_possible = False

    def begin(self) -> None:
        """The wire was opened, or has another speed: whatever still comes is nobody's answer."""
        self._late_answer_possible = True

    def exchange(self, command: Command, until: Deadline) -> Reply:
        """Ask and return the answer.

        Raises:
            Absent: the port is gone.
            Silent: no whole answer in the command's time.
            Garbled: three damaged answers in a row.
            NeedsHelp: the module says that it must not or cannot work.
            Cancelled: `until` was withdrawn.
        """
        for _ in range(_ATTEMPTS):
            answer = self._ask(command, until)
            if isinstance(answer, Damage):
                continue
            match answer.status:
                case Status.REQUEST_CHECKSUM_WRONG | Status.REQUEST_LENGTH_WRONG:
                    continue
                case Status.SELF_TEST_FAILED:
                    raise NeedsHelp("reader.self_test_failed", "status 60")
                case Status.NOT_AUTHORISED:
                    raise NeedsHelp("reader.not_authorised", "status 66")
                case _:
                    return answer
        raise Garbled("reader.garbled", f"{command.name.lower()}: {_ATTEMPTS} damaged frames in a row")

    def _ask(self, command: Command, until: Deadline) -> Reply | Damage:
        until.check()
        if self._late_answer_possible:
            self._drain(until)
        self._wire.forget()
        self._late_answer_possible = True
        self._wire.send(request(command))
        answer = self._answer(command, until)
        self._late_answer_possible = isinstance(answer, Damage)
        return answer

    def _answer(self, command: Command, until: Deadline) -> Reply | Damage:
        frames = FrameReader()
        damage: Damage | None = None
        last_byte = time.monotonic()
        patience = last_byte + _REPLY_S[command]
        end = patience + self._wire.seconds(LONGEST_REPLY) + _STALL_S
        while True:
            until.check()
            got = self._wire.receive(frames.wanted)
            now = time.monotonic()
            last_byte = now if got else last_byte
            for item in frames.feed(got):
                match item:
                    case Frame(body):
                        answer = parse_reply(body)
                        if answer is not None and _answers(command, answer):
                            return answer
                    case Damage():
                        damage = item
                        patience = min(patience, now + _AFTER_DAMAGE_S)
            waits_until = last_byte + _STALL_S if frames.mid_frame else patience
            if now >= min(waits_until, end):
                break
        if damage is not None:
            return damage
        raise Silent("reader.offline", f"{command.name.lower()}: {'half an' if frames.mid_frame else 'no'} answer")

    def _drain(self, until: Deadline) -> None:
        """Read away what an answer that nobody waits for any more still sends."""
        now = time.monotonic()
        end, quiet_at = now + _DRAIN_S, now + _QUIET_S
        while now < min(quiet_at, end):
            until.check()
            got = self._wire.receive(_PIECE)
            now = time.monotonic()
            quiet_at = now + _QUIET_S if got else quiet_at


def _answers(command: Command, answer: Reply) -> bool:
    """Whether `answer` can be one to `command`, and not one to a request that was given up."""
    match answer.status:
        case Status.FOUND:
            return command is Command.FIND
        case Status.SUCCESS if command is Command.FIND:
            return False
        case Status.SUCCESS if command in (Command.READ, Command.READ_WITH_FINGERPRINT):
            return parse_card_data(answer.data, fingerprints=command is not Command.READ) is not None
        case Status.SUCCESS:
            return len(answer.data) == _SUCCESS_BYTES.get(command, len(answer.data))
        case _:
            return True
