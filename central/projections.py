"""What events say, written into tables that can be asked: cases, documents, prints, ratings.

Events of one installation come here in their sequence and once, but one that was set aside or given up
may come late: a case never goes back to an earlier stage. A terminal may only add to what it began
itself; an event about another terminal's case is refused (`Unusable`), kept in the inbox and never
applied. Nothing is guessed: a print is what the terminal settled it as.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, assert_never, cast

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from central import verdicts
from central.base import Base
from central.fleet_models import BlobRow
from central.models import AttachmentRow, CaseRow, DocumentRow, Installation, PrintActionRow, RatingRow
from contract import codes
from contract.cases import (
    Attachment,
    CaseClosed,
    CaseCommitted,
    CaseRendered,
    CaseStage,
    EventBody,
    PrintIntended,
    PrintSettled,
    VisitRated,
)
from contract.documents import IssuedDocument

Row = TypeVar("Row", bound=Base)

_HIDDEN = "********"
_STAGES = list(CaseStage)
"""In the order in which a case goes through them."""


class Unusable(Exception):
    """The event cannot be applied; the reason is a word for operators, without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class Projector:
    """Applies events of one installation within the caller's transaction.

    Rows that events made are held back until `finish`: cases before what refers to them, and each case is
    decided on once, whatever number of its events came together.
    """

    session: Session
    installation: Installation
    now: str
    _seen: dict[tuple[type[Base], object], Base | None] = field(default_factory=dict)
    _cases: list[Base] = field(default_factory=list)
    _parts: list[Base] = field(default_factory=list)
    _undecided: dict[str, CaseRow] = field(default_factory=dict)

    def expect(self, bodies: Iterable[EventBody]) -> None:
        """Look up together what the events will ask for one by one."""
        wanted: dict[type[Base], set[str]] = {
            CaseRow: set(),
            DocumentRow: set(),
            PrintActionRow: set(),
            RatingRow: set(),
        }
        for body in bodies:
            match body:
                case CaseCommitted():
                    wanted[CaseRow].add(body.case.case_id)
                case CaseRendered():
                    wanted[CaseRow].add(body.document.case_id)
                    wanted[DocumentRow].add(body.document.verification_code)
                case PrintIntended() | PrintSettled():
                    wanted[CaseRow].add(body.case_id)
                    wanted[PrintActionRow].add(body.action_id)
                case CaseClosed():
                    wanted[CaseRow].add(body.case_id)
                case VisitRated():
                    wanted[CaseRow].add(body.case_id)
                    wanted[RatingRow].add(body.case_id)
                case _:
                    assert_never(body)
        for model, ids in wanted.items():
            key = inspect(model).primary_key[0]
            self._seen.update(((model, one), None) for one in ids)
            for row in self.session.scalars(select(model).where(key.in_(ids))) if ids else ():
                self._seen[model, getattr(row, key.name)] = row

    def apply(self, body: EventBody, at: str) -> None:
        """Write what `body` says.

        Raises:
            Unusable: it contradicts what is known.
        """
        match body:
            case CaseCommitted():
                self._committed(body)
            case CaseRendered():
                self._rendered(body.document)
            case PrintIntended():
                action = self._action(body.action_id, body.case_id)
                action.sheets_intended, action.reprint_of = body.sheets, body.reprint_of
                _move(self._case(body.case_id), CaseStage.PRINTING)
            case PrintSettled():
                row = self._action(body.action_id, body.case_id)
                row.outcome, row.fault_code, row.sheets_out = body.outcome, body.fault_code, body.sheets
                self._undecided[body.case_id] = self._case(body.case_id)
            case CaseClosed():
                case = self._case(body.case_id)
                _move(case, CaseStage.CLOSED)
                case.closed_as = body.outcome
                self._undecided[case.id] = case
            case VisitRated():
                self._rated(body, at)
            case _:
                assert_never(body)

    def finish(self) -> None:
        """Write what was held back, and decide on the cases."""
        for rows in (self._cases, self._parts):
            self.session.add_all(rows)
            self.session.flush()
            rows.clear()
        verdicts.decide(self.session, list(self._undecided.values()), self.now)
        self.session.flush()

    def _find(self, model: type[Row], key: object) -> Row | None:
        if (model, key) not in self._seen:
            self._seen[model, key] = self.session.get(model, key)
        return cast("Row | None", self._seen[model, key])

    def _make(self, row: Row, key: object) -> Row:
        (self._cases if isinstance(row, CaseRow) else self._parts).append(row)
        self._seen[type(row), key] = row
        return row

    def _case(self, case_id: str) -> CaseRow:
        row = self._find(CaseRow, case_id)
        if row is None:
            row = CaseRow(
                id=case_id,
                installation_id=self.installation.id,
                kiosk_id=self.installation.kiosk_id,
                received_at=self.now,
            )
            self._make(row, case_id)
        if row.kiosk_id != self.installation.kiosk_id:
            raise Unusable("foreign-case")
        return row

    def _committed(self, body: CaseCommitted) -> None:
        case, row = body.case, self._case(body.case.case_id)
        row.visit_id, row.receipt_number = case.visit_id, case.receipt_number
        row.item_id, row.item_code, row.catalogue_version = case.item_id, case.item_code, case.catalogue_version
        row.language, row.committed_at, row.template = case.language, case.committed_at, case.template
        row.applicant_name = case.applicant.name
        row.applicant_document_type = case.applicant.document_type
        row.applicant_document_number = case.applicant.document_number
        row.register_name, row.facts_as_of = case.register_name, case.facts_as_of
        _move(row, CaseStage.COMMITTED)
        for attachment in case.attachments:
            self._attached(row, attachment)
        self._undecided[row.id] = row

    def _attached(self, case: CaseRow, attachment: Attachment) -> None:
        key = (case.id, attachment.sha256)
        if self._find(AttachmentRow, key) is not None:
            return
        held = self.session.get(BlobRow, (case.kiosk_id, attachment.sha256))
        row = AttachmentRow(
            case_id=case.id,
            sha256=attachment.sha256,
            size=attachment.size,
            media_type=attachment.media_type,
            purpose=attachment.purpose,
            sealed=attachment.sealed,
            state="wanted" if held is None else "held",
        )
        self._make(row, key)

    def _rendered(self, document: IssuedDocument) -> None:
        if not codes.is_wellformed(document.verification_code):
            raise Unusable("malformed-code")
        case = self._case(document.case_id)
        row = self._find(DocumentRow, document.verification_code)
        if row is None:
            row = DocumentRow(verification_code=document.verification_code, case_id=case.id)
            self._make(row, document.verification_code)
        elif row.case_id != case.id:
            raise Unusable("code-taken")
        row.template, row.template_version = document.template, document.template_version
        row.title, row.sha256, row.pages = dict(document.title.root), document.sha256, document.pages
        row.issued_at = document.issued_at
        row.facts = [_without_number(fact.model_dump(mode="json"), case) for fact in document.facts]
        _move(case, CaseStage.RENDERED)

    def _action(self, action_id: str, case_id: str) -> PrintActionRow:
        case = self._case(case_id)
        row = self._find(PrintActionRow, action_id)
        if row is None:
            row = self._make(PrintActionRow(action_id=action_id, case_id=case.id), action_id)
        elif row.case_id != case.id:
            raise Unusable("foreign-action")
        return row

    def _rated(self, body: VisitRated, at: str) -> None:
        case = self._case(body.case_id)
        row = self._find(RatingRow, case.id)
        if row is None:
            row = self._make(RatingRow(case_id=case.id), case.id)
        elif row.grade is not None:
            return  # one rating for one case (GB/T 39735): what was given stands
        row.visit_id, row.grade, row.at = body.visit_id, body.grade, at


def _move(case: CaseRow, stage: CaseStage) -> None:
    if case.stage is None or _STAGES.index(stage) > _STAGES.index(CaseStage(case.stage)):
        case.stage = stage


def _without_number(fact: dict[str, Any], case: CaseRow) -> dict[str, Any]:
    """Hide a document number that a terminal left whole; whoever has a paper's code may see these facts."""
    number = case.applicant_document_number
    if number and number in "".join(str(fact["value"]).split()):
        fact["value"] = f"{number[:6]}{_HIDDEN}{number[-4:]}"
    return fact
