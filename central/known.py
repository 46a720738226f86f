"""Cases in memory with all that hangs on them: read once for a whole batch, changed here, written once.

What is written is what changed and no other column: one that was emptied meanwhile because its time is
over (`central.retention`) must not come back. The terminal's row must be locked from reading to writing.
"""

from collections.abc import Collection, Iterator
from operator import itemgetter

from sqlalchemy.orm import Session

from central.base import Base
from central.bulk import Row, change_rows, find_among, insert_rows, table_of
from central.models import AttachmentRow, CaseRow, DocumentRow, PrintActionRow, RatingRow

Key = str | tuple[str, ...]
"""A row's primary key: a tuple when it has several columns."""


class KnownRows:
    """Rows of one table by their primary key, as they were found and as they are to be."""

    def __init__(self, model: type[Base]) -> None:
        self.table = table_of(model)
        self._key = itemgetter(*(column.name for column in self.table.primary_key))
        self._names = [column.name for column in self.table.columns]
        self._empty: Row = dict.fromkeys(self._names)
        self._rows: dict[Key, Row] = {}
        self._found: dict[Key, Row] = {}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def read(self, session: Session, column: str, keys: Collection[str]) -> None:
        """Learn of the rows that have one of the keys in a column."""
        for found in find_among(session, self.table, column, keys) if keys else ():
            row = dict(zip(self._names, found, strict=True))
            key = self._key(row)
            if key not in self._rows:
                self._rows[key], self._found[key] = row, dict(row)

    def get(self, key: Key) -> Row | None:
        return self._rows.get(key)

    def add(self, **values: object) -> Row:
        """Make a row that is not there yet; columns that are not named are empty."""
        row = self._empty | values
        self._rows[self._key(row)] = row
        return row

    def write(self, session: Session) -> None:
        """Insert what was added, and change what is not any more as it was found."""
        insert_rows(session, self.table, [row for key, row in self._rows.items() if key not in self._found])
        changes: dict[tuple[str, ...], list[Row]] = {}
        for key, before in self._found.items():
            row = self._rows[key]
            if row != before:
                changes.setdefault(tuple(name for name in self._names if row[name] != before[name]), []).append(row)
        for names, rows in changes.items():
            change_rows(session, self.table, names, rows)


class KnownCases:
    """Cases, whole but for their documents, and what else was looked up."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.cases = KnownRows(CaseRow)
        self.documents = KnownRows(DocumentRow)
        self.actions = KnownRows(PrintActionRow)
        self.attachments = KnownRows(AttachmentRow)
        self.ratings = KnownRows(RatingRow)

    def read(self, cases: Collection[str]) -> None:
        """Learn of these cases, as far as there are such, their prints, files and ratings."""
        self.cases.read(self._session, "id", cases)
        there = [case["id"] for case in self.cases]
        for part in (self.actions, self.attachments, self.ratings):
            part.read(self._session, "case_id", there)

    def read_documents(self, codes: Collection[str]) -> None:
        self.documents.read(self._session, "verification_code", codes)

    def read_actions(self, actions: Collection[str]) -> None:
        self.actions.read(self._session, "action_id", actions)

    def write(self) -> None:
        """Write what is new or changed: cases before what refers to them."""
        for rows in (self.cases, self.documents, self.actions, self.attachments, self.ratings):
            rows.write(self._session)
