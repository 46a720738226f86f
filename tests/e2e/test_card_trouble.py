"""Trouble with the card and its reader: what the citizen is told, and that the visit goes on or ends well."""

import pytest

from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall
from tests.e2e.terminal import wording


def print_and_go(citizen: Citizen) -> None:
    """See that the business can still be done."""
    citizen.terminal.until_sees("confirm")
    citizen.confirm()
    citizen.until_outcome("sent")
    assert citizen.hall.books.sheets(citizen.action()) == 1
    citizen.go()


def test_whole_journey_ends_with_paper_in_hand_and_the_case_at_central(hall: Hall, citizen: Citizen) -> None:
    action = citizen.to_the_print()
    citizen.until_outcome("sent")
    citizen.terminal.touch("rate-2")
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
    print_and_go(citizen)
