"""What events say, written into tables that can be asked: cases, documents, prints, ratings.

Events of one installation come here in their sequence and once, but one that was set aside or given up
may come late: a case never goes back to an earlier stage. A terminal may only add to what it began
itself; an event about another terminal's case is refused (`Unusable`), kept in the inbox and never
applied. Nothing is guessed: a print is what the terminal settled it as.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from sqlalchemy import select
from sqlalchemy.orm import Session

from central import verdicts
from central.bulk import Row
from central.fleet_models import BlobRow
from central.incoming import Document, Fact, Said
from central.known import KnownCases
from central.models import Installation, Kiosk
from contract import codes
from contract.cases import (
    Attachment,
    CaseClosed,
    CaseCommitted,
    CaseRendered,
    CaseStage,
    PrintIntended,
    PrintSettled,
    VisitRated,
)

_HIDDEN = "********"
_STAGES: dict[str | None, int] = {stage.value: place for place, stage in enumerate(CaseStage)} | {None: -1}
"""In the order in which a case goes through them."""
_COMMITTED, _RENDERED, _PRINTING, _CLOSED = (stage.value for stage in CaseStage)


class Unusable(Exception):
    """The event cannot be applied; the reason is a word for operators, without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def project(session: Session, installation: Installation, events: Sequence[tuple[Said, str]], now: str) -> None:
    """Write what events of the installation say, each with its instant, and decide on their cases.

    The terminal's row must be locked. Whoever calls undoes what was written when this raises.

    Raises:
        Unusable: one contradicts what is known.
    """
    kiosk = session.get_one(Kiosk, installation.kiosk_id)
    projector = _Projector(session, installation.id, kiosk.id, now)
    projector.expect([body for body, _at in events])
    for body, at in events:
        projector.apply(body, at)
    verdicts.decide(projector.known, kiosk, projector.undecided, now)
    projector.known.write()


class _Projector:
    """Applies events in memory, to everything that is known about what they speak of."""

    def __init__(self, session: Session, installation: str, kiosk: str, now: str) -> None:
        self._session = session
        self._installation = installation
        self._kiosk = kiosk
        self._now = now
        self._held: set[str] = set()
        """Files that are here already."""
        self.known = KnownCases(session)
        self.undecided: dict[str, None] = {}
        """Cases to decide on, in the order in which that became due."""

    def expect(self, bodies: Iterable[Said]) -> None:
        """Look up together what the events will ask for one by one."""
        cases: set[str] = set()
        documents: set[str] = set()
        actions: set[str] = set()
        files: set[str] = set()
        for body in bodies:
            match body:
                case CaseCommitted():
                    cases.add(body.case.case_id)
                    files.update(attachment.sha256 for attachment in body.case.attachments)
                case CaseRendered():
                    cases.add(body.document.case_id)
                    documents.add(body.document.verification_code)
                case PrintIntended() | PrintSettled():
                    cases.add(body.case_id)
                    actions.add(body.action_id)
                case CaseClosed() | VisitRated():
                    cases.add(body.case_id)
                case _:
                    assert_never(body)
        self.known.read(cases)
        self.known.read_documents(documents)
        self.known.read_actions(actions)
        if files:
            here = select(BlobRow.sha256).where(BlobRow.kiosk_id == self._kiosk, BlobRow.sha256.in_(files))
            self._held.update(self._session.scalars(here))

    def apply(self, body: Said, at: str) -> None:
        """Note what `body` says.

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
                action["sheets_intended"], action["reprint_of"] = body.sheets, body.reprint_of
                _move(self._case(body.case_id), _PRINTING)
            case PrintSettled():
                action = self._action(body.action_id, body.case_id)
                action["outcome"], action["fault_code"] = body.outcome.value, body.fault_code
                action["sheets_out"] = body.sheets
                self.undecided[body.case_id] = None
            case CaseClosed():
                case = self._case(body.case_id)
                _move(case, _CLOSED)
                case["closed_as"] = body.outcome.value
                self.undecided[body.case_id] = None
            case VisitRated():
                self._rated(body, at)
            case _:
                assert_never(body)

    def _case(self, case_id: str) -> Row:
        row = self.known.cases.get(case_id)
        if row is None:
            return self.known.cases.add(
                id=case_id, installation_id=self._installation, kiosk_id=self._kiosk, received_at=self._now
            )
        if row["kiosk_id"] != self._kiosk:
            raise Unusable("foreign-case")
        return row

    def _committed(self, body: CaseCommitted) -> None:
        case, row = body.case, self._case(body.case.case_id)
        row.update(
            visit_id=case.visit_id,
            receipt_number=case.receipt_number,
            item_id=case.item_id,
            item_code=case.item_code,
            catalogue_version=case.catalogue_version,
            language=case.language,
            committed_at=case.committed_at,
            template=case.template,
            applicant_name=case.applicant.name,
            applicant_document_type=case.applicant.document_type,
            applicant_document_number=case.applicant.document_number,
            register_name=case.register_name,
            facts_as_of=case.facts_as_of,
        )
        _move(row, _COMMITTED)
        for attachment in case.attachments:
            self._attached(case.case_id, attachment)
        self.undecided[case.case_id] = None

    def _attached(self, case_id: str, attachment: Attachment) -> None:
        if self.known.attachments.get((case_id, attachment.sha256)) is None:
            self.known.attachments.add(
                case_id=case_id,
                sha256=attachment.sha256,
                size=attachment.size,
                media_type=attachment.media_type,
                purpose=attachment.purpose,
                sealed=attachment.sealed,
                state="held" if attachment.sha256 in self._held else "wanted",
            )

    def _rendered(self, document: Document) -> None:
        code = document.verification_code
        if not codes.is_wellformed(code):
            raise Unusable("malformed-code")
        case = self._case(document.case_id)
        row = self.known.documents.get(code)
        if row is None:
            row = self.known.documents.add(verification_code=code, case_id=document.case_id)
        elif row["case_id"] != document.case_id:
            raise Unusable("code-taken")
        row.update(
            template=document.template,
            template_version=document.template_version,
            title=document.title,
            sha256=document.sha256,
            pages=document.pages,
            issued_at=document.issued_at,
            facts=[_shown(fact, case["applicant_document_number"]) for fact in document.facts],
        )
        _move(case, _RENDERED)

    def _action(self, action_id: str, case_id: str) -> Row:
        self._case(case_id)
        row = self.known.actions.get(action_id)
        if row is None:
            return self.known.actions.add(action_id=action_id, case_id=case_id)
        if row["case_id"] != case_id:
            raise Unusable("foreign-action")
        return row

    def _rated(self, body: VisitRated, at: str) -> None:
        self._case(body.case_id)
        row = self.known.ratings.get(body.case_id)
        if row is None:
            row = self.known.ratings.add(case_id=body.case_id)
        elif row["grade"] is not None:
            return  # one rating for one case (GB/T 39735): what was given stands
        row.update(visit_id=body.visit_id, grade=body.grade, at=at)


def _move(case: Row, stage: str) -> None:
    if _STAGES[stage] > _STAGES[case["stage"]]:
        case["stage"] = stage


def _shown(fact: Fact, number: str | None) -> Fact:
    """Return a fact without a document number that a terminal left whole; whoever has a paper's code may see it."""
    value = fact["value"]
    if number and len(value) >= len(number) and number in "".join(value.split()):
        value = f"{number[:6]}{_HIDDEN}{number[-4:]}"
    return {"label": fact["label"], "value": value}
