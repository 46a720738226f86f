"""Cases and the events that move them.

A case is committed once and afterwards only appended to: committed, rendered, print intended,
print settled, closed. The latest stage is a fold over its events. Print outcomes are what is known
and no more: `sent` means the printer took every page, `unknown` means nobody can say.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from contract.documents import IssuedDocument
from contract.ids import ActionId, CaseId, EventId, VisitId
from contract.model import Value
from contract.persons import Applicant


class PrintOutcome(StrEnum):
    """How a print ended, as far as evidence goes."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NONE = "none"


class CaseStage(StrEnum):
    """Where a case stands on the terminal."""

    COMMITTED = "committed"
    RENDERED = "rendered"
    PRINTING = "printing"
    CLOSED = "closed"


class Attachment(Value):
    """A file of a case, which goes to central ahead or behind, by its hash.

    `sha256` and `size` are of the bytes that cross the wire; `sealed` tells that these are ciphertext.
    """

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
    media_type: str
    purpose: str
    sealed: bool = False


class Case(Value):
    """What a citizen confirmed."""

    case_id: CaseId
    visit_id: VisitId
    receipt_number: str
    item_id: str
    item_code: str
    catalogue_version: int
    language: str
    committed_at: str
    applicant: Applicant
    register_name: str | None = None
    facts: Annotated[dict[str, JsonValue], Field(repr=False)] = {}
    facts_as_of: str | None = None
    template: str | None = None
    attachments: Annotated[tuple[Attachment, ...], Field(exclude_if=lambda held: not held)] = ()


class Receipt(Value):
    """What the citizen may take away of a commit: no personal data in it."""

    case_id: CaseId
    receipt_number: str
    committed_at: str


class CaseCommitted(Value):
    kind: Literal["case.committed"] = "case.committed"
    case: Case


class CaseRendered(Value):
    kind: Literal["case.rendered"] = "case.rendered"
    document: IssuedDocument


class PrintIntended(Value):
    """Written before the printer hears of the job, so that a crash leaves a question, not a secret.

    `reprint_of` names the failed print of a closed case that the citizen has made once more, in the same
    visit; the case closes again when this one is settled.
    """

    kind: Literal["print.intended"] = "print.intended"
    case_id: CaseId
    action_id: ActionId
    sheets: int
    reprint_of: Annotated[ActionId | None, Field(exclude_if=lambda action: action is None)] = None


class PrintSettled(Value):
    kind: Literal["print.settled"] = "print.settled"
    case_id: CaseId
    action_id: ActionId
    outcome: PrintOutcome
    fault_code: str | None = None
    sheets: int = 0


class CaseClosed(Value):
    kind: Literal["case.closed"] = "case.closed"
    case_id: CaseId
    outcome: PrintOutcome


class VisitRated(Value):
    """A rating by 好差评; `grade` 1 is the best (GB/T 39046 §满意度), None is "not rated"."""

    kind: Literal["visit.rated"] = "visit.rated"
    visit_id: VisitId
    case_id: CaseId
    grade: Annotated[int, Field(ge=1, le=5)] | None


EventBody = Annotated[
    CaseCommitted | CaseRendered | PrintIntended | PrintSettled | CaseClosed | VisitRated,
    Field(discriminator="kind"),
]


class JournalEvent(Value):
    """One appended event; `sequence` counts up by one within an installation."""

    sequence: int
    event_id: EventId
    at: str
    body: EventBody
