"""An A4 printer behind a CUPS queue.

The order of things: an empty job under our action id, then waiting until the printer can print and is
at nothing else, then the document, then following it. So whatever survives a crash tells how far the
hand-over came, and a terminal without paper, or behind somebody else's long job, hands nothing over.
Never prints twice: a job that exists under the action's name is followed, not submitted again. Nothing
personal reaches the spooler but the document itself.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import cast

from contract.fault import Fault
from contract.ids import ActionId, DeviceId
from devices.deadline import Deadline
from devices.drivers.cups_conf import misconfigured
from devices.drivers.cups_device import Sight, WitnessedPrinter
from devices.drivers.cups_follow import Follow, Teller
from devices.drivers.cups_spooler import Spooler, SpoolJob
from devices.drivers.ipp_state import holds_up, printer_status
from devices.drivers.ipp_wire import Group, integer, strings
from devices.drivers.print_evidence import Evidence, failed, sent, unknown
from devices.errors import Absent, Cancelled, DeviceError
from devices.registry import CupsSettings
from devices.values import Capability, DeviceInfo, DeviceState, DeviceStatus, PrintJob, PrintSettlement

READY_POLL_S = 0.3
BUSY_S = 3.0
"""How long a printer is at something else before whoever waits is told; most jobs are short."""
SETTLE_REACH_S = 3.0
"""How long `settle` waits for a spooler that is still starting with the machine."""
SETTLE_FOLLOW_S = 20.0
"""A job that an earlier process left printing gets this long before it is withdrawn."""
SETTLE_STUCK_S = 4.0
"""One that waits for paper or help gets less: whoever ordered it may be gone when help comes."""

_STATE_OF_ABSENCE = {
    "printer.absent": DeviceState.NO_DEVICE,
    "printer.hardware": DeviceState.HARDWARE_ERROR,
    # It takes the next job and wakes for it: to a citizen it is there.
    "printer.asleep": DeviceState.ONLINE,
}


def _capabilities(queue: Group, sight: Sight) -> dict[str, Capability]:
    """Say what the printer can do, by its own word where it answers and by its queue's where not."""
    told: Group = sight.printer or queue
    return {
        "colour": told.get("color-supported") == (True,),
        "duplex": any(sides.startswith("two-sided") for sides in strings(told, "sides-supported")),
        "media": strings(told, "media-supported"),
        "counts-impressions": sight.impressions is not None,
        "can-be-asked": sight.answered,
    }


def _works(sight: Sight) -> bool:
    """Whether the printer is at something else right now (RFC 8011 §5.4.11: 4 is processing)."""
    return integer(sight.printer, "printer-state") == 4


