"""The inbox: every event of every terminal, once, as it came, and applied in its order.

An event behind a gap is kept and waits. An event that central cannot use is kept and set aside, so
that it never blocks those after it; a later release may read it again. A known sequence with another
body means that the terminal's disk was turned back or copied: the whole batch is refused.
"""

import hashlib
import json
import re
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
from contract.sync import SYNC_PROTOCOL

EVENT_LIMIT = 1000
"""Events of one request."""

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


def take_in(session: Session, batch: IncomingBatch, now: str) -> int:
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
        if event.sequence not in held:
            held[event.sequence] = digest
            session.add(_row(batch, event, digest, now))
            fresh += 1
        elif held[event.sequence] != digest:
            log(LogEvent.SYNC_CONFLICT, kiosk=batch.kiosk, installation=batch.installation, sequence=event.sequence)
            detail = f"sequence {event.sequence} is known with another body"
            raise Refused(Kind.SEQUENCE_CONFLICT, detail, sequence=event.sequence)
    return fresh


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
        installation.acknowledged = row.sequence
    return None


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
