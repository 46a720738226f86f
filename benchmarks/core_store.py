"""Journals for benchmarks: cases with the events of a whole visit, written by the store's own parts in one go."""

from pathlib import Path
from typing import Any

from contract.cases import (
    Case,
    CaseClosed,
    CaseCommitted,
    CaseRendered,
    EventBody,
    PrintIntended,
    PrintOutcome,
    PrintSettled,
    VisitRated,
)
from contract.documents import IssuedDocument, VerifiedFact
from contract.ids import ActionId, CaseId, KioskId, VisitId, new_id
from contract.persons import RESIDENT_CARD, Applicant
from contract.text import Text
from kiosk_app.documents.marks import new_verification_code
from offline_cache.cache import DATABASE, KEY, STORE, open_cache
from offline_cache.cases import CaseLedger, fold
from offline_cache.database import Database
from offline_cache.envelope import unlock
from offline_cache.journal import Journal
from offline_cache.keys import KeySource

KIOSK = KioskId("bench-0001")
AT = "2026-01-02T03:04:05.678Z"
ITEM = "insurance-certificate"


def a_case(visit: str, receipt: str = "") -> Case:
    """A case as large as the certificate's: an applicant and what the register knows."""
    facts: dict[str, Any] = {
        "status": "1",
        "person": {"name": "测试甲", "number": "110101199003070011"},
        "months": [{"month": f"2025-{month:02}", "base": "8000.00", "paid": True} for month in range(1, 13)],
    }
    return Case(
        case_id=CaseId(new_id()),
        visit_id=VisitId(visit),
        receipt_number=receipt,
        item_id=ITEM,
        item_code="000",
        catalogue_version=1,
        language="zh",
        committed_at=AT,
        applicant=Applicant(
            name="测试甲", document_type=RESIDENT_CARD, document_number="110101199003070011", read_by="sdt-serial"
        ),
        register_name="social-insurance.participation",
        facts=facts,
        facts_as_of=AT,
        template=ITEM,
    )


def fill(state_dir: Path, cases: int) -> int:
    """Write `cases` that were printed, closed and rated into the journal below `state_dir`; return how many events."""
    open_cache(state_dir, KIOSK, AT).close()
    store = state_dir / STORE
    database = Database(store / DATABASE, unlock(store, store / DATABASE, state_dir / KEY, KeySource()).key)
    journal, ledger = Journal(database), CaseLedger(database)
    with database.transaction():
        for number in range(cases):
            _whole_case(journal, ledger, number)
    last = journal.last
    database.shrink_journal()
    database.close()
    return last


def _whole_case(journal: Journal, ledger: CaseLedger, number: int) -> None:
    code = new_verification_code()
    case = a_case(new_id(), f"BENCH0001-AAA-{number:05}-0")
    committed = CaseCommitted(case=case)
    record = fold(None, committed)
    ledger.insert(record, "lookup", code, journal.last + 1)
    journal.append(committed, AT)
    sequence = 0
    for body in what_follows(case, code):
        record = fold(record, body)
        sequence = journal.append(body, AT)
    ledger.update(record, sequence)


def what_follows(case: Case, code: str) -> tuple[EventBody, ...]:
    """The events of a case's print, of its end and of its rating."""
    action = ActionId(new_id())
    issued = IssuedDocument(
        case_id=case.case_id,
        template=ITEM,
        template_version=1,
        title=Text({"zh": "参保证明", "en": "Certificate"}),
        verification_code=code,
        sha256="0" * 64,
        pages=1,
        issued_at=AT,
        facts=tuple(VerifiedFact(label=Text({"zh": f"项{n}"}), value="测*") for n in range(6)),
    )
    sent = PrintOutcome.SENT
    return (
        CaseRendered(document=issued),
        PrintIntended(case_id=case.case_id, action_id=action, sheets=1),
        PrintSettled(case_id=case.case_id, action_id=action, outcome=sent, sheets=1),
        CaseClosed(case_id=case.case_id, outcome=sent),
        VisitRated(visit_id=case.visit_id, case_id=case.case_id, grade=1),
    )
