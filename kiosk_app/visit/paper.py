"""The paper of a visit: how its print goes on and ends, and a print that failed asked for once more.

What the agent says of a print is believed whenever it comes: an agent that started anew may tell the end of
the first print after the second was asked for. A print that is unknown is never offered again; a person decides.
"""

from dataclasses import replace

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId
from kiosk_app.link.desk import CaseProgress, Reprint
from kiosk_app.visit.effects import PrintAgain
from kiosk_app.visit.facts import Facts
from kiosk_app.visit.state import Finished, Printing
from kiosk_app.visit.steps import Moved


def can_print_again(now: Finished, facts: Facts) -> bool:
    """Whether the print failed, there is a document, and the printer serves: what cannot begin is not offered."""
    documented = now.fault is None or now.fault.code != "document.failed"
    serves = facts.printer is not None and facts.printer.state.serves
    return now.outcome is PrintOutcome.FAILED and documented and serves


def print_again(now: Finished, facts: Facts) -> Moved:
    """Ask for the print once more; a rating that was given stands."""
    request = Reprint(now.visit.visit_id, now.receipt.case_id, ActionId(facts.fresh))
    again = Printing(
        now.visit, now.receipt, CaseStage.RENDERED, None, now.verification_code, grade=now.grade, rated=now.rated
    )
    return again, (PrintAgain(request),)


def print_went_on(now: Printing, progress: CaseProgress) -> Printing | Finished:
    """Take up how the print stands, or how it ended."""
    code = progress.verification_code or now.verification_code
    if progress.stage is CaseStage.CLOSED:
        outcome = progress.print or PrintOutcome.UNKNOWN
        return Finished(now.visit, now.receipt, outcome, progress.fault, code, grade=now.grade, rated=now.rated)
    return replace(now, stage=progress.stage, held_up=progress.held_up, verification_code=code)


def refuse_again(now: Printing, fault: Fault) -> Finished:
    """Say that the print is not repeated: it failed as before, or nobody knows what became of it."""
    outcome = PrintOutcome.UNKNOWN if fault.code == "print.unknown" else PrintOutcome.FAILED
    return Finished(now.visit, now.receipt, outcome, fault, now.verification_code, grade=now.grade, rated=now.rated)


def told_late(now: Finished, progress: CaseProgress) -> Printing | Finished:
    """Take up what is told of a print that was taken to have failed: it goes on, or it ended otherwise."""
    if now.outcome is not PrintOutcome.FAILED:
        return now
    going = Printing(now.visit, now.receipt, verification_code=now.verification_code, grade=now.grade, rated=now.rated)
    return print_went_on(going, progress)
