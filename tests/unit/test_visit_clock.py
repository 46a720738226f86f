"""Who walks away: every situation warns, then ends, and what is left of it is nothing."""

from dataclasses import replace

import pytest

from contract.cases import CaseStage
from contract.fault import Fault
from contract.ids import OrderId
from devices.events import MediaChanged, OrderEnded
from devices.values import Media
from kiosk_app.visit.effects import CancelPrint, CommitCase, EndVisit, RecordRating, WatchCard, WithdrawOrder
from kiosk_app.visit.state import Choosing, Identifying, Idle, Leaving, Printing, Reviewing, VisitState
from kiosk_app.visit.timing import (
    APOLOGY_S,
    ASKING_IDLE_S,
    CARD_LEFT_ORDER_S,
    CHOOSING_IDLE_S,
    FINISHED_S,
    GOODBYE_S,
    PRINTING_IDLE_S,
    TAKE_CARD_S,
    WARNING_S,
)
from tests.unit.documents import catalogue
from tests.visit_bench import ITEM, READER, SITUATIONS, Hand, count, marks_in, only, reach

WCAG_ANSWER_S = 20.0
"""WCAG 2.2.1: whoever is warned has at least this long to say that they are there."""

WAITING = tuple(name for name in SITUATIONS if name not in {"Committing", "Printing", "Finished"})
"""Situations in which the machine waits for a person, or for somebody who may never answer."""


def held_up() -> Hand:
    hand = reach("Printing")
    hand.progress(CaseStage.PRINTING, held="printer.media_empty")
    return hand


def waiting(place: str) -> Hand:
    return held_up() if place == "Printing" else reach(place)


@pytest.mark.parametrize("place", [*WAITING, "Printing"])
def test_who_walks_away_is_warned_and_then_forgotten(place: str) -> None:
    hand = waiting(place)
    visit = hand.visit
    assert hand.state.leave_at is None
    hand.wait_for_clock()
    assert hand.name == place
    assert (hand.state.idle_at, hand.state.leave_at is not None) == (None, True)
    left = hand.seconds_left()
    assert left is not None
    assert left >= WCAG_ANSWER_S
    effects = hand.wait_for_clock()
    assert only(EndVisit, effects).visit == visit
    assert hand.name == "Leaving"
    assert not marks_in(hand.state)


@pytest.mark.parametrize("place", [*WAITING, "Printing"])
def test_who_answers_the_warning_goes_on_where_they_were(place: str) -> None:
    hand = waiting(place)
    whole = hand.seconds_left()
    hand.wait_for_clock()
    assert hand.touch("still-here") == ()
    assert (hand.name, hand.state.leave_at, hand.seconds_left()) == (place, None, whole)


@pytest.mark.parametrize("place", [*WAITING, "Printing"])
def test_who_ends_at_the_warning_is_forgotten_at_once(place: str) -> None:
    hand = waiting(place)
    hand.wait_for_clock()
    assert count(EndVisit, hand.touch("leave")) == 1
    assert not marks_in(hand.state)


@pytest.mark.parametrize("place", [*WAITING, "Finished", "Printing"])
def test_a_moment_before_its_time_nothing_happens(place: str) -> None:
    hand = waiting(place)
    left = hand.seconds_left()
    assert left is not None
    before = hand.state
    assert hand.pass_time(left - 0.001) == ()
    assert hand.state == before


@pytest.mark.parametrize("place", [*WAITING, "Finished"])
def test_every_touch_starts_the_clock_anew(place: str) -> None:
    hand = reach(place)
    whole = hand.seconds_left()
    hand.pass_time(10)
    hand.touch("mode", "large")
    assert hand.seconds_left() == whole


@pytest.mark.parametrize(
    ("place", "seconds"),
    [
        ("Choosing", CHOOSING_IDLE_S),
        ("Consenting", catalogue().item(ITEM).idle_s),
        ("Identifying", catalogue().item(ITEM).idle_s),
        ("Asking", ASKING_IDLE_S),
        ("Reviewing", catalogue().item(ITEM).idle_s),
        ("Committing", None),
        ("Printing", PRINTING_IDLE_S),
        ("Finished", FINISHED_S),
        ("Apologising", APOLOGY_S),
    ],
)
def test_each_situation_has_its_own_time(place: str, seconds: float | None) -> None:
    assert reach(place).seconds_left() == seconds


