"""The printer behind the queue, asked directly as a witness.

The spooler says "completed" when the data left. Only the printer knows how it is while nothing
prints, whether it was switched off in between (its up-time), and how many sheets came out of a job
(its own job list). What it does not tell is None, and None proves nothing.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from contract.ids import ActionId
from devices.drivers.cups_spooler import JobState
from devices.drivers.ipp_peer import IppPeer, Unanswered, asked_by, printer_uri, wanting
from devices.drivers.ipp_wire import JOB_GROUP, PRINTER_GROUP, Attribute, Group, Operation, Tag, integer, strings
from devices.errors import Silent

WAKE_S = 60.0
"""How long a sleeping printer may take to answer once a job was sent: office printers warm up in 10 to 40 s."""
_IDLE = 3
"""RFC 8011 §5.4.11."""
_PRINTER_WANTED = (
    "printer-state",
    "printer-state-reasons",
    "printer-up-time",
    "printer-impressions-completed",
    "printer-media-sheets-completed",
    "printer-input-tray",
    "printer-make-and-model",
    "printer-serial-number",
    "printer-supply",
    "marker-levels",
    "marker-low-levels",
    "marker-names",
    "marker-types",
    "color-supported",
    "sides-supported",
    "media-supported",
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
        self._rested = self._sleeps = self._at_work = False
        self._awake_by = math.inf
        self.last_sight = Sight(answered=False)
        """What it said when it last said something."""

    @property
    def can_be_asked(self) -> bool:
        """Whether it speaks IPP over a network at all."""
        return self._peer is not None

    def close(self) -> None:
        if self._peer is not None:
            self._peer.close()

    def wake(self) -> None:
        """A job is on its way: one that sleeps has to answer soon, and whatever answers is not to sleep over it."""
        self._at_work, self._awake_by = True, time.monotonic() + WAKE_S

    def rest(self) -> None:
        """The job is settled, and the printer may sleep again."""
        self._at_work, self._awake_by = False, math.inf

    def look(self, action: ActionId | None = None) -> Sight:
        """Ask how the printer is, and with `action` also for that job.

        A printer that was at rest, and now takes connections but says nothing, sleeps: one that is off takes
        none. That is believed until a job was sent and did not wake it.

        Raises:
            Absent: it does not answer (``printer.offline``).
            Silent: it sleeps (``printer.asleep``).
            Garbled: it answers something else than IPP.
        """
        if self._peer is None:
            return Sight(answered=False)
        try:
            sight = self._ask(self._peer, action)
        except Unanswered as error:
            may_sleep = self._sleeps if self._at_work else self._rested
            self._sleeps = may_sleep and time.monotonic() < self._awake_by
            if self._sleeps:
                raise Silent("printer.asleep", "takes connections and says nothing") from error
            raise
        self._rested = integer(sight.printer, "printer-state") == _IDLE
        self._sleeps = False
        self.last_sight = sight
        return sight

    def withdraw(self, action: ActionId) -> None:
        """Take back what the printer itself still has of an action, because no spooler will do it any more.

        A spooler killed between naming a job to the printer and sending its document leaves the name there;
        until the printer gives up waiting, if ever, it is busy for everybody.
        """
        if self._peer is None:
            return
        for number in self._jobs(self._peer, action, ("not-completed",)):
            self._peer.ask(
                Operation.CANCEL_JOB,
                (printer_uri(self.uri), Attribute(Tag.INTEGER, "job-id", (number,)), asked_by(self._user)),
            )

    def _ask(self, peer: IppPeer, action: ActionId | None) -> Sight:
        asked_at = time.monotonic()
        answer = peer.ask(
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
            impressions=_counted(printer),
            jobs=() if action is None else tuple(self._jobs(peer, action).values()),
        )

    def _jobs(
        self, peer: IppPeer, action: ActionId, lists: Sequence[str] = ("not-completed", "completed")
    ) -> dict[int, DeviceJob]:
        found: dict[int, DeviceJob] = {}  # by number: a job may end between the two questions
        for which in lists:
            answer = peer.ask(
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
        return found


def _counted(printer: Group) -> int | None:
    """Return the printer's count of everything it ever printed, if it has one; one-sided, a sheet is an impression."""
    counters = ("printer-impressions-completed", "printer-media-sheets-completed")
    return next((count for name in counters if (count := integer(printer, name)) is not None and count >= 0), None)
