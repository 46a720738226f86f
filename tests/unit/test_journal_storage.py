"""The file under the journal: its key, damage to it, and disks that refuse."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contract.cases import CaseClosed, PrintOutcome
from contract.ids import CaseId, KioskId, VisitId
from offline_cache.cache import DATABASE, KEY, STORE, Cache, open_cache
from offline_cache.database import Database
from offline_cache.envelope import ENVELOPE
from offline_cache.keys import read_or_make_key
from offline_cache.receipts import MARK
from offline_cache.trouble import CacheBroken, StorageBroken, StorageFull
from tests.journal_values import PLANTED, committed, key_of, told_by

AT = "2026-01-02T03:04:05.678Z"
KIOSK = KioskId("demo-0001")


def database_of(folder: Path) -> Path:
    return folder / STORE / DATABASE


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def filled(folder: Path, cases: int = 3) -> tuple[str, ...]:
    cache = open_cache(folder, KIOSK, AT)
    numbers = tuple(committed(cache, f"visit-{number}").receipt_number for number in range(cases))
    cache.close()
    return numbers


def test_nothing_readable_is_on_the_disk_and_nobody_else_can_look(tmp_path: Path) -> None:
    filled(tmp_path / "state")
    files = [file for file in (tmp_path / "state").rglob("*") if file.is_file()]
    assert {file.name for file in files} == {DATABASE, ENVELOPE, KEY, MARK}
    for file in files:
        assert file.stat().st_mode & 0o077 == 0
        assert PLANTED.encode() not in file.read_bytes()
    assert not database_of(tmp_path / "state").read_bytes().startswith(b"SQLite format 3")


def test_cases_and_installation_survive_a_restart(tmp_path: Path) -> None:
    numbers = filled(tmp_path)
    cache = open_cache(tmp_path, KIOSK, AT)
    assert cache.set_aside is None
    assert tuple(record.receipt_number for record in cache.cases.open()) == numbers
    assert committed(cache, "one more").receipt_number not in numbers
    cache.close()


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o660, 0o644])
def test_key_that_others_could_have_read_is_refused_and_nothing_is_moved(tmp_path: Path, rights: int) -> None:
    filled(tmp_path)
    (tmp_path / KEY).chmod(rights)
    before = everything(tmp_path / STORE)
    with pytest.raises(StorageBroken, match="rights"):
        open_cache(tmp_path, KIOSK, AT)
    assert everything(tmp_path / STORE) == before


@pytest.mark.parametrize("content", ["", "abc\n", "zz" * 32, "ab" * 31, "ab" * 33])
def test_file_that_holds_no_key_is_refused(tmp_path: Path, content: str) -> None:
    filled(tmp_path)
    (tmp_path / KEY).write_text(content)
    with pytest.raises(StorageBroken, match="key"):
        open_cache(tmp_path, KIOSK, AT)


def test_key_behind_a_link_is_refused(tmp_path: Path) -> None:
    key, made = read_or_make_key(tmp_path / "real")
    assert made
    assert read_or_make_key(tmp_path / "real") == (key, False)
    (tmp_path / KEY).symlink_to(tmp_path / "real")
    with pytest.raises(StorageBroken):
        read_or_make_key(tmp_path / KEY)


def test_key_that_was_half_made_when_the_power_went_is_made_again(tmp_path: Path) -> None:
    (tmp_path / f"{KEY}.new").write_text("ab")
    key, made = read_or_make_key(tmp_path / KEY)
    assert made
    assert len(key) == 32
    assert [file.name for file in tmp_path.iterdir()] == [KEY]


def wrong_key(folder: Path) -> None:
    (folder / KEY).write_text("ab" * 32)


def lost_key(folder: Path) -> None:
    (folder / KEY).unlink()


def damaged_head(folder: Path) -> None:
    _scratch(database_of(folder), 100)


def cut_short(folder: Path) -> None:
    file = database_of(folder)
    file.write_bytes(file.read_bytes()[:5000])


def _scratch(file: Path, at: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[at : at + 64] = bytes(64)
    file.write_bytes(raw)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [(wrong_key, "wrong-key"), (lost_key, "key-missing"), (damaged_head, "wrong-key"), (cut_short, "damaged")],
)
def test_database_that_cannot_be_opened_is_set_aside_untouched(
    tmp_path: Path, harm: Callable[[Path], None], reason: str
) -> None:
    numbers = filled(tmp_path)
    harm(tmp_path)
    before = database_of(tmp_path).read_bytes()
    cache = open_cache(tmp_path, KIOSK, AT)
    assert cache.set_aside is not None
    assert cache.set_aside.reason == reason
    assert (cache.set_aside.path / DATABASE).read_bytes() == before
    assert cache.journal.last == 0
    assert committed(cache, "next citizen").receipt_number not in numbers
    cache.close()
    again = open_cache(tmp_path, KIOSK, AT)
    assert again.set_aside is None
    assert again.journal.last == 1
    again.close()


def test_set_aside_database_opens_again_with_its_own_key(tmp_path: Path) -> None:
    filled(tmp_path)
    right = key_of(tmp_path)
    wrong_key(tmp_path)
    cache = open_cache(tmp_path, KIOSK, AT)
    aside = cache.set_aside
    cache.close()
    assert aside is not None
    rescued = Database(aside.path / DATABASE, right)
    assert rescued.row("SELECT count(*) FROM cases") == (3,)
    rescued.close()


def test_damage_found_while_running_stops_writes_and_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    filled(tmp_path, cases=200)
    file = database_of(tmp_path)
    pages = file.stat().st_size // 4096
    for page in range(pages // 2, 3 * pages // 4):  # neither the tables' heads nor what was written last
        _scratch(file, page * 4096 + 2000)
    cache = open_cache(tmp_path, KIOSK, AT)
    assert cache.set_aside is None, "a start does not read every page"
    with pytest.raises(CacheBroken, match="damaged"):
        cache.journal.events()
    cache.close()
    again = open_cache(tmp_path, KIOSK, AT)
    assert again.set_aside is not None
    assert again.set_aside.reason == "damaged"
    again.close()


def test_database_of_a_newer_release_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    database = Database(database_of(tmp_path), key_of(tmp_path))
    with database.transaction():
        database.run("PRAGMA user_version = 9000")
    database.close()
    before = everything(tmp_path / STORE)
    with pytest.raises(StorageBroken, match="9000"):
        open_cache(tmp_path, KIOSK, AT)
    assert everything(tmp_path / STORE) == before


def test_second_process_is_kept_out(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    with pytest.raises(StorageBroken, match="BUSY"):
        open_cache(tmp_path, KIOSK, AT)
    assert committed(cache, "visit").receipt_number
    cache.close()


def test_state_folder_that_is_a_file_is_broken_not_a_bug(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    with pytest.raises(StorageBroken):
        open_cache(tmp_path / "state", KIOSK, AT)


def test_new_cases_stop_while_there_is_room_to_finish_the_open_ones(tmp_path: Path) -> None:
    cache = open_cache(tmp_path, KIOSK, AT)
    case = committed(cache, "first")
    with pytest.raises(StorageFull):
        committed(cache, "second", reserve_bytes=1 << 60)
    cache.record((CaseClosed(case_id=case.case_id, outcome=PrintOutcome.NONE),), AT)
    assert cache.journal.last == 2
    cache.close()


FULL = """
import resource, sys
from pathlib import Path
from contract.ids import KioskId
from offline_cache.cache import open_cache
from offline_cache.receipts import MARK
from offline_cache.trouble import StorageFull
from tests.journal_values import committed

