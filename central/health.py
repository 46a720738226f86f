"""What terminals say of themselves: the latest report of each, and a thinned, bounded history.

A report that central cannot read is dropped and logged; it never costs the events it came with.
"""

from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from central.clock import instant
from central.fleet_models import HealthReport
from central.incoming import IncomingBatch
from central.logs import LogEvent, log
from central.models import Kiosk
from contract.fleet import Health

EVERY = timedelta(minutes=5)
"""A report goes into the history when something but its numbers changed, else this often."""
KEPT = 2000
"""Reports of one terminal; a week when nothing changes."""
_NUMBERS = frozenset({"at", "undelivered", "disk_free_mb", "clock_skew_ms"})

_REPORTS = select(HealthReport).where(HealthReport.kiosk_id == bindparam("kiosk")).order_by(HealthReport.id.desc())
_LATEST = _REPORTS.limit(1)


def note(session: Session, kiosk: Kiosk, batch: IncomingBatch, now: datetime) -> None:
    """Keep the batch's report. The terminal's row must be locked."""
    if batch.health is None:
        return
    try:
        report = Health.model_validate(batch.health).model_dump(mode="json")
    except ValidationError:
        log(LogEvent.HEALTH_NOT_UNDERSTOOD, kiosk=batch.kiosk)
        return
    last = session.scalars(_LATEST, {"kiosk": kiosk.id}).first()
    if last is None or last.at < instant(now - EVERY) or _told(last.report) != _told(report):
        session.add(HealthReport(kiosk_id=kiosk.id, at=instant(now), report=report))
        session.flush()
        kept = _REPORTS.with_only_columns(HealthReport.id).offset(KEPT).limit(1)
        oldest = session.scalars(kept, {"kiosk": kiosk.id}).first()
        if oldest is not None:
            session.execute(delete(HealthReport).where(HealthReport.kiosk_id == kiosk.id, HealthReport.id <= oldest))
    kiosk.health = report


def _told(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key not in _NUMBERS}
