"""A citizen who walks away: asked aloud with a countdown, then wiped, and nothing comes out for the next."""

from collections.abc import Iterator

import pytest

from tests.e2e.books import central_holds, traces
from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall
from tests.e2e.lingering import Lingering, see_the_warning

IDLE_S, WARNING_S = 3, 5


@pytest.fixture(scope="module")
def impatient_hall(the_hall: Hall) -> Iterator[Hall]:
    """The hall with a catalogue whose item waits for seconds instead of a minute."""
    the_hall.offer(idle_s=IDLE_S, warning_s=WARNING_S)
    yield the_hall
    the_hall.offer(idle_s=60, warning_s=30)


@pytest.fixture
def citizen(impatient_hall: Hall, hall: Hall) -> Citizen:
    assert impatient_hall is hall
    return Citizen(hall)


def assert_wiped(hall: Hall, citizen: Citizen) -> None:
    """Nothing of the citizen is on the screen or in any file of the terminal."""
    words = citizen.terminal.every_word()
    assert citizen.card["name"] not in words
    assert citizen.card["number"] not in words
    assert citizen.card["number"][:6] + "*" not in words
    assert not traces(citizen.person, hall.here, hall.bench)


def test_walking_away_at_the_card_prompt_ends_the_visit_and_the_reader_waits_no_more(
    hall: Hall, citizen: Citizen
) -> None:
    citizen.to_the_reader()
    see_the_warning(citizen.terminal, "warning.text", WARNING_S)
    citizen.terminal.picture("warning-at-the-reader")
    citizen.terminal.until_sees("goodbye")
    assert citizen.terminal.log.until("visit.ended")["reason"] == "walked away"
    citizen.terminal.until_sees("begin")
    citizen.lay_card()
    citizen.terminal.until_says("idle.what")
    assert not citizen.terminal.log.find("card.read")
    assert_wiped(hall, citizen)


def test_walking_away_from_the_record_wipes_it_and_calls_out_the_card(hall: Hall, citizen: Citizen) -> None:
    before = hall.books.count_cases()
    citizen.to_the_record()
    see_the_warning(citizen.terminal, "warning.text", WARNING_S)
    citizen.terminal.picture("warning-at-the-record")
    citizen.terminal.until_sees("take-card")
    assert_wiped(hall, citizen)
    hall.do("card.lift")
    citizen.terminal.until_sees("goodbye")
    assert_wiped(hall, citizen)
    assert hall.books.count_cases() == before
    assert not citizen.terminal.log.find("case.committed")


def test_citizen_who_is_still_there_says_so_and_goes_on(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    citizen.terminal.touch("still-here")
    citizen.terminal.until_gone("time-warning")
    citizen.print_and_go()
    assert citizen.terminal.log.until("visit.ended")["reason"] == "left"
    assert hall.books.until_closed(citizen.receipt).prints == ((citizen.action(), "sent"),)


def test_walking_away_while_the_print_waits_for_paper_cancels_it_for_good(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("paper.empty_during_next_job")
    citizen.confirm()
    action = citizen.action()
    citizen.terminal.until_sees("print-held-up")
    see_the_warning(citizen.terminal, "warning.printing", WARNING_S)
    citizen.terminal.picture("warning-at-the-print")
    hall.do("card.lift")
    citizen.terminal.until_sees("goodbye")
    assert_wiped(hall, citizen)
    assert citizen.terminal.log.until("visit.ended")["reason"] == "walked away"
    settled = citizen.terminal.log.until("print.settled")
    assert (settled["outcome"], settled["fault"]) == ("failed", "print.cancelled")
    hall.books.until_closed(citizen.receipt)
    case = hall.books.until_rated(citizen.receipt)
    assert (case.prints, case.grade) == (((action, "failed"),), None)
    hall.do("paper.load")
    hall.books.until_nothing_waits()
    following = Citizen(hall, "li-shufen")
    following.to_the_record()
    following.print_and_go()
    assert hall.books.sheets(action) == 0


def test_search_for_traces_finds_a_person_where_they_belong(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    citizen.print_and_go()
    hall.books.until_closed(citizen.receipt)
    assert central_holds(citizen.person, hall.here)
    assert not traces(citizen.person, hall.here, hall.bench)


def test_walking_away_from_the_home_page_frees_the_machine_after_its_minute(lingering: Lingering) -> None:
    lingering.finish()
    lingering.terminal.log.until("visit.moved", situation="Idle")
    moves = [line["situation"] for line in lingering.terminal.log.lines() if line["event"] == "visit.moved"]
    assert moves == ["Choosing", "Leaving", "Idle"]
    assert lingering.terminal.log.until("visit.ended")["reason"] == "walked away"
