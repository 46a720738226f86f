"""What this process holds: its descriptors by what they are open on, its threads by name.

Told by name and not by number alone, so that a test which finds something left over says what it is.
"""

import re
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.e2e.waiting import until

Holdings = Counter[str]


def holdings() -> Holdings:
    """Return what is held now; what has no name of its own counts by kind.

    So do pseudo-terminals: whoever makes one anew is given another number when somebody else took the one before.
    """
    held = Holdings(re.sub(r"\d+", "", f"thread {thread.name}") for thread in threading.enumerate())
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # it was the one that reads this folder
            held[re.sub(r":\[\d+\]$|(?<=^/dev/pts/)\d+$", "", str(entry.readlink()))] += 1
    return held


def until_given_back(before: Holdings) -> None:
    """Wait until nothing is held beyond `before`; what threads are still about to give back may take its moment."""
    until(
        "everything to be given back",
        lambda: not _more(before),
        said=lambda: f"held beyond what was before: {dict(_more(before))}",
    )


def _more(before: Holdings) -> Holdings:
    return holdings() - before
