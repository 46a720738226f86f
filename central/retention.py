"""How long central keeps what tells something about a person, and what it forgets when.

A column's privacy class decides; `docs/central.md` gives the times. The inbox keeps number and hash of
every event for ever, so that one sent again is still known; only its body goes. Forgetting is one
transaction, files after it: a crash leaves a file too many, never a row that names a missing one.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Delete, Update, delete, func, or_, select, update
from sqlalchemy.orm import Session

from central.blob_store import BlobStore
from central.clock import instant
from central.fleet_models import (
    BlobRow,
    CommandRecord,
    CommandRow,
    EnrolmentCode,
    HealthReport,
    NumberLease,
    NumberPool,
)
from central.models import AccessRecord, AttachmentRow, CaseRow, DocumentRow, InboxEvent
from central.store import Store


@dataclass(frozen=True, slots=True)
class Terms:
    """How long each privacy class is kept, and what is about terminals alone."""

    case: timedelta = timedelta(days=180)
    issued: timedelta = timedelta(days=5 * 365)
    access: timedelta = timedelta(days=3 * 365)
    terminals: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many of each were forgotten, or would be."""

    event_bodies: int
    applicants: int
    blobs: int
    documents: int
    access_records: int
    terminal_records: int

    def counts(self) -> dict[str, int]:
        return asdict(self)


class _DryRun(Exception):
    """Undoes the transaction."""


def purge(store: Store, files: BlobStore, terms: Terms, now: datetime, *, dry_run: bool = False) -> Forgotten:
    """Forget what is older than its term; with `dry_run` only count it."""
    blobs: list[tuple[str, str]] = []
    try:
        with store.writing() as session:
            blobs = _old_blobs(session, instant(now - terms.case))
            forgotten = _forget(session, terms, now, blobs)
            if dry_run:
                raise _DryRun
    except _DryRun:
        return forgotten
    for kiosk, sha256 in blobs:
        files.forget(kiosk, sha256)
    for part in files.parts_before((now - timedelta(days=7)).timestamp()):
        part.unlink(missing_ok=True)
    return forgotten


def _forget(session: Session, terms: Terms, now: datetime, blobs: list[tuple[str, str]]) -> Forgotten:
    case, issued, access = instant(now - terms.case), instant(now - terms.issued), instant(now - terms.access)
    for kiosk, sha256 in blobs:
        session.execute(delete(BlobRow).where(BlobRow.kiosk_id == kiosk, BlobRow.sha256 == sha256))
    done = ("applied", "set-aside")
    bodies = update(InboxEvent).where(InboxEvent.state.in_(done), InboxEvent.received_at < case, InboxEvent.body != "")
    known = or_(CaseRow.applicant_name.is_not(None), CaseRow.applicant_document_number.is_not(None))
    applicants = update(CaseRow).where(_ended(case), known)
    return Forgotten(
        event_bodies=_count(session, bodies.values(body="")),
        applicants=_count(session, applicants.values(applicant_name=None, applicant_document_number=None)),
        blobs=len(blobs),
        documents=_count(session, delete(DocumentRow).where(DocumentRow.issued_at < issued)),
        access_records=_count(session, delete(AccessRecord).where(AccessRecord.at < access)),
        terminal_records=_forget_terminals(session, instant(now - terms.terminals), access),
    )


def _ended(before: str) -> ColumnElement[bool]:
    """Cases that were decided before then, or that came before then and never were; by central's own clock."""
    return func.coalesce(CaseRow.verdict_at, CaseRow.received_at) < before


def _old_blobs(session: Session, before: str) -> list[tuple[str, str]]:
    """Return blobs whose every case ended before then, and those that nothing ever named."""
    needed = (
        select(AttachmentRow.sha256)
        .join(CaseRow, CaseRow.id == AttachmentRow.case_id)
        .where(AttachmentRow.sha256 == BlobRow.sha256, CaseRow.kiosk_id == BlobRow.kiosk_id, ~_ended(before))
    )
    query = select(BlobRow.kiosk_id, BlobRow.sha256).where(BlobRow.held_at < before, ~needed.exists())
    return [(kiosk, sha256) for kiosk, sha256 in session.execute(query)]


def _forget_terminals(session: Session, before: str, audit_before: str) -> int:
    old = select(CommandRow.id).where(CommandRow.issued_at < audit_before)
    statements = (
        delete(HealthReport).where(HealthReport.at < before),
        delete(EnrolmentCode).where(EnrolmentCode.expires_at < before),
        delete(NumberLease).where(NumberLease.expires_at < before),
        delete(NumberPool).where(NumberPool.day < before[:10]),
        delete(CommandRecord).where(CommandRecord.command_id.in_(old)),
        delete(CommandRow).where(CommandRow.issued_at < audit_before),
    )
    return sum(_count(session, statement) for statement in statements)


def _count(session: Session, statement: Update | Delete) -> int:
    return session.connection().execute(statement).rowcount
