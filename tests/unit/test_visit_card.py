"""The card and the register: what a citizen meets between the first touch and their record."""

from dataclasses import replace

import pytest

from contract.catalogue import IdentifyStep
from contract.fault import Fault
from contract.ids import LookupId, OrderId
from contract.persons import RESIDENT_CARD
from devices.events import CardFault, CardRead, MediaChanged, OrderEnded
from devices.values import CardFlag, CardLayout, DeviceState, DeviceStatus, Media
from kiosk_app.visit.effects import AskRegister, BeginVisit, ReadCard, WithdrawOrder
from kiosk_app.visit.events import DeviceSaid, RegisterAnswered, RegisterFailed
from kiosk_app.visit.facts import blocked
from kiosk_app.visit.state import Apologising, Asking, Choosing, Consenting, Identifying
from kiosk_app.visit.steps import applicant_of
from kiosk_app.visit.timing import CARD_ORDER_S
from tests.unit.documents import catalogue
from tests.visit_bench import (
    ADDRESS,
    ITEM,
    NAME,
    NUMBER,
    PHOTO,
    READER,
    Hand,
    id_card,
    marks_in,
    only,
    reach,
    register_answer,
)

OFFLINE = DeviceStatus(DeviceState.NO_DEVICE, fault=Fault.of("reader.offline"))
NO_PAPER = DeviceStatus(DeviceState.USER_ERROR, fault=Fault.of("printer.media_empty"))


def test_a_touch_on_the_idle_screen_begins_a_visit() -> None:
    hand = Hand()
    begun = only(BeginVisit, hand.touch("begin"))
    assert hand.name == "Choosing"
    assert hand.visit == begun.visit


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_language_touched_on_the_idle_screen_begins_the_visit_in_it(language: str) -> None:
    hand = Hand()
    only(BeginVisit, hand.touch("language", language))
    assert (hand.name, hand.state.language) == ("Choosing", language)


def test_nothing_begins_before_there_is_a_catalogue() -> None:
    hand = Hand()
    hand.facts = replace(hand.facts, catalogue=None)
    assert hand.touch("begin") == ()
    assert hand.name == "Idle"


def test_a_visit_keeps_the_catalogue_it_began_with() -> None:
    hand = reach("Choosing")
    hand.facts = replace(hand.facts, catalogue=catalogue().model_copy(update={"version": 99, "items": ()}))
    hand.touch("item", ITEM)
    assert hand.now(Consenting).visit.catalogue.version == catalogue().version


def test_an_item_that_needs_an_absent_device_cannot_be_begun() -> None:
    for broken in (replace(Hand().facts, reader=OFFLINE), replace(Hand().facts, printer=NO_PAPER)):
        hand = reach("Choosing")
        hand.facts = replace(broken, now=hand.facts.now)
        assert hand.touch("item", ITEM) == ()
        assert hand.name == "Choosing"
        assert hand.now(Choosing).visit.item is None


def test_the_reason_for_a_blocked_item_is_the_device_s_own_fault() -> None:
    item, facts = catalogue().item(ITEM), Hand().facts
    assert blocked(item, facts) is None
    assert blocked(item, replace(facts, printer=NO_PAPER)) == Fault.of("printer.media_empty")
    assert blocked(item, replace(facts, printer=None)) == Fault.of("printer.absent")
    assert blocked(item, replace(facts, reader=None)) == Fault.of("reader.absent")
    assert blocked(item, replace(facts, reader=DeviceStatus(DeviceState.NO_DEVICE))) == Fault.of("reader.absent")
    assert blocked(item, replace(facts, reader=DeviceStatus(DeviceState.STARTING))) is None


def test_an_item_that_the_catalogue_does_not_hold_is_no_item() -> None:
    hand = reach("Choosing")
    assert hand.touch("item", "no-such-item") == ()
    assert hand.name == "Choosing"


def test_what_is_typed_to_search_is_shown_and_bounded() -> None:
    hand = reach("Choosing")
    hand.touch("search", "C" * 500)
    assert hand.now(Choosing).query == "C" * 20


