"""Runs benchmarks by name or group, prints the table, keeps each row as JSON.

Status 0 when every row with a target met it, 1 when one did not, 2 for a name there is none of.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

GROUPS = {
    "journey": ("start", "card", "certificate", "memory"),
    "devices": ("card_read", "apdu", "codes", "pages", "device_link"),
    "core": ("core_commit", "core_drain", "core_start"),
}
NAMES = tuple(name for names in GROUPS.values() for name in names)
OUT = Path(__file__).resolve().parent.parent / "build" / "bench"


def main(names: list[str]) -> int:
    """Run the benchmarks named, alone or as a group, or all."""
    known = (*GROUPS, *NAMES)
    if unknown := [name for name in names if name not in known]:
        print(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [one for name in names for one in GROUPS.get(name, (name,))]
    OUT.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for name in chosen or NAMES:
        print(f"… {name}", file=sys.stderr, flush=True)
        measured = import_module(f"benchmarks.{name}").run()
        found = measured if isinstance(measured, list) else [measured]
        (OUT / f"{name}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False), "utf-8")
        rows += found
    print(_table(rows))
    return 0 if all(row["met"] is not False for row in rows) else 1


def _table(rows: list[dict[str, Any]]) -> str:
    head = ("figure", "measured", "baseline", "", "ratio", "target", "")
    lines = [head, *(_line(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    unit = row["unit"]
    sign = "≥" if row["better"] == "higher" else "≤"
    target = row.get("target_words") or (f"{sign} {row['target']}" if row["target"] is not None else "–")
    met = {True: "met", False: "MISSED", None: ""}[row["met"]]
    return (
        row["name"],
        f"{row['figure']} {unit}",
        f"{row['baseline']} {unit}",
        row["baseline_name"],
        f"{row['ratio']}",
        target,
        met,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
