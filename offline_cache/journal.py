"""The journal: every event of this installation, numbered without gaps, appended and never changed.

Its undelivered tail is the outbox; there is no second queue that could disagree with it. The only thing
that may happen to an old event is that its body is forgotten, once central holds it and its case is
closed. The bytes that are sent are the bytes that were written, so that "the same event again" is the
same to the last comma.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pydantic import ConfigDict, TypeAdapter

from contract.cases import EventBody, JournalEvent
from contract.ids import CaseId, EventId, new_id
from offline_cache.cases import case_of
from offline_cache.database import Database

# As for every wire value: pydantic would keep the strings it meets for as long as the process lives.
_BODY: TypeAdapter[EventBody] = TypeAdapter(EventBody, config=ConfigDict(cache_strings="keys"))


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

    def read_ahead(self) -> None:
        """Have those pages in memory that the next event will be written to."""
        self._database.row("SELECT (SELECT max(sequence) FROM journal), (SELECT max(event_id) FROM journal)")

    def append(self, body: EventBody, at: str) -> int:
        """Append one event within the caller's transaction; return its sequence number."""
        sequence = self.last + 1
        self._database.run(
            "INSERT INTO journal (sequence, event_id, at, kind, case_id, body) VALUES (?, ?, ?, ?, ?, ?)",
            *(sequence, new_id(), at, body.kind, case_of(body), body.model_dump_json()),
        )
        return sequence

    def tail(self, after: int, count: int, size: int, without: Collection[int] = ()) -> tuple[OutgoingEvent, ...]:
        """Return the oldest undelivered events after `after`: at most `count`, about `size` bytes, at least one."""
        rows = self._database.rows(
            "SELECT sequence, event_id, at, kind, body FROM journal WHERE body IS NOT NULL"
            " AND sequence > max(?, (SELECT acknowledged FROM installation)) ORDER BY sequence LIMIT ?",
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

    def lost(self, count: int) -> tuple[tuple[int, int], ...]:
        """Return at most `count` stretches, first and last, that central has asked for again and that are gone here."""
        rows = self._database.rows(
            "SELECT sequence FROM journal WHERE sequence > (SELECT acknowledged FROM installation) AND body IS NULL"
            " ORDER BY sequence"
        )
        return _stretches(int(number) for (number,) in rows)[:count]

    def go_back(self, sequence: int) -> tuple[tuple[int, int], ...]:
        """Note that central forgot everything after `sequence`, as one that was restored from a backup has.

        Returns:
            First and last of each stretch that central has to do without: it was forgotten here.
        """
        self._database.run("UPDATE installation SET acknowledged = ? WHERE acknowledged > ?", sequence, sequence)
        rows = self._database.rows(
            "SELECT sequence FROM journal WHERE sequence > ? AND body IS NULL ORDER BY sequence", sequence
        )
        return _stretches(int(number) for (number,) in rows)

    def forget(self, stretches: Collection[tuple[CaseId, int, int]]) -> int:
        """Turn the events of cases into tombstones, each case between its first and its last; return how many."""
        return self._database.run_each(
            "UPDATE journal SET body = NULL WHERE case_id = ? AND sequence BETWEEN ? AND ? AND body IS NOT NULL",
            stretches,
        )

    def bodies(self, case_id: CaseId) -> tuple[EventBody, ...]:
        """Return what happened in one case, oldest first, as far as it is still kept."""
        rows = self._database.rows(
            "SELECT body FROM cases JOIN journal USING (case_id) WHERE case_id = ?"
            " AND sequence BETWEEN remembered_from AND last_sequence AND body IS NOT NULL ORDER BY sequence",
            case_id,
        )
        return tuple(_BODY.validate_json(row[0]) for row in rows)

    def events(self) -> tuple[JournalEvent, ...]:
        """Return every event that still has its body, oldest first."""
        rows = self._database.rows(
            "SELECT sequence, event_id, at, body FROM journal WHERE body IS NOT NULL ORDER BY sequence"
        )
        return tuple(
            JournalEvent(sequence=sequence, event_id=EventId(event_id), at=at, body=_BODY.validate_json(body))
            for sequence, event_id, at, body in rows
        )


def _stretches(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return ascending numbers as first and last of each stretch without a gap."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return tuple(spans)