def test_the_card_is_not_asked_for_before_consent() -> None:
    hand = reach("Consenting")
    assert not any(isinstance(effect, ReadCard) for effect in hand.effects)
    order = only(ReadCard, hand.touch("consent"))
    assert (order.order, order.seconds) == (hand.now(Identifying).order, CARD_ORDER_S)


@pytest.mark.parametrize("way", ["back", "home"])
def test_going_back_from_the_reader_stops_it_from_reading(way: str) -> None:
    hand = reach("Identifying")
    order = hand.order()
    assert hand.touch(way) == (WithdrawOrder(order),)
    assert hand.now(Choosing).visit.item is None


def test_card_pulled_while_reading_returns_to_prompt() -> None:
    hand = reach("Identifying")
    hand.see(Media.PRESENT)
    assert hand.now(Identifying).card_found
    assert hand.card_fault("card.lifted") == ()
    assert not hand.now(Identifying).card_found
    assert hand.now(Identifying).fault == Fault.of("card.lifted")


def test_a_card_laid_down_again_clears_what_was_wrong_with_the_last_try() -> None:
    hand = reach("Identifying")
    hand.card_fault("card.unreadable")
    hand.see(Media.NOT_PRESENT)
    assert hand.now(Identifying).fault == Fault.of("card.unreadable")
    hand.see(Media.PRESENT)
    assert hand.now(Identifying).fault is None


def test_a_card_that_was_to_be_lifted_and_was_is_no_longer_complained_of() -> None:
    hand = reach("Identifying")
    hand.card_fault("card.already_read")
    hand.see(Media.NOT_PRESENT)
    assert hand.now(Identifying).fault is None


@pytest.mark.parametrize("code", ["card.unreadable", "card.already_read", "card.lifted"])
def test_an_unreadable_card_may_be_tried_again_with_the_same_order(code: str) -> None:
    hand = reach("Identifying")
    order = hand.order()
    hand.card_fault(code)
    assert hand.order() == order
    hand.card()
    assert hand.name == "Asking"


def test_a_card_of_a_kind_nobody_can_read_ends_the_wait_and_says_so() -> None:
    hand = reach("Identifying")
    order = hand.order()
    assert hand.card_fault("card.unsupported") == (WithdrawOrder(order),)
    assert (hand.now(Apologising).fault.code, hand.now(Apologising).again) == ("card.unsupported", "identify")


@pytest.mark.parametrize(
    ("flag", "code"),
    [
        (CardFlag.EXPIRED, "card.expired"),
        (CardFlag.NOT_YET_VALID, "card.not_yet_valid"),
        (CardFlag.CHECK_DIGIT, "card.inconsistent"),
        (CardFlag.BIRTH_DATE_DIFFERS, "card.inconsistent"),
        (CardFlag.SEX_DIFFERS, "card.inconsistent"),
    ],
)
def test_a_card_that_may_not_be_used_asks_no_register(flag: CardFlag, code: str) -> None:
    hand = reach("Identifying")
    assert hand.card(flag) == ()
    assert hand.now(Apologising).fault.code == code
    assert not marks_in(hand.state)


def test_a_rare_character_of_the_name_is_no_reason_to_refuse_the_card() -> None:
    hand = reach("Identifying")
    hand.card(CardFlag.PRIVATE_USE_CHARACTER)
    assert hand.name == "Asking"


def test_another_card_may_be_laid_after_an_expired_one() -> None:
    hand = reach("Identifying")
    before = hand.order()
    hand.card(CardFlag.EXPIRED)
    order = only(ReadCard, hand.touch("again"))
    assert order.order != before
    hand.card()
    assert hand.name == "Asking"


@pytest.mark.parametrize("code", ["reader.absent", "card.none_presented", "device.bug"])
def test_a_reader_that_gives_up_is_apologised_for_and_can_be_tried_again(code: str) -> None:
    hand = reach("Identifying")
    hand.order_ends(code)
    assert (hand.now(Apologising).fault.code, hand.now(Apologising).again) == (code, "identify")
    only(ReadCard, hand.touch("again"))
    assert hand.name == "Identifying"


