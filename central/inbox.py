"""The inbox: every event of every terminal, once, as it came, and applied in its order.

An event that follows the last acknowledged one is applied on its way in; one behind a gap is kept and
waits. What central cannot use is kept and set aside, so that it never blocks what comes after it;
`central.reapply` tries it again. A known sequence with another body means that the terminal's disk was
turned back or copied: the whole batch is refused. What the terminal says is gone for good is written
down by number, and taken in after all if it turns up.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from operator import itemgetter
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.applying import Waiting, apply, settle
from central.bulk import Row, change_rows, insert_rows, table_of
from central.logs import LogEvent, log
from central.models import InboxEvent, Installation
from central.problems import Kind, Refused
from contract.fleet import CommandAnswer
from contract.ranges import RangeHeld, RangeRequest
from contract.sync import SYNC_PROTOCOL, BlobHash, SequenceSpan

EVENT_LIMIT = 1000
"""Events of one request."""
LOST_LIMIT = 10_000
"""Lost sequences that one request adds; the terminal says the rest again."""
_MANY = 200

_INBOX = table_of(InboxEvent)
_PLACE = ("installation_id", "sequence")
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
"""Writes JSON so that the same content has the same bytes."""
_KIND = re.compile(r"[a-z_.]{1,40}")

Identifier = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")]


class IncomingEvent(BaseModel):
    """A `JournalEvent` whose body was not looked into yet: a newer terminal may say what is unknown here."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sequence: int = Field(ge=1, lt=2**62)
    event_id: Identifier
    at: str = Field(pattern=r"^[0-9T:.+Z-]{1,40}$")
    body: dict[str, JsonValue] = Field(repr=False)


class IncomingBatch(BaseModel):
    """A `SyncRequest` as far as it must be understood to be taken in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    protocol: int = SYNC_PROTOCOL
    kiosk: str
    installation: Identifier
    catalogue_version: int = Field(ge=0, lt=2**62)
    events: tuple[IncomingEvent, ...] = Field(default=(), max_length=EVENT_LIMIT)
    health: dict[str, JsonValue] | None = None
    turn: str | None = Field(default=None, max_length=64)
    first_sequence: int = Field(default=1, ge=1, lt=2**62)
    lost: tuple[SequenceSpan, ...] = Field(default=(), max_length=EVENT_LIMIT)
    verdict_cursor: int | None = Field(default=None, ge=0, lt=2**62)
    command_answers: tuple[CommandAnswer, ...] = Field(default=(), max_length=_MANY)
    range_requests: tuple[RangeRequest, ...] = Field(default=(), max_length=_MANY)
    ranges_held: tuple[RangeHeld, ...] = Field(default=(), max_length=_MANY)
    blobs_lost: tuple[BlobHash, ...] = Field(default=(), max_length=EVENT_LIMIT)


def take_in(session: Session, installation: Installation, batch: IncomingBatch, now: str) -> int:
    """Put the events that are not there yet into the inbox and return how many there were.

    Those that go on where the last acknowledged one ended are applied on their way.

    Raises:
        Refused: a sequence is known with another body.
    """
    held = _held(session, batch)
    fresh: list[Row] = []
    found_again: list[Row] = []
    for event in batch.events:
        row = _row(batch, event, now)
        match held.get(event.sequence):
            case None:
                fresh.append(row)
            case "":
                found_again.append(row)
            case known if known != row["sha256"]:
                log(LogEvent.SYNC_CONFLICT, kiosk=batch.kiosk, installation=batch.installation, sequence=event.sequence)
                detail = f"sequence {event.sequence} is known with another body"
                raise Refused(Kind.SEQUENCE_CONFLICT, detail, sequence=event.sequence)
            case _:
                pass
        held[event.sequence] = row["sha256"]
    for row in found_again:
        _find_again(session, installation, row, now)
    _apply_what_follows(session, installation, fresh, now)
    insert_rows(session, _INBOX, fresh)
    return len(fresh) + len(found_again)


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


def _held(session: Session, batch: IncomingBatch) -> dict[int, str]:
    """Return the hashes of those of the batch's sequences that are in the inbox; of a lost one it is empty."""
    sequences = {event.sequence for event in batch.events}
    if not sequences:
        return {}
    first, last = min(sequences), max(sequences)
    dense = last - first < EVENT_LIMIT
    query = select(_INBOX.c.sequence, _INBOX.c.sha256).where(
        _INBOX.c.installation_id == batch.installation,
        _INBOX.c.sequence.between(first, last) if dense else _INBOX.c.sequence.in_(sequences),
    )
    return dict(session.execute(query).tuples().all())


def _apply_what_follows(session: Session, installation: Installation, fresh: list[Row], now: str) -> None:
    """Apply those of the new events that follow the last acknowledged one, and note it in them."""
    ahead = sorted((row for row in fresh if row["sequence"] > installation.acknowledged), key=itemgetter("sequence"))
    ready = [row for place, row in enumerate(ahead, installation.acknowledged + 1) if row["sequence"] == place]
    outcomes = apply(session, installation, [event_of(row) for row in ready], now)
    for row in ready:
        row["state"], row["reason"] = outcomes[row["sequence"]]
    if ready:
        installation.acknowledged = ready[-1]["sequence"]


def _find_again(session: Session, installation: Installation, row: Row, now: str) -> None:
    """Take in an event that was given up; if the line has gone on past it, it is applied late."""
    change_rows(session, _INBOX, [name for name in row if name not in _PLACE], [row])
    if row["sequence"] <= installation.acknowledged:
        settle(session, installation, [event_of(row)], now)


def event_of(row: Row) -> Waiting:
    """Return what of a row is applied."""
    return Waiting(row["sequence"], row["event_id"], row["at"], row["kind"], row["body"], row["state"])


def _lost_row(installation: Installation, sequence: int, now: str) -> Row:
    empty = {"event_id": "", "kind": "?", "sha256": "", "body": "", "reason": None}
    place = {"installation_id": installation.id, "sequence": sequence}
    return place | empty | {"at": now, "received_at": now, "state": "lost"}


def _row(batch: IncomingBatch, event: IncomingEvent, now: str) -> Row:
    kind = event.body.get("kind")
    body = _CANONICAL(event.body)
    # The event's own canonical form, with its keys in their order.
    whole = f'{{"at":"{event.at}","body":{body},"event_id":"{event.event_id}","sequence":{event.sequence}}}'
    return {
        "installation_id": batch.installation,
        "sequence": event.sequence,
        "event_id": event.event_id,
        "at": event.at,
        "kind": kind if isinstance(kind, str) and _KIND.fullmatch(kind) else "?",
        "sha256": hashlib.sha256(whole.encode()).hexdigest(),
        "body": body,
        "received_at": now,
        "state": "waiting",
        "reason": None,
    }
