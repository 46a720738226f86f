"""Checking a certificate: the code, what it leads to, and everything else that may be held before the scanner."""

from dataclasses import replace

import pytest

from contract import codes
from contract.fault import Fault
from contract.ids import LookupId, OrderId
from devices.events import CardRead, CodeFault, CodeRead, OrderEnded
from devices.values import Code, DeviceState, DeviceStatus
from kiosk_app.visit.effects import AskRegister, Effect, EndVisit, ReadCode, WatchCard, WithdrawOrder
from kiosk_app.visit.events import DeviceSaid, RegisterAnswered, RegisterFailed
from kiosk_app.visit.facts import blocked
from kiosk_app.visit.state import Apologising, Asking, Choosing, Reviewing, Scanning
from kiosk_app.visit.timing import SCAN_ORDER_S
from tests.unit.documents import VERIFY_URL, catalogue
from tests.visit_bench import (
    CHECK,
    CODE,
    READER,
    SCANNED,
    SCANNER,
    Hand,
    count,
    id_card,
    issued_answer,
    only,
    reach,
    values_in,
)
from ui.page_values import Shown
from ui.pages import review_page, scanner_page, tiles, trouble_page
from ui.situation import shown

FOREIGN = "https://example.invalid/pay?account=7788"
OTHER = "https://fuwu.example.gov.cn.example.invalid/verify?code=" + CODE


def scanning() -> Hand:
    hand = reach("Choosing")
    hand.touch("item", CHECK)
    hand.now(Scanning)
    return hand


def scan(hand: Hand, text: str) -> tuple[Effect, ...]:
    return hand.device(CodeRead(SCANNER, hand.now(Scanning).order, Code(text)))


def asking() -> Hand:
    hand = scanning()
    scan(hand, SCANNED)
    return hand


def found(outcome: str = "sent") -> Hand:
    hand = asking()
    lookup = hand.now(Asking).lookup
    hand.bring(RegisterAnswered(lookup, issued_answer(lookup, outcome)))
    return hand


def unknown() -> Hand:
    hand = asking()
    hand.bring(RegisterFailed(hand.now(Asking).lookup, Fault.of("code.unknown")))
    return hand


def test_the_scanner_is_asked_as_soon_as_the_item_is_chosen_and_no_card_is() -> None:
    hand = reach("Choosing")
    order = only(ReadCode, hand.touch("item", CHECK))
    assert (order.order, order.seconds) == (hand.now(Scanning).order, SCAN_ORDER_S)
    assert hand.now(Scanning).visit.used_reader is False


@pytest.mark.parametrize(
    "text", [SCANNED, SCANNED.replace("https://fuwu", "HTTPS://FUWU"), CODE, codes.group(CODE).lower()]
)
def test_a_certificate_s_code_stops_the_scanner_and_asks_about_nobody(text: str) -> None:
    hand = scanning()
    order = hand.now(Scanning).order
    effects = scan(hand, text)
    assert effects[0] == WithdrawOrder(order)
    request = only(AskRegister, effects).request
    assert (request.register_name, request.code, request.applicant) == ("issued-documents", CODE, None)
    assert CODE not in repr((hand.state, effects, request))


@pytest.mark.parametrize("text", [FOREIGN, OTHER, VERIFY_URL, CODE[:-1] + "0", "", "订单 42"])
def test_whatever_else_is_held_before_the_scanner_is_refused_and_kept_nowhere(text: str) -> None:
    hand = scanning()
    order = hand.now(Scanning).order
    assert scan(hand, text) == ()
    now = hand.now(Scanning)
    assert (now.order, now.fault) == (order, Fault.of("code.not_ours"))
    assert not [value for value in values_in(hand.state) if value == text != ""]
    scan(hand, SCANNED)
    hand.now(Asking)


def test_a_code_that_cannot_be_read_is_told_and_the_next_one_goes_on() -> None:
    hand = scanning()
    hand.device(CodeFault(SCANNER, hand.now(Scanning).order, Fault.of("code.unreadable", "too long")))
    page = scanner_page(hand.state, hand.facts)
    assert (page.fault, page.scanner_fault) == ("code.unreadable", "")
    scan(hand, SCANNED)
    hand.now(Asking)


def test_somebody_who_shows_wrong_codes_is_still_there() -> None:
    hand = scanning()
    hand.pass_time(50)
    scan(hand, FOREIGN)
    assert hand.seconds_left() == 60
    hand.pass_time(50)
    scan(hand, OTHER)
    assert hand.seconds_left() == 60, "the same fault again is another code again"


def test_who_walks_away_from_the_scanner_is_warned_then_forgotten() -> None:
    hand = scanning()
    order = hand.now(Scanning).order
    hand.wait_for_clock()
    assert hand.name == "Scanning"
    effects = hand.wait_for_clock()
    assert hand.name == "Leaving"
    assert WithdrawOrder(order) in effects
    assert count(EndVisit, effects) == 1
    assert count(WatchCard, effects) == 0, "no card was asked for, so none is looked for"


@pytest.mark.parametrize("way", ["back", "home", "leave"])
def test_going_away_from_the_scanner_stops_it_from_reading(way: str) -> None:
    hand = scanning()
    order = hand.now(Scanning).order
    assert WithdrawOrder(order) in hand.touch(way)
    assert hand.name == ("Leaving" if way == "leave" else "Choosing")


