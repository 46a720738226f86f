"""Resident memory of the running terminal after a citizen's visit, against a minimal QML program.

All three processes, and each. Pages that they share count in each, so that the sum is rather too much than too
little.
"""

import subprocess
import sys
from typing import Any

from benchmarks.bench_hall import bench_hall, environment

MIB = 1024 * 1024
PROCESSES = ("ui", "agentd", "deviced")


def run() -> list[dict[str, Any]]:
    """Measure; figures in MiB.

    Raises:
        KeyError: a process of the terminal was not there.
    """
    minimal = subprocess.run(
        [sys.executable, "-m", "benchmarks.minimal_qml"], env=environment(), capture_output=True, text=True, check=True
    )
    baseline = int(minimal.stdout.split()[1]) / MIB
    with bench_hall() as hall:
        resident: dict[str, float] = hall.play("insurance-certificate")["resident_mib"]
    each = [(f"of that, {name}", resident[name]) for name in PROCESSES]
    total = sum(figure for _, figure in each)
    return [_row(name, figure, baseline) for name, figure in (("resident memory after a visit", total), *each)]


def _row(name: str, figure: float, baseline: float) -> dict[str, Any]:
    return {
        "name": name,
        "unit": "MiB",
        "figure": round(figure),
        "baseline": round(baseline),
        "baseline_name": "minimal QML program",
        "ratio": round(figure / baseline, 2),
        "target": None,
        "better": "lower",
        "met": None,
        "rounds": 1,
    }