def test_a_reader_that_ends_without_a_reason_is_told_as_offline() -> None:
    hand = reach("Identifying")
    hand.order_ends()
    assert hand.now(Apologising).fault.code == "reader.offline"


def test_what_the_reader_says_to_an_earlier_order_changes_nothing() -> None:
    hand = reach("Identifying")
    before, old = hand.state, OrderId("of an earlier visit")
    for event in (
        CardRead(READER, old, id_card()),
        CardFault(READER, old, Fault.of("card.unsupported")),
        MediaChanged(READER, old, Media.PRESENT),
        OrderEnded(READER, old, Fault.of("reader.absent")),
    ):
        assert hand.bring(DeviceSaid(event)) == ()
        assert hand.state == before


def test_the_register_is_asked_about_the_person_on_the_card() -> None:
    hand = reach("Identifying")
    request = only(AskRegister, hand.card()).request
    assert request.lookup_id == hand.now(Asking).lookup
    assert (request.visit_id, request.item_id) == (hand.visit, ITEM)
    assert request.applicant is not None
    assert (request.applicant.name, request.applicant.document_number) == (NAME, NUMBER)
    assert (request.applicant.document_type, request.applicant.address) == (RESIDENT_CARD, ADDRESS)


def test_the_photograph_stays_behind_on_the_card() -> None:
    assert PHOTO not in applicant_of(id_card()).model_dump_json()
    assert PHOTO not in marks_in(reach("Finished").state)


@pytest.mark.parametrize("layout", list(CardLayout))
def test_every_kind_of_identity_card_has_a_document_type(layout: CardLayout) -> None:
    assert applicant_of(replace(id_card(), layout=layout)).document_type in {"111", "553", "554"}


def test_the_answer_is_shown_before_anything_is_decided() -> None:
    hand = reach("Asking")
    assert hand.answers() == ()
    assert hand.name == "Reviewing"


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("central.unreachable", "lookup"),
        ("central.timed_out", "lookup"),
        ("agent.bug", "lookup"),
        ("lookup.no_record", "none"),
        ("lookup.not_eligible", "none"),
    ],
)
def test_a_register_that_fails_offers_another_try_only_where_it_can_help(code: str, again: str) -> None:
    hand = reach("Asking")
    hand.refuses_to_answer(code)
    assert (hand.now(Apologising).fault.code, hand.now(Apologising).again) == (code, again)
    asked = hand.touch("again")
    assert len(asked) == (1 if again == "lookup" else 0)


def test_asking_again_is_a_new_question() -> None:
    hand = reach("Asking")
    assert hand.name == "Asking"
    first = hand.now(Asking).lookup
    hand.refuses_to_answer("central.unreachable")
    assert only(AskRegister, hand.touch("again")).request.lookup_id != first
    before = hand.state
    assert hand.bring(RegisterAnswered(first, register_answer(first))) == ()
    assert hand.bring(RegisterFailed(first, Fault.of("lookup.no_record"))) == ()
    assert hand.state == before


@pytest.mark.parametrize("place", ["Idle", "Choosing", "Asking", "Reviewing", "Leaving"])
def test_an_answer_for_an_earlier_visit_changes_nothing(place: str) -> None:
    hand = reach(place)
    before = hand.state
    old = LookupId("of an earlier visit")
    assert hand.bring(RegisterAnswered(old, register_answer(old))) == ()
    assert hand.state == before


@pytest.mark.parametrize("place", ["Consenting", "Asking", "Reviewing", "Apologising"])
def test_back_leads_to_the_choice_and_forgets_the_answer(place: str) -> None:
    hand = reach(place)
    hand.touch("home")
    visit = hand.now(Choosing).visit
    assert (visit.item, visit.answer, visit.receipt) == (None, None, None)


def test_who_chose_another_item_need_not_lay_the_card_again() -> None:
    hand = reach("Reviewing")
    hand.touch("back")
    hand.touch("item", "tax-certificate")
    request = only(AskRegister, hand.touch("consent")).request
    assert request.applicant is not None
    assert (request.item_id, request.applicant.name) == ("tax-certificate", NAME)
    assert catalogue().item("tax-certificate").steps[1] == IdentifyStep()
