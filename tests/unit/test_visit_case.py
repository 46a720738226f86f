"""The case and its paper: one confirmation is one case, and the screen never promises what is not known."""

from dataclasses import replace

import pytest

from contract.cases import CaseStage, PrintOutcome
from contract.catalogue import Catalogue, CommitStep, LookupStep, NoticeStep, ReviewStep, ServiceItem
from contract.fault import FAULTS, Fault
from contract.ids import CaseId, VisitId
from devices.values import DeviceState, DeviceStatus
from kiosk_app.agent.rules import UnusableCatalogue, check
from kiosk_app.link.desk import CaseDelivered, CaseProgress, Interrupted, Rating
from kiosk_app.visit.effects import AskRegister, CancelPrint, CommitCase, EndVisit, RecordRating
from kiosk_app.visit.events import CaseKept, CaseRefused, Resumed
from kiosk_app.visit.state import Apologising, Finished, Idle, Printing, Reviewing
from tests.unit.documents import catalogue
from tests.visit_bench import ITEM, NAME, Hand, count, marks_in, only, reach, receipt

NO_PAPER = DeviceStatus(DeviceState.USER_ERROR, fault=Fault.of("printer.media_empty"))


def test_a_confirmation_commits_what_was_shown() -> None:
    hand = reach("Reviewing")
    answer = hand.now(Reviewing).visit.answer
    assert answer is not None
    hand.touch("language", "en")
    request = only(CommitCase, hand.touch("confirm")).request
    assert hand.name == "Committing"
    assert (request.visit_id, request.item_id, request.lookup_id) == (hand.visit, ITEM, answer.lookup_id)
    assert (request.applicant.name, request.language) == (NAME, "en")


def test_a_second_touch_on_confirm_commits_nothing_more() -> None:
    hand = reach("Committing")
    for _ in range(3):
        assert hand.touch("confirm") == ()
    hand.kept()
    assert hand.touch("confirm") == ()
    assert count(CommitCase, hand.effects) == 1


def test_nothing_is_confirmed_while_the_printer_cannot_serve() -> None:
    hand = reach("Reviewing")
    hand.facts = replace(hand.facts, printer=NO_PAPER)
    assert hand.touch("confirm") == ()
    assert hand.name == "Reviewing"
    hand.facts = replace(hand.facts, printer=Hand().facts.printer)
    only(CommitCase, hand.touch("confirm"))


@pytest.mark.parametrize("touch", ["leave", "back", "home", "again", "begin", "done"])
def test_nobody_can_leave_while_it_is_unknown_whether_the_case_is_kept(touch: str) -> None:
    hand = reach("Committing")
    assert hand.touch(touch) == ()
    assert hand.name == "Committing"


@pytest.mark.parametrize("code", ["storage.full", "storage.broken", "agent.bug"])
def test_a_case_that_was_not_kept_is_told_so_and_can_be_committed_again(code: str) -> None:
    hand = reach("Committing")
    hand.refused(code)
    assert (hand.now(Apologising).fault.code, hand.now(Apologising).again) == (code, "commit")
    assert hand.now(Apologising).receipt is None
    only(CommitCase, hand.touch("again"))
    hand.kept()
    assert hand.name == "Printing"


def test_an_answer_that_went_stale_is_asked_for_anew_before_it_is_committed() -> None:
    hand = reach("Committing")
    hand.refused("lookup.expired")
    assert hand.now(Apologising).again == "lookup"
    request = only(AskRegister, hand.touch("again")).request
    assert hand.name == "Asking"
    hand.answers()
    assert hand.name == "Reviewing"
    assert only(CommitCase, hand.touch("confirm")).request.lookup_id == request.lookup_id


def test_whether_an_earlier_visit_s_case_was_kept_changes_nothing() -> None:
    hand = reach("Committing")
    before, old = hand.state, VisitId("an earlier visit")
    assert hand.bring(CaseKept(old, receipt("case-9"))) == ()
    assert hand.bring(CaseRefused(old, Fault.of("storage.full"))) == ()
    assert hand.state == before


def test_the_print_is_followed_from_fact_to_fact() -> None:
    hand = reach("Printing")
    for stage in (CaseStage.COMMITTED, CaseStage.RENDERED, CaseStage.PRINTING):
        hand.progress(stage)
        assert hand.name == "Printing"
        assert hand.now(Printing).stage is stage


