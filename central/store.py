"""The database door: one engine, short transactions, the same on SQLite and PostgreSQL.

On SQLite a transaction that writes takes the write lock at its beginning, since one that finds out
half-way cannot wait and fails. Those of one process line up for it first: SQLite lets who waits sleep between
looks, longer and longer, while others go past, for seconds when many terminals come at once.
``synchronous=FULL`` is what makes an acknowledgement true after a power cut. Statements' parameters never
reach an exception's message: they are about people.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExecutionContext, create_engine, event
from sqlalchemy.orm import Session

BUSY_TIMEOUT_S = 10
"""How long a writer waits for another before the terminal is told to come back later."""

STATEMENT_TIMEOUT_S = 60
"""How long one statement may run, or a transaction stay idle, before PostgreSQL ends it."""
POOL = 10
"""PostgreSQL connections of one worker."""

COPIES = "central_copies"
"""Marks a PostgreSQL ``COPY … FROM STDIN`` whose one parameter is its rows."""
_WRITES = "central_writes"


class DatabaseReplaced(Exception):
    """The SQLite file is not the one that was opened; what is written would be nowhere.

    SQLite goes on happily in a file that was deleted or moved away while it is open (sqlite.org,
    "How To Corrupt An SQLite Database File", §4.5). Only a restart may open the new one.
    """


class BrokenReferences(Exception):
    """A migration would leave rows that refer to nothing."""


class Store:
    """Sessions on one database."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._opened: tuple[int, int] | None = None
        self.engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, **_pool(url))
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", self._prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "do_execute", _copy_in)
        self._line = threading.Lock() if self.engine.dialect.name == "sqlite" else None
        self._writing_engine: Engine = self.engine.execution_options(**{_WRITES: True})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads.

        Raises:
            DatabaseReplaced: the file is gone or another one.
        """
        self.check_file()
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is durable when the block ends, or undone when it raises.

        Raises:
            DatabaseReplaced: the file is gone or another one.
        """
        self.check_file()
        with self._in_line(), Session(self._writing_engine) as session, session.begin():
            yield session

    @contextmanager
    def _in_line(self) -> Iterator[None]:
        """Wait for one's turn to write, but no longer than SQLite would: then it is SQLite that says it is busy."""
        if self._line is None:
            yield
            return
        in_turn = self._line.acquire(timeout=BUSY_TIMEOUT_S)
        try:
            yield
        finally:
            if in_turn:
                self._line.release()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database, however long it reads."""
        self.check_file()
        engine = self.engine
        if engine.dialect.name != "sqlite":  # whose readers see one moment anyway
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.begin() as connection:
            if engine.dialect.name != "sqlite":
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            yield connection

    @contextmanager
    def connected_to_write(self) -> Iterator[Connection]:
        """A bare connection in one transaction."""
        with self._writing_engine.begin() as connection:
            yield connection

    @contextmanager
    def connected_to_migrate(self) -> Iterator[Connection]:
        """A bare connection in one transaction, for migrations.

        SQLite changes a table by replacing it, which its rows' references forbid while they are watched;
        they are all checked at the end instead (sqlite.org, "ALTER TABLE", §7).
        """
        if self.engine.dialect.name != "sqlite":
            with self.connected_to_write() as connection:
                yield connection
            return
        with self._writing_engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - for the type checker
            driver.execute("PRAGMA foreign_keys = OFF")
            try:
                with connection.begin():
                    yield connection
                    if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                        raise BrokenReferences
            finally:
                driver.execute("PRAGMA foreign_keys = ON")

    def check_file(self) -> None:
        """Make sure that an SQLite database is still the file that was opened.

        Raises:
            DatabaseReplaced: it is gone or another one.
        """
        if self._opened is not None and _identity(self.url) != self._opened:
            raise DatabaseReplaced

    def _prepare_sqlite(self, connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()
        self._opened = self._opened or _identity(self.url)

    def close(self) -> None:
        self.engine.dispose()


def _pool(url: URL) -> dict[str, Any]:
    """Settings of the connections of one worker.

    A PostgreSQL connection is a process of the server, and the server's limit (100 unless changed) is
    shared by all workers. A statement that hangs is ended by the server itself, so that no worker's
    threads pile up behind it.
    """
    if url.get_backend_name() != "postgresql":
        return {"pool_size": 8, "max_overflow": 32}
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_S}s -c lock_timeout={BUSY_TIMEOUT_S}s"
    return {
        "pool_size": POOL,
        "max_overflow": 0,
        "pool_timeout": BUSY_TIMEOUT_S,
        "pool_recycle": 1800,
        "connect_args": {
            "options": f"{options} -c idle_in_transaction_session_timeout={STATEMENT_TIMEOUT_S}s",
            "connect_timeout": BUSY_TIMEOUT_S,
        },
    }


def sqlite_file(url: URL) -> Path | None:
    """Return the file of an SQLite database, or None when it has none."""
    if url.get_backend_name() != "sqlite" or url.database in {None, "", ":memory:"}:
        return None
    return Path(str(url.database))


def _identity(url: URL) -> tuple[int, int] | None:
    file = sqlite_file(url)
    if file is None:
        return None
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _copy_in(cursor: Any, statement: str, parameters: Any, context: ExecutionContext | None) -> bool:
    """Give a ``COPY`` its rows: many of them for the price of one (postgresql.org, "Populating a Database", §14.4)."""
    if context is None or not context.execution_options.get(COPIES, False):
        return False
    (rows,) = parameters
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    return True
