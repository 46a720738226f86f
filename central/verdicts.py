"""What central makes of a case, and in which order terminals hear of it.

A verdict follows from how the case's prints were settled and how it was closed. A case whose files are
not all here has none yet: nobody could decide on it. Verdicts of one terminal are numbered as they are
given, so that it can ask for those after the last it knows, whatever became of a reply.
"""

from collections.abc import Collection

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from central.bulk import Row
from central.known import KnownCases
from central.models import CaseRow, Kiosk
from contract.cases import PrintOutcome
from contract.ids import CaseId
from contract.sync import Verdict

TOLD_AT_ONCE = 1000
"""Verdicts of one reply."""

_AFTER = (
    select(CaseRow.id, CaseRow.verdict, CaseRow.verdict_at, CaseRow.verdict_number)
    .where(CaseRow.kiosk_id == bindparam("kiosk"), CaseRow.verdict_number > bindparam("cursor"))
    .order_by(CaseRow.verdict_number)
    .limit(TOLD_AT_ONCE)
)


def decide(known: KnownCases, kiosk: Kiosk, cases: Collection[str], now: str) -> None:
    """Give these known cases of the terminal their verdicts, if it is time: by the best that any print came to.

    The terminal's row must be locked.
    """
    settled: dict[str, set[str]] = {case: set() for case in cases}
    for action in known.actions:
        if action["outcome"] and action["case_id"] in settled:
            settled[action["case_id"]].add(action["outcome"])
    waiting = {attachment["case_id"] for attachment in known.attachments if attachment["state"] == "wanted"}
    number = kiosk.verdicts
    for case_id, outcomes in settled.items():
        case = known.cases.get(case_id)
        if case is None or case_id in waiting:
            continue
        verdict = _verdict(case, outcomes)
        if verdict not in {None, case["verdict"]}:
            number += 1
            case["verdict"], case["verdict_at"], case["verdict_number"] = verdict, now, number
    if number != kiosk.verdicts:
        kiosk.verdicts = number


def _verdict(case: Row, prints: set[str]) -> str | None:
    settled = prints | {case["closed_as"]} if case["closed_as"] else prints
    if not settled:
        return None
    if PrintOutcome.SENT in settled:
        return "issued"
    if PrintOutcome.UNKNOWN in settled:
        return "print-unknown"
    if PrintOutcome.FAILED in settled:
        return "print-failed"
    return "accepted" if case["template"] is None else "not-printed"


def after(session: Session, kiosk: Kiosk, cursor: int) -> tuple[tuple[Verdict, ...], int]:
    """Return the terminal's verdicts after `cursor`, the oldest first, and the cursor behind them."""
    found = session.execute(_AFTER, {"kiosk": kiosk.id, "cursor": cursor}).tuples().all()
    told = tuple(Verdict(case_id=CaseId(case), verdict=verdict or "", at=at or "") for case, verdict, at, _ in found)
    return told, (found[-1][3] or cursor) if found else cursor
