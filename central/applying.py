"""Events on their way from the inbox into the tables that can be asked, in their order.

A batch is applied as a whole, with a handful of statements. When anything in it cannot be used, all of it
is undone, and each half is tried by itself, down to the one event: slow, and rare. So one bad event costs
time, and never what came with it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from central.bulk import among, change_rows, table_of
from central.incoming import EVENT_LIMIT, Came, Said, meaning
from central.logs import LogEvent, log
from central.models import InboxEvent, Installation
from central.projections import Unusable, project

AT_ONCE = EVENT_LIMIT
"""Events applied as one; more than one request brings wait only behind a gap that closed."""

_INBOX = table_of(InboxEvent)
_COLUMNS = ("state", "sequence", "event_id", "at", "kind", "body")
_FOLLOWING = (
    select(*(_INBOX.c[name] for name in _COLUMNS))
    .where(_INBOX.c.installation_id == bindparam("installation"), _INBOX.c.sequence > bindparam("acknowledged"))
    .order_by(_INBOX.c.sequence)
    .limit(AT_ONCE)
)
_NOT_STORABLE = (IntegrityError, DataError, OverflowError)


_Event = tuple[Came, Said]
Reasons = dict[int, str]
"""By sequence: why an event cannot be used. One that is not named was applied."""


class Outcome(NamedTuple):
    """What became of an event: the inbox's `state`, and the reason for it."""

    state: str
    reason: str | None = None


APPLIED = Outcome("applied")
_TWIN = Outcome("applied", "twin")


def advance(session: Session, installation: Installation, now: str) -> int | None:
    """Apply what waits in the inbox and follows the last acknowledged event without a gap.

    Returns:
        The sequence that others wait for, or None when nothing waits.
    """
    while rows := _following(session, installation):
        ready = [row for place, row in enumerate(rows, installation.acknowledged + 1) if row[1].sequence == place]
        if ready:
            settle(session, installation, [event for state, event in ready if state != "lost"], now)
            installation.acknowledged += len(ready)
        if len(ready) < len(rows):
            missing = installation.acknowledged + 1
            log(LogEvent.SYNC_GAP, kiosk=installation.kiosk_id, installation=installation.id, missing=missing)
            return missing
    return None


def settle(session: Session, installation: Installation, rows: Sequence[Came], now: str) -> int:
    """Apply events that are in the inbox, write there what became of them, and return how many are applied."""
    outcomes = apply(session, installation, rows, now)
    settled = [
        {"installation_id": installation.id, "sequence": sequence, "state": outcome.state, "reason": outcome.reason}
        for sequence, outcome in outcomes.items()
    ]
    change_rows(session, _INBOX, ("state", "reason"), settled)
    return sum(outcome.state == APPLIED.state for outcome in outcomes.values())


def apply(session: Session, installation: Installation, rows: Sequence[Came], now: str) -> dict[int, Outcome]:
    """Apply events, in their order, and return by sequence what became of each; the inbox is not touched.

    A disk that was set back may deliver as a new installation what its earlier life delivered already.
    """
    if not rows:
        return {}
    twins = _twins(session, installation, rows)
    outcomes = dict.fromkeys([row.sequence for row in rows], APPLIED)
    understood: list[_Event] = []
    reasons: Reasons = {}
    for row in rows:
        if row.event_id in twins:
            outcomes[row.sequence] = _TWIN
        elif (said := row.said or meaning(row.body)) is not None:
            understood.append((row, said))
        else:
            reasons[row.sequence] = "not-understood"
    reasons |= _reasons(session, installation, understood, now)
    for row in rows if reasons else ():
        if row.sequence in reasons:
            outcomes[row.sequence] = _set_aside(installation, row, reasons[row.sequence])
    return outcomes


def _set_aside(installation: Installation, row: Came, reason: str) -> Outcome:
    log(
        LogEvent.EVENT_SET_ASIDE,
        kiosk=installation.kiosk_id,
        installation=installation.id,
        sequence=row.sequence,
        kind=row.kind,
        reason=reason,
    )
    return Outcome("set-aside", reason)


def _following(session: Session, installation: Installation) -> list[tuple[str, Came]]:
    """Return events of the inbox behind the last acknowledged one, each with its state."""
    place = {"installation": installation.id, "acknowledged": installation.acknowledged}
    return [(state, Came(*event)) for state, *event in session.execute(_FOLLOWING, place)]


def _twins(session: Session, installation: Installation, rows: Sequence[Came]) -> set[str]:
    """Return the ids of events that an earlier life of the terminal delivered, and that were applied."""
    lives = select(Installation.id).where(
        Installation.kiosk_id == installation.kiosk_id, Installation.id != installation.id
    )
    if session.scalars(lives.limit(1)).first() is None:
        return set()
    query = select(_INBOX.c.event_id).where(
        among(session, _INBOX.c.event_id, [row.event_id for row in rows]),
        _INBOX.c.installation_id.in_(lives),
        _INBOX.c.state == APPLIED.state,
    )
    return set(session.scalars(query))


def _reasons(session: Session, installation: Installation, events: Sequence[_Event], now: str) -> Reasons:
    """Apply what can be used, in halves of halves where something cannot; return why that could not."""
    if not events:
        return {}
    reason = _reason_against(session, installation, events, now)
    if reason is None:
        return {}
    if len(events) == 1:
        return {events[0][0].sequence: reason}
    half = len(events) // 2
    first = _reasons(session, installation, events[:half], now)
    return first | _reasons(session, installation, events[half:], now)


def _reason_against(session: Session, installation: Installation, events: Sequence[_Event], now: str) -> str | None:
    """Apply all and return None, or undo all and return why one cannot be used."""
    try:
        with session.begin_nested(), session.no_autoflush:
            project(session, installation, [(body, row.at) for row, body in events], now)
    except Unusable as error:
        return error.reason
    except _NOT_STORABLE:
        return "not-storable"
    return None
