"""A disk that refuses, fills up or turns read-only under an open database: said clearly, and nothing is lost."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.cases import CaseStage
from tests.disks.server import TROUBLE, DiskServer, Fault
from tests.disks.workloads import opened, told
from tests.processes.test_disk_crashes import everywhere, fresh, goes_on, has_its_file, nothing, operations

__all__ = ["everywhere"]  # the fixture


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiskServer]:
    with DiskServer(tmp_path_factory.mktemp("disk")) as server:
        yield server


def test_trouble_that_passes_costs_what_was_refused_and_nothing_else(disk: DiskServer) -> None:
    folder = fresh(disk)
    assert disk.run("trouble_that_passes", folder)[0] == 0
    cache = opened(folder)
    assert [record.receipt_number for record in cache.cases.all()] == told(folder)
    assert [record.stage for record in cache.cases.all()].count(CaseStage.CLOSED) == 4
    cache.close()


@pytest.mark.parametrize(
    "fault", [Fault.REFUSE_WRITES, Fault.READ_ONLY, Fault.FULL, Fault.REFUSE_SYNCS, Fault.REFUSE_READS]
)
def test_disk_that_begins_to_fail_at_any_moment_is_named_and_keeps_what_was_promised(
    disk: DiskServer, everywhere: Callable[[int], range], fault: Fault, request: pytest.FixtureRequest
) -> None:
    """Every refusal is a `StorageTrouble`, so that the screen has a sentence for it; none is a bug."""
    whole = request.config.getoption("--campaign")
    for after in list(everywhere(operations(disk, "case_with_attachment", nothing)))[:: 1 if whole else 2]:
        folder = fresh(disk)
        status, _ = disk.run("case_with_attachment", folder, fault, after)
        assert status in {0, TROUBLE}, (after, status)
        cache = opened(folder)
        promised = told(folder)
        assert cache.set_aside is None, after
        if promised:
            (record,) = cache.cases.all()
            assert record.receipt_number == promised[0]
            assert "closed" not in promised or record.stage is CaseStage.CLOSED
            if cache.case(record.case_id) is not None:
                has_its_file(cache)
        goes_on(cache, promised)
        cache.close()


def on_a_small_disk(folder: Path, megabytes: int, *steps: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "tests.disks.small_disk", str(folder), str(megabytes), *steps]
    root = Path(__file__).parents[2]
    return subprocess.run(program, cwd=root, capture_output=True, text=True, timeout=60, check=False)


def test_full_disk_takes_no_new_case_closes_open_ones_from_its_reserve_and_loses_none(tmp_path: Path) -> None:
    done = on_a_small_disk(tmp_path, 48, "disk_that_fills")
    assert done.returncode == 0, done.stderr
    assert len(told(tmp_path)) == 4


def test_disk_that_was_full_before_the_first_start_says_so(tmp_path: Path) -> None:
    """And nothing is left half made when there is room again."""
    done = on_a_small_disk(tmp_path, 4, "no_room_at_all")
    assert done.returncode == 0, done.stderr


def test_read_only_disk_is_broken_not_a_bug_and_serves_again_when_it_can_be_written(tmp_path: Path) -> None:
    done = on_a_small_disk(tmp_path, 48, "case_with_attachment", "read-only", "refused_to_start", "writable", "start")
    assert done.returncode == 0, done.stderr
