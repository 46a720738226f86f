"""A process that has the terminal's code imported and forks the terminal's processes from itself.

What runs in a fork is the product's own command; only the seconds of starting an interpreter are saved, so
that hundreds of processes can be killed and replaced. When whoever asked is gone, so is the nursery, and
with it every process that it made.
"""

import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from kiosk_app.__main__ import main
from kiosk_app.entry.lifetime import PARENT

ROOT = Path(__file__).resolve().parents[2]
_LOADED = (
    "devices.drivers.cups_printer",
    "devices.drivers.pcsc_reader",
    "devices.drivers.sdt_reader",
    "devices.drivers.serial_scanner",
    "kiosk_app.agent.central",
    "kiosk_app.agent.counter",
    "kiosk_app.agent.initials",
    "kiosk_app.agent.rules",
    "kiosk_app.documents.marks",
    "kiosk_app.entry.agent",
    "kiosk_app.entry.configuration",
    "kiosk_app.entry.device",
    "tests.campaigns.scripted_citizen",
)
_LARGEST = 65536
_START_S = 60.0
_END_S = 20.0


class Fork:
    """One process that the nursery made."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._handle = os.pidfd_open(pid)
        except ProcessLookupError:
            raise AssertionError("it ended as soon as it began") from None

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    @property
    def alive(self) -> bool:
        return not select_readable(self._handle, 0.0)

    def ended(self, within_s: float = _END_S) -> None:
        """Wait for its end and let go of it."""
        assert select_readable(self._handle, within_s), f"process {self.pid} does not end"
        os.close(self._handle)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.ended()


def select_readable(descriptor: int, within_s: float) -> bool:
    """Whether there is something to hear on a descriptor in time. Unlike `select` it knows no largest number."""
    import select  # noqa: PLC0415 - one use

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(within_s * 1000))


class Nursery:
    """The other end, which asks for processes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door = ours
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.campaigns.nursery"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=theirs.fileno(),
        )
        theirs.close()

    def close(self) -> None:
        """End the nursery and whatever it made."""
        self._door.close()
        self._process.wait(_END_S)

    def fork(self, *words: str, complaints: Path, hears: int | None = None, says: int | None = None) -> Fork:
        """Start ``kiosk WORDS`` or, for `citizen`, the scripted one; `hears` and `says` become its input and output."""
        with complaints.open("ab") as errors, Path(os.devnull).open("r+b") as nothing:
            ends = [nothing.fileno() if hears is None else hears, nothing.fileno() if says is None else says]
            socket.send_fds(self._door, [json.dumps(words).encode()], [*ends, errors.fileno()])
            assert select_readable(self._door.fileno(), _START_S), "the nursery does not answer"
            return Fork(int(self._door.recv(64)))


def _serve() -> None:
    for name in _LOADED:
        importlib.import_module(name)
    importlib.import_module("kiosk_app.documents.render").Renderer("demo-0001").warm()
    assert threading.active_count() == 1, "a fork would have half of it"
    gc.collect()
    gc.freeze()
    door = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries what we made
    while True:
        said, ends, _, _ = socket.recv_fds(door, _LARGEST, 3)
        if not said:
            return
        pid = os.fork()
        if pid == 0:
            door.close()
            os._exit(_become(json.loads(said), ends))
        for end in ends:
            os.close(end)
        door.send(str(pid).encode())


def _become(words: Sequence[str], ends: Sequence[int]) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    os.environ[PARENT] = str(os.getppid())
    try:
        if words[0] == "citizen":
            return int(importlib.import_module("tests.campaigns.scripted_citizen").serve(*map(Path, words[1:])))
        return main(words)
    except BaseException:  # noqa: BLE001 - told, and then the process is over
        sys.excepthook(*sys.exc_info())
        return 70
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    _serve()
