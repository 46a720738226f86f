"""What a visit can ask for. The runner performs effects; the machine only names them."""

from dataclasses import dataclass, field

from contract.ids import CaseId, OrderId, VisitId
from contract.lookups import LookupRequest
from kiosk_app.link.desk import CommitRequest, Rating, Reprint


@dataclass(frozen=True, slots=True)
class BeginVisit:
    visit: VisitId


@dataclass(frozen=True, slots=True)
class EndVisit:
    """Forget the visit everywhere: desk, screen, keyboard."""

    visit: VisitId
    reason: str


@dataclass(frozen=True, slots=True)
class ReadCard:
    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class ReadCode:
    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class WatchCard:
    order: OrderId
    seconds: float


@dataclass(frozen=True, slots=True)
class WithdrawOrder:
    order: OrderId


@dataclass(frozen=True, slots=True)
class AskRegister:
    request: LookupRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class CommitCase:
    request: CommitRequest = field(repr=False)


@dataclass(frozen=True, slots=True)
class CancelPrint:
    case: CaseId


@dataclass(frozen=True, slots=True)
class PrintAgain:
    """Make a print that failed good; the new print has its own action id, from the button."""

    request: Reprint


@dataclass(frozen=True, slots=True)
class RecordRating:
    rating: Rating


Effect = (
    BeginVisit
    | EndVisit
    | ReadCard
    | ReadCode
    | WatchCard
    | WithdrawOrder
    | AskRegister
    | CommitCase
    | CancelPrint
    | PrintAgain
    | RecordRating
)
