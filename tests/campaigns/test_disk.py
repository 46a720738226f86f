"""The agent's disk runs full, or cannot be written: nothing new is taken, nothing old is lost."""

from pathlib import Path

import pytest

from contract.cases import PrintOutcome
from offline_cache.room import RESERVE_BYTES
from tests.agent_bench import refused
from tests.campaigns.disk_hall import DiskHall, a_disk_hall
from tests.e2e.books import Books
from tests.e2e.waiting import until

pytestmark = pytest.mark.timeout(300)


def assert_at_central(hall: DiskHall, *receipts: str) -> None:
    """Central has exactly these cases, whole, and one sheet came out for each."""
    books = Books(hall.here, hall.bench)
    for receipt in receipts:
        books.until_rated(receipt)  # which may be written down before how a print ended, while the disk refused
        case = books.until_closed(receipt)
        assert [outcome for _, outcome in case.prints] == ["sent"]
        assert books.sheets(case.prints[0][0]) == 1
    assert books.count_cases() == len(receipts)
    books.assert_unbroken()


def test_a_full_disk_refuses_new_cases_finishes_open_ones_and_recovers(tmp_path: Path) -> None:
    with a_disk_hall(tmp_path) as hall:
        hall.start_agent()
        visit = hall.visit()
        first = hall.desk.commit(hall.look_up(visit)).result(60)
        assert hall.closed(first).print is PrintOutcome.SENT
        hall.rate(first, visit)

        # The reserve for open cases is touched: no new case, and nothing of it is kept.
        hall.fill(RESERVE_BYTES // 2)
        visit = hall.visit()
        confirmation = hall.look_up(visit)
        with refused("storage.full"):
            hall.desk.commit(confirmation).result(60)
        hall.make_room()

        # Not one byte is left while a sheet comes out: how it ended is written down when there is room again.
        assert hall.bench.printer is not None
        hall.bench.printer.hold_next_job()
        second = hall.desk.commit(confirmation).result(60)
        hall.printing(second)
        hall.fill()
        hall.bench.printer.release()
        until("the sheet", lambda: hall.sheets() == 2)
        with refused("storage.full"):
            hall.desk.commit(hall.look_up(visit)).result(60)
        hall.make_room()
        assert hall.closed(second).print is PrintOutcome.SENT
        hall.rate(second, visit)
        assert_at_central(hall, first.receipt_number, second.receipt_number)


def test_a_disk_that_cannot_be_written_refuses_every_visit_until_it_can(tmp_path: Path) -> None:
    with a_disk_hall(tmp_path) as hall:
        hall.start_agent(read_only=True)
        with refused("storage.broken"):
            hall.visit()
        hall.allow_writing()
        visit = hall.visit()
        receipt = hall.desk.commit(hall.look_up(visit)).result(60)
        assert hall.closed(receipt).print is PrintOutcome.SENT
        hall.rate(receipt, visit)
        assert_at_central(hall, receipt.receipt_number)
