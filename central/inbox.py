"""The inbox: every event of every terminal, once, as it came, and applied in its order.

An event that follows the last acknowledged one is applied on its way in; one behind a gap is kept and
waits. What central cannot use is kept and set aside, so that it never blocks what comes after it;
`central.reapply` tries it again. A known sequence with another body means that the terminal's disk was
turned back or copied: the whole batch is refused. What the terminal says is gone for good is written
down by number, and taken in after all if it turns up.
"""

from collections.abc import Iterable, Mapping
from operator import itemgetter

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from central.applying import Outcome, apply, settle
from central.bulk import Row, change_rows, insert_rows, insert_values, table_of
from central.incoming import EVENT_LIMIT, Came, Delivery
from central.logs import LogEvent, log
from central.models import InboxEvent, Installation
from central.problems import Kind, Refused
from central.sameness import same_event
from contract.sync import SequenceSpan

LOST_LIMIT = 10_000
"""Lost sequences that one request adds; the terminal says the rest again."""

_INBOX = table_of(InboxEvent)
_PLACE = ("installation_id", "sequence")
_NAMES = [column.name for column in _INBOX.columns]
_SEQUENCE = Came._fields.index("sequence")
_HELD = select(_INBOX.c.sequence, _INBOX.c.sha256).where(_INBOX.c.installation_id == bindparam("installation"))
_HELD_BETWEEN = _HELD.where(_INBOX.c.sequence.between(bindparam("first"), bindparam("last")))
_HELD_AMONG = _HELD.where(_INBOX.c.sequence.in_(bindparam("sequences", expanding=True)))


def take_in(session: Session, installation: Installation, delivery: Delivery, now: str) -> int:
    """Put the events that are not there yet into the inbox and return how many there were.

    Those that go on where the last acknowledged one ended are applied on their way.

    Raises:
        Refused: a sequence is known with another body.
    """
    held = _held(session, installation, delivery.events)
    new: dict[int, Came] = {}
    for event in delivery.events:
        twin = new.get(event.sequence)
        known = twin.sha256 if twin is not None else held.get(event.sequence, "")
        if known == "":
            new[event.sequence] = event
        elif not same_event(session, installation.id, event, known, twin):
            sequence, name = event.sequence, installation.id
            log(LogEvent.SYNC_CONFLICT, kiosk=installation.kiosk_id, installation=name, sequence=sequence)
            raise Refused(Kind.SEQUENCE_CONFLICT, f"sequence {sequence} is known with another body", sequence=sequence)
    for event in [event for sequence, event in new.items() if sequence in held]:
        _find_again(session, installation, event, now)
    fresh = [event for sequence, event in new.items() if sequence not in held]
    outcomes = _apply_what_follows(session, installation, fresh, now)
    waiting = Outcome("waiting")
    name = installation.id
    rows = [_row(name, event, now, outcomes.get(event.sequence, waiting)) for event in fresh]
    insert_values(session, _INBOX, rows)
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
    place: dict[str, object] = {"installation": installation.id}
    if last - first < EVENT_LIMIT:
        found = session.execute(_HELD_BETWEEN, place | {"first": first, "last": last})
    else:
        found = session.execute(_HELD_AMONG, place | {"sequences": sequences})
    return dict(found.tuples().all())


def _apply_what_follows(
    session: Session, installation: Installation, fresh: list[Came], now: str
) -> Mapping[int, Outcome]:
    """Apply those of the new events that follow the last acknowledged one; return by sequence what became of them."""
    behind = installation.acknowledged
    ahead = sorted((event for event in fresh if event.sequence > behind), key=itemgetter(_SEQUENCE))
    ready = [event for place, event in enumerate(ahead, behind + 1) if event.sequence == place]
    outcomes = apply(session, installation, ready, now)
    if ready:
        installation.acknowledged = ready[-1].sequence
    return outcomes


def _find_again(session: Session, installation: Installation, event: Came, now: str) -> None:
    """Take in an event that was given up; if the line has gone on past it, it is applied late."""
    row = dict(zip(_NAMES, _row(installation.id, event, now, Outcome("waiting")), strict=True))
    change_rows(session, _INBOX, [name for name in row if name not in _PLACE], [row])
    if event.sequence <= installation.acknowledged:
        settle(session, installation, [event], now)


def _lost_row(installation: Installation, sequence: int, now: str) -> Row:
    empty = {"event_id": "", "kind": "?", "sha256": "", "body": "", "reason": None}
    place = {"installation_id": installation.id, "sequence": sequence}
    return place | empty | {"at": now, "received_at": now, "state": "lost"}


def _row(installation: str, event: Came, now: str, outcome: Outcome) -> tuple[object, ...]:
    """Return a row of the inbox, in the order of its columns."""
    sequence, event_id, at, kind, body, _said, digest = event
    return (installation, sequence, event_id, at, kind, digest, body, now, outcome.state, outcome.reason)
