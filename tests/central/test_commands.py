"""The commands: what they print, what they refuse, and with which status."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from central.__main__ import main
from tests.central.server import PATIENCE_S, ROOT, Central, made_database, new_database

ENROL = ["enrol", "demo-0001"]


@pytest.mark.parametrize("command", ["serve", "migrate", "demo-data", "enrol"])
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


def test_a_database_of_another_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = made_database(tmp_path)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    engine.dispose()
    assert main([*ENROL, "--database", url]) == 1
    assert "release's schema" in capsys.readouterr().err


def test_a_password_in_the_address_is_never_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--database", "postgresql+nosuchdriver://me:hunter2@localhost/x"]) == 1
    shown = capsys.readouterr()
    assert "hunter2" not in shown.err + shown.out


def test_the_shipped_demonstration_loads_and_loading_again_doubles_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(tmp_path)
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


def test_enrolling_prints_the_token_once_and_keeps_only_its_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = made_database(tmp_path)
    capsys.readouterr()
    assert main([*ENROL, "--database", url, "--json"]) == 0
    token = json.loads(capsys.readouterr().out)["token"]
    assert len(token) >= 43
    assert token not in str(Central(url, tmp_path).rows("SELECT * FROM kiosks"))
    file = tmp_path / "token"
    file.touch(0o644)
    assert main([*ENROL, "--database", url, "--token-file", str(file)]) == 0
    assert file.read_text().strip() not in capsys.readouterr().out
    assert file.stat().st_mode & 0o077 == 0


def test_a_taken_address_is_explained(central: Central) -> None:
    taken = central.address.removeprefix("http://")
    run = subprocess.run(
        [sys.executable, "-m", "central", "serve", "--database", central.database, "--listen", taken],
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
def test_a_server_told_to_end_ends_in_order(own_central: Central, number: signal.Signals) -> None:
    own_central.start()
    assert own_central.get("/healthz").status_code == 200
    assert own_central.process is not None
    os.kill(own_central.process.pid, number)
    assert own_central._ended() == 0
    assert "server.stopped" in own_central.log.read_text()
    assert "Traceback" not in own_central.log.read_text()
