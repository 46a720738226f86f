"""Agent or drivers are killed or stopped in the midst of a visit: the visit goes on, and what it says is true.

A stopped process is worse than a dead one, since the kernel keeps its sockets open; it is noticed by its
silence, killed and replaced. The citizen waits for a moment and loses nothing.
"""

import os
import signal

import pytest

from tests.e2e.citizen import Citizen
from tests.e2e.hall import ITEM, Hall
from tests.e2e.test_killed import OUTCOMES, SHEETS
from tests.e2e.waiting import until

VICTIMS = ("agentd", "deviced")
BLOWS = ("SIGKILL", "SIGSTOP")

pytestmark = [pytest.mark.parametrize("victim", VICTIMS), pytest.mark.parametrize("blow", BLOWS)]


@pytest.fixture(autouse=True)
def young(hall: Hall) -> None:
    """A terminal just started: who dies again and again is started again ever later."""
    hall.restart()


def strike(citizen: Citizen, victim: str, blow: str) -> None:
    """Kill or stop one process of the terminal and see that another takes its place."""

    def running() -> int:
        pid = citizen.terminal.ask("pid", victim)
        return pid if isinstance(pid, int) and not isinstance(pid, bool) else 0

    old: int = until(f"a running {victim}", running)
    os.kill(old, signal.Signals[blow])
    until(f"another {victim}", lambda: running() not in (0, old))


def until_outcome(citizen: Citizen) -> str:
    """Wait until the screen tells how the print ended; what it tells is what came out and what central holds."""

    def told() -> str:
        glance = citizen.terminal.look()
        return next((outcome for outcome in OUTCOMES if glance.sees(f"outcome-{outcome}")), "")

    outcome: str = until("an outcome", told, 90)
    books = citizen.hall.books
    case = books.until_closed(citizen.receipt)
    assert [one for _, one in case.prints] == [outcome]
    books.until_nothing_waits()
    assert books.sheets(case.prints[0][0]) in SHEETS[outcome]
    return outcome


def test_while_the_home_page_is_shown(citizen: Citizen, victim: str, blow: str) -> None:
    citizen.begin()
    strike(citizen, victim, blow)
    until("the item to be available", lambda: f"item-{ITEM}" not in citizen.terminal.look().dead)
    citizen.terminal.touch(f"item-{ITEM}")
    citizen.terminal.touch("consent")
    citizen.lay_card()
    citizen.print_and_go()


def test_while_the_reader_waits_for_a_card(citizen: Citizen, victim: str, blow: str) -> None:
    citizen.to_the_reader()
    strike(citizen, victim, blow)
    citizen.lay_card()
    citizen.print_and_go()


def test_while_the_record_is_read(citizen: Citizen, victim: str, blow: str) -> None:
    """The agent keeps answers in memory only: when it is another one, the register is asked again."""
    citizen.to_the_record()
    strike(citizen, victim, blow)
    citizen.terminal.touch("confirm")
    until(
        "what comes of it", lambda: citizen.terminal.look().sees("again") or citizen.terminal.log.find("case.committed")
    )
    if citizen.terminal.look().sees("again"):
        citizen.terminal.touch("again")
        citizen.terminal.touch("confirm")
    citizen.receipt = citizen.terminal.log.until("case.committed")["receipt"]
    assert until_outcome(citizen) == "sent"
    citizen.go()


def test_as_soon_as_the_case_is_durable(citizen: Citizen, victim: str, blow: str) -> None:
    citizen.to_the_record()
    citizen.confirm()
    strike(citizen, victim, blow)
    assert until_outcome(citizen) in OUTCOMES
    citizen.go()


def test_while_the_printer_has_the_pages(hall: Hall, citizen: Citizen, victim: str, blow: str) -> None:
    citizen.to_the_record()
    hall.do("printer.hold_next")
    citizen.confirm()
    action = citizen.action()
    hall.do("printer.await_job", action)
    strike(citizen, victim, blow)
    hall.do("printer.release")
    assert until_outcome(citizen) in OUTCOMES
    assert hall.books.sheets(action) <= 1
    citizen.go()


def test_when_the_paper_is_out(hall: Hall, citizen: Citizen, victim: str, blow: str) -> None:
    citizen.to_the_record()
    citizen.confirm()
    assert until_outcome(citizen) == "sent"
    strike(citizen, victim, blow)
    citizen.go()
    hall.books.until_rated(citizen.receipt)
