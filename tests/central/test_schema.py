"""The schema is what the models say, and an empty database can be brought to it and back."""

import re
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import event, inspect, make_url

from central import blobs, schema
from central.base import Base
from central.models import Kiosk
from central.store import Store
from tests.central.server import ROOT, Databases


def test_migrations_run_from_empty_and_give_what_the_models_say(databases: Databases, tmp_path: Path) -> None:
    store = Store(make_url(databases.new(tmp_path)))
    assert not schema.is_current(store)
    assert schema.migrate(store) == schema.head()
    assert schema.is_current(store)
    with store.connected_to_write() as connection:
        command.check(schema.alembic_config(connection))
    store.close()


def test_migrating_twice_changes_nothing_and_back_leaves_nothing(databases: Databases, tmp_path: Path) -> None:
    store = Store(make_url(databases.new(tmp_path)))
    schema.migrate(store)
    schema.migrate(store)
    with store.connected_to_migrate() as connection:
        command.downgrade(schema.alembic_config(connection), "base")
    assert inspect(store.engine).get_table_names() == ["alembic_version"]
    assert not schema.is_current(store)
    store.close()


def test_sqlite_keeps_what_it_acknowledged_after_a_power_cut(tmp_path: Path) -> None:
    store = Store(make_url(f"sqlite:///{tmp_path / 'made.sqlite'}"))
    schema.migrate(store)
    with store.engine.connect() as connection:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert {key: connection.exec_driver_sql(f"PRAGMA {key}").scalar() for key in wanted} == wanted
    assert (tmp_path / "made.sqlite").stat().st_mode & 0o077 == 0
    store.close()


def test_files_that_are_waited_for_are_found_without_going_through_every_case_there_ever_was(tmp_path: Path) -> None:
    store = Store(make_url(f"sqlite:///{tmp_path / 'made.sqlite'}"))
    schema.migrate(store)
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    with store.reading() as session:
        assert blobs.wanted(session, Kiosk(id="k")) == ()
        statement, parameters = asked[-1]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [str(step[-1]) for step in plan]
    assert "attachments USING INDEX ix_attachments_wanted" in steps[0]
    assert not [step for step in steps if "cases" in step and "(id=?)" not in step]
    store.close()


def test_every_personal_column_is_named_for_operators() -> None:
    told = (ROOT / "docs" / "central.md").read_text("utf-8")
    section = told[told.index("Columns about people") : told.index("## The verification page")]
    named = set(re.findall(r"^\| `(\w+\.\w+)` \|", section, re.MULTILINE))
    marked = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if "personal" in column.info
    }
    assert named == marked