cache = open_cache(Path(sys.argv[1]), KioskId("demo-0001"), "2026-01-01T00:00:00.000Z")
shown = []
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
try:
    for number in range(10_000):
        shown.append(committed(cache, f"visit-{number}").receipt_number)
except StorageFull as full:
    assert full.fault.code == "storage.full"
else:
    raise SystemExit("it never filled up")
for _ in range(3):
    try:
        committed(cache, "after")
    except StorageFull:
        pass
assert cache.journal.last == len(shown) == len(cache.cases.open())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
shown.append(committed(cache, "after").receipt_number)
print("\\n".join(shown))
"""


def test_disk_that_fills_up_refuses_new_cases_and_keeps_every_old_one(tmp_path: Path) -> None:
    """The limit on file size answers writes as a quota does; SQLite reports it as a plain I/O error."""
    numbers = told_by(FULL, tmp_path)
    cache = open_cache(tmp_path, KIOSK, AT)
    assert [record.receipt_number for record in cache.cases.open()] == numbers
    assert [event.sequence for event in cache.journal.events()] == list(range(1, cache.journal.last + 1))
    cache.close()


def test_numbers_of_two_installations_of_one_terminal_differ(tmp_path: Path) -> None:
    tags = {filled(tmp_path / str(number), cases=1)[0].split("-")[1] for number in range(4)}
    assert len(tags) > 1


def test_visit_marker_is_of_the_newest_visit_only(tmp_path: Path) -> None:
    cache: Cache = open_cache(tmp_path, KIOSK, AT)
    first, second = VisitId("first"), VisitId("second")
    cache.begin_visit(first, AT)
    cache.begin_visit(second, AT)
    cache.end_visit(first)
    assert cache.running_visit() == second
    cache.end_visit(second)
    assert cache.running_visit() is None
    assert cache.cases.find(CaseId("none")) is None
    cache.close()
