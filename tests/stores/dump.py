"""Writes a store as SQL text, so that what an earlier release wrote stays readable in this repository.

Before a migration is added, the release that is about to be old fills a state folder (cases at every stage,
some delivered) and `python -m tests.stores.dump STATE_FOLDER` writes ``tests/stores/NNNN.sql``, NNNN being the
version of the database. Sealed files follow as comments. A test demands a dump of every version there was.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from offline_cache.cache import BLOBS, DATABASE, STORE
from tests.journal_values import key_of

STORES = Path(__file__).parent
_FILE = re.compile(r"^-- file (\S+) ([0-9a-f]*)$", re.MULTILINE)


def dumped(database: Path, key: bytes) -> tuple[int, str]:
    """Return a database's version, and its schema and rows as SQL."""
    connection = sqlcipher.connect(str(database))
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        lines = list(_lines(connection))
    finally:
        connection.close()
    return version, "\n".join([*lines, f"PRAGMA user_version = {version};", ""])


def _lines(connection: Any) -> Iterator[str]:
    """Tables, then rows, then what watches over rows."""
    things = connection.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    ).fetchall()
    yield from (f"{sql};" for kind, _, sql in things if kind == "table")
    for kind, name, _ in things:
        if kind == "table":
            columns = " || ', ' || ".join(
                f"quote({row[1]})" for row in connection.execute(f"PRAGMA table_info({name})")
            )
            rows = connection.execute(f"SELECT {columns} FROM {name} ORDER BY rowid")  # noqa: S608 - our own schema
            yield from (f"INSERT INTO {name} VALUES ({row[0]});" for row in rows)  # noqa: S608 - quoted by SQLite
    yield from (f"{sql};" for kind, _, sql in things if kind != "table")


def built(dump: Path, database: Path, key: bytes) -> None:
    """Make the database that a dump tells of."""
    connection = sqlcipher.connect(str(database), isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN;\n{dump.read_text('utf-8')}\nCOMMIT;")
    finally:
        connection.close()
    database.chmod(0o600)
    for name, content in _FILE.findall(dump.read_text("utf-8")):
        (database.parent / BLOBS).mkdir(mode=0o700, exist_ok=True)
        (database.parent / BLOBS / name).write_bytes(bytes.fromhex(content))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    number, sql = dumped(folder / STORE / DATABASE, key_of(folder))
    files = sorted((folder / STORE / BLOBS).iterdir())
    sql += "".join(f"-- file {file.name} {file.read_bytes().hex()}\n" for file in files)
    (STORES / f"{number:04d}.sql").write_text(sql, "utf-8")
