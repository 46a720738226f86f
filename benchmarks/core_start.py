"""From the agent's start to its answer to a screen, with a long journal and, in turn, with an empty one."""

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.core_hall import agent
from benchmarks.core_rows import row
from benchmarks.core_store import fill

JOURNAL_CASES = 16_667
STARTS = 5


def run() -> dict[str, Any]:
    """Measure; figures in milliseconds."""
    with tempfile.TemporaryDirectory(prefix="kc-") as folder:
        return _measured(Path(folder))


def _measured(here: Path) -> dict[str, Any]:
    """Seconds from the agent's start to its answer to a screen, with a long journal and with none."""
    nobody = "http://127.0.0.1:9"
    full, empty = agent(here / "full", nobody), agent(here / "empty", nobody)
    events = fill(full.state, JOURNAL_CASES)
    seconds: dict[str, list[float]] = {"full": [], "empty": []}
    for _ in range(STARTS + 1):
        for name, one in (("empty", empty), ("full", full)):
            with one.running() as (_, took):
                seconds[name].append(took)
    figure, baseline = median(seconds["full"][1:]), median(seconds["empty"][1:])
    return {
        **row(
            f"the agent's start with {events} events", "ms", figure * 1000, baseline * 1000,
            "with an empty journal", target=None, rounds=STARTS,
        ),
        "target_words": "≤ + 1000 ms",
        "met": figure - baseline <= 1.0,
    }  # fmt: skip
