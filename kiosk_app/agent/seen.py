"""How central is seen from here: published when it changes, logged once when it is lost and once when it is back.

A line that is down, a central that does not let us in and an answer that is none are different faults; a change
from one to another is logged too, since another person has to mend it.
"""

from collections.abc import Callable
from typing import Final

from contract.fault import Fault
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import CentralSeen, DeskEvent

_FAR_S: Final = 60.0
_NEAR_S: Final = 30.0


class CentralWatch:
    """What was seen last."""

    def __init__(self, publish: Callable[[DeskEvent], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._seen: CentralSeen | None = None
        self._lost_at: float | None = None
        self._code = ""
        self._clock_wrong = False

    def would_change(self, answered: bool) -> bool:
        return self._seen is None or answered != self._seen.reachable

    def more(self, count: int) -> None:
        """Hear that so many events more are waiting."""
        if self._seen is not None:
            self._say(CentralSeen(self._seen.reachable, self._seen.undelivered + count))

    def saw(self, fault: Fault | None, undelivered: int) -> None:
        """Note how the last exchange went; `fault` is None when nothing was wrong."""
        now = self._clock.monotonic()
        if fault is not None and fault.code != self._code:
            self._lost_at = now if self._lost_at is None else self._lost_at
            log(LogEvent.CENTRAL_LOST, fault=fault.code, detail=fault.detail or None)
        if fault is None and self._lost_at is not None:
            log(LogEvent.CENTRAL_BACK, seconds=round(now - self._lost_at, 1))
            self._lost_at = None
        self._code = fault.code if fault is not None else ""
        self._say(CentralSeen(fault is None, undelivered))

    def clock(self, skew_s: float | None) -> None:
        """Note how far our clock is from central's; far and near again are logged once each."""
        if skew_s is not None and abs(skew_s) > (_NEAR_S if self._clock_wrong else _FAR_S):
            if not self._clock_wrong:
                log(LogEvent.CLOCK_WRONG, seconds=round(skew_s, 1))
            self._clock_wrong = True
        elif skew_s is not None and self._clock_wrong:
            self._clock_wrong = False
            log(LogEvent.CLOCK_RIGHT, seconds=round(skew_s, 1))

    def _say(self, seen: CentralSeen) -> None:
        if seen != self._seen:
            self._seen = seen
            self._publish(seen)
