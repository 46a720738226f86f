"""Keeps another process of the terminal running where no service manager does: in ``kiosk terminal``.

A child that ends is started again, at once when it asks for that or lived well, and ever later when it
keeps ending. One that gives no sign of life is killed, since a stopped or wedged process still looks alive
to the kernel. Its exit status is all that it says; citizens are told nothing here.
"""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.entry.lifetime import PARENT, RENEWED_STATUS


@dataclass(frozen=True, slots=True)
class ChildPace:
    """The delays of keeping a child."""

    look_s: float = 0.25
    """Between looks at a running child."""
    silent_s: float = 3.0
    """A child that was heard and is silent for so long is killed: longer than its link takes to notice."""
    start_s: float = 20.0
    """A child has to be heard within this after its start."""
    again_first_s: float = 0.1
    again_last_s: float = 30.0
    """Before the next start, doubling from the first to the last while the child keeps ending."""
    well_s: float = 30.0
    """A child that lived so long lived well: its end is the first of its kind."""
    end_s: float = 8.0
    """How long an orderly end may take before the child is killed."""


class Child:
    """One process, kept running from `start` to `stop`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        complaints: Path,
        silent_s: Callable[[], float],
        pace: ChildPace | None = None,
        *,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            name: what it is called in the log.
            command: how it is started.
            complaints: where its standard error goes, appended.
            silent_s: how long nothing was heard of it, in seconds, as its link knows.
            pace: the delays.
            environment: variables that it gets beside our own.
        """
        self.name = name
        self._command = list(command)
        self._complaints = complaints
        self._silent_s = silent_s
        self._pace = pace or ChildPace()
        self._environment = dict(environment or {})
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # Its parent for the kernel: the child ends when this thread does.
        self._thread = threading.Thread(target=self._keep, name=f"child-{name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Start the child and keep it. Returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the child in order, or by force when it does not end in time. Safe twice."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(self._pace.end_s + 5.0)

    def _keep(self) -> None:
        again_s = self._pace.again_first_s
        while not self._stopping.is_set():
            started = time.monotonic()
            process = self._start()
            if process is not None:
                self._process = process
                log(LogEvent.CHILD_STARTED, child=self.name, pid=process.pid)
                self._watch(process, started)
                if self._stopping.is_set():
                    self._end(process)
                    return
            status = process.returncode if process is not None else None
            if status == RENEWED_STATUS:
                again_s = self._pace.again_first_s
                continue
            if time.monotonic() - started > self._pace.well_s:
                again_s = self._pace.again_first_s
            log(LogEvent.CHILD_ENDED, child=self.name, status=status, again_s=again_s)
            self._stopping.wait(again_s)
            again_s = min(again_s * 2, self._pace.again_last_s)

    def _start(self) -> "subprocess.Popen[bytes] | None":
        try:
            self._complaints.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._complaints.open("ab") as complaints:
                return subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=complaints,
                    stderr=complaints,
                    env=os.environ | self._environment | {PARENT: str(os.getpid())},
                    process_group=0,  # a shell's Ctrl-C is for whoever keeps the child, who ends all in order
                )
        except OSError as error:  # no memory, no process left, no folder to write to
            log(LogEvent.BUG, error=type(error).__name__, where=f"start of {self.name}")
            return None

    def _watch(self, process: "subprocess.Popen[bytes]", started: float) -> None:
        """Return when the child ended, or when it is to be stopped."""
        looked = started
        while process.poll() is None:
            if self._stopping.wait(self._pace.look_s):
                return
            now = time.monotonic()
            if now - looked > 3 * self._pace.look_s:
                started += now - looked  # we did not run ourselves: that is not the child's silence
            looked = now
            silent_s, lived_s = self._silent_s(), now - started
            heard = silent_s < lived_s  # since it was started
            if (silent_s > self._pace.silent_s) if heard else (lived_s > self._pace.start_s):
                log(LogEvent.CHILD_KILLED, child=self.name, seconds=round(min(silent_s, lived_s), 1))
                process.kill()
                process.wait()

    def _end(self, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(self._pace.end_s)
        except subprocess.TimeoutExpired:
            log(LogEvent.CHILD_KILLED, child=self.name, seconds=self._pace.end_s)
            process.kill()
            process.wait()
