"""What is about a person is forgotten when its time is over, and nothing that is still needed with it."""

import json

import pytest

from central.base import Base, PrivacyClass
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_backup import NAME, NEW, PHOTO
from tests.central.test_blobs import head, put, with_attachment
from tests.central.test_enrolment import write
from tests.central.test_sync import deliver
from tests.central.values import NUMBER, Journal, question

Capture = pytest.CaptureFixture[str]


def purged(central: Central, capsys: Capture, *arguments: str) -> dict[str, int]:
    capsys.readouterr()
    assert central.run("purge", "--json", *arguments) == 0
    found: dict[str, int] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def aged(own_central: Central, journal: Journal) -> Terminal:
    """A central whose every row is ten years old."""
    terminal = own_central.enrol(journal.kiosk)
    own_central.start()
    journal.whole_case()
    with_attachment(journal, NAME)
    put(own_central, terminal, NAME, PHOTO, 0, len(PHOTO))
    health = {"release": "1", "started_at": "x", "at": "y", "undelivered": 0, "disk_free_mb": 5}
    deliver(own_central, journal.batch() | NEW | {"health": health}, terminal)
    assert own_central.post("/v1/lookups", question(), terminal).status_code == 200
    own_central.code(journal.kiosk)
    for column in (
        "inbox.received_at", "cases.verdict_at", "cases.received_at", "documents.issued_at", "access_records.at",
        "blobs.held_at", "health_reports.at", "enrolment_codes.expires_at",
    ):  # fmt: skip
        table, name = column.split(".")
        write(own_central, f"UPDATE {table} SET {name} = '2016-01-01T00:00:00.000Z'")  # noqa: S608
    return terminal


def personal_values(central: Central) -> str:
    """Everything in columns about people, but the demonstration's."""
    found = []
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if column.info.get("personal", PrivacyClass.SYNTHETIC) is not PrivacyClass.SYNTHETIC:
                found += central.rows(f"SELECT {column.name} FROM {table.name}")  # noqa: S608
    return str(found)


def test_when_its_time_is_over_nothing_about_a_person_is_left(
    own_central: Central, aged: Terminal, journal: Journal, capsys: Capture
) -> None:
    assert NUMBER in personal_values(own_central)
    counted = purged(own_central, capsys, "--dry-run")
    assert NUMBER in personal_values(own_central)
    done = purged(own_central, capsys)
    assert done == counted | {"dry_run": False}
    assert done["blobs"] == 1
    left = personal_values(own_central)
    for told in (NUMBER, "张", "210104"):
        assert told not in left
    assert head(own_central, aged, NAME)[0] == 404
    # What was delivered is still known: sent again it is answered as before and doubles nothing.
    assert deliver(own_central, journal.batch() | NEW, aged).acknowledged == len(journal.events)
    assert own_central.rows("SELECT DISTINCT body FROM inbox") == [("",)]
    assert purged(own_central, capsys) == dict.fromkeys(done, 0) | {"dry_run": False}
    assert own_central.stop() == 0


def test_what_is_still_within_its_time_stays(own_central: Central, aged: Terminal, capsys: Capture) -> None:
    assert aged
    before = personal_values(own_central)
    ever = ["--case-days", "36500", "--paper-days", "36500", "--access-days", "36500", "--terminal-days", "36500"]
    assert set(purged(own_central, capsys, *ever).values()) == {0}
    assert personal_values(own_central) == before
    assert own_central.stop() == 0


def test_a_file_of_a_case_that_is_not_over_stays_however_old_it_is(
    own_central: Central, aged: Terminal, capsys: Capture
) -> None:
    write(own_central, "UPDATE cases SET verdict_at = '2999'")
    done = purged(own_central, capsys)
    assert done["blobs"] == done["applicants"] == 0
    assert head(own_central, aged, NAME)[0] == 200
    assert own_central.stop() == 0
