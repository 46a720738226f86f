"""A point in monotonic time by which a driver has to be back, which can be brought forward.

Every blocking wait in a driver goes through a `Deadline`, so that cancelling an order ends the wait
at once instead of at the next poll.
"""

import threading
import time

from devices.errors import Cancelled


class Deadline:
    """Seconds left, or cancelled."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Withdraw the order. Safe from any thread, safe twice."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def left_s(self) -> float:
        """Seconds until the end, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.left_s <= 0.0

    def pause(self, seconds: float) -> None:
        """Wait, but not past the end.

        Raises:
            Cancelled: the order was withdrawn while waiting, or before.
        """
        if self._cancelled.wait(min(seconds, self.left_s)):
            raise Cancelled

    def check(self) -> None:
        """Raise `Cancelled` when the order was withdrawn."""
        if self._cancelled.is_set():
            raise Cancelled
