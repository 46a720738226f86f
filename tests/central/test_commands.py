"""The commands: what they print, what they refuse, and with which status."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from central.__main__ import main
from tests.central.server import PATIENCE_S, ROOT, Central, Databases

COMMANDS = [
    "serve", "migrate", "reapply", "demo-data", "enrol", "revoke", "command", "commands", "purge", "backup", "restore",
    "after-restore",
]  # fmt: skip
ENROL = ["enrol", "demo-0001"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"example: kiosk-central {command} " in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["migrate", "--database", "nonsense"],
        ["serve", "--database", "sqlite:///x", "--listen", "8800"],
        ["serve", "--database", "sqlite:///x", "--listen", "host:99999"],
        ["serve", "--database", "sqlite:///x", "--sync-every", "0"],
        ["enrol", "--database", "sqlite:///x", "Not A Kiosk"],
        ["enrol", "--database", "sqlite:///x"],
        ["enrol", "--database", "sqlite:///x", "demo-0001", "--minutes", "0"],
        ["serve", "--database", "sqlite:///x", "--workers", "0"],
        ["command", "--database", "sqlite:///x", "demo-0001", "explode"],
        ["purge", "--database", "sqlite:///x", "--case-days", "x"],
    ],
)
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("command", [["serve", "--listen", "127.0.0.1:0"], ["demo-data"], ENROL])
def test_a_database_that_nobody_migrated_is_refused_with_what_to_run(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "none.sqlite"
    assert main([*command, "--database", f"sqlite:///{file}"]) == 1
    assert "kiosk-central migrate" in capsys.readouterr().err
    assert not file.exists()


def test_a_database_of_another_release_is_refused(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = databases.made(tmp_path)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    engine.dispose()
    assert main([*ENROL, "--database", url, "--state", str(tmp_path)]) == 1
    assert "release's schema" in capsys.readouterr().err


def test_a_password_in_the_address_is_never_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--database", "postgresql+nosuchdriver://me:hunter2@localhost/x"]) == 1
    shown = capsys.readouterr()
    assert "hunter2" not in shown.err + shown.out


def test_the_shipped_demonstration_loads_and_loading_again_doubles_nothing(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = databases.new(tmp_path)
    assert main(["migrate", "--database", url]) == 0
    capsys.readouterr()
    loaded = []
    for _ in range(2):
        assert main(["demo-data", "--json", "--database", url]) == 0
        loaded.append(json.loads(capsys.readouterr().out))
    assert loaded[0] == loaded[1]
    assert loaded[0]["people"] > 0
    rows = Central(url, tmp_path).rows("SELECT count(*) FROM demonstration_records")
    assert rows == [(loaded[0]["records"],)]


def test_enrolling_prints_a_code_and_keeps_only_its_digest(
    databases: Databases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Central(databases.made(tmp_path), tmp_path)
    capsys.readouterr()
    assert here.run("enrol", "demo-0001", "--json") == 0
    code = json.loads(capsys.readouterr().out)["code"]
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code)
    kept = str(here.rows("SELECT * FROM enrolment_codes"))
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_a_taken_address_is_explained(central: Central) -> None:
    taken = central.address.removeprefix("http://")
    run = subprocess.run(
        [sys.executable, "-m", "central", "serve", "--listen", taken],
        env=os.environ | {"KIOSK_CENTRAL_DATABASE": central.database, "KIOSK_CENTRAL_STATE": str(central.state)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert run.returncode == 1
    assert f"cannot listen on {taken}" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_told_to_end_ends_in_order(sqlite_central: Central, number: signal.Signals) -> None:
    sqlite_central.start()
    assert sqlite_central.get("/healthz").status_code == 200
    assert sqlite_central.process is not None
    os.kill(sqlite_central.process.pid, number)
    assert sqlite_central._ended() == 0
    assert "server.stopped" in sqlite_central.log.read_text()
    assert "Traceback" not in sqlite_central.log.read_text()
