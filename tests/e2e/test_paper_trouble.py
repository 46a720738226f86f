"""Trouble at the printer: told as it is, nothing printed twice, and no success shown for a failure."""

from tests.e2e.citizen import Citizen
from tests.e2e.hall import ITEM, Hall
from tests.e2e.terminal import wording
from tests.e2e.waiting import until
from tests.print_rig import neighbour_prints

TILE = f"item-{ITEM}"


def assert_blocked_at_home(hall: Hall, citizen: Citizen, key: str, cure: str, picture: str) -> None:
    citizen.begin()

    def blocked() -> bool:
        glance = citizen.terminal.look()
        return TILE in glance.dead and wording(f"fault.{key}.short") in glance.text_of(TILE)

    until("the item to be blocked, and to say why", blocked)
    citizen.terminal.picture(picture)
    assert citizen.terminal.ask("touch", TILE) is None, "a blocked item can be begun"
    hall.do(cure)
    until("the item to be back", lambda: TILE not in citizen.terminal.look().dead)
    citizen.terminal.touch(TILE)
    citizen.terminal.until_sees("consent")


def another_prints(hall: Hall) -> None:
    """Print for somebody else, so that whatever lay in wait had its chance to come out."""
    before = hall.books.all_sheets()
    other = Citizen(hall, "li-shufen")
    action = other.to_the_print()
    other.until_outcome("sent")
    other.go()
    assert hall.books.sheets(action) == 1
    assert hall.books.all_sheets() == before + 1


def test_item_is_blocked_with_its_reason_while_there_is_no_paper(hall: Hall, citizen: Citizen) -> None:
    hall.do("paper.empty")
    assert_blocked_at_home(hall, citizen, "printer.media_empty", "paper.load", "home-without-paper")


def test_item_is_blocked_with_its_reason_while_the_printer_is_off(hall: Hall, citizen: Citizen) -> None:
    hall.do("printer.off")
    assert_blocked_at_home(hall, citizen, "printer.absent", "printer.on", "home-printer-off")


def test_paper_that_goes_between_review_and_confirm_keeps_the_citizen_from_committing(
    hall: Hall, citizen: Citizen
) -> None:
    citizen.to_the_record()
    hall.do("paper.empty")
    glance = citizen.terminal.until_sees("review-blocked")
    assert wording("fault.printer.media_empty.title") in glance.text_of("review-blocked")
    assert "confirm" in glance.dead
    assert citizen.terminal.ask("touch", "confirm") is None
    citizen.terminal.picture("review-without-paper")
    assert not citizen.terminal.log.find("case.committed")
    hall.do("paper.load")
    citizen.terminal.until_gone("review-blocked")
    citizen.print_and_go()


def test_printer_that_goes_between_review_and_confirm_keeps_the_citizen_from_committing(
    hall: Hall, citizen: Citizen
) -> None:
    citizen.to_the_record()
    hall.do("printer.off")
    glance = citizen.terminal.until_sees("review-blocked")
    assert wording("fault.printer.absent.title") in glance.text_of("review-blocked")
    assert "confirm" in glance.dead
    hall.do("printer.on")
    citizen.terminal.until_gone("review-blocked")
    citizen.print_and_go()


def test_paper_that_runs_out_during_the_print_is_waited_for_and_comes_out_once(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("paper.empty_during_next_job")
    citizen.confirm()
    citizen.terminal.until_sees("print-held-up")
    glance = citizen.terminal.until_says("fault.printer.media_empty.title", "fault.printer.media_empty.do")
    assert citizen.receipt in glance.text_of("receipt-number")
    assert not glance.sees("outcome-sent")
    citizen.terminal.picture("print-without-paper")
    hall.do("paper.load")
    citizen.until_outcome("sent")
    assert hall.books.sheets(citizen.action()) == 1
    citizen.go()
    assert hall.books.until_closed(citizen.receipt).prints == ((citizen.action(), "sent"),)


def test_jam_during_the_print_is_told_and_comes_out_once_when_it_is_cleared(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    hall.do("printer.await_job", citizen.action())
    hall.do("paper.jam")
    hall.do("printer.release")
    citizen.terminal.until_says("fault.printer.media_jam.title", "fault.printer.media_jam.do")
    citizen.terminal.picture("print-jammed")
    hall.do("paper.clear_jam")
    citizen.until_outcome("sent")
    assert hall.books.sheets(citizen.action()) == 1
    citizen.go()


def test_citizen_behind_somebody_elses_job_is_told_and_gets_the_sheet_after_it(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    assert hall.bench.printer is not None
    neighbour_prints(hall.bench.printer)
    citizen.confirm()
    citizen.terminal.until_says("fault.printer.busy.title", "fault.printer.busy.do")
    citizen.terminal.picture("print-behind-another-job")
    hall.do("printer.release")
    citizen.until_outcome("sent")
    assert hall.books.sheets(citizen.action()) == 1
    citizen.go()


def test_printer_switched_off_in_mid_print_leaves_a_doubt_and_no_second_sheet(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    hall.do("printer.off")
    citizen.terminal.until_sees("print-held-up")
    citizen.terminal.until_says("fault.printer.absent.title", "print.silent")
    citizen.terminal.picture("print-printer-off")
    hall.do("printer.repair")
    hall.do("printer.on")
    citizen.until_outcome("unknown")
    glance = citizen.terminal.until_says("done.title.unknown", "done.lead.unknown", "done.banner.unknown")
    assert not glance.says(wording("done.title.sent"))
    citizen.terminal.picture("done-unknown")
    citizen.go()
    assert hall.books.until_closed(citizen.receipt).prints == ((action, "unknown"),)
    hall.books.until_nothing_waits()
    another_prints(hall)
    assert hall.books.sheets(action) == 0


def test_citizen_who_stops_waiting_for_a_dead_printer_gets_no_sheet_later(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    hall.do("printer.off")
    citizen.terminal.until_sees("print-held-up")
    citizen.go()
    case = hall.books.until_closed(citizen.receipt)
    assert case.prints == ((action, "unknown"),)
    hall.do("printer.repair")
    hall.do("printer.on")
    hall.books.until_nothing_waits()
    another_prints(hall)
    assert hall.books.sheets(action) == 0


def test_spooler_killed_while_printing_prints_once_and_tells_no_failure(hall: Hall, citizen: Citizen) -> None:
    """The printer has the sheet's data and finishes alone; what it counted itself may be told, nothing else."""
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    hall.do("spooler.kill")
    terminal = citizen.terminal
    until("what is told of it", lambda: terminal.look().sees("print-held-up") or terminal.log.find("print.settled"))
    if not terminal.log.find("print.settled"):  # as it is when the spooler died before it said that it has the document
        terminal.until_says("fault.printer.absent.title")
    hall.do("spooler.start")
    hall.do("printer.release")
    outcome = str(citizen.terminal.log.until("print.settled")["outcome"])
    assert outcome in {"sent", "unknown"}
    citizen.until_outcome(outcome)
    citizen.terminal.picture(f"done-spooler-killed-{outcome}")
    citizen.go()
    assert hall.books.until_closed(citizen.receipt).prints == ((action, outcome),)
    hall.books.until_nothing_waits()
    another_prints(hall)
    assert hall.books.sheets(action) in ({1} if outcome == "sent" else {0, 1})