def test_a_code_that_comes_after_the_citizen_left_changes_nothing() -> None:
    hand = scanning()
    order = hand.now(Scanning).order
    hand.touch("back")
    before = hand.state
    assert hand.device(CodeRead(SCANNER, order, Code(SCANNED))) == ()
    assert hand.state == before


def test_answers_of_other_orders_change_nothing() -> None:
    hand = scanning()
    before, old = hand.state, OrderId("of an earlier citizen")
    for event in (
        CodeRead(SCANNER, old, Code(SCANNED)),
        CodeFault(SCANNER, old, Fault.of("code.unreadable")),
        OrderEnded(SCANNER, old, Fault.of("scanner.absent")),
        CardRead(READER, hand.now(Scanning).order, id_card()),
    ):
        assert hand.bring(DeviceSaid(event)) == ()
    assert hand.state == before


@pytest.mark.parametrize("code", ["scanner.absent", "code.none_presented", "device.bug", None])
def test_a_scanner_that_gives_up_is_owned_up_to_and_can_be_tried_again(code: str | None) -> None:
    hand = scanning()
    hand.device(OrderEnded(SCANNER, hand.now(Scanning).order, Fault.of(code) if code else None))
    assert hand.now(Apologising).fault.code == (code or "scanner.offline")
    only(ReadCode, hand.touch("again"))
    hand.now(Scanning)


def test_a_scanner_that_is_away_is_told_and_blocks_the_item() -> None:
    hand = scanning()
    gone = DeviceStatus(DeviceState.NO_DEVICE, fault=Fault.of("scanner.absent"))
    hand.facts = replace(hand.facts, scanner=gone)
    assert scanner_page(hand.state, hand.facts).scanner_fault == "scanner.absent"
    item = catalogue().item(CHECK)
    assert blocked(item, hand.facts) == Fault.of("scanner.absent")
    assert blocked(item, replace(hand.facts, scanner=None)) == Fault.of("scanner.absent")
    hand.touch("back")
    assert hand.touch("item", CHECK) == ()
    assert {tile.item_id: tile.fault for tile in tiles(hand.state, hand.facts)}[CHECK] == "scanner.absent"


def test_an_item_without_a_card_does_not_wait_for_the_reader() -> None:
    hand = reach("Choosing")
    hand.facts = replace(hand.facts, reader=None, printer=None)
    hand.touch("item", CHECK)
    hand.now(Scanning)


def test_the_result_shows_what_the_paper_must_say_and_how_it_was_printed() -> None:
    page = review_page(found().state, Hand().facts)
    assert (page.tone, page.headline_value) == ("good", "社会保险参保证明")
    assert page.listed == (("姓名", "欧阳**"), ("公民身份号码", "210104********9991"))
    assert ("出具时间", "2026年11月21日 10:03") in page.facts
    assert ("效力", "演示样本，不能作为证明") in page.facts
    assert page.ends_here
    assert page.blocked == ""


@pytest.mark.parametrize("outcome", ["failed", "unknown", "none", "", "sent-to-the-moon"])
def test_only_a_paper_that_was_printed_whole_is_called_good(outcome: str) -> None:
    page = review_page(found(outcome).state, Hand().facts)
    assert page.tone == "doubt"
    assert page.finding


def test_the_result_is_the_end_nothing_can_be_submitted_after_it() -> None:
    hand = found()
    assert hand.touch("confirm") == ()
    hand.now(Reviewing)
    view = shown(hand.state, hand.facts, Shown())
    assert view.step_kinds == ("scan", "result")
    assert view.step_index == 1


def test_done_ends_the_visit_and_looks_for_no_card() -> None:
    effects = found().touch("leave")
    assert count(EndVisit, effects) == 1
    assert count(WatchCard, effects) == 0


def test_another_certificate_can_be_checked_and_the_first_is_forgotten() -> None:
    hand = found()
    only(ReadCode, hand.touch("again"))
    visit = hand.now(Scanning).visit
    assert (visit.code, visit.answer) == (None, None)


def test_the_code_is_forgotten_with_the_item() -> None:
    hand = found()
    hand.touch("home")
    visit = hand.now(Choosing).visit
    assert (visit.code, visit.answer, visit.item) == (None, None, None)


def test_an_unknown_code_is_told_with_what_that_may_mean_and_another_can_be_scanned() -> None:
    hand = unknown()
    page = trouble_page(hand.state)
    assert (page.code, page.again, page.submits) == ("code.unknown", True, False)
    assert len(page.meanings) == 2
    only(ReadCode, hand.touch("again"))
    assert hand.now(Scanning).visit.code is None


def test_the_same_code_is_asked_again_when_central_is_back() -> None:
    hand = asking()
    hand.bring(RegisterFailed(hand.now(Asking).lookup, Fault.of("central.unreachable")))
    assert only(AskRegister, hand.touch("again")).request.code == CODE


def test_an_answer_to_an_earlier_code_changes_nothing() -> None:
    hand = found()
    hand.touch("again")
    before, old = hand.state, LookupId("of the first paper")
    assert hand.bring(RegisterAnswered(old, issued_answer(old))) == ()
    assert hand.state == before


def test_who_was_identified_before_is_not_named_in_the_question_about_a_paper() -> None:
    hand = reach("Reviewing")
    hand.touch("back")
    hand.touch("item", CHECK)
    assert only(AskRegister, scan(hand, SCANNED)).request.applicant is None
