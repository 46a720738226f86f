"""Trouble on the way to central: questions fail clearly, cases are kept and delivered exactly once."""

from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall
from tests.e2e.waiting import until


def test_central_unreachable_before_the_query_is_told_and_asked_again(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    hall.do("cable.pull")
    citizen.lay_card()
    glance = citizen.terminal.until_trouble("central.unreachable")
    assert glance.sees("nothing-submitted")
    citizen.terminal.until_sees("offline")
    citizen.terminal.picture("central-unreachable")
    hall.do("cable.plug")
    citizen.terminal.touch("again")
    citizen.print_and_go()


def test_stalled_central_is_given_up_after_its_time_and_asked_again(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    hall.do("cable.stall")
    citizen.lay_card()
    citizen.terminal.until_says("asking.title")
    citizen.terminal.picture("asking")
    glance = citizen.terminal.until_trouble("central.unreachable")
    assert citizen.terminal.log.until("lookup.failed")["fault"] == "central.timed_out"
    assert "central.timed_out" in glance.text_of("fault-code")
    assert glance.sees("nothing-submitted")
    citizen.terminal.picture("central-stalled")
    hall.do("cable.stall", "off")
    citizen.terminal.touch("again")
    citizen.print_and_go()


def test_citizen_who_leaves_while_central_stalls_never_sees_the_late_answer(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    hall.do("cable.stall")
    citizen.lay_card()
    citizen.terminal.until_says("asking.title")
    citizen.terminal.touch("back")
    citizen.terminal.until_says("home.title")
    citizen.go()
    hall.do("cable.stall", "off")
    following = Citizen(hall, "li-shufen")
    following.to_the_record()
    assert citizen.card["name"] not in following.terminal.every_word()


def test_line_that_breaks_after_the_record_keeps_the_case_and_delivers_it_once(hall: Hall, citizen: Citizen) -> None:
    before = hall.books.count_cases()
    citizen.to_the_record()
    hall.do("cable.pull")
    citizen.confirm()
    citizen.until_outcome("sent")
    citizen.terminal.until_says("done.kept_here")
    citizen.terminal.until_sees("offline")
    citizen.terminal.picture("done-kept-here")
    assert hall.books.case(citizen.receipt) is None
    hall.do("cable.plug")
    citizen.terminal.until_says("done.delivered")
    citizen.terminal.touch("rate-1")
    citizen.go()
    case = hall.books.until_rated(citizen.receipt)
    assert case.prints == ((citizen.action(), "sent"),)
    assert hall.books.count_cases() == before + 1


def test_central_killed_at_every_delivery_holds_the_case_once_in_the_end(hall: Hall, citizen: Citizen) -> None:
    before = hall.books.count_cases()
    citizen.to_the_record()
    citizen.confirm()
    hall.do("central.kill")
    hall.do("central.start")
    citizen.terminal.log.until("case.closed")
    hall.do("central.kill")
    citizen.until_outcome("sent")
    citizen.terminal.touch("rate-3")
    hall.do("central.start")
    citizen.terminal.log.until("visit.rated")
    hall.do("central.kill")
    citizen.go()
    hall.do("central.start")
    case = hall.books.until_rated(citizen.receipt)
    assert (case.stage, case.prints, case.grade) == ("closed", ((citizen.action(), "sent"),), 3)
    assert hall.books.count_cases() == before + 1


def test_acknowledgement_that_is_lost_on_the_way_does_not_double_the_case(hall: Hall, citizen: Citizen) -> None:
    before = hall.books.count_cases()
    citizen.to_the_record()
    # What an earlier citizen left may be acknowledged late, when central was killed between taking it and saying so.
    newest = hall.books.newest_sequence()
    hall.do("cable.stall", "answers")
    citizen.confirm()
    until("central to hold the case", lambda: hall.books.case(citizen.receipt), every_s=0.05)
    delivered = [line for line in citizen.terminal.log.lines() if line["event"] == "sync.delivered"]
    assert not [line for line in delivered if line["acknowledged"] > newest]
    hall.do("cable.pull")
    hall.do("cable.stall", "off")
    hall.do("cable.plug")
    citizen.until_outcome("sent")
    citizen.terminal.until_says("done.delivered")
    citizen.go()
    assert hall.books.until_closed(citizen.receipt).prints == ((citizen.action(), "sent"),)
    assert hall.books.count_cases() == before + 1
