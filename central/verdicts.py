"""What central makes of a case, and in which order terminals hear of it.

A verdict follows from how the case's prints were settled and how it was closed. A case whose files are
not all here has none yet: nobody could decide on it. Verdicts of one terminal are numbered as they are
given, so that it can ask for those after the last it knows, whatever became of a reply.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import AttachmentRow, CaseRow, Kiosk, PrintActionRow
from contract.cases import PrintOutcome
from contract.ids import CaseId
from contract.sync import Verdict

TOLD_AT_ONCE = 500
"""Verdicts of one reply."""


def decide(session: Session, case: CaseRow, now: str) -> None:
    """Give the case its verdict, if it is time: by the best that any of its prints came to.

    The terminal's row must be locked.
    """
    session.flush()
    prints = select(PrintActionRow.outcome).where(PrintActionRow.case_id == case.id)
    settled = {outcome for outcome in (*session.scalars(prints), case.closed_as) if outcome is not None}
    if not settled or _waits(session, case):
        return
    if PrintOutcome.SENT in settled:
        verdict = "issued"
    elif PrintOutcome.UNKNOWN in settled:
        verdict = "print-unknown"
    elif PrintOutcome.FAILED in settled:
        verdict = "print-failed"
    else:
        verdict = "accepted" if case.template is None else "not-printed"
    if case.verdict != verdict:
        kiosk = session.get_one(Kiosk, case.kiosk_id)
        kiosk.verdicts += 1
        case.verdict, case.verdict_at, case.verdict_number = verdict, now, kiosk.verdicts


def after(session: Session, kiosk: Kiosk, cursor: int) -> tuple[tuple[Verdict, ...], int]:
    """Return the terminal's verdicts after `cursor`, the oldest first, and the cursor behind them."""
    query = (
        select(CaseRow.id, CaseRow.verdict, CaseRow.verdict_at, CaseRow.verdict_number)
        .where(CaseRow.kiosk_id == kiosk.id, CaseRow.verdict_number > cursor)
        .order_by(CaseRow.verdict_number)
        .limit(TOLD_AT_ONCE)
    )
    found = session.execute(query).tuples().all()
    told = tuple(Verdict(case_id=CaseId(case), verdict=verdict or "", at=at or "") for case, verdict, at, _ in found)
    return told, (found[-1][3] or cursor) if found else cursor


def _waits(session: Session, case: CaseRow) -> bool:
    query = select(AttachmentRow.sha256).where(AttachmentRow.case_id == case.id, AttachmentRow.state == "wanted")
    return session.scalars(query.limit(1)).first() is not None