def test_the_paper_runs_out_and_comes_back_without_losing_the_citizen() -> None:
    hand = reach("Printing")
    hand.progress(CaseStage.PRINTING, held="printer.media_empty")
    assert hand.now(Printing).held_up == Fault.of("printer.media_empty")
    hand.progress(CaseStage.PRINTING)
    assert hand.now(Printing).held_up is None
    hand.closes(PrintOutcome.SENT)
    assert hand.name == "Finished"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (PrintOutcome.SENT, None),
        (PrintOutcome.FAILED, "printer.media_jam"),
        (PrintOutcome.FAILED, "document.failed"),
        (PrintOutcome.UNKNOWN, "print.unknown"),
        (PrintOutcome.NONE, None),
    ],
)
def test_an_outcome_is_shown_as_it_is(outcome: PrintOutcome, code: str | None) -> None:
    hand = reach("Printing")
    hand.closes(outcome, code)
    assert hand.now(Finished).outcome is outcome
    assert hand.now(Finished).fault == (Fault.of(code) if code is not None else None)


def test_a_case_that_closes_without_an_outcome_is_not_taken_for_sent() -> None:
    hand = reach("Printing")
    hand.progress(CaseStage.CLOSED)
    assert hand.now(Finished).outcome is PrintOutcome.UNKNOWN


def test_a_late_report_does_not_overwrite_how_it_ended() -> None:
    hand = reach("Printing")
    hand.closes(PrintOutcome.UNKNOWN, "print.unknown")
    before = hand.state
    hand.desk(CaseProgress(CaseId("case-1"), CaseStage.CLOSED, print=PrintOutcome.SENT))
    assert hand.state == before


@pytest.mark.parametrize("place", ["Printing", "Finished"])
def test_another_case_s_progress_is_nobody_s_here(place: str) -> None:
    hand = reach(place)
    before, other = hand.state, CaseId("somebody else's")
    hand.desk(CaseProgress(other, CaseStage.CLOSED, print=PrintOutcome.SENT))
    hand.desk(CaseDelivered(other))
    assert hand.state == before


def test_the_verification_code_told_while_rendering_is_there_at_the_end() -> None:
    hand = reach("Printing")
    hand.desk(CaseProgress(CaseId("case-1"), CaseStage.RENDERED, verification_code="7K3M9Q2XH5T8B4NC"))
    hand.progress(CaseStage.PRINTING)
    hand.closes(PrintOutcome.SENT)
    assert hand.now(Finished).verification_code == "7K3M9Q2XH5T8B4NC"


def test_delivery_is_shown_when_central_has_it_and_not_before() -> None:
    hand = reach("Finished")
    assert not hand.now(Finished).delivered
    hand.delivered()
    assert hand.now(Finished).delivered


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_a_rating_is_recorded_once_and_as_it_was_given(grade: int) -> None:
    hand = reach("Finished")
    rated = hand.touch("rate", str(grade))
    assert rated == (RecordRating(Rating(hand.visit, CaseId("case-1"), grade)),)
    assert hand.touch("rate", "1") == ()
    assert count(RecordRating, hand.touch("leave")) == 0


@pytest.mark.parametrize("value", ["0", "6", "", "best", "-1", "１"])
def test_what_is_no_grade_is_not_recorded(value: str) -> None:
    hand = reach("Finished")
    assert hand.touch("rate", value) == ()
    assert not hand.now(Finished).rated


@pytest.mark.parametrize("way", ["leave", "home", "time"])
def test_who_does_not_rate_is_recorded_as_not_rated(way: str) -> None:
    hand = reach("Finished")
    visit = hand.visit
    effects = hand.wait_for_clock() if way == "time" else hand.touch(way)
    assert only(RecordRating, effects).rating == Rating(visit, CaseId("case-1"), None)


def test_leaving_a_print_cancels_it_and_counts_as_not_rated() -> None:
    hand = reach("Printing")
    visit = hand.visit
    effects = hand.touch("leave")
    assert only(CancelPrint, effects).case == CaseId("case-1")
    assert only(RecordRating, effects).rating == Rating(visit, CaseId("case-1"), None)
    assert only(EndVisit, effects).visit == visit
    before = hand.state
    hand.desk(CaseProgress(CaseId("case-1"), CaseStage.CLOSED, print=PrintOutcome.SENT))
    assert hand.state == before