def test_an_item_brings_its_own_times() -> None:
    slow = catalogue().item(ITEM).model_copy(update={"idle_s": 222, "warning_s": 44})
    hand = Hand()
    hand.facts = replace(hand.facts, catalogue=catalogue().model_copy(update={"items": (slow,)}))
    reach("Reviewing", hand)
    assert hand.seconds_left() == 222
    hand.wait_for_clock()
    assert hand.seconds_left() == 44
    reach("Choosing", other := Hand())
    other.wait_for_clock()
    assert other.seconds_left() == WARNING_S


def test_a_card_laid_down_shows_that_somebody_is_there() -> None:
    hand = reach("Identifying")
    whole = hand.seconds_left()
    hand.wait_for_clock()
    hand.see(Media.PRESENT)
    assert (hand.state.leave_at, hand.seconds_left()) == (None, whole)


def test_a_card_that_lies_there_unread_does_not_keep_the_machine_for_ever() -> None:
    hand = reach("Identifying")
    hand.see(Media.PRESENT)
    for _ in range(50):
        hand.pass_time(5)
        if hand.name != "Identifying":
            break
        hand.card_fault("card.already_read")
    assert hand.name != "Identifying"


def test_typing_shows_that_somebody_is_there() -> None:
    hand = reach("Choosing")
    hand.wait_for_clock()
    hand.touch("search", "C")
    assert (hand.now(Choosing).query, hand.state.leave_at) == ("C", None)


def test_a_print_that_nothing_is_heard_of_does_not_hold_the_screen_for_ever() -> None:
    hand = reach("Printing")
    hand.progress(CaseStage.PRINTING)
    hand.pass_time(PRINTING_IDLE_S - 1)
    assert (hand.name, hand.state.leave_at) == ("Printing", None)
    hand.wait_for_clock()
    hand.wait_for_clock()
    assert hand.name == "Leaving"


def test_the_clock_of_a_print_that_waits_stops_when_it_moves_again() -> None:
    hand = held_up()
    hand.wait_for_clock()
    hand.progress(CaseStage.PRINTING)
    assert (hand.state.leave_at, hand.seconds_left()) == (None, PRINTING_IDLE_S)
    assert hand.now(Printing).held_up is None


def test_another_trouble_of_the_same_print_does_not_start_its_clock_anew() -> None:
    hand = held_up()
    hand.pass_time(20)
    left = hand.seconds_left()
    hand.progress(CaseStage.PRINTING, held="printer.cover_open")
    assert hand.seconds_left() == left


def test_who_walks_away_from_a_waiting_print_leaves_no_paper_for_the_next() -> None:
    hand = held_up()
    hand.wait_for_clock()
    effects = hand.wait_for_clock()
    assert count(CancelPrint, effects) == 1
    assert only(RecordRating, effects).rating.grade is None


def test_who_walks_away_from_the_reader_leaves_it_waiting_for_nobody() -> None:
    hand = reach("Identifying")
    order = hand.order()
    hand.wait_for_clock()
    assert WithdrawOrder(order) in hand.wait_for_clock()


def test_a_record_nobody_confirms_is_not_committed() -> None:
    hand = reach("Reviewing")
    assert hand.now(Reviewing).visit.answer is not None
    hand.wait_for_clock()
    hand.wait_for_clock()
    assert count(CommitCase, hand.effects) == 0


# The end: what was left on the machine is called out, then nothing is left of anybody.


@pytest.mark.parametrize("place", ["Choosing", "Consenting"])
def test_no_card_is_looked_for_when_none_was_asked_for(place: str) -> None:
    hand = reach(place)
    assert count(WatchCard, hand.touch("leave")) == 0
    assert hand.seconds_left() == GOODBYE_S
    hand.wait_for_clock()
    assert hand.state == VisitState()


def test_a_card_left_on_the_reader_is_called_out_until_it_is_taken() -> None:
    hand = reach("Leaving")
    watch = only(WatchCard, hand.effects)
    assert (watch.order, watch.seconds) == (hand.order(), CARD_LEFT_ORDER_S)
    hand.see(Media.PRESENT)
    assert (hand.now(Leaving).card_present, hand.seconds_left()) == (True, TAKE_CARD_S)
    hand.see(Media.NOT_PRESENT)
    assert (hand.now(Leaving).card_present, hand.seconds_left()) == (False, GOODBYE_S)
    hand.order_ends()
    hand.wait_for_clock()
    assert hand.state == VisitState()


