"""What a terminal's batch says, read once: events as the text they came in, and what those mean that are understood.

A terminal sends its events first, each in the form that its journal gives it. There the text is cut where events
begin, and every piece must be the JSON of a known event: a text whose pieces are whole between the marks cannot
be read in any other way. A batch in another form, or with an event that is not known here, is read the general
way, which says what is wrong with it. A body may be anything: a newer terminal may say what is unknown here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypedDict

from central.digest import text_hash
from contract.cases import (
    Case,
    CaseClosed,
    CaseCommitted,
    CaseRendered,
    PrintIntended,
    PrintSettled,
    VisitRated,
)
from contract.documents import IssuedDocument
from contract.fleet import CommandAnswer
from contract.ranges import RangeHeld, RangeRequest
from contract.sync import SYNC_PROTOCOL, BlobHash, SequenceSpan

EVENT_LIMIT = 2000
"""Events of one request."""
_MANY = 200
_BEYOND = 2**62
"""No sequence is as large."""

_KIND = re.compile(r"[a-z_.]{1,40}")
_BEGIN, _BETWEEN, _CLOSED = b'{"events":[', b"},", b"}],"
_END = _CLOSED + b'"protocol":'
_MARK = re.compile(
    rb'\{"sequence":([1-9][0-9]{0,18}),"event_id":"([0-9A-Za-z][0-9A-Za-z._-]{0,63})","at":"([0-9T:.+Z-]{1,40})","body":'
)

Identifier = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$")]


class IncomingEvent(BaseModel):
    """A `JournalEvent` whose body was not looked into yet."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    sequence: int = Field(ge=1, lt=_BEYOND)
    event_id: Identifier
    at: str = Field(pattern=r"^[0-9T:.+Z-]{1,40}$")
    body: dict[str, Any] = Field(repr=False)
    """JSON, since it is read from nothing else; looking at every value once more would double what reading costs."""


class _Facts(BaseModel):
    """What a register said of a person: an object that is kept in the text as it came, and read past here."""

    model_config = ConfigDict(extra="ignore")


class _Case(Case):
    """A `Case` but for its facts, which nobody may ask for here: they are in the event's text alone."""

    facts: _Facts = _Facts()  # type: ignore[assignment] # another type on purpose


class Committed(CaseCommitted):
    case: _Case


class Fact(TypedDict):
    """A `VerifiedFact` as it is kept; an object for each of a document's many would cost more than reading them."""

    label: dict[str, str]
    value: str


class Document(IssuedDocument):
    """An `IssuedDocument` whose texts are plain mappings."""

    title: dict[str, str]  # type: ignore[assignment] # as for the facts
    facts: tuple[Fact, ...] = Field(default=(), repr=False)  # type: ignore[assignment]


class Rendered(CaseRendered):
    document: Document


Said = Annotated[
    Committed | Rendered | PrintIntended | PrintSettled | CaseClosed | VisitRated, Field(discriminator="kind")
]
"""An `EventBody` as far as it is looked into here."""
_BODY: TypeAdapter[Said] = TypeAdapter(Said)


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


class Came(NamedTuple):
    """An event as it came. `body` is JSON about people; `said` is what it means, when that was read already.

    `sha256` is its hash (`central.sameness`); empty for one that comes from the inbox, where it is held.
    """

    sequence: int
    event_id: str
    at: str
    kind: str
    body: str
    said: Said | None = None
    sha256: str = ""

    def __repr__(self) -> str:
        return f"Came({self.sequence})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A batch, and its events apart."""

    batch: IncomingBatch
    events: Sequence[Came]


def read(content: bytes) -> Delivery:
    """Read a request's body.

    Raises:
        ValidationError: it is not a batch.
    """
    quickly = _cut(content)
    if quickly is not None:
        return quickly
    # Strict: a number in quotes is not a number, as the described interface says.
    batch = IncomingBatch.model_validate_json(content, strict=True)
    return Delivery(batch, [_came(event) for event in batch.events])


def meaning(body: str | bytes) -> Said | None:
    """Return what an event's body means, or None when that is not known here."""
    try:
        return _BODY.validate_json(body)
    except ValidationError:
        return None


def _came(event: IncomingEvent) -> Came:
    kind = event.body.get("kind")
    known = kind if isinstance(kind, str) and _KIND.fullmatch(kind) else "?"
    body = to_json(event.body)
    return Came(
        event.sequence,
        event.event_id,
        event.at,
        known,
        body.decode(),
        sha256=text_hash(b"%d" % event.sequence, event.event_id.encode(), event.at.encode(), body),
    )


def _cut(content: bytes) -> Delivery | None:
    """Read a batch in the form in which terminals send it; None when it is in another, or not all is understood."""
    marks = list(_MARK.finditer(content, len(_BEGIN))) if content.startswith(_BEGIN) else []
    if not marks or marks[0].start() != len(_BEGIN) or len(marks) > EVENT_LIMIT:
        return None
    end = content.find(_END, marks[-1].end())
    stops = [mark.start() - len(_BETWEEN) for mark in marks[1:]]
    if end < 0 or any(content[stop : stop + len(_BETWEEN)] != _BETWEEN for stop in stops):
        return None
    events = []
    understood = _BODY.validator.validate_json  # as `meaning` does, which would take half as long again
    try:
        for mark, stop in zip(marks, (*stops, end), strict=True):
            number, event_id, at = mark.groups()
            body = content[mark.end() : stop]
            said: Said = understood(body)
            sequence, digest = int(number), text_hash(number, event_id, at, body)
            if sequence >= _BEYOND:
                return None
            events.append(Came(sequence, event_id.decode(), at.decode(), said.kind, body.decode(), said, digest))
        batch = IncomingBatch.model_validate_json(b"{" + content[end + len(_CLOSED) :], strict=True)
    except ValidationError:
        return None
    return None if "events" in batch.model_fields_set else Delivery(batch, events)
