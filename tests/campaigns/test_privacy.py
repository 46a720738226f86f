"""When a citizen has gone, nothing of them is in any process, file, log or spool of the terminal.

A planted person makes a whole visit through the real processes. Afterwards their memory is searched as
somebody with the machine in hand would search it, and every file; `docs/data-on-the-terminal.md` says what
may be found where, and this is its proof.
"""

from pathlib import Path

import pytest

from tests.campaigns.memory import Found
from tests.campaigns.private_hall import PrivateHall, a_private_hall
from tests.e2e.waiting import until

pytestmark = pytest.mark.timeout(600)

PROCESSES = ("ui", "agentd", "deviced")


def test_after_the_visit_no_process_and_no_file_knows_the_citizen(tmp_path: Path) -> None:
    with a_private_hall(tmp_path) as hall:
        hall.to_the_record()
        for name in PROCESSES[:2]:
            until(f"the search to find who is being served in {name}", lambda name=name: hall.remembered_by(name))  # type: ignore[misc] # bound now
        served_by = hall.pid("ui")
        hall.touch("confirm")
        receipt = str(hall.log.until("case.committed")["receipt"])
        hall.log.until("print.settled", outcome="sent")
        hall.leave()
        hall.log.until("screen.renewed")
        until("another screen", lambda: hall.pid("ui") != served_by)
        hall.books.until_rated(receipt)
        for name in PROCESSES:
            assert_forgotten_by(hall, name)
        hall.write_support_bundle()
        found = hall.written()
        assert not found, told(found)
        assert hall.where_it_belongs(), "the search finds what is there"


def assert_forgotten_by(hall: PrivateHall, name: str) -> None:
    """Soon after the visit's end, and when central has it, a process holds no form of any planted word."""
    until(
        f"{name} to forget",
        lambda: not hall.remembered_by(name),
        every_s=1.0,
        said=lambda: told(hall.remembered_by(name)),
    )


def told(found: list[Found]) -> str:
    return "\n".join(map(str, found))
