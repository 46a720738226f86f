"""``kiosk terminal`` from outside: its processes are there, end with it, and none begins on a wrong configuration."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.waiting import until
from tests.living import alive

ROOT = Path(__file__).resolve().parents[2]
FAMILY = {"ui", "agentd", "deviced"}
CONFIGURATION = """\
[kiosk]
id = "demo-0001"
hall = "demo"
state_dir = "{folder}/state"
run_dir = "{folder}/run"

[central]
url = "http://127.0.0.1:1"
"""
NO_SUCH_DRIVER = '[[devices]]\nid = "a4"\nkind = "printer"\ndriver = "oracle"\n'
WRONG = CONFIGURATION.replace("http://", "gopher://") + NO_SUCH_DRIVER


@contextmanager
def terminal(folder: Path, configuration: str) -> Iterator["subprocess.Popen[str]"]:
    (folder / "kiosk.toml").write_text(configuration.format(folder=folder))
    command = [sys.executable, "-m", "kiosk_app", "terminal", "--config", str(folder / "kiosk.toml")]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, process_group=0)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def starts(folder: Path) -> list[tuple[str, int]]:
    """Who was started as which process, newest last, by the terminal's log."""
    log = folder / "state" / "log" / "terminal.jsonl"
    lines = log.read_text().splitlines() if log.exists() else []
    told = [json.loads(line) for line in lines if line.endswith("}")]
    return [(line["child"], line["pid"]) for line in told if line["event"] == "child.started"]


def started(folder: Path) -> dict[str, int]:
    """Everybody's latest process, in the order in which they were first started."""
    return dict(starts(folder))


def all_started(folder: Path) -> dict[str, int]:
    """Everybody's process id, once all were started; empty before."""
    found = started(folder)
    return found if found.keys() == FAMILY else {}


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_in_order_and_nobody_is_left(tmp_path: Path, end: signal.Signals) -> None:
    with terminal(tmp_path, CONFIGURATION) as process:
        pids = until("everybody to be started", lambda: all_started(tmp_path))
        assert next(iter(pids)) == "ui", "the citizen looks at the screen while the others start"
        process.send_signal(end)
        assert process.wait(60) == 0
    assert not [name for name, pid in pids.items() if alive(pid)]


def test_ctrl_c_in_a_shell_ends_everybody_once(tmp_path: Path) -> None:
    """A shell sends it to the whole group of processes, and one that ended by it alone would be started again."""
    with terminal(tmp_path, CONFIGURATION) as process:
        pids = until("everybody to be started", lambda: all_started(tmp_path))
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == 0
    assert starts(tmp_path) == list(pids.items())


def test_killed_it_takes_its_processes_along(tmp_path: Path) -> None:
    with terminal(tmp_path, CONFIGURATION) as process:
        pids = until("everybody to be started", lambda: all_started(tmp_path))
        process.kill()
        process.wait(60)
        until("its processes to end", lambda: not [name for name, pid in pids.items() if alive(pid)])


def test_one_that_dies_is_started_again(tmp_path: Path) -> None:
    with terminal(tmp_path, CONFIGURATION):
        before = until("everybody to be started", lambda: all_started(tmp_path))["deviced"]
        os.kill(before, signal.SIGKILL)
        until("the drivers to be started again", lambda: started(tmp_path)["deviced"] != before)


def test_each_fault_of_a_wrong_configuration_is_told_and_nobody_stays(tmp_path: Path) -> None:
    with terminal(tmp_path, WRONG) as process:
        told = process.communicate(timeout=60)[1]
        assert process.returncode == 2
    assert "central.url" in told
    assert "oracle" in told
    assert not [name for name, pid in started(tmp_path).items() if alive(pid)]
    assert started(tmp_path).keys() <= {"ui"}, "neither store nor devices begin on a wrong configuration"


@pytest.mark.parametrize("content", ["", "[kiosk", "[central]\nurl = 'http://127.0.0.1:1'\n"])
def test_file_that_names_no_terminal_leaves_nothing_behind(tmp_path: Path, content: str) -> None:
    with terminal(tmp_path, content) as process:
        told = process.communicate(timeout=60)[1]
        assert process.returncode == 2
    assert "kiosk.toml" in told
    assert [path.name for path in tmp_path.iterdir()] == ["kiosk.toml"]