class CupsPrinter:
    """The `Printer` of one queue."""

    def __init__(self, settings: CupsSettings) -> None:
        self._settings = settings
        self._spooler = Spooler(settings.server, settings.queue)
        self._printer: WitnessedPrinter | None = None
        self._model = self._serial = ""
        self._capabilities: dict[str, Capability] = {}
        self._told: Group = {}

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        return DeviceInfo(
            DeviceId(settings.id), "printer", settings.driver, self._model, self._serial, self._capabilities
        )

    def open(self) -> None:
        """Reach the queue; a printer that is off behind it is a status, not a failure to open."""
        queue = self._spooler.queue()
        _, sight = self._ask()
        told = strings(sight.printer, "printer-make-and-model") or strings(queue, "printer-make-and-model")
        self._model = next(iter(told), "")
        self._serial = next(iter(strings(sight.printer, "printer-serial-number")), "")
        self._capabilities = _capabilities(queue, sight)

    def close(self) -> None:
        self._spooler.close()
        if self._printer is not None:
            self._printer.close()

    def probe(self) -> DeviceStatus:
        """Say how queue and printer are; trouble in asking is a status here, never an exception.

        A spooler set up as on a desktop still prints, so it is told as a fault of a printer that serves.
        """
        status, _ = self._ask()
        if status.fault is None and (wrong := misconfigured(self._told)):
            return replace(status, fault=Fault.of("printer.configuration", wrong))
        return status

    def _ask(self) -> tuple[DeviceStatus, Sight]:
        nothing = Sight(answered=False)
        try:
            self._told = queue = self._spooler.queue()
            printer = self._printer_at(next(iter(strings(queue, "device-uri")), ""))
            sight = printer.look()
        except DeviceError as error:
            state = _STATE_OF_ABSENCE.get(error.fault.code, DeviceState.OFFLINE)
            return DeviceStatus(state, fault=error.fault), nothing
        return printer_status(queue, sight.printer if printer.can_be_asked else None), sight

    def _printer_at(self, uri: str) -> WitnessedPrinter:
        if self._printer is None or self._printer.uri != uri:
            if self._printer is not None:
                self._printer.close()
            self._printer = WitnessedPrinter(uri, self._spooler.user)
        return self._printer

    def print(self, job: PrintJob, until: Deadline, say: Callable[[Fault | None], None]) -> PrintSettlement:
        """Hand the job over once the printer can print it, and follow it to its outcome."""
        teller = Teller(say)
        ticket: SpoolJob | None = None
        # Seen without its document by this very call, so that nothing can have come out of the job since.
        known_empty = False
        passing = Deadline(BUSY_S)
        try:
            while True:
                until.check()
                status, sight = self._ask()
                fault = holds_up(status)
                ticket = None  # one of a moment ago may be another spooler's
                with suppress(Absent):
                    ticket = self._ticket(job.action, known_empty=known_empty, awake=sight.answered)
                known_empty = known_empty or (ticket is not None and ticket.waits_for_document)
                if ticket is not None and not known_empty:
                    return self.settle(job.action)  # an earlier order for this action got that far
                if ticket is not None and fault is not None and fault.code == "printer.paused":
                    # Not before the ticket: making it withdrew what a stopped queue would now print for nobody.
                    with suppress(DeviceError):
                        self._spooler.resume()
                works = _works(sight)
                if fault is None and ticket is not None and not works:
                    break
                if fault is None and works and passing.passed:
                    fault = Fault.of("printer.busy", "it is at a job that is not ours")
                teller.tell(fault)
                if until.passed:
                    return self._drop(job.action, "print.timed_out")
                until.pause(READY_POLL_S)
            until.check()
        except Cancelled:
            return self._drop(job.action, "print.cancelled")
        except DeviceError as error:
            return self._drop(job.action, error.fault.code)
        teller.tell(None)
        return self._hand_over(job, ticket, sight, until, teller)

    def _ticket(self, action: ActionId, *, known_empty: bool, awake: bool) -> SpoolJob | None:
        """Return the action's job, made empty when there is none or when the spooler gave it up.

        A spooler that was restarted takes an empty job for one whose document it lost, and ends it.
        """
        found = self._spooler.find(action)
        given_up = found is not None and found.state.over and found.begun_at is None
        lost = found is not None and known_empty and not found.waits_for_document
        if found is not None and not given_up and not lost:
            return found
        if found is not None:
            self._spooler.cancel(found.number, forget=True)
        earlier = self._spooler.sweep(keep=action)
        with suppress(DeviceError):  # then the job waits for the printer as it would anyway
            for other in earlier if awake else ():
                cast(WitnessedPrinter, self._printer).withdraw(other)
        self._spooler.create(action)
        return self._spooler.find(action)

    def _hand_over(
        self, job: PrintJob, ticket: SpoolJob, sight: Sight, until: Deadline, teller: Teller
    ) -> PrintSettlement:
        printer = cast(WitnessedPrinter, self._printer)
        follow = Follow(self._spooler, printer, job.action, job.sheets, teller)
        # Asleep, it says nothing; what it said before still tells this life of it from another.
        follow.begin_at(sight if sight.answered else printer.last_sight)
        printer.wake()
        try:
            self._spooler.send(ticket.number, job.pdf)
            return follow.to_end(until, "print.timed_out")
        except DeviceError as error:
            return follow.withdraw(error.fault.code)
        finally:
            printer.rest()

    def _drop(self, action: ActionId, code: str) -> PrintSettlement:
        """Give the empty job up. It holds no document, so it prints nothing even if it stays."""
        with suppress(DeviceError):
            if (ticket := self._spooler.find(action)) is not None and not ticket.state.over:
                self._spooler.cancel(ticket.number)
        return failed(action, code, "nothing was handed over")

    def settle(self, action: ActionId) -> PrintSettlement:
        """Say how an earlier process's print ended. Never prints; withdraws what has not begun."""
        teller = Teller(lambda _fault: None)
        status = self._reach()
        printer = self._printer or WitnessedPrinter("", self._spooler.user)
        follow = Follow(self._spooler, printer, action, 1, teller)
        evidence = follow.look()
        if not evidence.spooler_answers:
            why = status.fault.code if status.fault is not None else "silent"
            return unknown(evidence, f"the spooler cannot be asked ({why})")
        if evidence.spool is None:
            return _settle_unlisted(follow, evidence)
        with suppress(DeviceError):
            follow.begin_after_the_fact(evidence.spool, integer(self._spooler.queue(), "printer-up-time"))
        if evidence.spool.begun_at is None and not evidence.spool.state.over:
            return follow.withdraw("print.interrupted")
        settlement = follow.to_end(Deadline(SETTLE_FOLLOW_S), "print.interrupted", SETTLE_STUCK_S)
        if settlement.fault is not None and settlement.fault.code == "printer.rejected":
            return failed(action, "print.interrupted", settlement.evidence)
        return settlement

    def _reach(self) -> DeviceStatus:
        """Wait for the spooler to answer, which at the machine's start takes a moment."""
        patience = Deadline(SETTLE_REACH_S)
        while True:
            status, _ = self._ask()
            code = None if status.fault is None else status.fault.code
            if code != "printer.spooler_down" or patience.passed:
                return status
            patience.pause(READY_POLL_S)


def _settle_unlisted(follow: Follow, evidence: Evidence) -> PrintSettlement:
    """Settle an action the spooler has no job of.

    A hand-over begins with an empty job in the spooler's history, but a spooler that crashed may
    have lost it, so its absence proves nothing. Only the printer's own list can still say "sent".
    """
    if evidence.printed_whole:
        return sent(evidence, "the printer lists it as done")
    follow.take_back(evidence)
    return unknown(evidence, "the spooler has no such job")
