"""Many rows of one table at a time: what a statement costs is paid once, on SQLite and on PostgreSQL.

Rows go to the driver as they are, past the unit of work, which would take ten times as long. They are
plain mappings that name every column of their table. Nothing here decides anything; errors are those
that SQLAlchemy raises for any other statement.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from pydantic_core import to_json
from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    Result,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from central.base import Base
from central.store import COPIES

_WIDTH = 50
"""Rows of one statement on SQLite; more bring nothing, and it takes at most 32,766 values."""

Row = dict[str, Any]
"""A row by its columns' names."""


def table_of(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def among(session: Session, column: Column[Any], keys: Collection[str]) -> ColumnElement[bool]:
    """Tell which rows have one of the keys; as one parameter, so that the statement is the same for any number."""
    sqlite = _is_sqlite(session)
    return _among(column, sqlite=sqlite).params(keys=_given(keys, sqlite=sqlite))


def find_among(session: Session, table: Table, column: str, keys: Collection[str]) -> Result[Any]:
    """Return the rows of a table that have one of the keys in a column of it."""
    sqlite = _is_sqlite(session)
    return session.execute(_rows_among(table, column, sqlite=sqlite), {"keys": _given(keys, sqlite=sqlite)})


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that name every column of the table."""
    insert_values(session, table, _values(table, rows))


def insert_values(session: Session, table: Table, values: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows that are told column by column, in the table's order, JSON as its text."""
    if not values:
        return
    names = [column.name for column in table.columns]
    connection = session.connection()
    place = f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "sqlite":
        row = f"({', '.join('?' * len(names))})"
        for width, wide in _by_width(values):
            rows = ", ".join([row] * width)
            connection.exec_driver_sql(f"INSERT INTO {place} VALUES {rows}", wide)  # noqa: S608 - our own names
    else:
        connection.exec_driver_sql(f"COPY {place} FROM STDIN", (values,), execution_options={COPIES: True})


def change_rows(session: Session, table: Table, names: Collection[str], rows: Sequence[Row]) -> None:
    """Write these columns of rows that are there; other columns stay what they are."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    changed = update(table).values({name: bindparam(f"new_{name}") for name in names})
    found = changed.where(*(table.c[key] == bindparam(f"of_{key}") for key in keys))
    session.connection().execute(
        found, [{f"new_{name}": row[name] for name in names} | {f"of_{key}": row[key] for key in keys} for row in rows]
    )


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@cache
def _rows_among(table: Table, column: str, *, sqlite: bool) -> Select[Any]:
    """Return the statement, which is the same object each time: making one takes longer than executing it."""
    return select(table).where(_among(table.c[column], sqlite=sqlite))


def _among(column: Column[Any], *, sqlite: bool) -> ColumnElement[bool]:
    if sqlite:
        return column.in_(select(func.json_each(bindparam("keys", type_=Text)).table_valued("value").c.value))
    return column == any_(bindparam("keys", type_=ARRAY(Text)))


def _given(keys: Collection[str], *, sqlite: bool) -> str | list[str]:
    return to_json(list(keys)).decode() if sqlite else list(keys)


def _values(table: Table, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Return what the driver gets, column by column; a driver is not told which columns hold JSON."""
    if not rows:
        return []
    documents = [column.name for column in table.columns if isinstance(column.type, JSON)]
    if documents:
        rows = [row | {name: _written(row[name]) for name in documents} for row in rows]
    return list(map(itemgetter(*(column.name for column in table.columns)), rows))


def _by_width(values: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Yield rows as the parameters of statements that take so many at once, which spares a fifth of SQLite's time."""
    whole = len(values) - len(values) % _WIDTH
    if whole:
        yield _WIDTH, [tuple(chain.from_iterable(values[at : at + _WIDTH])) for at in range(0, whole, _WIDTH)]
    if whole < len(values):
        yield 1, list(values[whole:])


def _written(document: object) -> str | None:
    return None if document is None else to_json(document).decode()
