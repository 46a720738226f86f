"""The journal: every event of this installation, numbered without gaps, appended and never changed.

Its undelivered tail is the outbox; there is no second queue that could disagree with it. The only thing
that may happen to an old event is that its body is forgotten, once central holds it and its case is
closed. The bytes that are sent are the bytes that were written, so that "the same event again" is the
same to the last comma.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from contract.cases import EventBody, JournalEvent
from contract.ids import EventId, new_id
from offline_cache.cases import case_of
from offline_cache.database import Database

_BODY: TypeAdapter[EventBody] = TypeAdapter(EventBody)


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """One event as it goes to central: `json` is a `JournalEvent`."""

    sequence: int
    kind: str
    json: str = field(repr=False)


class Journal:
    """The table `journal`; writes need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def last(self) -> int:
        """The newest sequence number; 0 before the first event."""
        row = self._database.row("SELECT coalesce(max(sequence), 0) FROM journal")
        return int(row[0]) if row else 0

    @property
    def acknowledged(self) -> int:
        """Up to which sequence central has every event."""
        row = self._database.row("SELECT acknowledged FROM installation")
        return int(row[0]) if row else 0

    @property
    def undelivered(self) -> int:
        return self.last - self.acknowledged

    def append(self, body: EventBody, at: str) -> JournalEvent:
        """Append one event within the caller's transaction."""
        event = JournalEvent(sequence=self.last + 1, event_id=EventId(new_id()), at=at, body=body)
        self._database.run(
            "INSERT INTO journal (sequence, event_id, at, kind, case_id, body) VALUES (?, ?, ?, ?, ?, ?)",
            *(event.sequence, event.event_id, at, body.kind, case_of(body), body.model_dump_json()),
        )
        return event

    def tail(self, after: int, count: int, size: int, without: Collection[int] = ()) -> tuple[OutgoingEvent, ...]:
        """Return the oldest undelivered events after `after`: at most `count`, about `size` bytes, at least one."""
        rows = self._database.rows(
            "SELECT sequence, event_id, at, kind, body FROM journal"
            " WHERE sequence > ? AND sequence > (SELECT acknowledged FROM installation) ORDER BY sequence LIMIT ?",
            *(after, count + len(without)),
        )
        chosen: list[OutgoingEvent] = []
        for sequence, event_id, at, kind, body in rows:
            if sequence in without:
                continue
            json = f'{{"sequence":{sequence},"event_id":"{event_id}","at":"{at}","body":{body}}}'
            size -= len(json)
            if chosen and (size < 0 or len(chosen) >= count):
                break
            chosen.append(OutgoingEvent(sequence, kind, json))
        return tuple(chosen)

    def acknowledge(self, sequence: int) -> None:
        """Note that central has everything up to `sequence`; one below what is known changes nothing.

        Raises:
            ValueError: central acknowledges what this installation never wrote.
        """
        if sequence > self.last:
            raise ValueError("acknowledged beyond the journal's end")
        self._database.run(
            "UPDATE installation SET acknowledged = ? WHERE acknowledged < ?",
            *(sequence, sequence),
        )

    def forget_delivered(self) -> int:
        """Turn acknowledged events of delivered, closed cases into tombstones; return how many."""
        return self._database.run(
            "UPDATE journal SET body = NULL WHERE body IS NOT NULL"
            " AND sequence <= (SELECT acknowledged FROM installation)"
            " AND case_id IN (SELECT case_id FROM cases WHERE stage = 'closed'"
            " AND last_sequence <= (SELECT acknowledged FROM installation))"
        )

    def events(self) -> tuple[JournalEvent, ...]:
        """Return every event that still has its body, oldest first."""
        rows = self._database.rows(
            "SELECT sequence, event_id, at, body FROM journal WHERE body IS NOT NULL ORDER BY sequence"
        )
        return tuple(
            JournalEvent(sequence=sequence, event_id=EventId(event_id), at=at, body=_BODY.validate_json(body))
            for sequence, event_id, at, body in rows
        )
