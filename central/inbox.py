"""The inbox: every event of every terminal, once, as it came, and applied in its order.

An event behind a gap is kept and waits. An event that central cannot use is kept and set aside, so
that it never blocks those after it; `central.reapply` tries it again. A known sequence with another
body means that the terminal's disk was turned back or copied: the whole batch is refused. What the
terminal says is gone for good is written down by number, and taken in after all if it turns up.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from central.logs import LogEvent, log
from central.models import InboxEvent, Installation
from central.problems import Kind, Refused
from central.projections import Projector, Unusable
from contract.cases import EventBody
from contract.fleet import CommandAnswer
from contract.ranges import RangeHeld, RangeRequest
from contract.sync import SYNC_PROTOCOL, BlobHash, SequenceSpan

EVENT_LIMIT = 1000
"""Events of one request."""
LOST_LIMIT = 10_000
"""Lost sequences that one request adds; the terminal says the rest again."""
_MANY = 200

_EVENT_BODY: TypeAdapter[EventBody] = TypeAdapter(EventBody)
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

    Raises:
        Refused: a sequence is known with another body.
    """
    sequences = {event.sequence for event in batch.events}
    query = select(InboxEvent.sequence, InboxEvent.sha256).where(
        InboxEvent.installation_id == batch.installation, InboxEvent.sequence.in_(sequences)
    )
    held: dict[int, str] = dict(session.execute(query).tuples().all())
    fresh = 0
    for event in batch.events:
        digest = hashlib.sha256(_canonical(event.model_dump(mode="json")).encode()).hexdigest()
        match held.get(event.sequence):
            case None:
                session.add(_row(batch, event, digest, now))
                fresh += 1
            case "":
                _find_again(session, installation, _row(batch, event, digest, now), now)
                fresh += 1
            case known if known != digest:
                log(LogEvent.SYNC_CONFLICT, kiosk=batch.kiosk, installation=batch.installation, sequence=event.sequence)
                detail = f"sequence {event.sequence} is known with another body"
                raise Refused(Kind.SEQUENCE_CONFLICT, detail, sequence=event.sequence)
            case _:
                pass
        held[event.sequence] = digest
    return fresh


def note_lost(session: Session, installation: Installation, spans: Iterable[SequenceSpan], now: str) -> int:
    """Write down by number what the terminal has no more and central never had; return how many there are."""
    session.flush()
    lost = 0
    for span in spans:
        first = max(span.first, installation.acknowledged + 1)
        last = min(span.last, first + LOST_LIMIT - lost - 1)
        query = select(InboxEvent.sequence).where(
            InboxEvent.installation_id == installation.id, InboxEvent.sequence.between(first, last)
        )
        held = set(session.scalars(query))
        missing = [sequence for sequence in range(first, last + 1) if sequence not in held]
        session.add_all(_lost_row(installation, sequence, now) for sequence in missing)
        session.flush()
        lost += len(missing)
        if missing:
            log(
                LogEvent.EVENTS_LOST,
                kiosk=installation.kiosk_id,
                installation=installation.id,
                first=missing[0],
                last=missing[-1],
                events=len(missing),
            )
    return lost


def _find_again(session: Session, installation: Installation, found: InboxEvent, now: str) -> None:
    """Take in an event that was given up; if the line has gone on past it, it is applied late."""
    row = session.merge(found)
    if row.sequence <= installation.acknowledged:
        settle(session, installation, row, now)


def _lost_row(installation: Installation, sequence: int, now: str) -> InboxEvent:
    return InboxEvent(
        installation_id=installation.id,
        sequence=sequence,
        event_id="",
        at=now,
        kind="?",
        sha256="",
        body="",
        received_at=now,
        state="lost",
    )


def _row(batch: IncomingBatch, event: IncomingEvent, digest: str, now: str) -> InboxEvent:
    kind = event.body.get("kind")
    return InboxEvent(
        installation_id=batch.installation,
        sequence=event.sequence,
        event_id=event.event_id,
        at=event.at,
        kind=kind if isinstance(kind, str) and _KIND.fullmatch(kind) else "?",
        sha256=digest,
        body=_canonical(event.body),
        received_at=now,
        state="waiting",
    )


def advance(session: Session, installation: Installation, now: str) -> int | None:
    """Apply what follows the last acknowledged event without a gap.

    Returns:
        The sequence that others wait for, or None when nothing waits.
    """
    query = (
        select(InboxEvent)
        .where(InboxEvent.installation_id == installation.id, InboxEvent.sequence > installation.acknowledged)
        .order_by(InboxEvent.sequence)
    )
    for row in session.scalars(query).all():
        if row.sequence != installation.acknowledged + 1:
            missing = installation.acknowledged + 1
            log(LogEvent.SYNC_GAP, kiosk=installation.kiosk_id, installation=installation.id, missing=missing)
            return missing
        if row.state != "lost":
            settle(session, installation, row, now)
        installation.acknowledged = row.sequence
    return None


def settle(session: Session, installation: Installation, row: InboxEvent, now: str) -> None:
    """Apply an event, or set it aside with the reason.

    A disk that was set back may deliver as a new installation what its earlier life delivered already.
    """
    if _is_twin(session, installation, row):
        row.state, row.reason = "applied", "twin"
        return
    row.reason = _apply(session, installation, row, now)
    row.state = "applied" if row.reason is None else "set-aside"
    if row.reason is not None:
        log(
            LogEvent.EVENT_SET_ASIDE,
            kiosk=installation.kiosk_id,
            installation=installation.id,
            sequence=row.sequence,
            kind=row.kind,
            reason=row.reason,
        )


def _is_twin(session: Session, installation: Installation, row: InboxEvent) -> bool:
    query = (
        select(InboxEvent.sequence)
        .join(Installation, Installation.id == InboxEvent.installation_id)
        .where(InboxEvent.event_id == row.event_id, InboxEvent.state == "applied")
        .where(Installation.kiosk_id == installation.kiosk_id, Installation.id != installation.id)
    )
    return session.scalars(query.limit(1)).first() is not None


def _apply(session: Session, installation: Installation, row: InboxEvent, now: str) -> str | None:
    """Apply one event and return why it could not be used, or None when it was."""
    try:
        with session.begin_nested():
            Projector(session, installation, now).apply(_EVENT_BODY.validate_json(row.body), row.at)
    except ValidationError:
        return "not-understood"
    except Unusable as error:
        return error.reason
    except (IntegrityError, DataError, OverflowError):
        return "not-storable"
    return None


def _canonical(value: object) -> str:
    """Write JSON so that the same content has the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