@pytest.mark.parametrize("place", ["Choosing", "Consenting", "Identifying", "Asking", "Reviewing", "Apologising"])
def test_leaving_before_the_commit_cancels_and_rates_nothing(place: str) -> None:
    effects = reach(place).touch("leave")
    assert (count(CancelPrint, effects), count(RecordRating, effects), count(EndVisit, effects)) == (0, 0, 1)


def test_a_second_item_in_the_same_visit_is_a_second_case() -> None:
    hand = reach("Finished")
    visit = hand.visit
    hand.touch("home")
    assert hand.name == "Choosing"
    hand.touch("item", "tax-certificate")
    hand.touch("consent")
    hand.answers()
    hand.touch("confirm")
    hand.kept("case-2")
    hand.closes(PrintOutcome.SENT)
    assert (hand.visit, count(CommitCase, hand.effects)) == (visit, 2)
    assert only(RecordRating, hand.touch("rate", "2")).rating.case_id == CaseId("case-2")


@pytest.mark.parametrize("outcome", [None, *PrintOutcome])
def test_an_interrupted_visit_is_owned_up_to(outcome: PrintOutcome | None) -> None:
    hand = Hand()
    hand.bring(Resumed(Interrupted(VisitId("before"), receipt() if outcome else None, outcome)))
    assert hand.now(Apologising).fault.code == "visit.interrupted"
    assert hand.now(Apologising).print is outcome
    assert hand.state.visit is None
    assert not marks_in(hand.state)


@pytest.mark.parametrize("way", ["done", "begin", "leave", "time"])
def test_the_apology_for_an_interruption_ends_in_the_idle_screen(way: str) -> None:
    hand = Hand()
    hand.bring(Resumed(Interrupted(VisitId("before"), receipt(), PrintOutcome.UNKNOWN)))
    effects = hand.wait_for_clock() if way == "time" else hand.touch(way)
    assert (hand.situation, effects) == (Idle(), ())


def test_nobody_begins_over_what_still_has_to_be_said_to_whoever_was_interrupted() -> None:
    hand = Hand()
    hand.facts = replace(hand.facts, settled=False)
    for touch in ("begin", "language"):
        hand.touch(touch, "en")
        assert hand.situation == Idle()
    hand.bring(Resumed(Interrupted(VisitId("before"), receipt(), PrintOutcome.UNKNOWN)))
    assert hand.name == "Apologising"


def test_everything_settled_without_a_visit_is_no_news() -> None:
    hand = Hand()
    assert hand.bring(Resumed(None)) == ()
    assert hand.situation == Idle()


def test_an_interruption_does_not_push_aside_who_has_begun_already() -> None:
    hand = reach("Consenting")
    before = hand.state
    hand.bring(Resumed(Interrupted(VisitId("before"), receipt(), PrintOutcome.UNKNOWN)))
    assert hand.state == before


@pytest.mark.parametrize("item", [item.id for item in catalogue().items if item.steps[-1].kind == "commit"])
def test_every_item_on_offer_can_be_walked_to_its_paper(item: str) -> None:
    hand = reach("Choosing")
    hand.touch("item", item)
    hand.touch("consent")
    hand.card()
    hand.answers()
    hand.touch("confirm")
    hand.kept()
    hand.closes(PrintOutcome.SENT)
    assert hand.name == "Finished"


def with_steps(*kinds: type) -> Catalogue:
    item = catalogue().item(ITEM)
    steps = tuple(step for kind in kinds for step in item.steps if isinstance(step, kind))
    changed: ServiceItem = item.model_copy(update={"steps": steps})
    return catalogue().model_copy(update={"items": (changed,)})


@pytest.mark.parametrize(
    "kinds",
    [(), (NoticeStep,), (NoticeStep, ReviewStep), (LookupStep, ReviewStep, CommitStep), (CommitStep,)],
    ids=lambda kinds: "-".join(kind.__name__ for kind in kinds) or "nothing",
)
def test_an_item_that_no_citizen_could_walk_is_refused_with_its_catalogue(kinds: tuple[type, ...]) -> None:
    with pytest.raises(UnusableCatalogue, match=ITEM):
        check(with_steps(*kinds))


def test_every_fault_can_be_apologised_for() -> None:
    for code in FAULTS:
        hand = reach("Asking")
        hand.refuses_to_answer(code)
        assert hand.name == "Apologising"
        hand.touch("again")
        hand.touch("leave")
        assert hand.name == "Leaving"
