"""How a simulated SDT module misbehaves: one fault for each answer, by hand or from a script.

A script is a seed: the same seed gives the same faults in the same order, so that what a campaign found
can be played again. Says what goes wrong; the module does it.
"""

import random
from dataclasses import dataclass
from enum import StrEnum


class Mishap(StrEnum):
    """What can happen to one answer."""

    NONE = "none"
    GARBLED = "garbled"
    """A bit is flipped on the way."""
    SPLIT = "split"
    """It dribbles in odd pieces with gaps."""
    NOISE = "noise"
    """Stray bytes come before it, some of which look like a frame."""
    LATE = "late"
    """It comes when nobody waits for it any more."""
    LOST = "lost"
    """It never comes."""
    MISHEARD = "misheard"
    """The module claims that the request was damaged."""
    CUT = "cut"
    """It ends in the middle."""
    PRIVATE = "private"
    """A handheld maker's own time-out frame comes instead: it claims the length of a whole card and is a stub."""
    STALLED = "stalled"
    """USB only: the pipe stalls until the host clears it."""


LATE_S = 0.15
"""Later than the host waits for find and select."""
PRIVATE_FRAME = bytes.fromhex("AAAAAA9669 0508 000090 DEAD")
_NOISES = (b"\x00\xff", b"\xaa\xaa\x00\xff\xaa", bytes.fromhex("AAAAAA9669FFFF"))


@dataclass(frozen=True, slots=True)
class Blow:
    """One mishap with what it needs to be the same again: a place in the answer, some stray bytes."""

    mishap: Mishap
    place: float = 0.0
    noise: bytes = b""


class FaultScript:
    """Faults by `seed`; `share` of the answers are hit, each by one of `kinds`."""

    def __init__(self, seed: int, share: float, kinds: tuple[Mishap, ...]) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - to be repeated, no secret
        self._share = share
        self._kinds = kinds

    def next(self) -> Blow:
        """Say what happens to the next answer."""
        hit, kind = self._chance.random() < self._share, self._chance.choice(self._kinds)
        place, noise = self._chance.random(), self._chance.choice(_NOISES)
        return Blow(kind, place, noise) if hit else Blow(Mishap.NONE)


SERIAL_MISHAPS = (
    Mishap.GARBLED,
    Mishap.SPLIT,
    Mishap.NOISE,
    Mishap.LATE,
    Mishap.LOST,
    Mishap.MISHEARD,
    Mishap.CUT,
    Mishap.PRIVATE,
)
USB_MISHAPS = (*SERIAL_MISHAPS, Mishap.STALLED)


def flipped(answer: bytes, place: float = 1.0) -> bytes:
    """Return `answer` with one bit flipped behind its preamble and length."""
    at = 7 + int(place * (len(answer) - 8))
    return answer[:at] + bytes((answer[at] ^ 0x04,)) + answer[at + 1 :]
