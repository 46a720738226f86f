"""Many rows of one table at a time: what a statement costs is paid once, on SQLite and on PostgreSQL.

Rows go to the driver as they are, past the unit of work, which would take ten times as long. They are
plain mappings that name every column of their table. Nothing here decides anything; errors are those
that SQLAlchemy raises for any other statement.
"""

from collections.abc import Collection, Sequence
from operator import itemgetter
from typing import Any, cast

from pydantic_core import to_json
from sqlalchemy import ARRAY, JSON, Column, ColumnElement, Table, Text, any_, bindparam, func, select, update
from sqlalchemy.orm import Session

from central.base import Base
from central.store import COPIES

Row = dict[str, Any]
"""A row by its columns' names."""


def table_of(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def among(session: Session, column: Column[Any], keys: Collection[str]) -> ColumnElement[bool]:
    """Tell which rows have one of the keys; as one parameter, so that the statement is the same for any number."""
    if session.get_bind().dialect.name == "sqlite":
        return column.in_(select(func.json_each(to_json(list(keys)).decode()).table_valued("value").c.value))
    return column == any_(bindparam(None, list(keys), ARRAY(Text)))


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that name every column of the table."""
    if not rows:
        return
    names = [column.name for column in table.columns]
    values = _values(table, rows)
    connection = session.connection()
    place = f"{table.name} ({', '.join(names)})"
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"INSERT INTO {place} VALUES ({marks})", values)  # noqa: S608 - our own names
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


def _values(table: Table, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Return what the driver gets, column by column; a driver is not told which columns hold JSON."""
    documents = [column.name for column in table.columns if isinstance(column.type, JSON)]
    if documents:
        rows = [row | {name: _written(row[name]) for name in documents} for row in rows]
    return list(map(itemgetter(*(column.name for column in table.columns)), rows))


def _written(document: object) -> str | None:
    return None if document is None else to_json(document).decode()
