"""The process dies, or a write is torn, at every single operation on the disk: nothing promised is gone.

Exhaustive with ``--campaign``; a run otherwise takes every so many-th operation, which differ by workload.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.cases import CaseCommitted, CaseStage, PrintOutcome
from contract.ids import VisitId
from offline_cache.cache import BLOBS, DATABASE, KEY, STORE, Cache
from offline_cache.keys import KeySource
from offline_cache.trouble import AttachmentMissing
from tests.disks.server import DiskServer, Fault
from tests.disks.workloads import CONTENT, HASH, STATE, attached, opened, told
from tests.journal_values import PLANTED, a_case, committed
from tests.stores.dump import dumped
from tests.unit.test_journal_events import AT
from tests.unit.test_migrations import LATEST, OLD_KEY, old_store

SAMPLE = 16
"""Places that a short run dies at, of some hundred."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiskServer]:
    with DiskServer(tmp_path_factory.mktemp("disk")) as server:
        yield server


@pytest.fixture
def everywhere(request: pytest.FixtureRequest) -> Callable[[int], range]:
    """The operations to die at, out of so many."""
    whole = request.config.getoption("--campaign")
    return lambda made: range(0, made, 1 if whole else max(1, made // SAMPLE))


def fresh(disk: DiskServer) -> Path:
    shutil.rmtree(disk.terminal, ignore_errors=True)
    disk.terminal.mkdir()
    return disk.terminal


def operations(disk: DiskServer, work: str, prepare: Callable[[Path], object]) -> int:
    """How many operations the workload makes when nothing fails."""
    folder = fresh(disk)
    prepare(folder)
    status, made = disk.run(work, folder)
    assert status == 0
    return made


def struck(disk: DiskServer, work: str, prepare: Callable[[Path], object], fault: Fault, after: int) -> Path:
    folder = fresh(disk)
    prepare(folder)
    status, _ = disk.run(work, folder, fault, after)
    assert status == -9, "it ended by itself"
    return folder


def nothing(_: Path) -> None:
    """A new disk."""


FAULTS = pytest.mark.parametrize("fault", [Fault.DIE, Fault.TEAR])


@FAULTS
def test_first_start_cut_off_anywhere_is_begun_again(
    disk: DiskServer, everywhere: Callable[[int], range], fault: Fault
) -> None:
    for after in everywhere(operations(disk, "first_start", nothing)):
        folder = struck(disk, "first_start", nothing, fault, after)
        cache = opened(folder)
        assert cache.set_aside is None, after
        assert told(folder) in ([], [cache.installation]), "the installation it told of is another"
        committed(cache, "visit")
        cache.close()


@FAULTS
def test_case_cut_off_anywhere_is_whole_or_never_was(
    disk: DiskServer, everywhere: Callable[[int], range], fault: Fault
) -> None:
    for after in everywhere(operations(disk, "case_with_attachment", nothing)):
        folder = struck(disk, "case_with_attachment", nothing, fault, after)
        cache = opened(folder)
        assert cache.set_aside is None, after
        promised = told(folder)
        records = cache.cases.all()
        assert len(records) <= 1
        if promised:
            assert [record.receipt_number for record in records] == promised[:1], after
        for record in records:
            stands = cache.journal.bodies(record.case_id)
            if any(isinstance(body, CaseCommitted) for body in stands):
                has_its_file(cache)
            else:
                assert "closed" in promised, "it was forgotten before it was closed"
        if "closed" in promised:
            (record,) = records
            assert (record.stage, record.outcome, record.reprints) == (CaseStage.CLOSED, PrintOutcome.SENT, 1)
            assert [paper.outcome for paper in cache.prints.of_case(record.case_id)] == ["failed", "sent"]
        screen_goes_on(cache)
        goes_on(cache, promised)
        nothing_is_left_over(folder, cache)
        cache.close()


def has_its_file(cache: Cache) -> None:
    """A case that still has its content has its file, or central has that and its key went first."""
    (record,) = cache.cases.all()
    try:
        assert cache.blobs.read(record.case_id, HASH, 0, len(CONTENT)) == CONTENT
    except AttachmentMissing:
        assert record.stage is CaseStage.CLOSED
        assert cache.journal.undelivered == 0
        assert cache.blobs.to_send(1) == ()


def screen_goes_on(cache: Cache) -> None:
    """The screen outlived its agent: it brings the file as far as it is not held, and confirms."""
    visit = cache.running_visit()
    if visit is None or cache.cases.all():
        return
    attached(cache, visit)
    case, new = cache.commit_case(
        a_case(visit), lookup_id="lookup", verification_code="0" * 16, at=AT, attachments=[HASH], reserve_bytes=0
    )
    assert new
    assert cache.blobs.read(case.case_id, HASH, 0, len(CONTENT)) == CONTENT


def goes_on(cache: Cache, promised: list[str]) -> None:
    """The next citizen is served, under a number that nobody was given."""
    running = cache.running_visit()
    if running is not None:
        cache.end_visit(running)
    visit = VisitId("the next citizen")
    cache.begin_visit(visit, "t")
    attached(cache, visit, b"another file")
    case = committed(cache, visit)
    assert case.receipt_number not in promised
    cache.end_visit(visit)
    assert [event.sequence for event in cache.journal.events()][-1] == cache.journal.last


def nothing_is_left_over(folder: Path, cache: Cache) -> None:
    """No draft, no file without a row, nothing in the clear."""
    files = list((folder / STATE / STORE / BLOBS).iterdir())
    assert len(files) == len(cache.blobs.to_send(100)), "every file waits for central"
    for file in (folder / STATE).rglob("*"):
        assert file.is_dir() or PLANTED.encode() not in file.read_bytes()


@pytest.mark.parametrize(("work", "promises"), [("first_start", 1), ("case_with_attachment", 3)])
def test_nothing_that_was_promised_rests_on_what_the_disk_has_not_been_told_to_keep(
    disk: DiskServer, work: str, promises: int
) -> None:
    """A power cut takes what was written and not synced: at a promise there is nothing of that kind."""
    disk.trace.write_text("")
    assert disk.run(work, fresh(disk))[0] == 0
    unsynced: set[str] = set()
    kept = 0
    for line in disk.trace.read_text().splitlines():
        match line.split(" "):
            case ["write", path, *_]:
                unsynced.add(path)
            case ["sync", path, *_]:
                unsynced.discard(path)
            case ["rename", before, after]:
                assert before not in unsynced, "a file got its name before its content was kept"
                unsynced.add(str(Path(after).parent))
            case ["unlink", path, *_]:
                unsynced.discard(path)
            case ["promised"]:
                kept += 1
                assert not unsynced
            case other:
                raise AssertionError(other)
    assert kept == promises


def first_release(folder: Path) -> None:
    old_store(folder / STATE, 1)


@FAULTS
def test_upgrade_cut_off_anywhere_leaves_an_old_store_or_a_new_one(
    disk: DiskServer, everywhere: Callable[[int], range], fault: Fault
) -> None:
    seen = set()
    for after in everywhere(operations(disk, "start", first_release)):
        folder = struck(disk, "start", first_release, fault, after)
        seen.add(version_and_tables(folder))
        cache = opened(folder)
        assert cache.set_aside is None, after
        assert len(cache.cases.all()) == 7
        assert len(cache.journal.events()) == 16
        assert {record.case_id for record in cache.prints.newest(10)} == {"case-1", "case-2", "case-3", "case-6"}
        cache.close()
    versions = {version for version, _ in seen}
    assert versions <= set(range(1, LATEST + 1))
    assert len(seen) == len(versions), "a version is one schema, never half of one"
    assert {1, LATEST} <= versions, "it was cut off before and after"


def version_and_tables(folder: Path) -> tuple[int, tuple[str, ...]]:
    copy = folder / "copy"
    shutil.copytree(folder / STATE / STORE, copy)
    version, sql = dumped(copy / DATABASE, bytes.fromhex(OLD_KEY))
    return version, tuple(line for line in sql.splitlines() if line.startswith("CREATE"))


def by_file(folder: Path) -> None:
    (folder / "credential").write_bytes(b"s" * 32)
    cache = opened(folder)
    committed(cache, "visit")
    cache.close()


def by_credential(folder: Path) -> None:
    by_file(folder)
    opened(folder, KeySource(folder / "credential")).close()
    assert not (folder / STATE / KEY).exists()


@FAULTS
@pytest.mark.parametrize(
    ("work", "prepare"), [("start_by_credential", by_file), ("start_by_file_again", by_credential)]
)
def test_key_on_its_way_to_another_keeper_is_never_lost(
    disk: DiskServer,
    everywhere: Callable[[int], range],
    fault: Fault,
    work: str,
    prepare: Callable[[Path], None],
) -> None:
    back = work == "start_by_file_again"
    for after in everywhere(operations(disk, work, prepare)):
        folder = struck(disk, work, prepare, fault, after)
        source = KeySource(folder / "credential", "file" if back else None)
        for _ in range(2):
            cache = opened(folder, source)
            assert cache.set_aside is None, after
            assert len(cache.cases.all()) == 1
            cache.close()
        assert (folder / STATE / KEY).exists() == back
