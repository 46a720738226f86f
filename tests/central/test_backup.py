"""What was backed up comes back whole, on either kind of database, and is then safe to go on with."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from central import schema
from central.__main__ import main
from central.base import Base
from central.store import Store
from tests.central.server import Central, Databases
from tests.central.terminal import Terminal
from tests.central.test_blobs import head, put, with_attachment
from tests.central.test_sync import deliver
from tests.central.values import Journal, new_code
from tests.postgresql import PrivatePostgresql

PHOTO = b"photo" * 1000
NAME = hashlib.sha256(PHOTO).hexdigest()
NEW: dict[str, Any] = {"verdict_cursor": 0}
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def filled(own_central: Central, journal: Journal) -> Terminal:
    """A running central with cases, a blob, health and a lookup's record."""
    terminal = own_central.enrol(journal.kiosk)
    own_central.start()
    journal.whole_case()
    with_attachment(journal, NAME)
    put(own_central, terminal, NAME, PHOTO, 0, len(PHOTO))
    health = {"release": "1", "started_at": "x", "at": "y", "undelivered": 0, "disk_free_mb": 5}
    deliver(own_central, journal.batch() | NEW | {"health": health}, terminal)
    return terminal


def rows(central: Central) -> dict[str, int]:
    return {name: int(central.rows(f"SELECT count(*) FROM {name}")[0][0]) for name in Base.metadata.tables}  # noqa: S608


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Central]:
    """An empty database of the other kind than the one that was backed up."""
    server: PrivatePostgresql = request.getfixturevalue("postgresql")
    other = Databases(None if databases.postgresql is not None else server)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    made = Central(other.new(folder), folder)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


def test_a_backup_of_a_running_central_comes_back_on_the_other_kind_of_database(
    own_central: Central, elsewhere: Central, filled: Terminal, journal: Journal, tmp_path: Path
) -> None:
    file = tmp_path / "central.backup"
    assert own_central.run("backup", str(file)) == 0
    assert file.stat().st_mode & 0o077 == 0
    before = rows(own_central)
    assert own_central.stop() == 0
    assert elsewhere.run("restore", str(file)) == 0
    assert rows(elsewhere) | {"markers": 0} == before
    elsewhere.start()
    assert head(elsewhere, filled, NAME) == (200, str(len(PHOTO)), "?1")
    journal.whole_case()
    reply = deliver(elsewhere, journal.batch() | NEW | {"turn": "one that the backup never saw"}, filled)
    assert reply.acknowledged == len(journal.events)
    assert elsewhere.post("/v1/lookups", {}, filled).status_code == 422  # the next records get numbers of their own
    assert deliver(elsewhere, journal.batch(1) | NEW | {"turn": reply.turn}, filled).turn == reply.turn
    assert elsewhere.stop() == 0


def test_a_terminal_learns_what_central_forgot_and_loses_no_verdict(
    own_central: Central, elsewhere: Central, filled: Terminal, journal: Journal, tmp_path: Path
) -> None:
    file = tmp_path / "central.backup"
    assert own_central.run("backup", str(file)) == 0
    later = journal.whole_case()
    held = deliver(own_central, journal.batch() | NEW, filled)
    own_central.kill()
    assert elsewhere.run("restore", str(file)) == 0
    elsewhere.start()
    known = {"verdict_cursor": held.verdict_cursor, "turn": held.turn}
    told = deliver(elsewhere, journal.batch() | {"events": []} | known, filled)
    assert told.acknowledged < held.acknowledged
    again = journal.batch(*range(told.acknowledged + 1, len(journal.events) + 1))
    reply = deliver(elsewhere, again | {"turn": told.turn, "verdict_cursor": told.verdict_cursor}, filled)
    assert reply.acknowledged == len(journal.events)
    assert later.id in {verdict.case_id for verdict in reply.verdicts}
    assert elsewhere.stop() == 0


