"""The inbox: every event of every terminal, once, as it came, and applied in its order.

An event that follows the last acknowledged one is applied on its way in; one behind a gap is kept and
waits. What central cannot use is kept and set aside, so that it never blocks what comes after it;
`central.reapply` tries it again. A known sequence with another body means that the terminal's disk was
turned back or copied: the whole batch is refused. What the terminal says is gone for good is written
down by number, and taken in after all if it turns up.
"""

from collections.abc import Iterable, Mapping
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.applying import apply, settle
from central.bulk import Row, change_rows, insert_rows, table_of
from central.incoming import EVENT_LIMIT, Came, Delivery
from central.logs import LogEvent, log
from central.models import InboxEvent, Installation
from central.problems import Kind, Refused
from central.sameness import same_event, text_hash
from contract.sync import SequenceSpan

LOST_LIMIT = 10_000
"""Lost sequences that one request adds; the terminal says the rest again."""

_INBOX = table_of(InboxEvent)
_PLACE = ("installation_id", "sequence")


def take_in(session: Session, installation: Installation, delivery: Delivery, now: str) -> int:
    """Put the events that are not there yet into the inbox and return how many there were.

    Those that go on where the last acknowledged one ended are applied on their way.

    Raises:
        Refused: a sequence is known with another body.
    """
    held = _held(session, installation, delivery.events)
    new: dict[int, Row] = {}
    name = installation.id
    for event in delivery.events:
        row, twin = _row(name, event, now), new.get(event.sequence)
        known = twin["sha256"] if twin is not None else held.get(event.sequence, "")
        if known == "":
            new[event.sequence] = row
        elif not same_event(session, row, known, twin):
            log(LogEvent.SYNC_CONFLICT, kiosk=installation.kiosk_id, installation=name, sequence=event.sequence)
            detail = f"sequence {event.sequence} is known with another body"
            raise Refused(Kind.SEQUENCE_CONFLICT, detail, sequence=event.sequence)
    fresh = [row for sequence, row in new.items() if sequence not in held]
    events = {event.sequence: event for event in delivery.events}
    for sequence, row in new.items():
        if sequence in held:
            _find_again(session, installation, row, events[sequence], now)
    _apply_what_follows(session, installation, fresh, events, now)
    insert_rows(session, _INBOX, fresh)
    return len(new)


def note_lost(session: Session, installation: Installation, spans: Iterable[SequenceSpan], now: str) -> int:
    """Write down by number what the terminal has no more and central never had; return how many there are."""
    lost = 0
    for span in spans:
        first = max(span.first, installation.acknowledged + 1)
        last = min(span.last, first + LOST_LIMIT - lost - 1)
        query = select(InboxEvent.sequence).where(
            InboxEvent.installation_id == installation.id, InboxEvent.sequence.between(first, last)
        )
        held = set(session.scalars(query))
        missing = [sequence for sequence in range(first, last + 1) if sequence not in held]
        lost += len(missing)
        if missing:
            insert_rows(session, _INBOX, [_lost_row(installation, sequence, now) for sequence in missing])
            log(
                LogEvent.EVENTS_LOST,
                kiosk=installation.kiosk_id,
                installation=installation.id,
                first=missing[0],
                last=missing[-1],
                events=len(missing),
            )
    return lost


def _held(session: Session, installation: Installation, events: Iterable[Came]) -> dict[int, str]:
    """Return the hashes of those of the events' sequences that are in the inbox; of a lost one it is empty."""
    sequences = {event.sequence for event in events}
    if not sequences:
        return {}
    first, last = min(sequences), max(sequences)
    dense = last - first < EVENT_LIMIT
    query = select(_INBOX.c.sequence, _INBOX.c.sha256).where(
        _INBOX.c.installation_id == installation.id,
        _INBOX.c.sequence.between(first, last) if dense else _INBOX.c.sequence.in_(sequences),
    )
    return dict(session.execute(query).tuples().all())


def _apply_what_follows(
    session: Session, installation: Installation, fresh: list[Row], events: Mapping[int, Came], now: str
) -> None:
    """Apply those of the new events that follow the last acknowledged one, and note it in them."""
    ahead = sorted((row for row in fresh if row["sequence"] > installation.acknowledged), key=itemgetter("sequence"))
    ready = [row for place, row in enumerate(ahead, installation.acknowledged + 1) if row["sequence"] == place]
    outcomes = apply(session, installation, [events[row["sequence"]] for row in ready], now)
    for row in ready:
        row["state"], row["reason"] = outcomes[row["sequence"]]
    if ready:
        installation.acknowledged = ready[-1]["sequence"]


def _find_again(session: Session, installation: Installation, row: Row, event: Came, now: str) -> None:
    """Take in an event that was given up; if the line has gone on past it, it is applied late."""
    change_rows(session, _INBOX, [name for name in row if name not in _PLACE], [row])
    if row["sequence"] <= installation.acknowledged:
        settle(session, installation, [event], now)


def _lost_row(installation: Installation, sequence: int, now: str) -> Row:
    empty = {"event_id": "", "kind": "?", "sha256": "", "body": "", "reason": None}
    place = {"installation_id": installation.id, "sequence": sequence}
    return place | empty | {"at": now, "received_at": now, "state": "lost"}


def _row(installation: str, event: Came, now: str) -> Row:
    return {
        "installation_id": installation,
        "sequence": event.sequence,
        "event_id": event.event_id,
        "at": event.at,
        "kind": event.kind,
        "sha256": text_hash(event.sequence, event.event_id, event.at, event.body),
        "body": event.body,
        "received_at": now,
        "state": "waiting",
        "reason": None,
    }
