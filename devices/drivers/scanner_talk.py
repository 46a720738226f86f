"""Talking with a scanner that is triggered: what is asked, what is answered, and what of it is a code.

Answers and codes come on one line, an answer even in the middle of a code. They are told apart by the
answers' frames alone, which are taken out wherever they stand; what only looks like the beginning of one
is a code again as soon as the line is quiet. Pure: bytes and times in, codes and answers out; keeps no
more than one answer's length back.
"""

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Protocol

from devices.drivers.scan_codec import CodeStream, Heard, Suffix
from devices.errors import Garbled, Silent

ANSWER_S = 0.4
"""From the end of a command, or the last byte of a code, to its answer. Makers promise 50 ms and less."""
TRIES = 3
"""So many triggers in a row without an answer are no accident."""
AGAIN_S = 2.5
"""Between triggers while nothing is read: makers' shortest default for giving up by itself is 3 s."""
REARM_S = 0.5
"""Between a code, after which a triggered scanner is dark, and the next trigger."""


class Verdict(StrEnum):
    """What a scanner says to a command."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """A scanner's answer; `data` is what it was asked for, if anything."""

    verdict: Verdict
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Ask:
    """One command. Every one is answered: families whose trigger is not have a question beside it."""

    name: str
    data: bytes


class Look(Enum):
    """What stands at a place, if it is not an answer."""

    NOTHING = "nothing"
    PERHAPS = "perhaps"
    """The beginning of an answer, as far as it goes."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer of so many bytes."""

    answer: Answer
    size: int


Preparation = Generator[Ask, Answer, None]


class Family(Protocol):
    """What the scanners of one maker have in common. Pure."""

    query: Ask
    """Changes nothing; any answer proves that somebody is there."""
    trigger: Ask
    stop: Ask
    heads: bytes
    """Each byte with which an answer can begin."""

    def prepare(self) -> Preparation:
        """Ask for what the driver counts on, each question after the answer to the one before.

        Only until the power is off: the scanner's own memory is its owner's.
        """

    def look(self, data: bytes, at: int) -> Found | Look:
        """Say what stands at `at`, a byte of `heads`; never looks further than the longest answer."""


class Sieve:
    """Takes answers out of a stream of bytes."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._held = b""

    def feed(self, data: bytes) -> list[bytes | Answer]:
        """Return answers and the bytes between them, in order; holds back what may become an answer."""
        data = self._held + data
        pieces: list[bytes | Answer] = []
        start = at = 0
        while at < len(data):
            if data[at] in self._family.heads:
                look = self._family.look(data, at)
                if look is Look.PERHAPS:
                    break
                if isinstance(look, Found):
                    if at > start:
                        pieces.append(data[start:at])
                    pieces.append(look.answer)
                    start = at = at + look.size
                    continue
            at += 1
        if at > start:
            pieces.append(data[start:at])
        self._held = data[at:]
        return pieces

    def let_go(self) -> list[bytes | Answer]:
        """The line is quiet: what is held back was no answer, though one may stand inside it."""
        pieces: list[bytes | Answer] = []
        while self._held:
            head, self._held = self._held[:1], self._held[1:]
            pieces += [head, *self.feed(b"")]
        return pieces


class Conversation:
    """Codes and answers out of a stream of bytes; without a family, codes only."""

    def __init__(self, family: Family | None, suffix: Suffix, now: float) -> None:
        self._sieve = Sieve(family) if family is not None else None
        self._codes = CodeStream(suffix, now)
        self._last_byte_at = now
        self.code_came = False
        """Whether what was fed last held anything of a code."""

    @property
    def fresh(self) -> bool:
        """Whether a code that begins now will be heard."""
        return self._codes.fresh

    def feed(self, data: bytes, now: float) -> list[Heard | Answer]:
        """Take up what was read up to `now`; empty `data` says that nothing came."""
        if self._sieve is None:
            self.code_came = bool(data)
            return [*self._codes.feed(data, now)]
        found: list[Heard | Answer] = []
        pieces = self._sieve.feed(data) if data else []
        if data:
            self._last_byte_at = now
            self._codes.stir(now)
        elif now - self._last_byte_at >= self._codes.gap_s:
            pieces = self._sieve.let_go()
        self.code_came = any(isinstance(piece, bytes) for piece in pieces)
        for piece in pieces:
            found += [piece] if isinstance(piece, Answer) else self._codes.feed(piece, self._last_byte_at)
        if not data:
            found += self._codes.feed(b"", now)
        return found


class Prompting:
    """When to trigger, so that the scanner looks for as long as it is asked to, and how often that failed."""

    def __init__(self, now: float) -> None:
        self._next_at = now
        self._waiting_since: float | None = None
        self._silent = self._refused = 0

    def due(self, now: float) -> bool:
        """Whether to trigger now.

        Raises:
            Silent: ``scanner.offline``, too many triggers in a row were not answered.
        """
        if self._waiting_since is None:
            return now >= self._next_at
        if now - self._waiting_since < ANSWER_S:
            return False
        self._waiting_since = None
        self._silent += 1
        if self._silent >= TRIES:
            raise Silent("scanner.offline", f"trigger: {TRIES} times no answer")
        return True

    def sent(self, now: float) -> None:
        """A trigger is on the line."""
        self._waiting_since = now
        self._next_at = now + AGAIN_S

    def answered(self, answer: Answer, now: float) -> None:
        """An answer came.

        Raises:
            Garbled: ``scanner.offline``, too many triggers in a row were refused.
        """
        self._waiting_since = None
        self._silent = 0
        self._refused = 0 if answer.verdict is Verdict.ACCEPTED else self._refused + 1
        if self._refused >= TRIES:
            raise Garbled("scanner.offline", f"trigger: {TRIES} times {answer.verdict}")
        if self._refused:
            self._next_at = min(self._next_at, now + REARM_S)

    def code_came(self, now: float) -> None:
        """Something of a code came: the scanner lives, will be dark after it, and answers only then."""
        self._silent = 0
        if self._waiting_since is not None:
            self._waiting_since = now
        self._next_at = now + REARM_S
