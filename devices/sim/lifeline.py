"""A child process that cannot outlive the program that started it, however that ends.

A small process stands between: it sees its standard input close when the parent dies (also by
SIGKILL), or its child end, and then kills every descendant left. That is what a service manager does
with a control group. Only the standard library, since it is started as a script for each daemon.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
STOP_S = 10.0


class Lifeline:
    """A running daemon with its keeper."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        with log.open("wb") as errors:
            self._keeper = subprocess.Popen(
                [sys.executable, "-S", "-E", __file__, *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **(environment or {})},
            )
        with cast(IO[bytes], self._keeper.stdout) as told:
            self.pid = int(told.readline() or b"0")

    @property
    def alive(self) -> bool:
        return self._keeper.poll() is None

    def kill(self, signal_number: int = signal.SIGKILL) -> None:
        """Send the daemon a signal that ends it, and return when it and all its children are gone."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal_number)
            self._keeper.wait(STOP_S)
        self._let_go()

    def stop(self) -> None:
        """End the daemon and all its children at once. Safe twice."""
        self._let_go()
        self._keeper.wait(STOP_S)

    def _let_go(self) -> None:
        if self._keeper.stdin is not None:
            with suppress(BrokenPipeError):
                self._keeper.stdin.close()


def _children() -> list[int]:
    """Return this process's children, found in /proc."""
    own = os.getpid()
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name in field two may hold anything, so count from its closing bracket.
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == own:
                    found.append(int(entry.name))
    return found


def _keep(command: Sequence[str]) -> int:
    """Run the daemon; be its keeper."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    own = os.getpid()
    pid = os.fork()
    if pid == 0:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != own:
            os._exit(1)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(2, 1)
        with suppress(OSError):
            os.execvp(command[0], list(command))  # noqa: S606 - the simulator's own command line
        os._exit(127)
    os.write(1, b"%d\n" % pid)
    os.close(1)
    ended = os.pidfd_open(pid)
    select.select([0, ended], [], [])
    while children := _children():  # the orphans of each round become ours in the next
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)
    return 0


if __name__ == "__main__":
    sys.exit(_keep(sys.argv[1:]))
