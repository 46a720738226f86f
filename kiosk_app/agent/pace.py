"""How fast the terminal asks central: central's own word while it answers, an ever longer rest while it does not.

Rests are jittered, so that a hall whose network comes back does not fall upon central all at once, and bounded,
so that it is noticed soon. A terminal that is not let in asks seldom: only a person can change that.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

Rest = Callable[[asyncio.Event, float], Awaitable[None]]
"""Waits until the event is set, at most so many seconds."""

_SOONEST_S: Final = 1.0
_LATEST_S: Final = 3600.0
_CHANCE: Final = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds of the loop. `refused_again_s` is how long a refused event rests."""

    floor_s: float = 1.0
    ceiling_s: float = 60.0
    shut_out_s: float = 900.0
    """The ceiling while central does not let this terminal in."""
    batch_events: int = 2000
    """As many as central takes in one request."""
    batch_bytes: int = 2 * 1024 * 1024
    request_s: float = 30.0
    refused_again_s: float = 900.0
    look_s: float = 5.0
    """How often a terminal that is shut out looks whether somebody enrolled it."""


class BackOff:
    """Counts failures and says how long to rest after each."""

    def __init__(self, pace: Pace, until_known_s: float) -> None:
        """`until_known_s` is the ceiling while central has never answered: somebody is setting it up just now."""
        self._pace = pace
        self._until_known_s = until_known_s
        self.failures = 0
        self._answered = False

    def answered(self) -> None:
        self.failures, self._answered = 0, True

    def rest_s(self, *, shut_out: bool = False) -> float:
        """Note a failure and return how long to rest after it."""
        self.failures += 1
        ceiling_s = self._pace.shut_out_s if shut_out else self._pace.ceiling_s
        if not self._answered and not shut_out:
            ceiling_s = min(ceiling_s, self._until_known_s)
        # The exponent is bounded too: an outage of days must not overflow a float.
        limit_s = min(ceiling_s, self._pace.floor_s * 2.0 ** min(self.failures - 1, 30))
        return _CHANCE.uniform(0.5, 1.0) * limit_s


def bounded(next_delay_s: float, soonest_s: float = _SOONEST_S) -> float:
    """Return central's word of the next delay, within reason."""
    return min(max(next_delay_s, soonest_s), _LATEST_S) if next_delay_s == next_delay_s else _LATEST_S  # noqa: PLR0124 - NaN


async def rest(wake: asyncio.Event, seconds: float) -> None:
    """Wait by the clock of the event loop."""
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        pass
