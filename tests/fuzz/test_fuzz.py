"""No bytes from outside crash a decoder, hang it or make it grow; and fuzzing would notice if they did."""

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = sorted(path.stem for path in (Path(__file__).parent / "targets").glob("*.py") if path.stem != "__init__")
SEED = 20260601
FEWEST_RUNS = 100
"""Fewer in any time means that the target is not run, whatever the status says. A slow target names its own."""
GREW = 3
pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="atheris is made for x86-64 alone")


@dataclass(frozen=True)
class Fuzzed:
    status: int
    said: str
    runs: int
    found: list[str]


def fuzz(module: str, folder: Path, seconds: int, **environment: str) -> Fuzzed:
    """Fuzz in a process of its own, which ends by itself; one that does not is killed and fails the test."""
    # A shell between: a child's peak memory begins with that of whoever forked it (getrusage(2)), and ours is large.
    shell = ("sh", "-c", '"$@"; exit $?', "sh")
    run = subprocess.run(
        [*shell, sys.executable, "-m", "tests.fuzz.child", module, str(folder), str(seconds), str(SEED)],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds + 90,
    )
    said = run.stdout + run.stderr
    counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
    found = sorted(path.name for path in folder.iterdir() if path.is_file())
    return Fuzzed(run.returncode, said, int(counted[1]) if counted else 0, found)


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--fuzz"))


def test_there_is_a_target_for_every_family_of_decoders() -> None:
    assert {"sdt_frames", "card_record", "chip_card", "scanner_codec", "link_frames"} <= set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_no_bytes_break_a_decoder(target: str, tmp_path: Path, seconds: int) -> None:
    module = f"tests.fuzz.targets.{target}"
    ended = fuzz(module, tmp_path, seconds)
    assert ended.status == 0, ended.said[-6000:]
    assert ended.found == []
    assert ended.runs >= getattr(import_module(module), "FEWEST_RUNS", FEWEST_RUNS), ended.said[-2000:]


@pytest.mark.parametrize(
    ("fault", "word", "trace"),
    [("crash", "IndexError", "crash-"), ("hang", "timeout", "timeout-"), ("memory", "out-of-memory", "oom-")],
)
def test_a_planted_fault_is_found(fault: str, word: str, trace: str, tmp_path: Path) -> None:
    ended = fuzz("tests.fuzz.planted", tmp_path, 20, PLANTED=fault)
    assert ended.status != 0, ended.said[-2000:]
    assert word in ended.said
    assert [name for name in ended.found if name.startswith(trace)]


def test_a_planted_growth_is_found(tmp_path: Path) -> None:
    ended = fuzz("tests.fuzz.planted", tmp_path, 1, PLANTED="growth")
    assert ended.status == GREW, ended.said[-2000:]
    assert "grew by" in ended.said
