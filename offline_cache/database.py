"""One SQLCipher connection for one thread: key, pragmas, migrations, and errors that say what to do.

Refuses to be used from any other thread, to share the file with another process, and to open what a
newer release wrote. Every commit is on the disk before it returns (`synchronous=FULL`); what is
overwritten is overwritten with zeros. A disk that fills up must never look like a bug, nor a bug like
a full disk.
"""

import os
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from sqlcipher3 import dbapi2 as sqlcipher

from offline_cache.trouble import CacheBroken, StorageBroken, StorageFull, StorageTrouble, os_trouble

MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
_PROBE_BYTES: Final = 64 * 1024
_LOG_BYTES: Final = 256 * 1024
"""Twice what a case takes with all that follows."""

Row = tuple[Any, ...]


class Database:
    """An open database. Made on the thread that will use it."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Open `path`, making it when it is not there, and bring it up to this release.

        Raises:
            CacheBroken: the key is wrong or the file is damaged; nothing was written to it.
            StorageTrouble: the disk refuses, another process has the file, or a newer release wrote it.
        """
        self._path = path
        self._thread = threading.get_ident()
        self._unlocked = False
        self._log = path.with_name(f"{path.name}-wal")
        self._suspect = path.with_name(f"{path.name}.suspect")
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        except OSError as error:
            raise os_trouble(error, path.name) from None
        with self._translated():
            self._connection = sqlcipher.connect(str(path), isolation_level=None, cached_statements=256)
        try:
            self._unlock(key)
            self._migrate()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Write the journal file back and let go. Safe twice."""
        self._assert_thread()
        with suppress(sqlcipher.Error):
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it, durable, or nothing."""
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            # After some errors SQLite has rolled back by itself.
            if self._connection.in_transaction:
                with suppress(sqlcipher.Error):
                    self._connection.execute("ROLLBACK")
            raise

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def run(self, sql: str, *values: Any) -> int:
        """Execute a write inside a transaction; return how many rows it touched."""
        assert self.in_transaction, "writes belong into a transaction"  # noqa: S101 - guards against our own bugs
        return self._run(sql, *values)

    def run_each(self, sql: str, rows: Collection[Row]) -> int:
        """Execute a write inside a transaction for each of `rows`; return how many rows of the table it touched."""
        assert self.in_transaction, "writes belong into a transaction"  # noqa: S101 - guards against our own bugs
        self._assert_thread()
        if not rows:
            return 0
        with self._translated():
            return int(self._connection.executemany(sql, rows).rowcount)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        self._assert_thread()
        try:
            return list(self._connection.execute(sql, values))
        except sqlcipher.DatabaseError as error:
            self._translate(error)
            raise

    def row(self, sql: str, *values: Any) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def shrink_journal(self) -> None:
        """Copy the write-ahead log into the file and empty it, so that nothing forgotten lingers there.

        SQLite cuts the log without a sync, and a power cut would bring back what it held: so it is synced here.
        The log carries no lock that closing another handle on it could lose. Pages that this process holds
        decrypted are let go of, too.
        """
        self._run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._run("PRAGMA shrink_memory")
        # SQLCipher decrypts into one buffer that it keeps: the schema's page goes where a citizen's was.
        self.rows("SELECT count(*) FROM sqlite_master")
        try:
            handle = os.open(self._log, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except FileNotFoundError:
            return
        except OSError as error:
            raise os_trouble(error, self._log.name) from None

    def lay_out_log(self) -> None:
        """Fill the write-ahead log up with zeros, so that a visit's commits find their place on the disk.

        A file that grows has its new size synced with every commit, which costs half as much again. A log ends where
        a frame is not of it (SQLite, "WAL file format"), and zeros are no frame. A disk that has no room for them has
        none of it now; whoever writes next is told.
        """
        with suppress(OSError):
            handle = os.open(self._log, os.O_WRONLY | os.O_CLOEXEC)
            try:
                size = os.fstat(handle).st_size
                if size < _LOG_BYTES:
                    os.pwrite(handle, bytes(_LOG_BYTES - size), size)
                    os.fsync(handle)
            finally:
                os.close(handle)

    def _unlock(self, key: bytes) -> None:
        with self._translated():
            execute = self._connection.execute
            execute("PRAGMA cipher_log = off")  # SQLCipher would write to standard error by itself
            execute(f"PRAGMA key = \"x'{key.hex()}'\"")  # a raw key: no key derivation to wait for
            execute("PRAGMA busy_timeout = 500")
            # Exclusive from the first access on: no second writer, and no shared-memory file.
            execute("PRAGMA locking_mode = EXCLUSIVE")
            execute("PRAGMA journal_mode = WAL")
            execute("PRAGMA synchronous = FULL")
            execute("PRAGMA foreign_keys = OFF")  # until the migrations are through
            execute("PRAGMA secure_delete = ON")
            execute("PRAGMA temp_store = MEMORY")
            execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._unlocked = True
        if self._suspect.exists():
            with self._translated():
                sealed = self._connection.execute("PRAGMA cipher_integrity_check").fetchall()
                whole = self._connection.execute("PRAGMA integrity_check(1)").fetchall()
            if sealed or whole != [("ok",)]:
                raise CacheBroken("damaged")
            self._suspect.unlink()

    def _migrate(self) -> None:
        steps = {int(file.name[:4]): file for file in sorted(MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql"))}
        with self._translated():
            at = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
        if at > max(steps):
            raise StorageBroken(f"database is of version {at}, this release knows {max(steps)}")
        for number in range(at + 1, max(steps) + 1):
            script = f"BEGIN IMMEDIATE;\n{steps[number].read_text('utf-8')}\nPRAGMA user_version = {number};"
            try:
                with self._translated():
                    self._connection.executescript(script)
                    dangling = self._connection.execute("PRAGMA foreign_key_check").fetchone()
                    if dangling is not None:
                        raise StorageBroken(f"migration {number} would break a foreign key of {dangling[0]}")
                    self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        # Only now: a migration may make a table anew that others refer to. What it leaves was checked.
        with self._translated():
            self._connection.execute("PRAGMA foreign_keys = ON")

    def _run(self, sql: str, *values: Any) -> int:
        self._assert_thread()
        # A context manager would be tidier; this is on the way of every statement that a citizen waits for.
        try:
            return int(self._connection.execute(sql, values).rowcount)
        except sqlcipher.DatabaseError as error:
            self._translate(error)
            raise

    def _assert_thread(self) -> None:
        assert threading.get_ident() == self._thread, "the database has one thread"  # noqa: S101 - our own bugs

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlcipher.DatabaseError as error:
            self._translate(error)
            raise

    def _translate(self, error: Exception) -> None:
        """Raise what an SQLite error means; return when it is a bug of ours."""
        trouble = self._trouble(error)
        if trouble is not None:
            raise trouble from None

    def _trouble(self, error: Exception) -> StorageTrouble | None:
        """Say what an SQLite error means; None when it is ours, such as a constraint we broke."""
        code = getattr(error, "sqlite_errorcode", None)
        name = str(getattr(error, "sqlite_errorname", "?"))
        match code:
            case sqlcipher.SQLITE_FULL:
                return StorageFull(name)
            case sqlcipher.SQLITE_IOERR:
                return self._write_trouble(name)
            case sqlcipher.SQLITE_NOTADB if not self._unlocked:
                return CacheBroken("wrong-key")  # or a damaged first page: nobody can tell the two apart
            case sqlcipher.SQLITE_NOTADB | sqlcipher.SQLITE_CORRUPT:
                # Whether all of it is bad is for the next start to find out, before anything is written.
                with suppress(OSError):
                    self._suspect.touch(mode=0o600)
                return CacheBroken("damaged")
            case (
                sqlcipher.SQLITE_READONLY
                | sqlcipher.SQLITE_CANTOPEN
                | sqlcipher.SQLITE_BUSY
                | sqlcipher.SQLITE_LOCKED
                | sqlcipher.SQLITE_PERM
                | sqlcipher.SQLITE_NOMEM
            ):
                return StorageBroken(name)
            case _:
                return None

    def _write_trouble(self, name: str) -> StorageTrouble:
        """Tell "no room" from "broken" after an I/O error.

        SQLite calls only ENOSPC "full" (os_unix.c, unixWrite); a quota and a file size limit come as plain
        I/O errors. So a page is written where the log's next page would have gone, and the answer read.
        """
        probe = self._path.with_name(f"{self._path.name}.probe")
        try:
            size = self._log.stat().st_size if self._log.exists() else self._path.stat().st_size
            handle = os.open(probe, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            try:
                os.pwrite(handle, bytes(_PROBE_BYTES), size)
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            return os_trouble(error, name)
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
        return StorageBroken(name)
