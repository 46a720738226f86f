"""`CaseDesk`: what the screen may ask of the agent, and what it hears back.

Every call returns at once with a future; nothing here blocks the caller. Faults arrive as
`DeskFault` from the future. Listeners run on the desk's thread and must return at once.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from contract.cases import CaseStage, PrintOutcome, Receipt
from contract.catalogue import Catalogue
from contract.fault import Fault
from contract.ids import ActionId, CaseId, LookupId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from contract.model import Value
from contract.persons import Applicant
from contract.privacy import Privacy


class DeskFault(Exception):
    """The desk could not do what was asked, for a known reason."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class CommitRequest(Value):
    """What the citizen confirmed. The facts are the desk's own copy of lookup `lookup_id`.

    `attachments` names files by the SHA-256 of their content; the desk holds each whole already.
    """

    visit_id: VisitId
    item_id: str
    language: str
    applicant: Applicant
    lookup_id: LookupId | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentPiece:
    """A stretch of a file that belongs to what will be confirmed: `data` begins at `offset` of `size` bytes.

    `sha256` is of the whole file. `purpose` names the question that the file answers; `privacy` decides how
    long the terminal keeps it.
    """

    visit_id: VisitId
    item_id: str
    privacy: Privacy
    purpose: str
    media_type: str
    sha256: str
    size: int
    offset: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reprint:
    """A print that failed, asked for once more by its citizen; `action_id` is the new print's, from the button."""

    visit_id: VisitId
    case_id: CaseId
    action_id: ActionId


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
class ServiceChanged:
    """Central took the terminal out of service, or back into it; a visit that runs is not cut off."""

    in_service: bool


@dataclass(frozen=True, slots=True)
class ScreenshotWanted:
    """Central wants a picture of the screen while nobody is here; answered by `CaseDesk.screenshot`."""

    number: str


@dataclass(frozen=True, slots=True)
class Restarting:
    """Every process of the terminal is to end in order; whoever keeps them starts them again."""


@dataclass(frozen=True, slots=True)
class Screenshot:
    """The picture that was wanted, as PNG; None when the screen would not be seen by a passer-by just so."""

    number: str
    png: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What the terminal was doing when it was stopped: a visit, and its case when it had one."""

    visit_id: VisitId
    receipt: Receipt | None
    print: PrintOutcome | None


DeskEvent = (
    CaseProgress | CaseDelivered | CentralSeen | CatalogueChanged | ServiceChanged | ScreenshotWanted | Restarting
)
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

    def attach(self, piece: AttachmentPiece) -> "Future[int]":
        """Bring a piece of a file; the answer is how many bytes of it are held. Go on from there.

        At `size` the file is durable and can be confirmed; what the visit does not confirm goes with it. After
        the agent was killed the answer may be 0 again. Faults: ``storage.*``, ``visit.interrupted`` when the visit
        does not run, ``agent.bug`` when the content is not what was announced.
        """

    def commit(self, request: CommitRequest) -> "Future[Receipt]":
        """Make the case durable, then render and print it. The future is done when it is durable.

        Faults: ``storage.*``, ``lookup.expired``, ``visit.interrupted`` when an attachment is not held and has to
        be brought again. Progress follows as `CaseProgress` events.
        """

    def cancel_print(self, case_id: CaseId) -> "Future[None]":
        """Withdraw a print that nobody waits for any more; one that came out stays as it is."""

    def reprint(self, request: Reprint) -> "Future[None]":
        """Print the same document once more after a print of the running visit failed, and for nothing else.

        Done when it is on its way; `CaseProgress` follows as for the first. Faults: ``print.unknown`` when the
        first may have come out, ``visit.interrupted`` when its visit is over, ``document.failed``, ``storage.*``.
        """

    def rate(self, rating: Rating) -> "Future[None]":
        """Record a rating, or that none was given."""

    def screenshot(self, picture: Screenshot) -> "Future[None]":
        """Hand over the picture that `ScreenshotWanted` asked for; one that nobody waits for is dropped."""

    def close(self) -> None:
        """Stop the agent's threads after what they are writing is written. Safe twice."""
