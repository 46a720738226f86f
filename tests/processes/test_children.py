"""Processes that are kept running: what ends, hangs, keeps ending or will not end is dealt with."""

import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract.fault import Fault
from contract.ids import OrderId
from devices.events import OrderEnded, ReadIdentity
from devices.values import DeviceState
from kiosk_app.base.logs import configure_logs, flush_logs, start_writing
from kiosk_app.entry.children import Child, ChildPace
from kiosk_app.entry.device import WEDGED_STATUS
from kiosk_app.entry.lifetime import RENEWED_STATUS
from tests.processes.deviced_rig import READER, Deviced

PATIENCE_S = 30.0
QUICK = ChildPace(look_s=0.02, start_s=0.5, silent_s=0.5, again_first_s=0.01, again_last_s=0.05, end_s=0.5)

Keep = Callable[..., Child]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of what happens to children; read it when they are stopped."""
    configure_logs(tmp_path / "of-earlier-tests.jsonl")
    start_writing()
    flush_logs()
    path = tmp_path / "log.jsonl"
    configure_logs(path)
    start_writing()
    yield path
    flush_logs()
    configure_logs(None)


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    with ExitStack() as stack:

        def start(program: str, silent_s: Callable[[], float] = lambda: 0.0, pace: ChildPace = QUICK) -> Child:
            child = Child("child", [sys.executable, "-S", "-c", program], tmp_path / "stderr", silent_s, pace)
            stack.callback(child.stop)
            child.start()
            return child

        yield start


def told(tmp_path: Path, count: int) -> list[int]:
    """Wait until the children have written so many process ids."""
    file, moment = tmp_path / "stderr", threading.Event()
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        pids = [int(line) for line in file.read_text().split()] if file.exists() else []
        if len(pids) >= count:
            return pids
        moment.wait(0.02)
    raise AssertionError(file.read_text())


def logged(path: Path, event: str) -> list[dict[str, object]]:
    flush_logs()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line for line in lines if line["event"] == event]


SAYS = "import os, sys, time, signal\nsys.stderr.write(f'{os.getpid()}\\n')\nsys.stderr.flush()\n"
STAYS = SAYS + "time.sleep(3600)"


def test_a_child_that_ends_is_started_again_ever_later(tmp_path: Path, keep: Keep, log: Path) -> None:
    child = keep(SAYS + "sys.exit(3)")
    assert len(set(told(tmp_path, 5))) >= 5
    child.stop()
    ends = logged(log, "child.ended")
    assert {line["status"] for line in ends} == {3}
    assert [line["again_s"] for line in ends][:4] == [0.01, 0.02, 0.04, 0.05]
    assert child.pid is None


def test_a_child_that_lived_well_is_started_again_at_once(tmp_path: Path, keep: Keep, log: Path) -> None:
    child = keep(SAYS + "sys.exit(3)", pace=ChildPace(look_s=0.01, again_first_s=0.01, well_s=0.0))
    told(tmp_path, 5)
    child.stop()
    assert {line["again_s"] for line in logged(log, "child.ended")} == {0.01}


def test_a_child_that_asks_to_begin_anew_is_started_again_at_once_and_is_no_trouble(
    tmp_path: Path, keep: Keep, log: Path
) -> None:
    child = keep(SAYS + f"sys.exit({RENEWED_STATUS})", pace=ChildPace(look_s=0.01, again_first_s=3600.0))
    assert len(set(told(tmp_path, 4))) >= 4
    child.stop()
    assert not logged(log, "child.ended")


def test_a_child_that_was_heard_and_falls_silent_is_killed_and_replaced(tmp_path: Path, keep: Keep, log: Path) -> None:
    heard_at = [time.monotonic()]
    child = keep(STAYS, lambda: time.monotonic() - heard_at[0])
    [first] = told(tmp_path, 1)
    heard_at[0] = time.monotonic()
    second = told(tmp_path, 2)[1]
    assert not Path(f"/proc/{first}").exists()
    assert second != first
    child.stop()
    assert logged(log, "child.killed")


def test_a_child_that_is_never_heard_is_killed_when_its_start_took_too_long(tmp_path: Path, keep: Keep) -> None:
    born = time.monotonic()
    keep(STAYS, lambda: time.monotonic() - born)
    assert len(told(tmp_path, 2)) >= 2


def test_a_stopped_child_is_killed_too(tmp_path: Path, keep: Keep) -> None:
    heard_at = [time.monotonic()]
    keep(STAYS, lambda: time.monotonic() - heard_at[0])
    [first] = told(tmp_path, 1)
    heard_at[0] = time.monotonic()
    os.kill(first, signal.SIGSTOP)
    told(tmp_path, 2)


def test_a_child_is_asked_to_end_and_killed_when_it_does_not(tmp_path: Path, keep: Keep, log: Path) -> None:
    stubborn = keep(
        SAYS.replace("sys.stderr.write", "signal.signal(15, signal.SIG_IGN); sys.stderr.write", 1) + "time.sleep(3600)"
    )
    [pid] = told(tmp_path, 1)
    ended = os.pidfd_open(pid)
    stubborn.stop()
    assert select.select([ended], [], [], 0)[0]
    os.close(ended)
    assert [line["child"] for line in logged(log, "child.killed")] == ["child"]


def test_a_program_that_is_not_there_is_tried_again_and_can_be_stopped(tmp_path: Path) -> None:
    child = Child("child", [str(tmp_path / "nowhere")], tmp_path / "stderr", lambda: 0.0, QUICK)
    child.start()
    child.stop()
    child.stop()
    assert child.pid is None


def test_a_wedged_driver_ends_the_process_which_is_replaced_while_the_order_is_told(tmp_path: Path, log: Path) -> None:
    running = Deviced(tmp_path, tmp_path / "no-reader", program="tests.processes.wedged_device")
    running.hub.start()
    running.child.start()
    try:
        running.await_state(READER, DeviceState.ONLINE)
        heard = len(running.ear.events)
        running.hub.order(READER, ReadIdentity(OrderId("one"), 0.2))
        ended = running.ear.await_end(OrderId("one"))
        assert ended == OrderEnded(READER, OrderId("one"), Fault.of("device.bug", "wedged in read"))
        running.await_state(READER, DeviceState.OFFLINE, heard)
        running.await_state(READER, DeviceState.ONLINE, heard)
    finally:
        running.hub.close()
        running.child.stop()
    assert WEDGED_STATUS in {line["status"] for line in logged(log, "child.ended")}
    assert '"devices.wedged"' in running.log.read_text()
