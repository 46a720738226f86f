"""Rows of the core's benchmarks, with the baseline of the same run beside each figure."""

from typing import Any


def row(
    name: str,
    unit: str,
    figure: float,
    baseline: float,
    baseline_name: str,
    *,
    target: float | None,
    rounds: int,
    better: str = "lower",
) -> dict[str, Any]:
    ratio = figure / baseline
    met = None if target is None else ratio >= target if better == "higher" else ratio <= target
    return {
        "name": name,
        "unit": unit,
        "figure": _shown(figure),
        "baseline": _shown(baseline),
        "baseline_name": baseline_name,
        "ratio": round(ratio, 2),
        "target": target,
        "better": better,
        "met": met,
        "rounds": rounds,
    }


def _shown(value: float) -> float:
    return round(value, 2) if value < 100 else round(value)
