"""Where a chip card is in its life in one reader: not there, put in, refused, read, taken out. Pure.

The service counts insertions and removals of each reader, so a card that was swapped quicker than anybody
looked is a new one. Guards against the one mistake that matters here: the card of the citizen before,
left in the reader, being read for the next one. So a card that was read stays read until it is seen gone,
also across a restart of the service, which forgets its counts.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Presence(StrEnum):
    """What the service sees in a reader. Mute: a card that does not answer its reset."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    CARD = "card"
    MUTE = "mute"

    @property
    def occupied(self) -> bool:
        return self in (Presence.CARD, Presence.MUTE)


@dataclass(frozen=True, slots=True)
class Sight:
    """One look at one reader. `turns` counts insertions and removals since the service began."""

    reader: str
    presence: Presence
    turns: int
    held: bool = False
    """Whether a program holds it for itself alone; while nothing is read that is another one than ours."""


class Phase(StrEnum):
    """A card's life in the reader."""

    OUT = "out"
    IN = "in"
    REFUSED = "refused"
    READ = "read"


class Insertion:
    """The life of the card in one reader."""

    def __init__(self) -> None:
        self.phase = Phase.OUT
        self.changes = 0
        """Grows whenever a card came or went, so that whoever reads one can tell whether it is still that one."""
        self._turns: int | None = None
        self._announced = False
        """Whether whoever waits was told that a card is there, and so has to be told when it is gone."""

    def see(self, sight: Sight) -> bool:
        """Take note of a look; whether a card that somebody was told of is gone."""
        match sight.presence:
            case Presence.UNKNOWN:
                return False
            case Presence.EMPTY if self.phase is not Phase.OUT and sight.turns == self._turns:
                # pcscd 1.9.9 says "empty" when a card fails in mid-command, before it looks for itself; a card
                # that is put in until then it never sees. So nobody is asked to put one in yet.
                return False
            case Presence.EMPTY:
                same, phase = self.phase is Phase.OUT, Phase.OUT
            case Presence.CARD | Presence.MUTE:
                same = self.phase is not Phase.OUT and self._turns in (None, sight.turns)
                phase = Phase.IN
                self._turns = sight.turns
            case _:
                assert_never(sight.presence)
        if same:
            return False
        gone = self._announced
        self.phase, self._announced = phase, False
        self.changes += 1
        return gone

    def announce(self) -> bool:
        """Whether the card has still to be told of; from now on it is."""
        first, self._announced = not self._announced, True
        return first

    def read(self) -> None:
        """It was read; nobody needs to hear when it goes, unless they are told that it lies there."""
        self.phase, self._announced = Phase.READ, False

    def refuse(self) -> None:
        """It could not be used and whoever waits was told why."""
        self.phase = Phase.REFUSED

    def lose_sight(self) -> None:
        """The service is gone, and its counts with it."""
        self._turns, self._announced = None, False
        if self.phase is Phase.REFUSED:
            self.phase = Phase.IN  # the service may have been what was wrong
