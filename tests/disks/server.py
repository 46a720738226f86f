"""A process behind the failing disk, which forks for each workload: a crash costs milliseconds, not a start.

Started as a script with the library preloaded; a request is a line of JSON, and so is the answer.
"""

import json
import os
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Self

from offline_cache.trouble import StorageTrouble

LIBRARY = "failing_disk.so"
SOURCE = Path(__file__).with_name("failing_disk.c")
TRACE = "FAILING_DISK_TRACE"
TROUBLE = 3
"""Exit status of a workload that met `StorageTrouble`."""
_MANY = 2**31 - 1


class Fault(IntEnum):
    """What the disk does from some operation on, as in `failing_disk.c`."""

    SOUND = 0
    REFUSE_WRITES = 1
    READ_ONLY = 2
    FULL = 3
    REFUSE_SYNCS = 4
    REFUSE_READS = 5
    DIE = 6
    TEAR = 7
    COUNT = 8


class Plan:
    """What the disk is to do, in a file that the library looks into."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set(Fault.SOUND)

    def set(self, fault: Fault, after: int = 0) -> None:
        """Do `fault` after so many more operations. Written in place: the file is mapped."""
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(handle, struct.pack("ii", fault, after), 0)
        os.close(handle)

    @property
    def left(self) -> int:
        """How many operations are still to come before the fault."""
        return int(struct.unpack("ii", self.path.read_bytes())[1])


class DiskServer:
    """Runs workloads on a disk that fails on command. Used as a context manager."""

    def __init__(self, folder: Path) -> None:
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", folder / LIBRARY, SOURCE, "-ldl"], check=True)
        self.plan = Plan(folder / "plan")
        self.trace = folder / "trace"
        """A line each operation, and one each promise."""
        self.terminal = folder / "terminal"
        """Where workloads run. What lies beside ``state`` in it is on a sound disk."""
        environment = os.environ | {
            "LD_PRELOAD": str(folder / LIBRARY),
            "FAILING_DISK_PLAN": str(self.plan.path),
            "FAILING_DISK_UNDER": f"{self.terminal}/state",
            TRACE: str(folder / "trace"),
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.disks.server"],
            env=environment,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(self, name: str, folder: Path, fault: Fault = Fault.COUNT, after: int = _MANY) -> tuple[int, int]:
        """Run a workload; return how it ended (its status, or minus its signal) and how many operations it made."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.plan.set(fault, after)
        print(json.dumps([name, str(folder)]), file=self._process.stdin, flush=True)
        status = int(self._process.stdout.readline())
        made = after - self.plan.left
        self.plan.set(Fault.SOUND)
        return status, made


def _ended(work: Callable[[Path], None], folder: Path) -> int:
    """How a workload ended: 0, or `TROUBLE` when the product said what the matter is, or a bug."""
    try:
        work(folder)
    except StorageTrouble:
        return TROUBLE
    except BaseException:  # noqa: BLE001 - a fork never runs on into its parent's code
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    from tests.disks.workloads import WORKLOADS  # noqa: PLC0415 - loaded once, before the forks

    for line in sys.stdin:
        name, folder = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_ended(WORKLOADS[name], Path(folder)))
        _, how = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(how)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
