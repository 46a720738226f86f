"""What time it is at central, measured from its answers: half the round trip lies before its word of the time.

Counted on from there monotonically, so that a clock which is set back or forth in the hall changes nothing.
Used to sign requests, to end orders and to report how wrong the terminal's own clock is; never to order
anything, and never to set a clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk_app.base.clock import Clock

_SETTLED_S: Final = 900.0
"""A measurement is replaced by a coarser one after so long: clocks drift some tens of ppm, a second in half a day."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """Central's time at a monotonic instant, wrong by at most `within_s`."""

    central: datetime
    monotonic: float
    within_s: float


class CentralClock:
    """Central's clock as far as it was heard; the terminal's own until then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._measured: _Measured | None = None

    def now(self) -> datetime:
        """Return central's time."""
        measured = self._measured
        if measured is None:
            return self._clock.now()
        return measured.central + timedelta(seconds=self._clock.monotonic() - measured.monotonic)

    @property
    def skew_s(self) -> float | None:
        """How far the terminal's clock is ahead of central's; None while central was not heard."""
        if self._measured is None:
            return None
        return (self._clock.now() - self.now()).total_seconds()

    def heard(self, server_time: str, asked: float, answered: float) -> None:
        """Take up an answer that says what time it was between the monotonic instants `asked` and `answered`.

        Raises:
            ValueError: it says no time.
        """
        told = datetime.fromisoformat(server_time)
        central = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
        within_s = (answered - asked) / 2
        known = self._measured
        if known is not None and within_s > known.within_s and answered - known.monotonic < _SETTLED_S:
            expected = known.central + timedelta(seconds=asked + within_s - known.monotonic)
            # A better measurement stands, unless the two cannot both be right: then central's clock was set.
            if abs((expected - central).total_seconds()) <= within_s + known.within_s + 1.0:
                return
        self._measured = _Measured(central, asked + within_s, within_s)
