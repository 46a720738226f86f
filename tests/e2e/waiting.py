"""Waiting for what can be seen from outside, with a limit and a reason."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE_S = 40.0
"""Many times what anything takes here; only a broken product, or a stopped machine, is slower."""


def until(
    what: str,
    look: Callable[[], Found | None],
    within_s: float = PATIENCE_S,
    *,
    every_s: float = 0.01,
    said: Callable[[], str] = str,
) -> Found:
    """Return the first true answer of `look`.

    Args:
        what: what is waited for; names the failure.
        look: asks the world once.
        within_s: how long the world may take.
        every_s: how often it is asked.
        said: what to add to the failure, such as what the screen shows.

    Raises:
        AssertionError: there was none in time.
    """
    end = time.monotonic() + within_s
    pause = threading.Event()
    while not (found := look()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {within_s:.0f} s for {what}; {said()}")
        pause.wait(every_s)
    return found