def test_a_card_nobody_takes_is_still_known_to_lie_there() -> None:
    hand = reach("Leaving")
    order = hand.order()
    hand.see(Media.PRESENT)
    assert hand.wait_for_clock() == ()
    assert hand.state == VisitState(Idle(card_left=True), watched_card=order)
    hand.device(MediaChanged(READER, OrderId("another"), Media.NOT_PRESENT))
    assert hand.situation == Idle(card_left=True)
    hand.device(MediaChanged(READER, order, Media.NOT_PRESENT))
    assert hand.situation == Idle()


def test_a_watch_that_ends_lets_the_idle_screen_say_no_more() -> None:
    hand = reach("Leaving")
    order = hand.order()
    hand.see(Media.PRESENT)
    hand.wait_for_clock()
    hand.device(OrderEnded(READER, OrderId("another")))
    assert hand.situation == Idle(card_left=True)
    hand.device(OrderEnded(READER, order, Fault.of("reader.absent")))
    assert hand.situation == Idle()


def test_a_reader_that_cannot_say_whether_a_card_lies_there_holds_nobody_up() -> None:
    hand = reach("Leaving")
    order = hand.order()
    assert hand.wait_for_clock() == (WithdrawOrder(order),)
    assert hand.situation == Idle()


def test_the_next_citizen_may_begin_during_the_goodbye() -> None:
    hand = reach("Leaving")
    order = hand.order()
    before = hand.now(Leaving).visit_id
    assert WithdrawOrder(order) in hand.touch("begin")
    assert hand.visit != before
    assert hand.state.watched_card is None


def test_the_next_citizen_waits_while_a_card_is_called_out_but_not_for_ever() -> None:
    hand = reach("Leaving")
    hand.see(Media.PRESENT)
    for _ in range(int(TAKE_CARD_S)):
        assert hand.touch("begin") == ()
        assert hand.name == "Leaving"
        hand.pass_time(1)
    assert hand.situation == Idle(card_left=True)


def test_beginning_beside_a_forgotten_card_stops_watching_it() -> None:
    hand = reach("Leaving")
    order = hand.order()
    hand.see(Media.PRESENT)
    hand.wait_for_clock()
    assert WithdrawOrder(order) in hand.touch("begin")
    assert (hand.name, hand.state.watched_card) == ("Choosing", None)


@pytest.mark.parametrize("place", SITUATIONS)
def test_language_and_looks_of_one_citizen_do_not_greet_the_next(place: str) -> None:
    hand = reach(place)
    hand.touch("language", "en")
    hand.touch("mode", "contrast")
    assert (hand.state.language, hand.state.mode) == ("en", "contrast")
    if place == "Committing":
        hand.kept()
    hand.touch("leave")
    while hand.name != "Idle":
        hand.wait_for_clock()
    assert hand.state == VisitState()


def test_a_hall_of_another_first_language_goes_back_to_that() -> None:
    hand = Hand(VisitState(language="en", first_language="en"))
    reach("Choosing", hand).touch("language", "zh")
    hand.touch("leave")
    hand.wait_for_clock()
    assert hand.state == VisitState(language="en", first_language="en")


@pytest.mark.parametrize("place", ["Idle", *SITUATIONS, "Leaving"])
@pytest.mark.parametrize(("name", "value"), [("language", "xx"), ("mode", "disco"), ("mode", ""), ("", "")])
def test_a_touch_without_meaning_changes_neither_language_nor_looks(place: str, name: str, value: str) -> None:
    hand = reach(place)
    if place == "Idle" and name == "language":
        return  # begins, in the language that is set
    hand.touch(name, value)
    assert (hand.name, hand.state.language, hand.state.mode) == (place, "zh", "normal")


@pytest.mark.parametrize("place", SITUATIONS)
def test_the_visit_is_told_apart_from_its_end(place: str) -> None:
    hand = reach(place)
    assert hand.state.visit is not None
    # The card's holder is known from the moment the card is read, and never before.
    assert bool(marks_in(hand.state.visit)) == (SITUATIONS.index(place) > SITUATIONS.index("Identifying"))
    if place == "Identifying":
        assert hand.now(Identifying).visit.used_reader
    assert not any(mark in repr(hand.state) for mark in marks_in(hand.state))
