"""A code scanner behind a pseudo-terminal: sends what is held before it, and misbehaves on command.

As delivered it reads by itself, like one whose light is always on: a code that stays before its window is
sent again and again. One of a family understands that maker's commands, and reads when it was told to
read on command only while it is triggered. Any thread may command it; what it does is repeatable by seed.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Literal, Self

from devices.sim.paced_pty import PacedPty
from devices.sim.scanner_dialects import DIALECTS, Command, Deed, Dialect, Word

SUFFIXES = {"auto": b"\r", "cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t", "none": b""}
"""What a scanner sends after each code, by the name that the driver's configuration has for it."""
AGAIN_S = 0.2
"""Between two readings of a code that stays before the window."""
GIVES_UP_S = 3.0
"""How long a triggered scanner looks for a code."""
Manner = Literal["ack", "nak", "enq", "never", "late", "any"]
"""How commands are answered: as asked, refused, unknown, not at all, in the middle of the next code, or at random."""
_PIECES = (1, 3, 2, 7, 5)
_JOIN_S = 2.0


class Scanner:
    """The scanner. A context manager: plugged in on entry, gone on exit."""

    def __init__(
        self, link: Path, baud: int = 9600, suffix: bytes = b"\r", family: str = "none", seed: int = 0
    ) -> None:
        self._link = link
        self._baud = baud
        self._suffix = suffix
        self._family = family
        self._random = Random(seed)  # noqa: S311 - repeatable misbehaviour, no secret
        self._changed = threading.Condition()
        self._plugging = threading.Lock()
        self._line: PacedPty | None = None
        self._threads: list[threading.Thread] = []
        self._held: tuple[bytes, bytes] = (b"", b"")
        self._held_until = 0.0
        self._once: list[tuple[bytes, bytes]] = []
        self._noise: list[bytes] = []
        self._answers: list[bytes] = []
        self._late: list[bytes] = []
        self._sent = 0
        self._pause_s: float | None = None
        self._pieces: tuple[int, ...] = _PIECES
        self._manner: Manner = "ack"
        self._manners: dict[Deed, Manner] = {}
        self._on_command = self._names_kind = False
        self._lit_until = 0.0
        self._pause_until = 0.0
        self._triggers = 0

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
    def lit(self) -> bool:
        """Whether it looks for a code now."""
        with self._changed:
            return self._looking

    @property
    def triggers(self) -> int:
        """How often it was triggered since it was made."""
        with self._changed:
            return self._triggers

    def plug(self) -> None:
        """Give power and a port. Does nothing when plugged in."""
        with self._plugging:
            if self._line is None:
                line = self._line = PacedPty(self._link, self._baud)
                self._on_command, self._lit_until = False, 0.0
                self._names_kind = self._family == "none"
                self._threads = [threading.Thread(target=self._serve, args=(line,), name="scanner", daemon=True)]
                if self._family != "none":
                    dialect = DIALECTS[self._family]()
                    self._threads.append(
                        threading.Thread(target=self._listen, args=(line, dialect), name="scanner-ear", daemon=True)
                    )
                for thread in self._threads:
                    thread.start()

    def unplug(self) -> None:
        """Take power and port away, in mid-code too. Does nothing when unplugged."""
        with self._plugging:
            line, self._line = self._line, None
            if line is None:
                return
            line.stop()
            with self._changed:
                self._once.clear()
                self._changed.notify_all()
            for thread in self._threads:
                thread.join(_JOIN_S)
            for waiting in (self._once, self._noise, self._answers, self._late):
                waiting.clear()
            line.close()

    def scan(self, text: str | bytes, identifier: str = "") -> None:
        """Hold a code before the window for a moment: it is read once, or not at all by a scanner that is dark.

        Returns when its last byte is on the line.

        Raises:
            TimeoutError: the scanner has no power.
        """
        code = _code(text, identifier)
        if not self.plugged:
            raise TimeoutError("the scanner has no power")
        with self._changed:
            if not self._looking:
                return
            goal = self._sent + len(self._once) + 1
            self._once.append(code)
            self._changed.notify_all()
            self._await(lambda: self._sent >= goal, 10 + len(code[1]) * 20 / self._baud)

    def hold(self, text: str | bytes, seconds: float = 3600.0, identifier: str = "") -> None:
        """Have somebody hold a code before the window; it is read every `AGAIN_S` until it is taken away."""
        with self._changed:
            self._held = _code(text, identifier)
            self._held_until = time.monotonic() + seconds
            self._changed.notify_all()

    def take_away(self) -> None:
        """Hold nothing before the window any more."""
        with self._changed:
            self._held = (b"", b"")

    def flood(self, count: int, pattern: bytes = b"#") -> None:
        """Send `pattern` so many times without an end, as a broken scanner does."""
        with self._changed:
            self._noise.append(pattern * count)
            self._changed.notify_all()

    def split(self, pause_s: float | None, pieces: tuple[int, ...] = _PIECES) -> None:
        """Send in odd pieces with a pause between them; None sends as usual."""
        self._pause_s, self._pieces = pause_s, pieces

    def answer(self, manner: Manner, *deeds: Deed) -> None:
        """Answer commands so from now on, or those to these deeds only; an unanswered or refused one is not obeyed."""
        with self._changed:
            self._manners = dict.fromkeys(deeds, manner)
            if not deeds:
                self._manner = manner

    def light(self) -> None:
        """Look for a code on command, as after a trigger by somebody who was killed."""
        with self._changed:
            self._on_command, self._lit_until = True, time.monotonic() + GIVES_UP_S

    @property
    def _looking(self) -> bool:
        return not self._on_command or time.monotonic() < self._lit_until

    def _await(self, true: Callable[[], bool], within_s: float) -> None:
        if not self._changed.wait_for(true, within_s):
            raise TimeoutError("the scanner did not send its code")

    def _listen(self, line: PacedPty, dialect: Dialect) -> None:
        while not line.stopped:
            for command in dialect.hear(line.receive()):
                with self._changed:
                    self._obey(command)
                    self._changed.notify_all()

    def _obey(self, command: Command) -> None:
        manner = self._manners.get(command.deed, self._manner)
        if manner == "any":
            manner = self._random.choice(("ack", "nak", "enq", "never", "late"))
        match manner:
            case "ack" | "nak" | "enq":
                word: Word = manner
                self._answers += [command.answers[word]] if command.answers else []
            case "late":
                self._late += [command.answers["ack"]] if command.answers else []
            case _:
                return
        if manner in ("nak", "enq"):
            return
        match command.deed:
            case "on":
                self._triggers += 1
                self._lit_until = time.monotonic() + GIVES_UP_S
            case "off":
                self._lit_until = 0.0
            case "command":
                self._on_command = True
            case "self":
                self._on_command = False
            case "identifiers":
                self._names_kind = True
            case _:
                pass

    def _serve(self, line: PacedPty) -> None:
        while not line.stopped:
            data, what = self._next(line)
            pieces = (self._pieces, self._pause_s) if self._pause_s is not None else ()
            for _ in line.send(data, *pieces):
                pass
            with self._changed:
                self._sent += what == "once"
                if what == "held":
                    self._pause_until = time.monotonic() + AGAIN_S
                self._changed.notify_all()

    def _next(self, line: PacedPty) -> tuple[bytes, Literal["held", "once", "other"]]:
        """Wait for something to send."""
        with self._changed:
            while not line.stopped:
                now = time.monotonic()
                if now > self._held_until:
                    self._held = (b"", b"")
                for waiting in (self._answers, self._noise):
                    if waiting:
                        return waiting.pop(0), "other"
                if self._once:
                    return self._frame(self._once.pop(0)), "once"
                reads = bool(self._held[1]) and self._looking
                if reads and now >= self._pause_until:
                    return self._frame(self._held), "held"
                self._changed.wait(self._pause_until - now if reads else None)
            return b"", "other"

    def _frame(self, code: tuple[bytes, bytes]) -> bytes:
        """Make what goes out for a code; reading one puts a triggered scanner's light out."""
        self._lit_until = 0.0
        identifier, text = code
        data = (identifier if self._names_kind else b"") + text + self._suffix
        if self._late:
            middle = self._random.randrange(len(data) + 1)
            data = data[:middle] + b"".join(self._late) + data[middle:]
            self._late.clear()
        return data


def _code(text: str | bytes, identifier: str) -> tuple[bytes, bytes]:
    return identifier.encode(), text.encode() if isinstance(text, str) else text
