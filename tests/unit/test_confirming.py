"""What a confirmation would wait for is done when its visit begins: room in the log, and pages off the disk."""

import shutil
import threading
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from contract.ids import KioskId, VisitId
from offline_cache.cache import DATABASE, STORE, Cache, open_cache
from offline_cache.database import Database
from tests.journal_values import committed, key_of, told_by
from tests.stores.pages import PAGE_BYTES
from tests.unit.test_journal_events import AT, printed

KIOSK = KioskId("demo-0001")
VISIT = VisitId("visit")


def log_of(folder: Path) -> Path:
    return folder / STORE / f"{DATABASE}-wal"


def bytes_read() -> int:
    """How much this thread has read from files so far."""
    counts = Path(f"/proc/self/task/{threading.get_native_id()}/io").read_text("ascii")
    return int(counts.split("rchar:")[1].split()[0])


def with_cases_of_a_day(folder: Path) -> Cache:
    cache = open_cache(folder, KIOSK, AT)
    for number in range(40):
        visit = VisitId(f"earlier-{number}")
        cache.begin_visit(visit, AT)
        printed(cache, committed(cache, visit).case_id)
        cache.end_visit(visit)
    return cache


def test_log_does_not_grow_while_a_visit_writes_and_is_empty_after_it(tmp_path: Path) -> None:
    cache = with_cases_of_a_day(tmp_path)
    cache.begin_visit(VISIT, AT)
    laid_out = log_of(tmp_path).stat()
    printed(cache, committed(cache, VISIT).case_id)
    assert log_of(tmp_path).stat().st_size == laid_out.st_size
    assert log_of(tmp_path).stat().st_blocks * 512 >= laid_out.st_size, "its blocks are there, not only its length"
    cache.end_visit(VISIT)
    assert log_of(tmp_path).stat().st_size == 0
    cache.close()


def test_nothing_is_read_from_the_disk_for_a_confirmation(tmp_path: Path) -> None:
    with_cases_of_a_day(tmp_path).close()
    cache = open_cache(tmp_path, KIOSK, AT)
    cache.begin_visit(VISIT, AT)
    before = bytes_read()
    committed(cache, VISIT)
    assert bytes_read() - before < PAGE_BYTES, "asking how much was read reads some itself"
    cache.close()


def test_visit_that_is_cut_short_leaves_everything_in_a_log_that_ends_in_zeros(tmp_path: Path) -> None:
    cache = with_cases_of_a_day(tmp_path / "state")
    cache.begin_visit(VISIT, AT)
    number = committed(cache, VISIT).receipt_number
    shutil.copytree(tmp_path / "state", tmp_path / "image")
    cache.close()
    assert log_of(tmp_path / "image").read_bytes().endswith(bytes(PAGE_BYTES))
    again = open_cache(tmp_path / "image", KIOSK, AT)
    assert again.set_aside is None
    assert again.running_visit() == VISIT
    assert [record.receipt_number for record in again.cases.of_visit(VISIT)] == [number]
    again.close()


NO_ROOM = """
import resource, sys
from pathlib import Path
from contract.ids import KioskId, VisitId
from offline_cache.cache import open_cache
from tests.journal_values import committed

cache = open_cache(Path(sys.argv[1]), KioskId("demo-0001"), "2026-01-01T00:00:00.000Z")
cache.end_visit(VisitId("earlier"))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
for _ in range(2):  # the first takes what room there is
    cache.begin_visit(VisitId("visit"), "2026-01-01T00:00:00.000Z")
print(committed(cache, "visit").receipt_number)
"""


def test_disk_with_no_room_for_the_whole_log_takes_a_case_all_the_same(tmp_path: Path) -> None:
    numbers = told_by(NO_ROOM, tmp_path)
    cache = open_cache(tmp_path, KIOSK, AT)
    assert [record.receipt_number for record in cache.cases.open()] == numbers
    cache.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET counter = 1 WHERE counter = 2",
        "UPDATE cases SET action_id = (SELECT action_id FROM cases WHERE counter = 1) WHERE counter = 2",
        "UPDATE cases SET visit_id = (SELECT visit_id FROM cases WHERE counter = 1) WHERE counter = 2",
    ],
)
def test_database_itself_refuses_a_number_a_print_or_a_confirmation_twice(tmp_path: Path, statement: str) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    for visit in ("a", "b"):
        printed(cache, committed(cache, visit).case_id)
    cache.close()
    database = Database(tmp_path / STORE / DATABASE, key_of(tmp_path))
    with pytest.raises(sqlcipher.IntegrityError), database.transaction():
        database.run(statement)
    database.close()
