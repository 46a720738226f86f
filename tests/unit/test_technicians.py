"""The technicians' page: every fault that they or the operators have to end stands there, and none that is not."""

import re
from pathlib import Path

from contract.fault import FAULTS, Owner

PAGE = Path(__file__).resolve().parents[2] / "docs" / "technicians.md"


def explained() -> set[str]:
    """Return the codes in the first column of the page's table; ``.media_jam`` goes on from the code before it."""
    codes: set[str] = set()
    for line in PAGE.read_text("utf-8").splitlines():
        family = ""
        for code in re.findall(r"`([a-z_]*\.[a-z_]+)`", line.split(" | ")[0]) if line.startswith("| `") else ():
            family = code.split(".")[0] or family
            codes.add(f"{family}.{code.split('.')[1]}")
    return codes


def test_every_fault_that_staff_have_to_end_is_explained() -> None:
    staff = {code for code, kind in FAULTS.items() if kind.owner is not Owner.CITIZEN}
    assert sorted(staff - explained()) == []


def test_no_fault_is_explained_that_there_is_not() -> None:
    assert sorted(explained() - FAULTS.keys()) == []
