"""Resident memory of the running terminal after a citizen's visit, against a minimal QML program."""

import subprocess
import sys
from typing import Any

from benchmarks.bench_hall import bench_hall, environment

MIB = 1024 * 1024


def run() -> dict[str, Any]:
    """Measure; figures in MiB."""
    minimal = subprocess.run(
        [sys.executable, "-m", "benchmarks.minimal_qml"], env=environment(), capture_output=True, text=True, check=True
    )
    baseline = int(minimal.stdout.split()[1]) / MIB
    with bench_hall() as hall:
        figure = hall.play("insurance-certificate")["resident_mib"]
    return {
        "name": "resident memory after a visit",
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
