"""What the evidence on a print amounts to: sent, failed, unknown, or not decided yet. Pure.

`sent` needs a witness that the printer finished, and that neither spooler nor printer was another
process since; `failed` needs one that nothing came out. Everything between is `unknown`. The hazard
is both ways: a success shown for an empty tray, and a failure shown for a sheet that lies there, which
would then be printed again.
"""

from dataclasses import dataclass

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId
from devices.drivers.cups_device import DeviceJob, Sight
from devices.drivers.cups_spooler import JobState, SpoolJob
from devices.values import PrintSettlement


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything known of one print at one moment."""

    action: ActionId
    asked: int
    """Sheets the job should have."""
    spooler_answers: bool
    spool: SpoolJob | None
    sight: Sight | None
    """None when the printer can never be asked, such as one on USB."""
    spooler_restarted: bool = False
    printer_restarted: bool = False
    printer_may_be_another: bool = False
    """It was silent for a while or new at the hand-over, and its up-time cannot tell whether it is the same one."""
    impressions_before: int | None = None

    @property
    def job(self) -> DeviceJob | None:
        return None if self.sight is None else self.sight.job

    @property
    def counted(self) -> int:
        """Sheets that the printer says came out of this job."""
        return 0 if self.job is None else self.job.sheets or 0

    @property
    def printed_whole(self) -> bool:
        """Whether the printer's own list says that the job is done with every sheet."""
        job = self.job
        return job is not None and job.state is JobState.COMPLETED and (job.sheets or 0) >= self.asked

    @property
    def nothing_came_out(self) -> bool:
        """Whether that is proven, not just likely."""
        if self.spooler_restarted or self.printer_restarted or self.spool is None:
            return False
        job = self.job
        if job is None:
            return self.spool.begun_at is None
        return job.state in (JobState.CANCELLED, JobState.ABORTED) and job.sheets == 0 and not self.counter_moved

    @property
    def counter_moved(self) -> int | None:
        """By how much the printer's count of everything grew since just before the hand-over; None without one."""
        after = None if self.sight is None else self.sight.impressions
        return None if after is None or self.impressions_before is None else after - self.impressions_before

    @property
    def forsaken(self) -> bool:
        """Whether no spooler works on the job any more, so that none will take it back from the printer."""
        return self.spooler_restarted or self.spool is None or self.spool.state.over

    @property
    def at_rest(self) -> bool:
        """Whether neither spooler nor printer works on the job any more."""
        spool_rests = self.spooler_answers and (self.spool is None or self.spool.state.over)
        if self.sight is None:
            return spool_rests
        return spool_rests and self.sight.answered and (self.job is None or self.job.state.over)


def sent(evidence: Evidence, why: str) -> PrintSettlement:
    return PrintSettlement(evidence.action, PrintOutcome.SENT, None, max(evidence.counted, evidence.asked), why)


def failed(action: ActionId, code: str, why: str) -> PrintSettlement:
    return PrintSettlement(action, PrintOutcome.FAILED, Fault.of(code, why), 0, why)


def unknown(evidence: Evidence, why: str) -> PrintSettlement:
    fault = Fault.of("print.unknown", why)
    return PrintSettlement(evidence.action, PrintOutcome.UNKNOWN, fault, evidence.counted, why)


def _doubt(evidence: Evidence) -> str | None:
    """Say why nobody can know any more, None when there is no such reason."""
    if evidence.spooler_restarted:
        return "the spooler was restarted in mid-job"
    if evidence.printer_restarted:
        return "the printer was restarted in mid-job"
    if evidence.sight is not None and sum(1 for job in evidence.sight.jobs if job.sheets) > 1:
        return "the printer lists the job more than once"
    if evidence.spool is None and not evidence.printed_whole:
        return "the spooler does not know the job any more"
    return None


def judge(evidence: Evidence) -> PrintSettlement | None:
    """Say how the print ended, None while that is open."""
    if not evidence.spooler_answers:
        return None
    if (doubt := _doubt(evidence)) is not None:
        return unknown(evidence, doubt)
    if evidence.printed_whole:
        return sent(evidence, f"the printer counted {evidence.counted} of {evidence.asked}")
    if evidence.spool is None or not evidence.spool.state.over:
        return None
    return _judge_finished(evidence, evidence.spool.state)


def _judge_finished(evidence: Evidence, state: JobState) -> PrintSettlement | None:
    """Judge a job that is over for the spooler."""
    if evidence.sight is None and state is JobState.COMPLETED:
        return sent(evidence, "the spooler completed it; the printer cannot be asked")
    if evidence.nothing_came_out:
        return failed(evidence.action, "printer.rejected", "nothing came out")
    if not evidence.at_rest:
        return None
    job = evidence.job
    if (job is None or job.sheets is None) and evidence.counter_moved is not None:
        return _judge_counter(evidence, evidence.counter_moved, state)
    ended_well = not evidence.printer_may_be_another if job is None else job.state is JobState.COMPLETED
    if state is JobState.COMPLETED and ended_well:
        return sent(evidence, "the spooler completed it and the printer ran through")
    return unknown(evidence, f"ended as {state.name.lower()} and nobody knows what came out")


def _judge_counter(evidence: Evidence, moved: int, state: JobState) -> PrintSettlement | None:
    """Judge by the counter of a printer that lists no jobs: it knows what the spooler can only guess."""
    if state is JobState.COMPLETED and moved >= evidence.asked:
        return sent(evidence, f"the printer's counter rose by {moved} of {evidence.asked}")
    if state is JobState.COMPLETED and moved < evidence.asked:
        return None  # it may count when the sheet is out; whoever follows loses patience
    return unknown(evidence, f"ended as {state.name.lower()} and the printer's counter rose by {moved}")
