"""Time, injected: tests bring their own clock.

Instants are RFC 3339 in UTC and only for people and records; order comes from sequence numbers and
waits from the monotonic clock, because wall clocks drift and jump.
"""

import os
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time and monotonic time."""

    def now(self) -> datetime:
        """Return the wall time, with its zone (UTC)."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def set_civil_time() -> None:
    """Have this process tell the country's one civil time, whatever the machine was installed with."""
    os.environ["TZ"] = "CST-8"
    time.tzset()


def instant(moment: datetime) -> str:
    """Write `moment` as RFC 3339 with milliseconds, ending in ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
