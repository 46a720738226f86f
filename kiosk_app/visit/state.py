"""The situations a visit can be in.

A situation is something a person standing at the machine could name ("it waits for my card").
Everything personal hangs on `Visit`, which exists only between the first touch and the wipe; the
situations that outlive it (`Leaving`, `Idle`) hold none. Times are monotonic seconds.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from contract.cases import CaseStage, PrintOutcome, Receipt
from contract.catalogue import Catalogue, ServiceItem, Step
from contract.fault import Fault
from contract.ids import LookupId, OrderId, VisitId
from contract.lookups import LookupAnswer
from contract.persons import Applicant

Language = Literal["zh", "en"]
Mode = Literal["normal", "large", "contrast", "low"]


@dataclass(frozen=True, slots=True)
class Visit:
    """One citizen's session, in memory only."""

    visit_id: VisitId
    catalogue: Catalogue = field(repr=False)
    began_at: float
    item: ServiceItem | None = None
    step: int = 0
    applicant: Applicant | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    """The verification code of the document that was scanned for the item."""
    answer: LookupAnswer | None = field(default=None, repr=False)
    receipt: Receipt | None = None
    used_reader: bool = False

    @property
    def current_step(self) -> Step | None:
        """The step of the item that the visit stands at; None without an item."""
        return self.item.steps[self.step] if self.item is not None else None

    @property
    def ends_here(self) -> bool:
        """Whether the current step is the item's last: nothing will be submitted or printed."""
        return self.item is not None and self.step == len(self.item.steps) - 1

    def without_item(self) -> "Visit":
        """The same visit, back at the choice; who the citizen is need not be read again."""
        return replace(self, item=None, step=0, code=None, answer=None, receipt=None)


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is here. `card_left` says that somebody's card still lies on the reader."""

    card_left: bool = False


@dataclass(frozen=True, slots=True)
class Choosing:
    """The citizen looks for an item, by touch or by its initials."""

    visit: Visit
    query: str = ""


@dataclass(frozen=True, slots=True)
class Consenting:
    """The citizen reads what will be read of them and why."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Identifying:
    """The reader waits for a card. `fault` is why the last try failed."""

    visit: Visit
    order: OrderId
    card_found: bool = False
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Scanning:
    """The scanner waits for a code. `fault` is why the last of `refused` codes could not be used."""

    visit: Visit
    order: OrderId
    fault: Fault | None = None
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """A register is being asked."""

    visit: Visit
    lookup: LookupId


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The citizen reads the answer and decides."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Committing:
    """The case is being made durable. There is no way back until it is known whether it was."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class Printing:
    """The case is durable; the machine makes the paper. `held_up` is what the print waits for."""

    visit: Visit
    receipt: Receipt
    stage: CaseStage = CaseStage.COMMITTED
    held_up: Fault | None = None
    verification_code: str = ""
    grade: int | None = None
    rated: bool = False
    """A print that is repeated may have been rated before."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The business is over: its true outcome, and the rating."""

    visit: Visit
    receipt: Receipt
    outcome: PrintOutcome
    fault: Fault | None = None
    verification_code: str = ""
    delivered: bool = False
    grade: int | None = None
    rated: bool = False


Again = Literal["identify", "scan", "lookup", "commit", "none"]


@dataclass(frozen=True, slots=True)
class Apologising:
    """Something went wrong; says what, what is safe, and what to do. `again` is the step to retry."""

    fault: Fault
    visit: Visit | None = None
    again: Again = "none"
    receipt: Receipt | None = None
    print: PrintOutcome | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """The visit is wiped. The machine calls out what was left on it, then says goodbye."""

    visit_id: VisitId
    order: OrderId | None
    card_present: bool | None = None


Situation = (
    Idle
    | Choosing
    | Consenting
    | Identifying
    | Scanning
    | Asking
    | Reviewing
    | Committing
    | Printing
    | Finished
    | Apologising
    | Leaving
)


@dataclass(frozen=True, slots=True)
class VisitState:
    """A situation with its clock and how it is shown.

    `idle_at` is when the machine asks whether anybody is there; `leave_at` is when it stops waiting
    for an answer. At most one is set.
    """

    situation: Situation = Idle()
    language: Language = "zh"
    mode: Mode = "normal"
    idle_at: float | None = None
    leave_at: float | None = None
    watched_card: OrderId | None = None
    first_language: Language = "zh"

    @property
    def visit(self) -> Visit | None:
        """The citizen's session, in the situations that have one."""
        match self.situation:
            case Idle() | Leaving():
                return None
            case situation:
                return situation.visit

    @property
    def wakes_at(self) -> float | None:
        """The next moment at which time alone changes something."""
        return self.leave_at if self.leave_at is not None else self.idle_at
