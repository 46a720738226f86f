"""A print that failed is made good within the visit when its citizen asks for it: one sheet, both prints on record."""

from tests.e2e.books import CentralCase
from tests.e2e.citizen import Citizen
from tests.e2e.hall import Hall
from tests.e2e.terminal import wording
from tests.e2e.test_one_process_gone import strike
from tests.e2e.waiting import until


def failed_for_want_of_paper(hall: Hall, citizen: Citizen) -> str:
    """The paper runs out, and the drivers die while everybody waits; return the print that failed."""
    citizen.to_the_record()
    hall.do("paper.empty_during_next_job")
    citizen.confirm()
    action = citizen.action()
    citizen.terminal.until_says("fault.printer.media_empty.title")
    strike(citizen, "deviced", "SIGKILL")
    citizen.until_outcome("failed")
    return action


def test_citizen_whose_print_failed_has_it_again_once_there_is_paper(hall: Hall, citizen: Citizen) -> None:
    first = failed_for_want_of_paper(hall, citizen)
    assert not citizen.terminal.look().sees("print-again"), "a print is offered that cannot begin"
    citizen.terminal.picture("done-failed")
    hall.do("paper.load")
    citizen.terminal.until_sees("print-again")
    citizen.terminal.picture("done-failed-again")
    citizen.terminal.touch("print-again")
    citizen.until_outcome("sent")
    assert not citizen.terminal.look().says(wording("done.title.failed"))
    citizen.go()

    def issued() -> CentralCase | None:
        case = hall.books.case(citizen.receipt)
        return case if case is not None and case.verdict == "issued" else None

    prints = dict(until("central to know the second print", issued).prints)
    assert prints.pop(first) == "failed"
    ((second, outcome),) = prints.items()
    assert outcome == "sent"
    hall.books.until_nothing_waits()
    assert hall.books.sheets(first) == 0
    assert hall.books.sheets(second) == 1
