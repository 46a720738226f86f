"""An SDT identity-card module behind a pseudo-terminal: answers like one, and misbehaves on command.

Keeps the module's own logic: a card must be found, selected, read; a card that was read stays unfound
until it is lifted. What it does with a card that nobody described publicly (the answer to the
additional-address command without a selected card) is "read failed". Any thread may command it.
"""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Damage, Frame, FrameReader, Status
from devices.sim.paced_pty import PacedPty

ALWAYS = -1
_PHOTO = random.Random(1024).randbytes(1024)  # noqa: S311 - bytes of a picture that is none
_NUMBER = (5, 1, 20200101, 1234567, 89012345)
_ODD_PIECES = (1, 3, 2, 7, 5)
_DRIBBLE_S = 0.001
_JOIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One card that was read: when it was laid down, when its last byte left, what the line carried for it.

    `wire_s` is the time that the requests and answers from finding the card on take at the line's speed.
    """

    laid_at: float
    ended_at: float
    wire_s: float


@dataclass(slots=True)
class _Card:
    text: bytes
    photo: bytes
    laid_at: float
    selected: bool = False
    read: bool = False
    wire_s: float = 0.0


class SdtModule:
    """The module. A context manager: plugged in on entry, gone on exit."""

    def __init__(self, link: Path, baud: int = 115200) -> None:
        self._link = link
        self._baud = baud
        self._changed = threading.Condition()
        self._answering = threading.Lock()
        self._plugging = threading.Lock()
        self._asked: Counter[Command] = Counter()
        self._card: _Card | None = None
        self._line: PacedPty | None = None
        self._thread: threading.Thread | None = None
        self._silent = self._split = self._unreadable = False
        self._refusal: Status | None = None
        self._garbled_frames = 0
        self._misheard = 0
        self._late_s = 0.0
        self._noise = b""
        self._lift_armed = False
        self._lift_after: int | None = None
        self._last_reading: Reading | None = None

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def plugged(self) -> bool:
        return self._line is not None

    @property
    def card_lies(self) -> bool:
        return self._card is not None

    @property
    def last_reading(self) -> Reading | None:
        """The latest card that was read to its last byte; waits for an answer that is on its way."""
        with self._answering:
            return self._last_reading

    def plug(self) -> None:
        """Give power and a port. Does nothing when plugged in."""
        with self._plugging:
            if self._line is None:
                self._line = PacedPty(self._link, self._baud)
                self._thread = threading.Thread(target=self._serve, args=(self._line,), name="sdt-module", daemon=True)
                self._thread.start()

    def unplug(self) -> None:
        """Take power and port away; a card may stay where it lies. Does nothing when unplugged."""
        with self._plugging:
            line, self._line = self._line, None
            if line is None or self._thread is None:
                return
            line.stop()
            self._thread.join(_JOIN_S)
            line.close()
        with self._changed:
            if self._card is not None:
                self._card.selected = self._card.read = False

    def lay(self, text: bytes, photo: bytes = _PHOTO) -> None:
        """Lay a card down: its 256 bytes of text (`card_text.card_bytes`) and its picture."""
        with self._changed:
            self._card = _Card(text, photo, time.monotonic())

    def lift(self) -> None:
        """Take the card away, in mid-transfer too."""
        with self._changed:
            self._card = None

    def lift_during_read(self, after_bytes: int | None) -> None:
        """Have the next card pulled while it is read.

        Args:
            after_bytes: how much of the answer still comes before silence; None when the module
                notices first and answers "read failed".
        """
        with self._changed:
            self._lift_armed, self._lift_after = True, after_bytes

    def silent(self, on: bool) -> None:
        """Hear everything, answer nothing."""
        self._silent = on

    def garble(self, frames: int = 1) -> None:
        """Flip a bit in each of the next frames, or in all from now on (`ALWAYS`), or stop (0)."""
        with self._changed:
            self._garbled_frames = frames

    def split(self, on: bool) -> None:
        """Dribble answers in odd pieces with gaps."""
        self._split = on

    def noise(self, before: bytes) -> None:
        """Send these bytes before each answer; empty ends it."""
        self._noise = before

    def late(self, seconds: float) -> None:
        """Give the next answer so much too late."""
        with self._changed:
            self._late_s = seconds

    def mishear(self, requests: int) -> None:
        """Claim of the next requests that their checksum is wrong."""
        with self._changed:
            self._misheard = requests

    def unreadable(self, on: bool) -> None:
        """Answer "read failed" for every card."""
        self._unreadable = on

    def self_test_failed(self, on: bool) -> None:
        self._refusal = Status.SELF_TEST_FAILED if on else None

    def not_authorised(self, on: bool) -> None:
        self._refusal = Status.NOT_AUTHORISED if on else None

    def await_request(self, command: Command, times: int = 1, within_s: float = 10.0) -> None:
        """Wait until the host has sent `command` so many times more.

        Raises:
            TimeoutError: it did not.
        """
        with self._changed:
            goal = self._asked[command] + times
            if not self._changed.wait_for(lambda: self._asked[command] >= goal, within_s):
                raise TimeoutError(f"host did not send {command.name}")

    def _serve(self, line: PacedPty) -> None:
        frames = FrameReader(codec.SHORTEST_REQUEST, codec.LONGEST_REQUEST)
        while not line.stopped:
            data = line.receive()
            if data and not line.host_speed_fits:
                self._send(line, bytes(byte ^ 0x5A for byte in data))
                continue
            for item in frames.feed(data):
                with self._answering:
                    self._react(line, item)

    def _react(self, line: PacedPty, item: Frame | Damage) -> None:
        request = codec.parse_request(item.body) if isinstance(item, Frame) else None
        command = request[0] if request else None
        with self._changed:
            card = self._card
            answer = self._answer(command, item)
            reads_card = card is not None and command is Command.READ
            lift_after = self._lift_after
            pulled = reads_card and self._lift_armed
            if pulled:
                self._lift_armed = False
                if lift_after is None:
                    self._card, answer = None, codec.reply(Status.READ_FAILED)
            answer = self._misheard_or_garbled(answer)
            late_s, self._late_s = self._late_s, 0.0
            if command is not None:
                self._asked[command] += 1
                self._changed.notify_all()
            if self._silent:
                return
        line.wait(late_s)
        # What the module reads it sends on as it comes: a card pulled now stops the answer where it is.
        held = card if reads_card and self._card is card else None
        whole = self._send(line, self._noise + answer, held, lift_after if pulled else None)
        if card is not None and command in (Command.FIND, Command.SELECT, Command.READ):
            card.wire_s += line.seconds(len(codec.request(command)) + len(answer))
            if whole and held is not None and card.read:
                self._last_reading = Reading(card.laid_at, time.monotonic(), card.wire_s)

    def _misheard_or_garbled(self, answer: bytes) -> bytes:
        if self._misheard:
            self._misheard -= 1
            answer = codec.reply(Status.REQUEST_CHECKSUM_WRONG)
        if self._garbled_frames:
            self._garbled_frames -= self._garbled_frames > 0
            answer = answer[:-2] + bytes((answer[-2] ^ 0x04, answer[-1]))
        return answer

    def _send(self, line: PacedPty, data: bytes, held: _Card | None = None, pull_after: int | None = None) -> bool:
        """Let `data` out; False when it stopped on the way, because `held` was taken away."""
        piece_wise = (_ODD_PIECES, _DRIBBLE_S) if self._split else ()
        sending = line.send(data[:pull_after], *piece_wise)
        for _ in sending:
            if held is not None and self._card is not held:
                return False
        if pull_after is not None:
            self.lift()
        return sending.out == len(data)

    def _answer(self, command: Command | None, item: Frame | Damage) -> bytes:
        if isinstance(item, Damage):
            wrong_checksum = item is Damage.CHECKSUM
            return codec.reply(Status.REQUEST_CHECKSUM_WRONG if wrong_checksum else Status.REQUEST_LENGTH_WRONG)
        if self._refusal is not None:
            return codec.reply(self._refusal)
        match command:
            case Command.STATUS | Command.RESET | Command.SET_RF_BYTES:
                return codec.reply(Status.SUCCESS)
            case Command.MODULE_NUMBER:
                return codec.reply(Status.SUCCESS, codec.module_number_data(_NUMBER))
            case Command.FIND | Command.SELECT | Command.READ | Command.READ_ADDITIONAL_ADDRESS:
                return self._card_answer(command, self._card)
            case _:
                return codec.reply(Status.COMMAND_WRONG)

    def _card_answer(self, command: Command, card: _Card | None) -> bytes:
        status, data = Status.READ_FAILED, b""
        match command, card:
            case Command.FIND, _Card(read=False):
                card.selected, card.wire_s = False, 0.0
                status, data = Status.FOUND, bytes(4)
            case Command.FIND, _:
                status = Status.NOT_FOUND
            case Command.SELECT, _Card(read=False):
                card.selected = True
                status, data = Status.SUCCESS, bytes(8)
            case Command.SELECT, _:
                status = Status.SELECT_FAILED
            case Command.READ, _Card(selected=True) if not self._unreadable:
                card.read = True
                status, data = Status.SUCCESS, codec.card_data(card.text, card.photo)
            case Command.READ_ADDITIONAL_ADDRESS, _Card(selected=True):
                status = Status.ITEM_NOT_ON_CARD
        return codec.reply(status, data)
