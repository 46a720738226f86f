"""`CaseDesk`: what the screen may ask of the agent, and what it hears back.

Every call returns at once with a future; nothing here blocks the caller. Faults arrive as
`DeskFault` from the future. Listeners run on the desk's thread and must return at once.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from contract.cases import CaseStage, PrintOutcome, Receipt
from contract.catalogue import Catalogue
from contract.fault import Fault
from contract.ids import CaseId, LookupId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from contract.model import Value
from contract.persons import Applicant


class DeskFault(Exception):
    """The desk could not do what was asked, for a known reason."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class CommitRequest(Value):
    """What the citizen confirmed. The facts are the desk's own copy of lookup `lookup_id`."""

    visit_id: VisitId
    item_id: str
    language: str
    applicant: Applicant
    lookup_id: LookupId | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """Five grades, 1 the best; None is "not rated"."""

    visit_id: VisitId
    case_id: CaseId
    grade: int | None


@dataclass(frozen=True, slots=True)
class CaseProgress:
    """Where a case stands. `held_up` is the fault that a running print waits for."""

    case_id: CaseId
    stage: CaseStage
    print: PrintOutcome | None = None
    held_up: Fault | None = None
    fault: Fault | None = None
    verification_code: str = ""


@dataclass(frozen=True, slots=True)
class CentralSeen:
    """Whether central answered the last time it was asked, and how many events wait for it."""

    reachable: bool
    undelivered: int


@dataclass(frozen=True, slots=True)
class CaseDelivered:
    """Central holds every event of the case durably."""

    case_id: CaseId


@dataclass(frozen=True, slots=True)
class CatalogueChanged:
    """A newer catalogue is in force; visits that run keep the one they began with."""

    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What the terminal was doing when it was stopped: a visit, and its case when it had one."""

    visit_id: VisitId
    receipt: Receipt | None
    print: PrintOutcome | None


DeskEvent = CaseProgress | CaseDelivered | CentralSeen | CatalogueChanged
DeskListener = Callable[[DeskEvent], None]


class CaseDesk(Protocol):
    """The agent's counter for the screen."""

    def catalogue(self) -> "Future[Catalogue]":
        """The catalogue in force; the seed that came with the release when central never gave one."""

    def subscribe(self, listener: DeskListener) -> Callable[[], None]:
        """Hear every desk event from now on; call what is returned to stop."""

    def resume(self) -> "Future[Interrupted | None]":
        """Settle what an earlier process left open, printing nothing, and say what it was."""

    def begin_visit(self, visit_id: VisitId) -> "Future[None]":
        """Note durably that a visit runs, so that a crash in it can be owned up to."""

    def end_visit(self, visit_id: VisitId) -> "Future[None]":
        """Forget everything held for the visit in memory; what was committed stays."""

    def look_up(self, request: LookupRequest) -> "Future[LookupAnswer]":
        """Ask a register. Faults: ``central.*``, ``lookup.no_record``, ``lookup.not_eligible``, ``code.unknown``."""

    def commit(self, request: CommitRequest) -> "Future[Receipt]":
        """Make the case durable, then render and print it. The future is done when it is durable.

        Faults: ``storage.*``, ``lookup.expired``. Progress follows as `CaseProgress` events.
        """

    def cancel_print(self, case_id: CaseId) -> "Future[None]":
        """Withdraw a print that nobody waits for any more; one that came out stays as it is."""

    def rate(self, rating: Rating) -> "Future[None]":
        """Record a rating, or that none was given."""

    def close(self) -> None:
        """Stop the agent's threads after what they are writing is written. Safe twice."""
