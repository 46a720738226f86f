"""A simulated SDT identity-card module, whatever carries its bytes: answers like one, and misbehaves on command.

Hands that lay and lift cards, pull the plug, and spoil answers one by one, always, or by a script. What it
answers is `sdt_logic`'s. Any thread may command it.
"""

import random
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Damage, Frame, FrameReader, Status
from devices.sim.paced_pty import Sending
from devices.sim.sdt_faults import LATE_S, PRIVATE_FRAME, Blow, FaultScript, Mishap, flipped
from devices.sim.sdt_logic import READS, Card, ModuleLogic

ALWAYS = -1
PHOTO = random.Random(1024).randbytes(1024)  # noqa: S311 - bytes of a picture that is none
_ODD_PIECES = (1, 3, 2, 7, 5)
_DRIBBLE_S = 0.001
_JOIN_S = 2.0


class ModuleLine(Protocol):
    """A plugged-in line, from making it to `close`. One thread serves it; any thread may stop it."""

    @property
    def stopped(self) -> bool: ...

    @property
    def host_speed_fits(self) -> bool: ...

    def seconds(self, count: int) -> float: ...

    def receive(self) -> bytes: ...

    def send(self, data: bytes, pieces: tuple[int, ...] = ..., pause_s: float = ...) -> Sending: ...

    def wait(self, seconds: float) -> None: ...

    def stall(self) -> bool:
        """Stall until the host clears it; False where a line cannot."""

    def stop(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One card that was read: when it was laid down, when its last byte left, what the line carried for it.

    `wire_s` is the time that the requests and answers from finding the card on take at the line's speed.
    """

    laid_at: float
    ended_at: float
    wire_s: float


class SimulatedModule(ABC):
    """The module. A context manager: plugged in on entry, gone on exit."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._answering = threading.Lock()
        self._plugging = threading.Lock()
        self._asked: Counter[Command] = Counter()
        self._logic = ModuleLogic()
        self._line: ModuleLine | None = None
        self._thread: threading.Thread | None = None
        self._silent = self._split = False
        self._garbled_frames = 0
        self._misheard = 0
        self._late_s = self._reading_s = 0.0
        self._noise = b""
        self._blows: list[Blow] = []
        self._script: FaultScript | None = None
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

    @abstractmethod
    def _connect(self) -> ModuleLine:
        """Appear at the host; return the line to it."""

    @property
    def plugged(self) -> bool:
        return self._line is not None

    @property
    def card_lies(self) -> bool:
        return self._logic.card is not None

    @property
    def last_reading(self) -> Reading | None:
        """The latest card that was read to its last byte; waits for an answer that is on its way."""
        with self._answering:
            return self._last_reading

    def plug(self) -> None:
        """Give power and a port. Does nothing when plugged in."""
        with self._plugging:
            if self._line is None:
                self._line = self._connect()
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
            if self._logic.card is not None:
                self._logic.card.selected = self._logic.card.read = False

    def lay(
        self, text: bytes, photo: bytes = PHOTO, fingerprints: bytes = b"", additional_address: bytes | None = None
    ) -> None:
        """Lay a card down: its 256 bytes of text (`card_text.card_bytes`), its picture, and what else is on it."""
        with self._changed:
            self._logic.card = Card(text, photo, fingerprints, additional_address, time.monotonic())

    def lift(self) -> None:
        """Take the card away, in mid-transfer too."""
        with self._changed:
            self._logic.card = None

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

    def slow(self, seconds: float) -> None:
        """Take so much longer over what each card holds, as over a worn one; 0 ends it."""
        self._reading_s = seconds

    def mishear(self, requests: int) -> None:
        """Claim of the next requests that their checksum is wrong."""
        with self._changed:
            self._misheard = requests

    def misfortune(self, *mishaps: Mishap) -> None:
        """Have these happen to the next answers, one each; `Mishap.NONE` lets one pass."""
        with self._changed:
            self._blows += [Blow(mishap, 0.5, b"\xaa\xaa\x00\xff\xaa") for mishap in mishaps]

    def follow(self, script: FaultScript | None) -> None:
        """Have what `script` says happen to each answer from now on; None ends it."""
        with self._changed:
            self._script = script

    def unreadable(self, on: bool) -> None:
        """Answer "read failed" for every card."""
        for command in READS:
            self.refuse(command, Status.READ_FAILED if on else None)

    def refuse(self, command: Command, status: Status | None) -> None:
        """Answer `command` with `status` from now on, as an older or a worn module does; None ends it."""
        with self._changed:
            self._logic.refusals.pop(command, None)
            if status is not None:
                self._logic.refusals[command] = status

    def self_test_failed(self, on: bool) -> None:
        for command in Command:
            self.refuse(command, Status.SELF_TEST_FAILED if on else None)

    def not_authorised(self, on: bool) -> None:
        for command in Command:
            self.refuse(command, Status.NOT_AUTHORISED if on else None)

    def asked(self, command: Command) -> int:
        """How often the host has sent `command` so far."""
        with self._changed:
            return self._asked[command]

    def await_request(self, command: Command, times: int = 1, within_s: float = 10.0, since: int | None = None) -> None:
        """Wait until the host has sent `command` so many times more, than now or than `since`.

        Raises:
            TimeoutError: it did not.
        """
        with self._changed:
            goal = (self._asked[command] if since is None else since) + times
            if not self._changed.wait_for(lambda: self._asked[command] >= goal, within_s):
                raise TimeoutError(f"host did not send {command.name}")

    def _serve(self, line: ModuleLine) -> None:
        frames = FrameReader(codec.SHORTEST_REQUEST, codec.LONGEST_REQUEST)
        while not line.stopped:
            data = line.receive()
            if data and not line.host_speed_fits:
                for _ in line.send(bytes(byte ^ 0x5A for byte in data)):
                    pass
                continue
            for item in frames.feed(data):
                with self._answering:
                    self._react(line, item)

    def _react(self, line: ModuleLine, item: Frame | Damage) -> None:
        with self._changed:
            card = self._logic.card
            command, answer = self._logic.answer(item)
            # Told apart from the answer: only what a module takes off a card stops when the card is pulled.
            held = card if command in READS else None
            pull_after = None
            if held is not None and self._lift_armed:
                self._lift_armed, pull_after = False, self._lift_after
                if pull_after is None:
                    self._logic.card, held, answer = None, None, codec.reply(Status.READ_FAILED)
            blow = self._next_blow()
            answer = self._spoilt(answer, blow)
            late_s, self._late_s = self._late_s, 0.0
            late_s += self._reading_s if command in READS else 0.0
            if command is not None:
                self._asked[command] += 1
                self._changed.notify_all()
            if self._silent or blow.mishap is Mishap.LOST or (blow.mishap is Mishap.STALLED and line.stall()):
                return
        line.wait(late_s + (LATE_S if blow.mishap is Mishap.LATE else 0.0))
        whole = self._send(line, self._noise + answer, held, pull_after, self._split or blow.mishap is Mishap.SPLIT)
        if card is not None and command in (Command.FIND, Command.SELECT, *READS):
            card.wire_s += line.seconds(len(codec.request(command)) + len(answer))
            if whole and held is not None and card.read:
                self._last_reading = Reading(card.laid_at, time.monotonic(), card.wire_s)

    def _send(self, line: ModuleLine, data: bytes, held: Card | None, pull_after: int | None, split: bool) -> bool:
        """Let `data` out; False when it stopped on the way, because `held` was taken away."""
        sending = line.send(data[:pull_after], *((_ODD_PIECES, _DRIBBLE_S) if split else ()))
        for _ in sending:
            if held is not None and self._logic.card is not held:
                return False
        if pull_after is not None:
            self.lift()
        return sending.out == len(data)

    def _next_blow(self) -> Blow:
        if self._blows:
            return self._blows.pop(0)
        return self._script.next() if self._script is not None else Blow(Mishap.NONE)

    def _spoilt(self, answer: bytes, blow: Blow) -> bytes:
        if self._misheard:
            self._misheard -= 1
            answer = codec.reply(Status.REQUEST_CHECKSUM_WRONG)
        if self._garbled_frames:
            self._garbled_frames -= self._garbled_frames > 0
            answer = flipped(answer)
        match blow.mishap:
            case Mishap.GARBLED:
                return flipped(answer, blow.place)
            case Mishap.NOISE:
                return blow.noise + answer
            case Mishap.MISHEARD:
                return codec.reply(Status.REQUEST_CHECKSUM_WRONG)
            case Mishap.CUT:
                return answer[: int(blow.place * len(answer))]
            case Mishap.PRIVATE:
                return PRIVATE_FRAME
            case _:
                return answer
