"""Stores that earlier releases wrote come up with everything in them, and go on where they were."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlcipher

from contract.cases import CaseClosed, CaseCommitted, CaseStage, PrintIntended, PrintOutcome, PrintSettled
from contract.fleet import CommandKind, CommandState
from contract.ids import ActionId, CaseId, KioskId, LookupId, VisitId
from offline_cache.cache import DATABASE, KEY, STORE, Cache, open_cache
from offline_cache.cases import CaseRecord, case_of, fold
from offline_cache.database import MIGRATIONS, Database
from offline_cache.envelope import ENVELOPE
from offline_cache.lookup_cache import Moment
from offline_cache.trouble import StorageBroken
from tests.journal_values import PLANTED, committed, key_of
from tests.stores.dump import STORES, built, dumped

AT = "2026-11-21T08:00:00.000Z"
KIOSK = KioskId("demo-0001")
OLD_KEY = "5c" * 32
RUNNING = {1: "visit-8", 2: "visit-9", 3: "visit-12", 4: "visit-14"}
NOT_KEPT = {("installation", "receipts_made")}
"""Columns that were dropped: how many receipts there were is told by the cases themselves."""
LATEST = max(int(file.name[:4]) for file in MIGRATIONS.glob("*.sql"))
VERSIONS = range(1, LATEST)


def old_store(folder: Path, version: int) -> Path:
    """A state folder as that version left it. The first had no envelope: its file held the key itself."""
    (folder / STORE).mkdir(parents=True, mode=0o700)
    (folder / KEY).write_text(f"{OLD_KEY}\n")
    (folder / KEY).chmod(0o600)
    built(STORES / f"{version:04d}.sql", folder / STORE / DATABASE, bytes.fromhex(OLD_KEY))
    return folder


def test_there_is_a_store_of_every_version_that_was() -> None:
    assert sorted(int(file.stem) for file in STORES.glob("[0-9]*.sql")) == list(VERSIONS)
    numbers = sorted(int(file.name[:4]) for file in MIGRATIONS.glob("*.sql"))
    assert numbers == list(range(1, LATEST + 1)), "migrations are numbered without gaps"


@pytest.mark.parametrize("version", VERSIONS)
def test_old_store_comes_up_with_every_case_and_event(tmp_path: Path, version: int) -> None:
    old_store(tmp_path, version)
    before = rows_of(tmp_path)
    cache = open_cache(tmp_path, KIOSK, AT)
    assert cache.set_aside is None
    folded: dict[CaseId, CaseRecord] = {}
    for event in cache.journal.events():
        if isinstance(event.body, CaseCommitted) or case_of(event.body) in folded:
            folded[case_of(event.body)] = fold(folded.get(case_of(event.body)), event.body)
    assert folded
    for case_id, record in folded.items():
        assert cache.cases.find(case_id) == record
    assert {record.case_id for record in cache.cases.open()} == {"case-3", "case-4", "case-5"}
    case = cache.case(CaseId("case-5"))
    assert case is not None
    assert case.applicant.name == PLANTED
    stored = cache.catalogue("central")
    assert stored is not None
    assert (stored.digest, stored.catalogue.version) == ("d" * 64, 7)
    assert cache.running_visit() == RUNNING[version]
    assert (cache.journal.acknowledged, cache.life.first_sequence) == (8, 1)
    cache.close()
    after = rows_of(tmp_path)
    for table, rows in before.items():
        for old, new in zip(rows, after[table], strict=True):
            assert new.items() >= {(name, value) for name, value in old.items() if (table, name) not in NOT_KEPT}


@pytest.mark.parametrize("version", VERSIONS)
def test_old_store_goes_on_where_it_was(tmp_path: Path, version: int) -> None:
    old_store(tmp_path, version)
    cache = open_cache(tmp_path, KIOSK, AT)
    known = cache.cases.of_visit(VisitId("visit-1"))[0].receipt_number.split("-")
    number = committed(cache, "visit-10").receipt_number.split("-")
    assert number[:3] == [*known[:2], f"{len(cache.cases.all()):05d}"]
    close(cache, CaseId("case-3"), PrintOutcome.UNKNOWN)
    cache.end_visit(VisitId(RUNNING[version]))
    last = cache.journal.last
    assert [event.sequence for event in cache.tail(0, 1000, 1 << 20)] == list(range(9, last + 1))
    cache.acknowledge(last)
    assert cache.forget_delivered() > 0
    cache.close()
    again = open_cache(tmp_path, KIOSK, AT)
    record = again.cases.find(CaseId("case-3"))
    assert record is not None
    assert (record.stage, record.outcome) == (CaseStage.CLOSED, PrintOutcome.UNKNOWN)
    again.close()


def test_ledger_of_paper_is_made_of_what_the_first_release_knew(tmp_path: Path) -> None:
    cache = open_cache(old_store(tmp_path, 1), KIOSK, AT)
    ledger = {record.case_id: record for record in cache.prints.newest(100)}
    cache.close()
    known = {
        case: (record.sheets_intended, record.outcome, record.fault_code, record.sheets)
        for case, record in ledger.items()
    }
    assert known == {
        "case-1": (None, PrintOutcome.SENT, None, 2),
        "case-2": (None, PrintOutcome.FAILED, "printer.media_jam", 1),
        "case-3": (2, None, None, 0),
        "case-6": (None, PrintOutcome.FAILED, "document.failed", 0),
    }


def test_failed_print_of_the_first_release_can_be_made_good(tmp_path: Path) -> None:
    cache = open_cache(old_store(tmp_path, 1), KIOSK, AT)
    again = PrintIntended(
        case_id=CaseId("case-2"), action_id=ActionId("again"), sheets=2, reprint_of=ActionId("print-of-case-2")
    )
    cache.record((again,), AT)
    record = cache.cases.find(CaseId("case-2"))
    assert record is not None
    assert (record.stage, record.reprints) == (CaseStage.PRINTING, 1)
    cache.close()


def test_key_of_the_first_release_is_wrapped_and_opens_the_store_as_before(tmp_path: Path) -> None:
    old_store(tmp_path, 1)
    open_cache(tmp_path, KIOSK, AT).close()
    assert (tmp_path / STORE / ENVELOPE).exists()
    assert key_of(tmp_path).hex() == OLD_KEY
    open_cache(tmp_path, KIOSK, AT).close()


def test_migration_that_fails_in_the_middle_leaves_the_old_store(tmp_path: Path) -> None:
    """Somebody made a table of that name: the second step has changed two others when it meets it."""
    old_store(tmp_path, 1)
    with by_hand(tmp_path) as database:
        database.execute("CREATE TABLE blobs (mine TEXT) STRICT")
    before = dumped(tmp_path / STORE / DATABASE, bytes.fromhex(OLD_KEY))
    with pytest.raises(sqlcipher.OperationalError, match="already exists"):
        open_cache(tmp_path, KIOSK, AT)
    assert dumped(tmp_path / STORE / DATABASE, bytes.fromhex(OLD_KEY)) == before
    with by_hand(tmp_path) as database:
        database.execute("DROP TABLE blobs")
    open_cache(tmp_path, KIOSK, AT).close()
    assert dumped(tmp_path / STORE / DATABASE, bytes.fromhex(OLD_KEY))[0] == LATEST


def test_files_that_the_second_release_sealed_can_still_be_read(tmp_path: Path) -> None:
    cache = open_cache(old_store(tmp_path, 2), KIOSK, AT)
    content = PLANTED.encode() * 10
    parcels = cache.blobs.to_send(10)
    assert [(parcel.size, parcel.sent) for parcel in parcels] == [(90, 7), (91, 0)]
    read = [cache.blobs.read(parcel.case_id, parcel.sha256, 0, 1000) for parcel in parcels]
    assert read == [content, content + b"2"]
    assert cache.kept_answer(VisitId("visit-9"), LookupId("lookup-10"), Moment("boot", 99.0)) is not None
    assert [record.reprint_of for record in cache.prints.of_case(CaseId("case-9"))] == [None, "print-of-case-9"]
    cache.close()


def test_orders_numbers_and_verdicts_of_the_third_release_are_still_known(tmp_path: Path) -> None:
    cache = open_cache(old_store(tmp_path, 3), KIOSK, AT)
    assert [(kind, answer.command_id) for kind, answer in cache.orders.begun()] == [
        (CommandKind.RESTART, "order-2"),
    ]
    assert [answer.command_id for answer in cache.orders.untold(10)] == ["order-2"]
    told = cache.orders.find("order-1")
    assert told is not None
    assert told.state is CommandState.DONE
    assert [(held.lease_id, held.next) for held in cache.numbers.held(10)] == [("lease-1", 102)]
    assert [wanted.queue for wanted in cache.numbers.requests(10)] == ["hall-b"]
    assert cache.numbers.next_number("hall-a", "2026-11-21") == 102
    assert cache.verdicts.of(CaseId("case-1")) == "issued"
    assert (cache.life.turn, cache.life.verdict_cursor, cache.life.machine) == ("turn-2", 5, "e" * 64)
    assert [(parcel.size, parcel.sent) for parcel in cache.blobs.to_send(10)] == [(90, 7), (91, 0), (99, 33)]
    cache.close()


def test_store_of_the_third_release_still_knows_what_it_forgot(tmp_path: Path) -> None:
    cache = open_cache(old_store(tmp_path, 3), KIOSK, AT)
    assert cache.journal.lost(10) == ()
    assert cache.acknowledge_back(0) == ((1, 6),)
    assert cache.journal.lost(10) == ((1, 6),)
    cache.close()


def test_fourth_release_s_numbers_go_on_behind_those_that_a_crash_skipped(tmp_path: Path) -> None:
    old_store(tmp_path, 4)
    with by_hand(tmp_path) as database:
        database.execute("UPDATE cases SET receipt_number = 'DEMO0001-P2V-100266-X' WHERE case_id = 'case-13'")
    cache = open_cache(tmp_path, KIOSK, AT)
    assert committed(cache, "visit-20").receipt_number.split("-")[2] == "100267"
    assert [record.case_id for record in cache.cases.all()][-2] == "case-13"
    cache.close()


def test_row_whose_other_is_gone_stops_a_migration_and_the_old_store_is_left(tmp_path: Path) -> None:
    """Tables are made anew with nobody watching over what refers to them; what that leaves is looked at."""
    old_store(tmp_path, 4)
    with by_hand(tmp_path) as database:
        database.execute("UPDATE prints SET case_id = 'nobody' WHERE case_id = 'case-13'")
    before = dumped(tmp_path / STORE / DATABASE, bytes.fromhex(OLD_KEY))
    with pytest.raises(StorageBroken, match="migration 5 would break a foreign key of prints"):
        open_cache(tmp_path, KIOSK, AT)
    assert dumped(tmp_path / STORE / DATABASE, bytes.fromhex(OLD_KEY)) == before


def test_what_the_fourth_release_remembered_is_found_and_forgotten_when_central_has_it(tmp_path: Path) -> None:
    cache = open_cache(old_store(tmp_path, 4), KIOSK, AT)
    assert [body.kind for body in cache.journal.bodies(CaseId("case-13"))] == [
        *("case.committed", "case.rendered", "print.intended", "print.settled", "case.closed", "visit.rated"),
    ]
    assert cache.journal.bodies(CaseId("case-1")) == (), "it was forgotten"
    assert "case-13" in cache.acknowledge(cache.journal.last)
    cache.forget_delivered()
    assert cache.journal.bodies(CaseId("case-13")) == ()
    left = {case_of(event.body) for event in cache.journal.events()}
    assert left == {"case-3", "case-4", "case-5", "case-9", "case-12"}, "the open ones, and two with files to send"
    cache.close()


def test_store_of_a_newer_release_is_refused_and_not_touched(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    committed(cache, "visit")
    cache.close()
    database = Database(tmp_path / STORE / DATABASE, key_of(tmp_path))
    with database.transaction():
        database.run(f"PRAGMA user_version = {LATEST + 1}")
    database.close()
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(StorageBroken, match=f"version {LATEST + 1}"):
        open_cache(tmp_path, KIOSK, AT)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def close(cache: Cache, case: CaseId, outcome: PrintOutcome) -> None:
    settled = PrintSettled(case_id=case, action_id=ActionId(f"print-of-{case}"), outcome=outcome)
    cache.record((settled, CaseClosed(case_id=case, outcome=outcome)), AT)


@contextmanager
def by_hand(folder: Path) -> Iterator[Any]:
    """The database, opened past the product."""
    database = sqlcipher.connect(str(folder / STORE / DATABASE), isolation_level=None)
    database.execute(f"PRAGMA key = \"x'{OLD_KEY}'\"")
    try:
        yield database
    finally:
        database.close()


def rows_of(folder: Path) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, oldest first."""
    with by_hand(folder) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in tables:
            rows = database.execute(f"SELECT * FROM {table} ORDER BY rowid")  # noqa: S608 - our own schema
            names = [column[0] for column in rows.description]
            found[table] = [dict(zip(names, row, strict=True)) for row in rows]
    return found
