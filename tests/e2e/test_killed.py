"""The terminal is killed, as by a power cut: the next start says what happened, and it is the truth.

Nothing durable is lost, central gets every case once, no sheet comes out twice or for the next citizen,
and a print is called done only when it is.
"""

import random
import threading

import pytest

from tests.e2e.books import traces
from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall
from tests.e2e.terminal import Glance, wording
from tests.e2e.waiting import until

OUTCOMES = ("sent", "failed", "unknown")
SHEETS = {"sent": {1}, "failed": {0}, "unknown": {0, 1}}
"""How many sheets of one page may lie in the tray for what was told."""


def read_the_apology(citizen: Citizen) -> Glance:
    """Wait for the page that owns up to the restart."""
    return citizen.terminal.until_trouble("visit.interrupted")


def outcome_told(glance: Glance) -> str:
    """The one outcome of the print that the page tells."""
    told = [outcome for outcome in OUTCOMES if glance.sees(f"paper-{outcome}")]
    assert len(told) == 1, f"the page tells {told}"
    assert wording(f"done.banner.{told[0]}") in glance.text_of(f"paper-{told[0]}")
    return told[0]


def assert_nothing_was_submitted(glance: Glance) -> None:
    assert glance.sees("nothing-submitted")
    assert not glance.sees("receipt-number")


def assert_true_everywhere(citizen: Citizen, glance: Glance) -> str:
    """Hold what the page says against central, the tray and the spooler; return the outcome."""
    books = citizen.hall.books
    assert not glance.sees("nothing-submitted")
    assert citizen.receipt in glance.text_of("receipt-number")
    outcome = outcome_told(glance)
    case = books.until_closed(citizen.receipt)
    # A print that never was intended has no action of its own at central until it was settled as failed.
    assert [told for _, told in case.prints] == [outcome]
    books.until_nothing_waits()
    assert books.sheets(case.prints[0][0]) in SHEETS[outcome]
    if not books.was_intended(citizen.receipt):
        assert outcome == "failed", "nobody ordered a print"
    assert not traces(citizen.person, citizen.hall.here, citizen.hall.bench)
    return outcome


def kill_and_see(citizen: Citizen) -> str:
    """Kill, start again, read the apology, hold it against the facts; return the outcome."""
    citizen.hall.restart()
    return assert_true_everywhere(citizen, read_the_apology(citizen))


