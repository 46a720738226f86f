"""From a card laid on the reader to its holder on the screen, against the time its bytes need on the line.

The reader is the simulator at 115,200 baud; the wire's time counts the bytes both ways from finding the
card on. Between them lie polling, the driver, the hub, the mailbox, the visit machine and a drawn frame.
"""

from statistics import median
from typing import Any

from benchmarks.bench_hall import bench_hall

ROUNDS = 7
TARGET = 1.3
ALLOWANCE_MS = 100.0


def run() -> dict[str, Any]:
    """Measure; figures in milliseconds."""
    with bench_hall() as hall:
        timings = [hall.play("card-read")["timings_ms"] for _ in range(ROUNDS)]
    figure = median(one["card_to_identity"] for one in timings)
    baseline = median(one["card_on_wire"] for one in timings)
    limit = TARGET * baseline + ALLOWANCE_MS
    return {
        "name": "card to identity on screen",
        "unit": "ms",
        "figure": round(figure),
        "baseline": round(baseline),
        "baseline_name": "the bytes on the wire",
        "ratio": round(figure / baseline, 2),
        "target": TARGET,
        "target_words": f"≤ {TARGET} × + {ALLOWANCE_MS:.0f} ms = {limit:.0f} ms",
        "better": "lower",
        "met": figure <= limit,
        "rounds": ROUNDS,
    }
