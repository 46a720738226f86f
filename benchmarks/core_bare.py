"""The bare rate of a database: the rows that central holds of a queue, inserted again with no code of ours.

Into the same tables with the same indexes, constraints and durability, row by row through the database's own
driver. With one transaction a case it is what anybody pays who stores a case as it comes; with one a batch, the
least that the database itself costs. What central does beyond that (reading, checking, deciding, answering) is
what the ratio shows.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import JSON, URL, make_url

from benchmarks.core_hall import migrate
from central.models import CaseRow

KEPT = ("cases", "documents", "print_actions", "ratings", "inbox")
"""What central keeps of a case, those first that others refer to."""
_OWNERS = ("kiosks", "installations")
Row = tuple[Any, ...]
Execute = Callable[[str, Row], Any]


def bare_seconds(held: str, empty: str, batches: int) -> float:
    """Insert what the database `held` holds of its cases into the database `empty`, a transaction a batch."""
    migrate(empty)
    rows = {name: _read(held, name) for name in (*_OWNERS, *KEPT)}
    with _opened(empty) as (execute, mark):
        inserts = {name: _insert(name, mark) for name in rows}
        for name in _OWNERS:
            for row in rows[name]:
                execute(inserts[name], row)
        began = time.perf_counter()
        for number in range(batches):
            execute("BEGIN", ())
            for name in KEPT:
                for row in _part(rows[name], number, batches):
                    execute(inserts[name], row)
            execute("COMMIT", ())
        return time.perf_counter() - began


def _part(rows: Sequence[Row], number: int, parts: int) -> Sequence[Row]:
    return rows[len(rows) * number // parts : len(rows) * (number + 1) // parts]


def _insert(name: str, mark: str) -> str:
    columns = CaseRow.metadata.tables[name].columns.keys()
    return f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608 - as below


def _read(url: str, name: str) -> list[Row]:
    """Read a table in an order in which each part's rows refer to the same part's, or to none later."""
    columns = CaseRow.metadata.tables[name].columns
    json_text = "::text" if make_url(url).get_backend_name() == "postgresql" else ""
    words = [f"{column.name}{json_text if isinstance(column.type, JSON) else ''}" for column in columns]
    order = {"inbox": "sequence", "cases": "id"}.get(name, "case_id" if "case_id" in columns else "id")
    query = f"SELECT {', '.join(words)} FROM {name} ORDER BY {order}"  # noqa: S608 - names of our own tables
    with _opened(url) as (execute, _mark):
        return list(execute(query, ()).fetchall())


@contextmanager
def _opened(url: str) -> Iterator[tuple[Execute, str]]:
    """Open a database by its own driver; yields how to execute, and the mark of a parameter."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(Path(str(place.database)), isolation_level=None)) as database:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
                database.execute(f"PRAGMA {pragma}")
            yield database.execute, "?"
    else:
        with psycopg.connect(_address(place), autocommit=True) as server:
            yield server.execute, "%s"


def _address(place: URL) -> str:
    return f"host={place.query['host']} user={place.username} dbname={place.database}"
