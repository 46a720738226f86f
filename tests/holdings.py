"""What this process holds: its descriptors by what they are open on, its threads by name.

Told by name and not by number alone, so that a test which finds something left over says what it is.
"""

import re
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.e2e.waiting import until

Holdings = Counter[str]


def holdings() -> Holdings:
    """Return what is held now; sockets, pipes and threads without a name of their own count by kind."""
    held = Holdings(re.sub(r"\d+", "", f"thread {thread.name}") for thread in threading.enumerate())
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # it was the one that reads this folder
            kind, _, number = str(entry.readlink()).partition(":[")
            held[kind if number else str(entry.readlink())] += 1
    return held


def until_given_back(before: Holdings, rounds: int) -> None:
    """Wait until less is held beyond `before` than one thing for each of the rounds that were made since.

    Other threads of this process, those of earlier tests too, may take and give back what is theirs
    meanwhile; what a round leaves behind is there as many times as there were rounds.
    """
    until(
        "everything to be given back",
        lambda: all(more < rounds for more in _more(before).values()),
        said=lambda: f"held beyond what was before: {dict(_more(before))}",
    )


def until_let_go(held: Callable[[], tuple[int, ...]], before: tuple[int, ...]) -> None:
    """Wait until no number of what is `held` is more than before; fewer may be what earlier tests let go of late."""
    until(
        "everything to be let go",
        lambda: all(now <= then for now, then in zip(held(), before, strict=True)),
        said=lambda: f"held now {held()}, before {before}",
    )


def _more(before: Holdings) -> Holdings:
    return holdings() - before
