"""The printer behind the queue, asked directly as a witness.

The spooler says "completed" when the data left. Only the printer knows how it is while nothing
prints, whether it was switched off in between (its up-time), and how many sheets came out of a job
(its own job list). What it does not tell is None, and None proves nothing.
"""

import time
from dataclasses import dataclass, field

from contract.ids import ActionId
from devices.drivers.cups_spooler import JobState
from devices.drivers.ipp_peer import IppPeer, asked_by, printer_uri, wanting
from devices.drivers.ipp_wire import JOB_GROUP, PRINTER_GROUP, Attribute, Group, Operation, Tag, integer, strings

_PRINTER_WANTED = (
    "printer-state",
    "printer-state-reasons",
    "printer-up-time",
    "printer-impressions-completed",
    "printer-input-tray",
    "printer-make-and-model",
)
_JOB_WANTED = ("job-id", "job-name", "job-state", "job-impressions-completed", "job-media-sheets-completed")


@dataclass(frozen=True, slots=True)
class DeviceJob:
    """Our job in the printer's own list. `sheets` is what the printer counted, None when it does not count."""

    state: JobState
    sheets: int | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What the printer said at one moment. Without an answer `printer` is empty."""

    answered: bool
    printer: Group = field(default_factory=dict)
    on_after: float | None = None
    on_before: float | None = None
    """It was switched on between these two, in monotonic seconds."""
    impressions: int | None = None
    jobs: tuple[DeviceJob, ...] = ()

    @property
    def job(self) -> DeviceJob | None:
        """Our job; when there are several, the one furthest on."""
        return max(self.jobs, key=lambda job: (job.sheets or 0, job.state), default=None)


class WitnessedPrinter:
    """The printer at a device URI."""

    def __init__(self, uri: str, user: str) -> None:
        self.uri = uri
        self._user = user
        self._peer = IppPeer.of_device_uri(uri, "printer.offline")

    @property
    def can_be_asked(self) -> bool:
        """Whether it speaks IPP over a network at all."""
        return self._peer is not None

    def close(self) -> None:
        if self._peer is not None:
            self._peer.close()

    def look(self, action: ActionId | None = None) -> Sight:
        """Ask how the printer is, and with `action` also for that job.

        Raises:
            Absent: it does not answer (``printer.offline``).
            Garbled: it answers something else than IPP.
        """
        if self._peer is None:
            return Sight(answered=False)
        asked_at = time.monotonic()
        answer = self._peer.ask(
            Operation.GET_PRINTER_ATTRIBUTES,
            (printer_uri(self.uri), asked_by(self._user), wanting(*_PRINTER_WANTED)),
        )
        printer: Group = next(iter(answer.of(PRINTER_GROUP)), {})
        up_s = integer(printer, "printer-up-time")
        return Sight(
            answered=True,
            printer=printer,
            # The difference of two clocks of whole seconds is off by up to one either way.
            on_after=None if up_s is None else asked_at - up_s - 1,
            on_before=None if up_s is None else time.monotonic() - up_s + 1,
            impressions=integer(printer, "printer-impressions-completed"),
            jobs=() if action is None else self._jobs(action),
        )

    def _jobs(self, action: ActionId) -> tuple[DeviceJob, ...]:
        if self._peer is None:
            return ()
        found: dict[int, DeviceJob] = {}  # by number: a job may end between the two questions
        for which in ("not-completed", "completed"):
            answer = self._peer.ask(
                Operation.GET_JOBS,
                (
                    printer_uri(self.uri),
                    asked_by(self._user),
                    Attribute(Tag.KEYWORD, "which-jobs", (which,)),
                    wanting(*_JOB_WANTED),
                ),
            )
            for group in answer.of(JOB_GROUP):
                name = next(iter(strings(group, "job-name")), "")
                number, state = integer(group, "job-id"), integer(group, "job-state")
                # CUPS puts its job number before the name where a printer knows no Create-Job.
                if name.endswith(action) and number is not None and state in tuple(JobState):
                    sheets = integer(group, "job-impressions-completed")
                    if sheets is None:
                        sheets = integer(group, "job-media-sheets-completed")
                    found[number] = DeviceJob(JobState(state), sheets)
        return tuple(found.values())
