"""The database's schema: bringing it up to date, and telling whether it is.

A server never migrates by itself: two servers that start at once would race, and an operator wants
to back up first. `serve` asks `is_current` and says what to run.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from central.store import Store, sqlite_file

_INI = Path(__file__).with_name("alembic.ini")


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration on an open connection."""
    config = Config(_INI)
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the revision that this release's code needs."""
    revision = ScriptDirectory.from_config(Config(_INI)).get_current_head()
    assert revision is not None, "a release carries its migrations"  # noqa: S101 - a broken release, not a fault
    return revision


def migrate(store: Store) -> str:
    """Bring the database to this release's schema, all of it or nothing, and return the revision."""
    prepare(store)
    with store.connected_to_migrate() as connection:
        upgrade(connection, "head")
    return head()


def prepare(store: Store) -> None:
    """Make an SQLite file that is not there, readable by its owner only."""
    file = sqlite_file(store.url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600, exist_ok=True)


def upgrade(connection: Connection, revision: str) -> None:
    """Bring the connection's database to a later revision, in the connection's transaction."""
    command.upgrade(alembic_config(connection), revision)


def revisions() -> frozenset[str]:
    """Return every revision that this release knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(Config(_INI)).walk_revisions())


def is_current(store: Store) -> bool:
    """Tell whether the database has this release's schema. A missing SQLite file is not made.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached.
        DatabaseReplaced: an SQLite file is not the one that was opened.
    """
    store.check_file()
    file = sqlite_file(store.url)
    if file is not None and not file.exists():
        return False
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return MigrationContext.configure(connection).get_current_revision() == head()