def test_killed_while_nobody_was_there_starts_without_a_word(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    citizen.print_and_go()
    citizen.terminal.log.until("visit.ended")
    hall.books.until_rated(citizen.receipt)
    hall.restart()
    citizen.to_the_record()
    assert not citizen.terminal.log.find("visit.interrupted")
    citizen.print_and_go()


def test_killed_at_the_home_page_says_that_nothing_was_submitted(hall: Hall, citizen: Citizen) -> None:
    citizen.begin()
    hall.restart()
    assert_nothing_was_submitted(read_the_apology(citizen))
    citizen.terminal.picture("restarted-nothing-submitted")
    citizen.terminal.touch("done")
    citizen.terminal.until_sees("begin")


def test_killed_while_the_card_was_read_says_that_nothing_was_submitted(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_reader()
    citizen.lay_slow_card()
    hall.restart()
    assert_nothing_was_submitted(read_the_apology(citizen))
    citizen.terminal.touch("done")
    hall.do("card.lift")
    citizen.to_the_record()
    citizen.print_and_go()


def test_killed_before_the_commit_keeps_nothing_of_the_record(hall: Hall, citizen: Citizen) -> None:
    before = hall.books.count_cases()
    citizen.to_the_record()
    hall.restart()
    assert_nothing_was_submitted(read_the_apology(citizen))
    assert citizen.card["name"] not in citizen.terminal.every_word()
    assert not traces(citizen.person, hall.here, hall.bench)
    citizen.terminal.touch("done")
    hall.do("card.lift")
    citizen.to_the_record()
    citizen.print_and_go()
    hall.books.until_closed(citizen.receipt)
    assert hall.books.count_cases() == before + 1


def test_killed_as_soon_as_the_case_is_durable_keeps_it_and_prints_nothing(hall: Hall, citizen: Citizen) -> None:
    """In a life so young that the typesetting is not loaded yet, so that the kill comes before the print's intent."""
    hall.restart()
    citizen.to_the_record()
    citizen.confirm()
    assert kill_and_see(citizen) == "failed"
    assert not hall.books.was_intended(citizen.receipt)
    citizen.terminal.picture("restarted-not-printed")


def test_killed_when_the_document_was_made_tells_the_truth(citizen: Citizen) -> None:
    citizen.to_the_record()
    citizen.confirm()
    citizen.terminal.log.until("case.rendered")
    assert kill_and_see(citizen) in OUTCOMES


def test_killed_as_soon_as_the_print_was_intended_tells_the_truth(citizen: Citizen) -> None:
    citizen.to_the_print()
    assert kill_and_see(citizen) in OUTCOMES


def test_killed_while_the_print_waits_for_a_printer_that_is_off_prints_nothing(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    citizen.confirm()
    hall.do("printer.off")
    citizen.terminal.until_sees("print-held-up")
    assert kill_and_see(citizen) in ("failed", "unknown")
    hall.do("printer.on")
    hall.books.until_nothing_waits()
    assert hall.books.sheets(hall.books.until_closed(citizen.receipt).prints[0][0]) == 0


def test_killed_while_the_print_waits_for_paper_prints_nothing_when_it_comes(hall: Hall, citizen: Citizen) -> None:
    """Settling the print takes seconds, in which an impatient touch must not cover what has to be said."""
    citizen.to_the_record()
    hall.do("paper.empty_during_next_job")
    citizen.confirm()
    citizen.terminal.until_sees("print-held-up")
    terminal = hall.restart()

    def told() -> bool:
        terminal.ask("touch", "begin")
        return terminal.look().sees("fault-code")

    until("what has to be said", told, every_s=0.1)
    assert assert_true_everywhere(citizen, read_the_apology(citizen)) == "failed"
    hall.do("paper.load")
    hall.books.until_nothing_waits()
    citizen.terminal.touch("done")
    other = Citizen(hall, "li-shufen")
    hall.do("card.lift")
    other.to_the_record()
    other.print_and_go()
    assert hall.books.sheets(hall.books.until_closed(citizen.receipt).prints[0][0]) == 0


def test_killed_while_the_sheet_comes_out_does_not_print_it_again(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    hall.terminal.kill()
    hall.do("printer.release")
    until("the sheet", lambda: hall.books.sheets(action) == 1)
    assert kill_and_see(citizen) == "sent"
    citizen.terminal.picture("restarted-printed")


def test_killed_while_the_printer_holds_the_job_leaves_nothing_for_the_next_citizen(
    hall: Hall, citizen: Citizen, held: str
) -> None:
    """Released in time the sheet still comes for whoever waits; held for long it is withdrawn for good."""
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    hall.restart()
    citizen.terminal.until_says("idle.preparing")
    citizen.terminal.picture("restarted-preparing")
    if held == "for a moment":
        hall.do("printer.release")
    outcome = assert_true_everywhere(citizen, read_the_apology(citizen))
    citizen.terminal.picture(f"restarted-{outcome}")
    hall.do("printer.release")
    hall.books.until_nothing_waits()
    assert hall.books.sheets(action) in SHEETS[outcome]


def test_killed_with_the_sheet_in_the_tray_before_it_heard_says_printed(hall: Hall, citizen: Citizen) -> None:
    action = citizen.to_the_print()
    until("the sheet", lambda: hall.books.sheets(action) == 1, every_s=0.001)
    assert kill_and_see(citizen) == "sent"


def test_killed_when_the_print_was_settled_says_printed(citizen: Citizen) -> None:
    citizen.to_the_print()
    citizen.terminal.log.until("print.settled", outcome="sent")
    assert kill_and_see(citizen) == "sent"


def test_killed_after_the_rating_keeps_the_rating(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_print()
    citizen.until_outcome("sent")
    citizen.terminal.touch("rate-4")
    citizen.terminal.log.until("visit.rated")
    assert kill_and_see(citizen) == "sent"
    assert hall.books.until_rated(citizen.receipt).grade == 4


def test_killed_and_printer_restarted_meanwhile_leaves_a_doubt(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    hall.terminal.kill()
    hall.do("printer.off")
    hall.do("printer.repair")
    hall.do("printer.on")
    assert kill_and_see(citizen) == "unknown"
    assert hall.books.sheets(action) == 0


def test_killed_offline_delivers_the_case_once_when_the_line_is_back(hall: Hall, citizen: Citizen) -> None:
    before = hall.books.count_cases()
    citizen.to_the_record()
    hall.do("cable.pull")
    citizen.confirm()
    citizen.until_outcome("sent")
    hall.restart()
    glance = read_the_apology(citizen)
    assert hall.books.case(citizen.receipt) is None
    hall.do("cable.plug")
    assert assert_true_everywhere(citizen, glance) == "sent"
    assert hall.books.count_cases() == before + 1


def test_ended_in_order_in_mid_print_owns_up_like_a_crash(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    hall.do("printer.await_job", citizen.action())
    assert citizen.terminal.end() == 0
    hall.do("printer.release")
    assert kill_and_see(citizen) in OUTCOMES


def test_killed_again_while_it_was_starting_still_owns_up(hall: Hall, citizen: Citizen) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    hall.do("printer.await_job", citizen.action())
    hall.restart()
    citizen.terminal.until_says("idle.preparing")
    hall.do("printer.release")
    assert kill_and_see(citizen) in OUTCOMES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Few seeds, the same each time, and no long waits; a campaign takes many."""
    campaign = metafunc.config.getoption("--campaign")
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(200 if campaign else 10))
    if "held" in metafunc.fixturenames:
        metafunc.parametrize("held", ("for a moment", "for long") if campaign else ("for a moment",))


def test_killed_at_any_moment_after_the_touch_tells_the_truth(hall: Hall, citizen: Citizen, seed: int) -> None:
    """From the touch on "print" to the paper in hand takes about two seconds; the kill falls anywhere in it."""
    chance = random.Random(seed)  # noqa: S311 - a moment, not a secret
    citizen.to_the_record()
    before = hall.books.count_cases()
    if chance.random() < 0.15:
        hall.do("paper.empty_during_next_job")
    citizen.terminal.touch("confirm")
    threading.Event().wait(chance.uniform(0.0, 2.0))
    killed = hall.terminal
    killed.kill()
    committed = killed.log.find("case.committed")
    hall.restart()
    glance = read_the_apology(citizen)
    if glance.sees("nothing-submitted"):
        assert_nothing_was_submitted(glance)
        assert committed is None
        assert hall.books.count_cases() == before
        return
    citizen.receipt = glance.text_of("receipt-number").strip()
    assert committed is None or committed["receipt"] == citizen.receipt
    assert_true_everywhere(citizen, glance)
    assert hall.books.count_cases() == before + 1
