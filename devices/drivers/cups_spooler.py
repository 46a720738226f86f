"""The spooler: questions over IPP, orders through pycups.

Jobs are known by their name, which is our action id, never by number: a spooler that crashed gives
numbers out again. Nothing is written to a file here; the document goes from memory into the request.
pycups keeps server and user in thread-local globals, so every order sets them anew and uses its own
connection; it must be called from the device's thread only.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from contract.ids import ActionId
from devices.drivers.ipp_peer import IppPeer, asked_by, printer_uri, split_server, wanting
from devices.drivers.ipp_wire import (
    JOB_GROUP,
    PRINTER_GROUP,
    Attribute,
    Group,
    Operation,
    Tag,
    integer,
    strings,
)
from devices.errors import Absent, DeviceError, Garbled

_NOT_FOUND = 0x0406
_QUEUE_WANTED = (
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "printer-make-and-model",
    "device-uri",
    "printer-up-time",
    "printer-error-policy",
    "multiple-operation-time-out",
    "marker-levels",
    "marker-low-levels",
    "marker-names",
    "marker-types",
    "color-supported",
    "sides-supported",
    "media-supported",
)
_JOB_WANTED = (
    "job-id",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-originating-user-name",
    "time-at-processing",
)
SHEET = {
    # The queue's default is Letter until somebody changes it, so the sheet is always named.
    "media": "iso_a4_210x297mm",
    # The document is made for A4: scaling it would shrink its codes.
    "print-scaling": "none",
    "sides": "one-sided",
}


PAUSED_BY_HAND = "Paused"
"""What ``cupsdisable`` writes as the queue's message unless it is told a reason."""


class JobState(IntEnum):
    """RFC 8011 §5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELLED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def over(self) -> bool:
        return self >= JobState.CANCELLED


@dataclass(frozen=True, slots=True)
class SpoolJob:
    """One job of ours as the spooler tells it. `begun_at` is by the spooler's clock, None if it never began."""

    number: int
    name: str
    state: JobState
    begun_at: int | None
    waits_for_document: bool

    @classmethod
    def of(cls, group: Group) -> "SpoolJob":
        """Read a job out of an answer.

        Raises:
            Garbled: it lacks what every job has.
        """
        number, state, begun = (integer(group, name) for name in ("job-id", "job-state", "time-at-processing"))
        if number is None or state not in tuple(JobState):
            raise Garbled("printer.hardware", "a job without number or state")
        name = next(iter(strings(group, "job-name")), "")
        waits = "job-incoming" in strings(group, "job-state-reasons")
        return cls(number, name, JobState(state), begun if begun and begun > 0 else None, waits)


def _account() -> str:
    """Name the service account this runs under: the spooler lets an owner alone withdraw and purge jobs."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # an account without an entry, as containers have them
        return "kiosk"


def _no_password(_prompt: str) -> str:
    """Answer libcups, which would otherwise ask for one on the controlling terminal."""
    return ""


class Spooler:
    """One queue of one spooler."""

    def __init__(self, server: str, queue: str) -> None:
        self._server, self._queue = server, queue
        self._peer = IppPeer.of_server(server, "printer.spooler_down")
        self._uri = f"ipp://localhost/printers/{queue}"
        self._user = _account()

    @property
    def user(self) -> str:
        return self._user

    @property
    def breaks(self) -> int:
        """Grows whenever the spooler stopped answering: it may be another process since."""
        return self._peer.breaks

    def close(self) -> None:
        self._peer.close()

    def queue(self) -> Group:
        """Ask the queue how it is.

        Raises:
            Absent: ``printer.spooler_down``, or ``printer.absent`` when there is no such queue.
        """
        answer = self._peer.ask(
            Operation.GET_PRINTER_ATTRIBUTES,
            (printer_uri(self._uri), asked_by(self._user), wanting(*_QUEUE_WANTED)),
        )
        groups = answer.of(PRINTER_GROUP)
        if answer.status == _NOT_FOUND or not groups:
            raise Absent("printer.absent", f"no queue {self._queue}")
        return groups[0]

    def resume(self) -> None:
        """Set the queue going again when CUPS stopped it by itself; one that a person paused stays as it is.

        CUPS stops a queue whose backend gave up ("stop printer"), whatever the error policy says, and
        leaves it so until somebody comes. Both are called ``paused``; only the message differs.
        """
        if next(iter(strings(self.queue(), "printer-state-message")), "") == PAUSED_BY_HAND:
            return
        with self._orders() as cups:
            cups.enablePrinter(self._queue)

    def jobs(self) -> tuple[SpoolJob, ...]:
        """Return every job of this terminal on the queue, also those that are over."""
        answer = self._peer.ask(
            Operation.GET_JOBS,
            (
                printer_uri(self._uri),
                asked_by(self._user),
                Attribute(Tag.KEYWORD, "which-jobs", ("all",)),
                wanting(*_JOB_WANTED),
            ),
        )
        if answer.status == _NOT_FOUND:
            raise Absent("printer.absent", f"no queue {self._queue}")
        ours = (group for group in answer.of(JOB_GROUP) if strings(group, "job-originating-user-name") == (self._user,))
        return tuple(SpoolJob.of(group) for group in ours)

    def find(self, action: ActionId) -> SpoolJob | None:
        """Return the action's job: the one that is not over, else the latest."""
        named = [job for job in self.jobs() if job.name == action]
        return max(named, key=lambda job: (not job.state.over, job.number), default=None)

    def create(self, action: ActionId) -> int:
        """Make an empty job. It prints nothing until it gets a document."""
        with self._orders() as cups:
            return int(cups.createJob(self._queue, action, SHEET))

    def send(self, number: int, pdf: bytes) -> None:
        """Give the job its one document, which sets it going."""
        with self._orders() as cups:
            cups.startDocument(self._queue, number, "document", "application/pdf", 1)
            cups.writeRequestData(pdf, len(pdf))
            cups.finishDocument(self._queue)

    def cancel(self, number: int, *, forget: bool = False) -> None:
        """Withdraw a job; `forget` also takes it out of the spooler's history."""
        with self._orders() as cups:
            cups.cancelJob(number, forget)

    def sweep(self, keep: ActionId) -> tuple[ActionId, ...]:
        """Withdraw and forget our jobs of other actions, but the latest that is over; return those actions.

        Other actions are settled by now, and one that outlived its spooler would print for nobody. The
        latest stays, because its settlement may not have been written down yet when a crash comes.
        """
        others = sorted((job for job in self.jobs() if job.name != keep), key=lambda job: job.number)
        latest = next((job for job in reversed(others) if job.state.over), None)
        for job in others:
            if job is not latest:
                self.cancel(job.number, forget=True)
        return tuple(dict.fromkeys(ActionId(job.name) for job in others if job.name))

    @contextmanager
    def _orders(self) -> Iterator[Any]:
        """Open a pycups connection for one order and turn its errors into ours."""
        import cups  # noqa: PLC0415 - libcups loads when the first job is made, not at start

        host, port = split_server(self._server)
        cups.setServer(host)
        cups.setPort(port)
        cups.setUser(self._user)
        cups.setPasswordCB(_no_password)
        try:
            yield cups.Connection()
        except cups.IPPError as error:
            raise DeviceError("printer.rejected", f"IPP status {error.args[0]:#06x}") from error
        except (cups.HTTPError, RuntimeError) as error:
            raise Absent("printer.spooler_down", type(error).__name__) from error
