"""The conformance kit in the hands of somebody else: a good driver passes, a bad one is found, wrong use is told."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = "docs.examples.door_contact_bench:bench"
BROKEN = """\
from contextlib import contextmanager
from dataclasses import replace

from contract.fault import Fault
from devices.errors import DeviceError
from devices.values import DeviceState, DeviceStatus
from docs.examples.door_contact import DoorContact, DoorContactSettings
from docs.examples.door_contact_bench import bench as right


class Broken(DoorContact):
{method}


@contextmanager
def bench(folder):
    with right(folder) as made:
        broken = Broken(DoorContactSettings(id="door", port=str(folder / "door")))
        yield replace(made, sensor=broken)
        DoorContact.close(broken)
"""
CALLED_CLOSED = """\
    def probe(self):
        try:
            return super().probe()
        except DeviceError:
            return DeviceStatus(DeviceState.ONLINE, auxiliaries=(("cabinetDoors", "closed"),))
"""
ALWAYS_CLOSED = """\
    def probe(self):
        super().probe()
        return DeviceStatus(DeviceState.ONLINE, auxiliaries=(("cabinetDoors", "closed"),))
"""
UNKNOWN_TROUBLE = """\
    def open(self):
        try:
            super().open()
        except DeviceError as error:
            raise RuntimeError("no door") from error
"""
BUGS = {
    "a door that nobody asked is called closed": (CALLED_CLOSED, ("not_open",)),
    "what was so before is never told": (ALWAYS_CLOSED, ("before_anybody_looked",)),
    "a loss is told in no known way": (UNKNOWN_TROUBLE, ("absent_and_found",)),
}
"""A bug, and the tests that have to find it."""
NO_BENCH = """\
from contextlib import nullcontext


def bench(folder):
    return nullcontext(folder)
"""


@dataclass
class Ended:
    status: int
    said: str


def conform(bench: str, *arguments: str, folder: Path = ROOT) -> Ended:
    run = subprocess.run(
        [sys.executable, "-m", "kiosk_app", "device", "conform", bench, "--", "-q", "-c", os.devnull, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
    )
    return Ended(run.returncode, run.stdout + run.stderr)


def test_the_kit_runs_by_pytest_alone_as_the_guide_says() -> None:
    words = ["-p", "devices.conformance.plugin", "--pyargs", "devices.conformance.test_bench", "--bench", EXAMPLE]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-k", "not_open", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed" in run.stdout


def test_the_driver_that_the_guide_writes_passes() -> None:
    ended = conform(EXAMPLE)
    assert ended.status == 0, ended.said
    assert " passed" in ended.said
    assert "skipped" not in ended.said


@pytest.mark.parametrize("bug", BUGS)
def test_a_driver_that_is_wrong_does_not_pass(bug: str, tmp_path: Path) -> None:
    method, missed = BUGS[bug]
    (tmp_path / "broken_bench.py").write_text(BROKEN.format(method=method))
    ended = conform("broken_bench:bench", "-k", " or ".join(missed), folder=tmp_path)
    assert ended.status == 1, ended.said
    failed = [line for line in ended.said.splitlines() if line.startswith("FAILED")]
    assert len(failed) == len(missed), ended.said


@pytest.mark.parametrize(
    ("bench", "told"),
    [
        ("docs.examples.door_contact_bench", "has to be MODULE:NAME"),
        ("no_such_module_of_mine:bench", "No module named 'no_such_module_of_mine'"),
        ("docs.examples.door_contact_bench:nothing", "has no nothing that can be called"),
        ("no_bench:bench", "is no bench of devices.conformance"),
    ],
)
def test_a_bench_that_is_none_is_told_and_ends_2(bench: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "no_bench.py").write_text(NO_BENCH)
    ended = conform(bench, folder=tmp_path)
    assert ended.status == 2, ended.said
    assert told in ended.said
    assert "Traceback" not in ended.said
