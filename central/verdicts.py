"""What central makes of a case, and in which order terminals hear of it.

A verdict follows from how the case's prints were settled and how it was closed. A case whose files are
not all here has none yet: nobody could decide on it. Verdicts of one terminal are numbered as they are
given, so that it can ask for those after the last it knows, whatever became of a reply.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.models import AttachmentRow, CaseRow, Kiosk, PrintActionRow
from contract.cases import PrintOutcome
from contract.ids import CaseId
from contract.sync import Verdict

TOLD_AT_ONCE = 500
"""Verdicts of one reply."""


def decide(session: Session, cases: Sequence[CaseRow], now: str) -> None:
    """Give the cases their verdicts, if it is time: by the best that any of a case's prints came to.

    The terminal's row must be locked, and everything about the cases flushed.
    """
    if not cases:
        return
    ids = [case.id for case in cases]
    prints = select(PrintActionRow.case_id, PrintActionRow.outcome).where(PrintActionRow.case_id.in_(ids))
    settled: dict[str, set[str]] = {case.id: {case.closed_as} if case.closed_as else set() for case in cases}
    for case_id, outcome in session.execute(prints):
        settled[case_id] |= {outcome} if outcome else set()
    missing = select(AttachmentRow.case_id).where(AttachmentRow.case_id.in_(ids), AttachmentRow.state == "wanted")
    waiting = set(session.scalars(missing))
    kiosk = session.get_one(Kiosk, cases[0].kiosk_id)
    for case in cases:
        verdict = _verdict(case, settled[case.id])
        if verdict not in {None, case.verdict} and case.id not in waiting:
            kiosk.verdicts += 1
            case.verdict, case.verdict_at, case.verdict_number = verdict, now, kiosk.verdicts


def _verdict(case: CaseRow, settled: set[str]) -> str | None:
    if not settled:
        return None
    if PrintOutcome.SENT in settled:
        return "issued"
    if PrintOutcome.UNKNOWN in settled:
        return "print-unknown"
    if PrintOutcome.FAILED in settled:
        return "print-failed"
    return "accepted" if case.template is None else "not-printed"


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
