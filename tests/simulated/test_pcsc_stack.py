"""The private pcscd: out of everybody's way while it runs, and gone with whoever started it."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devices.sim.chip_bench import ChipBench
from devices.sim.pcsc_stack import SOCKET_VARIABLE, PcscStack
from tests.chip_rigs import PERSON, held
from tests.device_bench import PATIENCE_S
from tests.e2e.waiting import until
from tests.living import alive

ROOT = Path(__file__).resolve().parents[2]
CHILD = """
import os, sys
from devices.sim.pcsc_stack import PcscStack
stack = PcscStack()
stack.start()
print(stack.pid, stack.environment["PCSCLITE_CSOCK_NAME"], os.environ["PCSCLITE_CSOCK_NAME"], flush=True)
sys.stdin.read()
"""


def test_a_bench_that_is_over_leaves_nothing() -> None:
    before = held()
    with ChipBench() as bench:
        bench.lay(PERSON)
        bench.await_card()
        pid, socket = bench.pcscd, Path(bench.environment[SOCKET_VARIABLE])
        assert socket.is_socket()
    until("the service to end", lambda: not alive(pid))
    assert not socket.parent.parent.exists()
    assert held() == before


def test_a_service_dies_with_a_parent_that_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        pid, *names = child.stdout.readline().split()
        child.kill()
        child.wait(PATIENCE_S)
        until("the service to end", lambda: not alive(int(pid)))
    socket, link = map(Path, names)
    for left in (socket.parent.parent, link.parent):
        shutil.rmtree(left)  # nobody was left to do it


def test_the_machines_own_service_and_readers_are_out_of_reach() -> None:
    with PcscStack() as stack:
        mine, theirs = Path("/proc/self/ns"), Path(f"/proc/{stack.pid}/ns")
        for kind in ("net", "mnt"):
            assert (mine / kind).readlink() != (theirs / kind).readlink()
        # No drivers but the virtual reader's: real readers belong to the machine's own service.
        assert list(Path(f"/proc/{stack.pid}/root/usr/lib/pcsc/drivers").iterdir()) == []
        assert not stack.environment[SOCKET_VARIABLE].startswith("/run/")


def test_one_service_at_a_time_and_the_next_one_after_it() -> None:
    with PcscStack() as first:
        with pytest.raises(RuntimeError, match="one private pcscd at a time"):
            PcscStack().start()
        assert first.pid
    with PcscStack() as second:
        assert second.pid


def test_a_card_reaches_the_reader_on_loopback_alone() -> None:
    with PcscStack() as stack, stack.connect_card() as card:
        assert card.getpeername()[0] == "127.0.0.1"


def test_a_reader_that_is_not_there_takes_no_card() -> None:
    with PcscStack() as stack:
        stack.plug(False)
        with pytest.raises(ConnectionError):
            stack.connect_card()
        os.kill(stack.pid, signal.SIGKILL)


def test_a_system_that_gives_no_namespaces_is_told_of_and_nothing_listens_to_everybody() -> None:
    limits = "for kind in mnt user; do echo 0 > /proc/sys/user/max_${kind}_namespaces || exit 9; done"
    start = "from devices.sim.pcsc_stack import PcscStack; PcscStack().start()"
    # Limits that hold in a user namespace of their own and end with it.
    tried = subprocess.run(
        ["unshare", "--user", "--map-root-user", "sh", "-c", f'{limits}; exec "$0" -c "$1"', sys.executable, start],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tried.returncode == 1
    assert "RuntimeError: no private pcscd: it takes root or user namespaces, and the system gives neither" in (
        tried.stderr
    )
