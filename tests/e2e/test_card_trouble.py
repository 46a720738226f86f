"""Trouble with the card, its holder or the reader: the citizen is told, and the visit goes on or ends well."""

import assets
from tests.e2e.citizen import Citizen
from tests.e2e.hall import ITEM, Hall
from tests.e2e.terminal import wording
from tests.e2e.waiting import until


def test_whole_journey_ends_with_paper_in_hand_and_the_case_at_central(hall: Hall, citizen: Citizen) -> None:
    action = citizen.to_the_print()
    citizen.until_outcome("sent")
    citizen.terminal.touch("rate-2")
    citizen.terminal.until_says("rating.thanks")
    citizen.go()
    case = hall.books.until_rated(citizen.receipt)
    assert (case.prints, case.grade) == (((action, "sent"),), 2)
    assert hall.books.sheets(action) == 1


def test_card_lifted_while_it_is_read_is_asked_for_again(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    hall.do("card.lift_while_reading", "300")
    citizen.lay_card()
    glance = citizen.terminal.until_sees("card-fault")
    assert wording("fault.card.lifted.title") in glance.text_of("card-fault")
    assert wording("fault.card.lifted.do") in glance.text_of("card-fault")
    citizen.terminal.picture("card-lifted")
    citizen.lay_card()
    citizen.print_and_go()


def test_unreadable_card_is_told_and_a_better_try_goes_on(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    hall.do("reader.unreadable")
    citizen.lay_card()
    glance = citizen.terminal.until_sees("card-fault")
    assert wording("fault.card.unreadable.title") in glance.text_of("card-fault")
    assert wording("fault.card.unreadable.do") in glance.text_of("card-fault")
    citizen.terminal.picture("card-unreadable")
    hall.do("card.lift")
    hall.do("reader.unreadable", "off")
    citizen.lay_card()
    citizen.print_and_go()


def test_expired_card_is_refused_and_another_one_is_taken(hall: Hall, citizen: Citizen) -> None:
    expired = Citizen(hall, "liu-yang")
    expired.to_the_reader()
    expired.lay_card()
    glance = citizen.terminal.until_trouble("card.expired")
    assert glance.sees("nothing-submitted")
    citizen.terminal.picture("card-expired")
    citizen.terminal.touch("again")
    glance = citizen.terminal.until_sees("card-fault")
    assert wording("fault.card.already_read.title") in glance.text_of("card-fault")
    hall.do("card.lift")
    citizen.terminal.until_gone("card-fault")
    citizen.lay_card()
    citizen.print_and_go()


def test_person_without_a_record_learns_so_and_nothing_is_submitted(hall: Hall) -> None:
    nobody = Citizen(hall, "chen-chen")
    before = hall.books.count_cases()
    nobody.to_the_reader()
    nobody.lay_card()
    glance = nobody.terminal.until_trouble("lookup.no_record")
    assert glance.sees("nothing-submitted")
    assert not glance.sees("again"), "asking again cannot help"
    nobody.terminal.picture("no-record")
    nobody.go()
    assert hall.books.count_cases() == before
    assert not nobody.terminal.log.find("case.committed")


def test_person_who_is_not_entitled_reads_the_items_own_reason(hall: Hall) -> None:
    stopped = Citizen(hall, "zhou-min")
    stopped.to_the_reader()
    stopped.lay_card()
    glance = stopped.terminal.until_says("fault.lookup.not_eligible.title")
    item = next(one for one in assets.seed_catalogue()["items"] if one["id"] == ITEM)
    reason = next(step["refused"]["zh"] for step in item["steps"] if step["kind"] == "lookup")
    assert glance.says(reason)
    assert glance.sees("nothing-submitted")
    assert not glance.sees("again")
    stopped.terminal.picture("not-eligible")
    stopped.go()
    assert not stopped.terminal.log.find("case.committed")


def test_reader_unplugged_before_the_citizen_comes_blocks_the_item_until_it_is_back(
    hall: Hall, citizen: Citizen
) -> None:
    hall.do("reader.unplug")
    citizen.begin()
    tile = f"item-{ITEM}"
    until("the item to be blocked", lambda: tile in citizen.terminal.look().dead)
    assert wording("fault.reader.absent.short") in citizen.terminal.look().text_of(tile)
    citizen.terminal.picture("home-without-reader")
    hall.do("reader.plug")
    until("the item to be back", lambda: tile not in citizen.terminal.look().dead)
    assert not citizen.terminal.look().says(wording("fault.reader.absent.short"))


def test_reader_unplugged_while_it_waits_for_the_card_goes_on_when_it_is_back(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    hall.do("reader.unplug")
    glance = citizen.terminal.until_sees("reader-fault")
    assert glance.says(wording("card.title.broken"))
    assert wording("fault.reader.absent.do") in glance.text_of("reader-fault")
    citizen.terminal.picture("reader-unplugged")
    hall.do("reader.plug")
    citizen.terminal.until_gone("reader-fault")
    citizen.lay_card()
    citizen.print_and_go()


def test_reader_unplugged_while_it_reads_asks_for_the_card_again(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    citizen.lay_slow_card()
    hall.do("reader.unplug")
    citizen.terminal.until_sees("reader-fault")
    assert not citizen.terminal.look().sees("confirm")
    hall.do("card.lift")
    hall.do("reader.plug")
    citizen.terminal.until_gone("reader-fault")
    citizen.lay_card()
    citizen.print_and_go()


def test_forgotten_card_is_called_out_until_it_is_taken(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_print()
    citizen.until_outcome("sent")
    citizen.terminal.touch("leave")
    citizen.terminal.until_sees("take-card")
    glance = citizen.terminal.until_says("leaving.take_card", "leaving.take_card.do")
    assert not glance.sees("goodbye")
    citizen.terminal.picture("take-your-card")
    hall.do("card.lift")
    citizen.terminal.until_sees("goodbye")
    citizen.terminal.until_says("leaving.goodbye")


def test_forgotten_card_does_not_speak_for_the_next_citizen(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_print()
    citizen.until_outcome("sent")
    citizen.terminal.touch("leave")
    citizen.terminal.until_sees("take-card")
    citizen.terminal.until_says("idle.card_left", "idle.card_left.do")
    citizen.terminal.picture("idle-card-left")
    following = Citizen(hall, "li-shufen")
    following.to_the_reader()
    glance = following.terminal.until_sees("card-fault")
    assert wording("fault.card.already_read.title") in glance.text_of("card-fault")
    following.lay_card()
    glance = following.terminal.until_sees("confirm")
    assert not glance.says(citizen.card["name"])
    following.print_and_go()