def test_a_backup_is_never_brought_over_what_is_there(
    own_central: Central, filled: Terminal, tmp_path: Path, capsys: Capture
) -> None:
    assert filled
    file = tmp_path / "central.backup"
    assert own_central.run("backup", str(file)) == 0
    assert own_central.run("restore", str(file)) == 1
    assert "not empty" in capsys.readouterr().err
    assert own_central.stop() == 0


@pytest.mark.parametrize("damage", ["cut", "changed", "nothing"])
def test_a_damaged_backup_is_refused_and_leaves_the_database_empty(
    databases: Databases, tmp_path: Path, capsys: Capture, damage: str
) -> None:
    here = Central(databases.made(tmp_path), tmp_path)
    file = tmp_path / "central.backup"
    assert here.run("backup", str(file)) == 0
    content = gzip.decompress(file.read_bytes())
    match damage:
        case "cut":
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        case "changed":
            file.write_bytes(gzip.compress(content.replace(b"insurance-certificate", b"insurance-certificatE")))
        case _:
            file.write_bytes(b"")
    empty = databases.new(tmp_path)
    assert main(["restore", "--database", empty, "--state", str(tmp_path / "other"), str(file)]) == 1
    assert "not whole" in capsys.readouterr().err
    assert main(["enrol", "--database", empty, "--state", str(tmp_path / "other"), "demo-0001"]) == 1


def test_a_backup_that_cannot_be_finished_leaves_the_earlier_one(
    databases: Databases, tmp_path: Path, capsys: Capture
) -> None:
    here = Central(databases.made(tmp_path), tmp_path)
    folder = tmp_path / "nowhere"
    assert here.run("backup", str(folder / "central.backup")) == 1
    assert str(folder) in capsys.readouterr().err
    assert not folder.exists()


FIRST_RELEASE = (
    "INSERT INTO kiosks (id, token_sha256, enrolled_at) VALUES ('demo-0001', 'ab', '2026-01-01')",
    "INSERT INTO installations VALUES ('i1', 'demo-0001', 1, '2026-01-01')",
    """INSERT INTO inbox VALUES ('i1', 1, 'e1', '2026-01-02', 'case.closed', 'ab',
       '{"kind": "case.closed", "case_id": "c1", "outcome": "sent"}', '2026-01-03', 'set-aside', 'not-understood')""",
    "INSERT INTO cases (id, installation_id, stage) VALUES ('c1', 'i1', 'committed')",
    "INSERT INTO print_actions (action_id, case_id, outcome) VALUES ('a1', 'c1', 'sent')",
)
"""Rows as the first release wrote them; an event that it did not understand among them."""


def test_a_database_of_the_first_release_is_brought_up_with_everything_in_it(
    databases: Databases, tmp_path: Path, capsys: Capture
) -> None:
    here = Central(databases.new(tmp_path), tmp_path)
    store = Store(make_url(here.database))
    schema.prepare(store)
    with store.connected_to_migrate() as connection:
        schema.upgrade(connection, "0001")
        for statement in FIRST_RELEASE:
            connection.exec_driver_sql(statement)
    store.close()
    assert here.run("migrate", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"revision": schema.head(), "applied": 1, "set_aside": 0}
    found = here.rows("SELECT kiosk_id, received_at, stage, verdict FROM cases")
    assert found == [("demo-0001", "2026-01-03", "closed", "issued")]


def test_an_event_that_no_release_understands_stays_set_aside(
    own_central: Central, journal: Journal, capsys: Capture
) -> None:
    terminal = own_central.enrol(journal.kiosk)
    own_central.start()
    journal.append({"kind": "case.teleported"})
    journal.append({"kind": "case.rendered", "document": {"verification_code": new_code()}})
    deliver(own_central, journal.batch(), terminal)
    capsys.readouterr()
    assert own_central.run("reapply", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"applied": 0, "set_aside": 2}
    assert own_central.stop() == 0
