"""Follows one job from hand-over to its end, or takes it back.

It asks spooler and printer in turns and lets `print_evidence` judge. It never submits anything. The
hazard is a sheet that nobody waits for: a job whose outcome is settled without being sent is withdrawn
from the spooler first, so that it cannot come out later on its own.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress

from contract.fault import Fault
from contract.ids import ActionId
from devices.deadline import Deadline
from devices.drivers.cups_device import Sight, WitnessedPrinter
from devices.drivers.cups_spooler import Spooler, SpoolJob
from devices.drivers.ipp_state import holds_up, printer_status
from devices.drivers.ipp_wire import Group
from devices.drivers.print_evidence import Evidence, failed, judge, unknown
from devices.errors import Cancelled, DeviceError, Silent
from devices.values import PrintSettlement

POLL_S = 0.2
SPOOLER_BACK_S = 6.0
"""A spooler that is restarted by its supervisor is back within a second or two."""
CONFIRM_S = 10.0
"""How long a printer may take to say that the job the spooler calls finished is finished."""
SETTLED_ON_S = 10.0
"""A printer on for this long cannot be switched off and on again without its up-time showing it."""
WITHDRAW_S = 5.0
"""How long a withdrawn order looks for what came out, before the actor takes the call for wedged."""


class Teller:
    """Passes a hold-up on when it changes, not with every poll."""

    def __init__(self, say: Callable[[Fault | None], None]) -> None:
        self._say = say
        self._last: str | None = None

    def tell(self, fault: Fault | None) -> None:
        code = None if fault is None else fault.code
        if code != self._last:
            self._last = code
            self._say(fault)


class Follow:
    """One job being watched."""

    def __init__(
        self, spooler: Spooler, printer: WitnessedPrinter, action: ActionId, asked: int, teller: Teller
    ) -> None:
        self._spooler, self._printer, self._teller = spooler, printer, teller
        self._action, self._asked = action, asked
        self._breaks = spooler.breaks
        self._on_by: float | None = None
        self._impressions: int | None = None
        self._taken_over = False
        self._up_time_tells = False
        self._was_new = False
        self._was_listed = False
        self._was_silent = False
        self.held_up: Fault | None = None

    def begin_at(self, sight: Sight) -> None:
        """Remember how the printer was just before the hand-over."""
        self._breaks = self._spooler.breaks
        self._on_by, self._impressions = sight.on_before, sight.impressions
        if sight.on_before is not None:
            self._up_time_tells = time.monotonic() - sight.on_before > SETTLED_ON_S
            self._was_new = not self._up_time_tells

    def begin_after_the_fact(self, spool: SpoolJob, spooler_now: int | None) -> None:
        """Take an earlier process's job over: it began at `begun_at` by the spooler's clock.

        A printer that was switched on after that may have been off when the job began, or restarted in
        mid-job. Only its own list of jobs can tell the two apart: what it lists, it has not lost.
        """
        self._taken_over = True
        if spool.begun_at is not None and spooler_now is not None:
            self._on_by = time.monotonic() - (spooler_now - spool.begun_at) - 1
            self._up_time_tells = True

    def look(self) -> Evidence:
        """Ask everybody once."""
        queue: Group = {}
        spool: SpoolJob | None = None
        spooler_answers = True
        fault: Fault | None = None
        try:
            queue = self._spooler.queue()
            spool = self._spooler.find(self._action)
        except DeviceError as error:
            spooler_answers, fault = False, error.fault
        sight = Sight(answered=False)
        try:
            sight = self._printer.look(self._action)
        except Silent:  # it sleeps, and the job is what wakes it: nothing that holds anybody up
            pass
        except DeviceError as error:
            fault = fault or error.fault
        else:
            if spooler_answers:
                device = sight.printer if self._printer.can_be_asked else None
                fault = holds_up(printer_status(queue, device))
        self.held_up = fault
        self._was_listed = self._was_listed or bool(sight.jobs)
        self._was_silent = self._was_silent or not sight.answered
        return Evidence(
            action=self._action,
            asked=self._asked,
            spooler_answers=spooler_answers,
            spool=spool,
            sight=sight if self._printer.can_be_asked else None,
            spooler_restarted=self._spooler.breaks != self._breaks,
            printer_restarted=self._was_restarted(sight),
            printer_may_be_another=(self._was_silent or self._was_new) and not self._up_time_tells,
            impressions_before=self._impressions,
        )

    def _was_restarted(self, sight: Sight) -> bool:
        """Whether the printer that answers now is another life of the one that took the job.

        Its up-time tells, unless it was switched on a moment before; then a list of jobs that forgot ours
        does. Many printers list no job that is over, so forgetting alone proves nothing.
        """
        forgot = self._was_listed and sight.answered and not sight.jobs and not self._up_time_tells
        if self._taken_over and sight.jobs:
            return False
        # Of a job taken over it has to be proven that the printer was on already, of our own that it was not.
        since = sight.on_before if self._taken_over else sight.on_after
        if since is None or self._on_by is None:
            return forgot
        return forgot or since > self._on_by

    def to_end(self, until: Deadline, late_code: str, stuck_s: float = math.inf) -> PrintSettlement:
        """Follow the job until it is settled; withdraw it when the order is, or when time is up.

        Args:
            until: the order's deadline.
            late_code: the fault when it passes.
            stuck_s: how long the job may wait for help before it counts as late.
        """
        silent_since: float | None = None
        stuck_since: float | None = None
        over_since: float | None = None
        while True:
            evidence = self.look()
            now = time.monotonic()
            verdict = judge(evidence)
            if verdict is None and not evidence.spooler_answers:
                silent_since = silent_since or now
                if now - silent_since > SPOOLER_BACK_S:
                    verdict = unknown(evidence, "the spooler was lost in mid-job")
            elif verdict is None and evidence.spool is not None and evidence.spool.state.over:
                over_since = over_since or now
                if now - over_since > CONFIRM_S:
                    verdict = unknown(evidence, "the printer did not confirm")
            if verdict is not None:
                self.take_back(evidence)
                self._teller.tell(None)
                return verdict
            self._teller.tell(self.held_up)
            try:
                until.pause(POLL_S)
            except Cancelled:
                return self.withdraw("print.cancelled")
            stuck_since = None if self.held_up is None else stuck_since or now
            if until.passed or (stuck_since is not None and now - stuck_since > stuck_s):
                return self.withdraw(late_code)

    def withdraw(self, code: str) -> PrintSettlement:
        """Take the job back and say with `code` that it failed, if nothing came out of it."""
        patience = Deadline(WITHDRAW_S)
        while True:
            evidence = self.look()
            self.take_back(evidence)
            if evidence.at_rest or patience.passed:
                break
            patience.pause(POLL_S)
        self._teller.tell(None)
        if evidence.nothing_came_out:
            return failed(self._action, code, "withdrawn before anything came out")
        return judge(evidence) or unknown(evidence, f"withdrawn ({code}) and nobody knows what came out")

    def take_back(self, evidence: Evidence) -> None:
        """Withdraw what is left of a job that was not printed whole, from the spooler and from the printer."""
        spool = evidence.spool
        if evidence.printed_whole:
            return
        with suppress(DeviceError):  # the caller looks again, or has nothing left to try
            if spool is not None and not spool.state.over:
                self._spooler.cancel(spool.number)
            if evidence.job is not None and not evidence.job.state.over and evidence.forsaken:
                self._printer.withdraw(self._action)
