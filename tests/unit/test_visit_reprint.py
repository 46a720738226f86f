"""A print that failed can be had again within its visit, when asked for; one that may have come out cannot."""

from dataclasses import replace

import pytest

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import CaseId
from devices.values import DeviceState, DeviceStatus
from kiosk_app.link.desk import CaseProgress, Rating
from kiosk_app.visit.effects import CancelPrint, PrintAgain, RecordRating
from kiosk_app.visit.events import ReprintRefused
from kiosk_app.visit.state import Finished, Printing
from tests.visit_bench import Hand, count, only, reach
from ui import pages

CASE = CaseId("case-1")
NO_PAPER = DeviceStatus(DeviceState.USER_ERROR, fault=Fault.of("printer.media_empty"))


def failed(code: str = "printer.media_empty") -> Hand:
    hand = reach("Printing")
    hand.closes(PrintOutcome.FAILED, code)
    return hand


def test_a_print_that_failed_is_printed_again_when_asked_for_and_told_to_its_end() -> None:
    hand = failed()
    request = only(PrintAgain, hand.touch("print-again")).request
    assert (request.visit_id, request.case_id) == (hand.visit, CASE)
    assert request.action_id
    assert hand.now(Printing).stage is CaseStage.RENDERED
    hand.progress(CaseStage.PRINTING, held="printer.media_jam")
    hand.progress(CaseStage.PRINTING)
    hand.closes(PrintOutcome.SENT)
    assert hand.now(Finished).outcome is PrintOutcome.SENT
    assert not pages.done_page(hand.state, hand.facts).again


def test_each_print_has_an_action_of_its_own() -> None:
    hand = failed()
    first = only(PrintAgain, hand.touch("print-again")).request
    hand.closes(PrintOutcome.FAILED, "printer.media_jam")
    second = only(PrintAgain, hand.touch("print-again")).request
    assert first.action_id != second.action_id


def test_a_second_touch_while_it_prints_again_asks_for_nothing_more() -> None:
    hand = failed()
    hand.touch("print-again")
    assert hand.touch("print-again") == ()
    assert count(PrintAgain, hand.effects) == 1


@pytest.mark.parametrize("outcome", [PrintOutcome.SENT, PrintOutcome.UNKNOWN, PrintOutcome.NONE])
def test_what_did_not_fail_is_never_printed_again(outcome: PrintOutcome) -> None:
    hand = reach("Printing")
    hand.closes(outcome, "print.unknown" if outcome is PrintOutcome.UNKNOWN else None)
    assert not pages.done_page(hand.state, hand.facts).again
    assert hand.touch("print-again") == ()
    assert hand.now(Finished).outcome is outcome


def test_a_document_that_cannot_be_made_is_not_offered_again() -> None:
    hand = failed("document.failed")
    assert not pages.done_page(hand.state, hand.facts).again
    assert hand.touch("print-again") == ()


def test_it_is_offered_as_soon_as_the_printer_serves_again() -> None:
    hand = failed()
    serving, hand.facts = hand.facts, replace(hand.facts, printer=NO_PAPER)
    assert not pages.done_page(hand.state, hand.facts).again
    assert hand.touch("print-again") == ()
    hand.facts = replace(hand.facts, printer=serving.printer)
    assert pages.done_page(hand.state, hand.facts).again
    only(PrintAgain, hand.touch("print-again"))


def test_a_rating_given_before_stands_and_is_not_asked_for_again() -> None:
    hand = failed()
    hand.touch("rate", "2")
    hand.touch("print-again")
    assert count(RecordRating, hand.touch("leave")) == 0


def test_who_leaves_while_it_prints_again_takes_the_print_back() -> None:
    hand = failed()
    visit = hand.visit
    hand.touch("print-again")
    effects = hand.touch("leave")
    assert only(CancelPrint, effects).case == CASE
    assert only(RecordRating, effects).rating == Rating(visit, CASE, None)


@pytest.mark.parametrize(
    ("code", "outcome"), [("print.unknown", PrintOutcome.UNKNOWN), ("document.failed", PrintOutcome.FAILED)]
)
def test_an_agent_that_refuses_is_told_truly(code: str, outcome: PrintOutcome) -> None:
    hand = failed()
    hand.touch("print-again")
    hand.bring(ReprintRefused(CASE, Fault.of(code)))
    assert (hand.now(Finished).outcome, hand.now(Finished).fault) == (outcome, Fault.of(code))


def test_an_agent_that_started_anew_tells_the_first_end_and_then_the_second() -> None:
    hand = failed()
    hand.touch("print-again")
    hand.closes(PrintOutcome.FAILED, "print.interrupted")
    assert hand.name == "Finished"
    hand.desk(CaseProgress(CASE, CaseStage.PRINTING))
    assert hand.name == "Printing"
    hand.closes(PrintOutcome.SENT)
    assert hand.now(Finished).outcome is PrintOutcome.SENT
