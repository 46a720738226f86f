"""Events on their way from the inbox into the tables that can be asked, in their order.

A batch is applied as a whole, with a handful of statements. When anything in it cannot be used, all of it
is undone and done again event by event, each within a savepoint: slow, and rare. So one bad event costs
time, and never what came with it.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Table, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from central.logs import LogEvent, log
from central.models import InboxEvent, Installation
from central.projections import Projector, Unusable
from contract.cases import EventBody

AT_ONCE = 1000
"""Events applied as one; more than one request brings wait only behind a gap that closed."""

_EVENT_BODY: TypeAdapter[EventBody] = TypeAdapter(EventBody)
_INBOX = cast("Table", InboxEvent.__table__)
_NOT_STORABLE = (IntegrityError, DataError, OverflowError)

Reasons = dict[int, str | None]
"""By sequence: why an event has no effect of its own, or None when it has."""


class Waiting(NamedTuple):
    """An event of the inbox, as far as it is applied. Its body is about people."""

    sequence: int
    event_id: str
    at: str
    kind: str
    body: str
    state: str

    def __repr__(self) -> str:
        return f"Waiting({self.sequence})"


def advance(session: Session, installation: Installation, now: str) -> int | None:
    """Apply what follows the last acknowledged event without a gap.

    Returns:
        The sequence that others wait for, or None when nothing waits.
    """
    while rows := _following(session, installation):
        ready = [row for place, row in enumerate(rows, installation.acknowledged + 1) if row.sequence == place]
        if ready:
            settle(session, installation, [row for row in ready if row.state != "lost"], now)
            installation.acknowledged = ready[-1].sequence
        if len(ready) < len(rows):
            missing = installation.acknowledged + 1
            log(LogEvent.SYNC_GAP, kiosk=installation.kiosk_id, installation=installation.id, missing=missing)
            return missing
    return None


def settle(session: Session, installation: Installation, rows: Sequence[Waiting], now: str) -> list[int]:
    """Apply the events, or set them aside with the reason; return the sequences that are applied.

    A disk that was set back may deliver as a new installation what its earlier life delivered already.
    """
    if not rows:
        return []
    twins = _twins(session, installation, rows)
    fresh = [row for row in rows if row.event_id not in twins]
    reasons = _apply_at_once(session, installation, fresh, now)
    if reasons is None:
        reasons = {row.sequence: _apply_alone(session, installation, row, now) for row in fresh}
    applied = [row.sequence for row in rows if reasons.get(row.sequence) is None]
    ours = update(_INBOX).where(_INBOX.c.installation_id == installation.id)
    session.execute(ours.where(_INBOX.c.sequence.in_(applied)).values(state="applied", reason=None))
    for row in rows:
        reason = reasons.get(row.sequence)
        if row.event_id in twins:
            session.execute(ours.where(_INBOX.c.sequence == row.sequence).values(reason="twin"))
        elif reason is not None:
            aside = ours.where(_INBOX.c.sequence == row.sequence)
            session.execute(aside.values(state="set-aside", reason=reason))
            log(
                LogEvent.EVENT_SET_ASIDE,
                kiosk=installation.kiosk_id,
                installation=installation.id,
                sequence=row.sequence,
                kind=row.kind,
                reason=reason,
            )
    return applied


def _following(session: Session, installation: Installation) -> list[Waiting]:
    query = (
        select(*(_INBOX.c[name] for name in Waiting._fields))
        .where(_INBOX.c.installation_id == installation.id, _INBOX.c.sequence > installation.acknowledged)
        .order_by(_INBOX.c.sequence)
        .limit(AT_ONCE)
    )
    return [Waiting(*row) for row in session.execute(query)]


def _twins(session: Session, installation: Installation, rows: Sequence[Waiting]) -> set[str]:
    """Return the ids of events that an earlier life of the terminal delivered, and that were applied."""
    query = (
        select(InboxEvent.event_id)
        .join(Installation, Installation.id == InboxEvent.installation_id)
        .where(InboxEvent.event_id.in_([row.event_id for row in rows]), InboxEvent.state == "applied")
        .where(Installation.kiosk_id == installation.kiosk_id, Installation.id != installation.id)
    )
    return set(session.scalars(query))


def _read(row: Waiting) -> EventBody | None:
    try:
        return _EVENT_BODY.validate_json(row.body)
    except ValidationError:
        return None


def _apply_at_once(session: Session, installation: Installation, rows: Sequence[Waiting], now: str) -> Reasons | None:
    """Apply all and return the reasons, or undo all and return None when one cannot be used."""
    read = [(row, _read(row)) for row in rows]
    try:
        with session.begin_nested(), session.no_autoflush:
            projector = Projector(session, installation, now)
            projector.expect(body for _, body in read if body is not None)
            for row, body in read:
                if body is not None:
                    projector.apply(body, row.at)
            projector.finish()
    except (Unusable, *_NOT_STORABLE):
        return None
    return {row.sequence: "not-understood" if body is None else None for row, body in read}


def _apply_alone(session: Session, installation: Installation, row: Waiting, now: str) -> str | None:
    """Apply one event and return why it could not be used, or None when it was."""
    body = _read(row)
    if body is None:
        return "not-understood"
    try:
        with session.begin_nested(), session.no_autoflush:
            projector = Projector(session, installation, now)
            projector.apply(body, row.at)
            projector.finish()
    except Unusable as error:
        return error.reason
    except _NOT_STORABLE:
        return "not-storable"
    return None
