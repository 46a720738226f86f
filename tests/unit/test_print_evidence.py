"""Evidence on a print: success is never claimed on doubt, and failure never without proof."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.cases import PrintOutcome
from contract.ids import ActionId
from devices.drivers.cups_device import DeviceJob, Sight
from devices.drivers.cups_spooler import JobState, SpoolJob
from devices.drivers.print_evidence import Evidence, judge

ACTION = ActionId("01J00000000000000000000000")


def spool(state: JobState, *, begun: bool = True) -> SpoolJob:
    return SpoolJob(1, ACTION, state, 1000 if begun else None, waits_for_document=False)


def seen(*jobs: DeviceJob) -> Sight:
    return Sight(answered=True, jobs=jobs)


WELL = Evidence(
    ACTION, 1, spooler_answers=True, spool=spool(JobState.COMPLETED), sight=seen(DeviceJob(JobState.COMPLETED, 1))
)
JOBS = st.builds(DeviceJob, st.sampled_from(JobState), st.none() | st.integers(0, 3))
SIGHTS = st.none() | st.builds(
    Sight,
    answered=st.booleans(),
    impressions=st.none() | st.integers(0, 3),
    jobs=st.lists(JOBS, max_size=2).map(tuple),
)
EVIDENCE = st.builds(
    Evidence,
    action=st.just(ACTION),
    asked=st.integers(1, 2),
    spooler_answers=st.booleans(),
    spool=st.none() | st.builds(spool, st.sampled_from(JobState), begun=st.booleans()),
    sight=SIGHTS,
    spooler_restarted=st.booleans(),
    printer_restarted=st.booleans(),
    printer_may_be_another=st.booleans(),
    impressions_before=st.none() | st.integers(0, 3),
)


def outcome(evidence: Evidence) -> PrintOutcome | None:
    verdict = judge(evidence)
    return None if verdict is None else verdict.outcome


def test_printer_that_counted_every_sheet_is_believed_before_the_spooler_is_done() -> None:
    assert outcome(replace(WELL, spool=spool(JobState.PROCESSING))) is PrintOutcome.SENT


def test_completed_at_the_spooler_waits_for_the_printer_to_finish() -> None:
    assert outcome(replace(WELL, sight=seen(DeviceJob(JobState.PROCESSING, 0)))) is None


def test_printer_on_usb_has_no_witness_but_the_spooler() -> None:
    assert outcome(replace(WELL, sight=None)) is PrintOutcome.SENT


def test_completed_job_that_a_silent_printer_does_not_list_is_in_doubt() -> None:
    evidence = replace(WELL, sight=seen())
    assert outcome(evidence) is PrintOutcome.SENT
    assert outcome(replace(evidence, printer_may_be_another=True)) is PrintOutcome.UNKNOWN


@pytest.mark.parametrize("state", [JobState.ABORTED, JobState.CANCELLED])
def test_job_that_ended_badly_failed_only_when_the_printer_counted_nothing(state: JobState) -> None:
    nothing = replace(WELL, spool=spool(state), sight=seen(DeviceJob(JobState.CANCELLED, 0)))
    assert outcome(nothing) is PrintOutcome.FAILED
    assert outcome(replace(nothing, sight=seen(DeviceJob(JobState.CANCELLED, 1)))) is PrintOutcome.UNKNOWN
    assert outcome(replace(nothing, sight=seen(DeviceJob(JobState.CANCELLED, None)))) is PrintOutcome.UNKNOWN
    assert outcome(replace(nothing, sight=seen())) is PrintOutcome.UNKNOWN


def test_counter_of_the_printer_that_moved_outweighs_a_job_that_says_none() -> None:
    sight = Sight(answered=True, impressions=8, jobs=(DeviceJob(JobState.ABORTED, 0),))
    evidence = replace(WELL, spool=spool(JobState.ABORTED), sight=sight, impressions_before=7)
    assert outcome(evidence) is PrintOutcome.UNKNOWN
    assert outcome(replace(evidence, impressions_before=8)) is PrintOutcome.FAILED


def test_job_listed_twice_with_sheets_is_in_doubt() -> None:
    twice = seen(DeviceJob(JobState.COMPLETED, 1), DeviceJob(JobState.COMPLETED, 1))
    assert outcome(replace(WELL, sight=twice)) is PrintOutcome.UNKNOWN


def test_job_that_vanished_is_in_doubt() -> None:
    assert outcome(replace(WELL, spool=None, sight=seen())) is PrintOutcome.UNKNOWN


@given(EVIDENCE)
def test_success_is_never_claimed_after_a_restart_or_without_a_finished_witness(evidence: Evidence) -> None:
    if outcome(evidence) is PrintOutcome.SENT:
        assert not evidence.spooler_restarted
        assert not evidence.printer_restarted
        finished = evidence.spool is not None and evidence.spool.state is JobState.COMPLETED
        assert finished or evidence.printed_whole


@given(EVIDENCE)
def test_failure_is_never_claimed_when_a_sheet_may_lie_there(evidence: Evidence) -> None:
    if outcome(evidence) is PrintOutcome.FAILED:
        assert evidence.counted == 0
        assert not evidence.spooler_restarted
        assert not evidence.printer_restarted


COUNTED = replace(WELL, sight=Sight(answered=True, impressions=101), impressions_before=100)


def test_printer_that_only_counts_everything_is_a_witness_too() -> None:
    assert outcome(COUNTED) is PrintOutcome.SENT
    assert outcome(replace(COUNTED, sight=seen(DeviceJob(JobState.COMPLETED, None)))) is PrintOutcome.SENT


def test_spooler_that_says_completed_is_not_believed_while_the_counter_stands_still() -> None:
    """A printer killed in mid-job and back at once: the spooler calls the job completed."""
    assert outcome(replace(COUNTED, sight=Sight(answered=True, impressions=100))) is None
    listed = Sight(answered=True, impressions=100, jobs=(DeviceJob(JobState.COMPLETED, None),))
    assert outcome(replace(COUNTED, sight=listed)) is None


def test_counter_that_moved_under_an_aborted_job_leaves_doubt() -> None:
    assert outcome(replace(COUNTED, spool=spool(JobState.ABORTED))) is PrintOutcome.UNKNOWN


@given(EVIDENCE)
def test_a_counter_that_stands_still_never_makes_a_success(evidence: Evidence) -> None:
    job = evidence.job
    if evidence.counter_moved == 0 and (job is None or job.sheets is None):
        assert outcome(evidence) is not PrintOutcome.SENT
