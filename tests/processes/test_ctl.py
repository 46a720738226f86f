"""``kiosk ctl``, asked while the devices' process runs with hardware that is there, missing or in trouble."""

import json
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from devices.deadline import Deadline
from devices.sim.sdt_pty import SdtModule

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
CONFIGURATION = """\
[kiosk]
id = "demo-0001"
hall = "demo"
state_dir = "{folder}/state"

[central]
url = "http://127.0.0.1:1"

[[devices]]
id = "id-card"
kind = "identity-reader"
driver = "sdt-serial"
port = "{folder}/reader"

[[devices]]
id = "code"
kind = "code-scanner"
driver = "serial-scanner"
port = "{folder}/no-scanner"

[[devices]]
id = "a4"
kind = "printer"
driver = "cups"
queue = "A4"
server = "{folder}/no-cups.sock"
"""


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    (tmp_path / "kiosk.toml").write_text(CONFIGURATION.format(folder=tmp_path))
    return tmp_path / "kiosk.toml"


@contextmanager
def deviced(configuration: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "kiosk_app", "deviced", "--config", str(configuration)], cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def ctl(configuration: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk_app", "ctl", "--config", str(configuration), *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def devices_once(configuration: Path, states: dict[str, str]) -> dict[str, Any]:
    """Ask until the devices are in these states; return them by id."""
    patience, told = Deadline(PATIENCE_S), {}
    while not patience.passed:
        asked = ctl(configuration, "devices", "--json")
        if asked.returncode == 0:
            told = {device["device"]: device for device in json.loads(asked.stdout)}
            if {name: device["state"] for name, device in told.items()} == states:
                return told
        threading.Event().wait(0.05)
    raise AssertionError(f"never {states}: {told or asked.stderr}")


PARTLY = {"id-card": "online", "code": "noDevice", "a4": "offline"}


def test_devices_are_told_as_they_are_there_missing_and_in_trouble(configuration: Path, tmp_path: Path) -> None:
    with SdtModule(tmp_path / "reader"), deviced(configuration):
        told = devices_once(configuration, PARTLY)
        assert told["id-card"]["fault"] is None
        assert told["id-card"]["driver"] == "sdt-serial"
        assert told["code"]["fault"]["code"] == "scanner.absent"
        assert told["a4"]["fault"]["code"] == "printer.spooler_down"
        shown = ctl(configuration, "devices")
        assert shown.returncode == 0
        assert [line.split()[0] for line in shown.stdout.splitlines()] == ["id", "id-card", "code", "a4"]
        status = ctl(configuration, "status", "--json")
        assert json.loads(status.stdout) == {
            "running": True,
            "serving": ["id-card"],
            "missing": {name: _trouble(told[name]) for name in ("code", "a4")},
        }
        assert ctl(configuration, "status").stdout.startswith("running, 1 of 3 devices serve\n")


def _trouble(device: dict[str, Any]) -> str:
    fault = device["fault"]
    return f"{fault['code']} ({fault['detail']})" if fault["detail"] else fault["code"]


def test_a_reader_that_is_pulled_out_is_told_missing_and_then_back(configuration: Path, tmp_path: Path) -> None:
    with SdtModule(tmp_path / "reader") as module, deviced(configuration):
        devices_once(configuration, PARTLY)
        module.unplug()
        told = devices_once(configuration, PARTLY | {"id-card": "noDevice"})
        assert told["id-card"]["fault"]["code"] == "reader.absent"
        module.plug()
        devices_once(configuration, PARTLY)


@pytest.mark.parametrize("question", ["status", "devices"])
def test_without_a_terminal_it_says_so_and_how_to_start_one(configuration: Path, question: str) -> None:
    asked = ctl(configuration, question, "--json")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "no terminal runs here" in asked.stderr
    assert "kiosk terminal --config FILE" in asked.stderr
    assert "Traceback" not in asked.stderr


def test_a_terminal_that_was_killed_is_not_waited_for(configuration: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "kiosk_app", "deviced", "--config", str(configuration)], cwd=ROOT)
    devices_once(configuration, {"id-card": "noDevice", "code": "noDevice", "a4": "offline"})
    process.kill()
    process.wait(PATIENCE_S)
    asked = ctl(configuration, "devices")
    assert (asked.returncode, asked.stdout) == (1, "")
    assert "no terminal" in asked.stderr


def test_a_wrong_configuration_is_told_as_by_check(configuration: Path) -> None:
    configuration.write_text(configuration.read_text().replace("queue", "qeue"))
    asked = ctl(configuration, "devices")
    assert asked.returncode == 2
    assert "did you mean 'queue'?" in asked.stderr


def test_ctl_helps_with_an_example(configuration: Path) -> None:
    asked = ctl(configuration, "devices", "--help")
    assert asked.returncode == 0
    assert "example: kiosk ctl --config" in asked.stdout


def test_a_bundle_for_whoever_helps_holds_the_machine_and_no_line_that_is_not_ours(
    configuration: Path, tmp_path: Path
) -> None:
    log = tmp_path / "state" / "log" / "terminal.jsonl"
    log.parent.mkdir()
    ours = {
        "event": "device.lost",
        "device": "a4",
        "state": "offline",
        "level": "warning",
        "at": "2026-11-21T00:00:00Z",
    }
    log.write_text(f"{json.dumps(ours)}\n{json.dumps({**ours, 'name': '张三'})}\nsomebody wrote 张三\n")
    (log.parent / "agentd.stderr").write_text("张三\n")
    bundle = tmp_path / "help.tar.gz"
    with deviced(configuration):
        devices_once(configuration, {"id-card": "noDevice", "code": "noDevice", "a4": "offline"})
        told = ctl(configuration, "support-bundle", "--out", str(bundle), "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["bundle"] == str(bundle)
    assert bundle.stat().st_mode & 0o777 == 0o600
    parts = unpacked(bundle)
    assert {device["device"] for device in json.loads(parts["devices.json"])["devices"]} == {"id-card", "code", "a4"}
    assert json.loads(parts["machine.json"])["kiosk"] == "demo-0001"
    assert "no-scanner" in parts["check.txt"]
    lines = [json.loads(line) for line in parts["terminal.jsonl"].splitlines()]
    assert (lines[0], lines[-1]) == (ours, {"left_out": 1})
    assert "张三" not in "".join(parts.values())


def test_a_bundle_is_made_without_a_terminal_and_overwrites_nothing(configuration: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "help.tar.gz"
    told = ctl(configuration, "support-bundle", "--out", str(bundle))
    assert told.returncode == 0
    assert "no terminal runs here" in told.stderr
    parts = unpacked(bundle)
    assert json.loads(parts["devices.json"]) == {"running": False}
    assert "terminal.jsonl.missing" in parts
    before = bundle.read_bytes()
    again = ctl(configuration, "support-bundle", "--out", str(bundle))
    assert again.returncode == 1
    assert str(bundle) in again.stderr
    assert bundle.read_bytes() == before


@pytest.mark.parametrize("login", ["admin:secret", "admin:se@cret", ":secret", "admin:se/cret", "admin:'se?#cret"])
def test_a_bundle_holds_no_password_of_a_cameras_stream(configuration: Path, tmp_path: Path, login: str) -> None:
    source = f"rtsp://{login}@10.0.0.9:554/secret/live?token=secret"
    with configuration.open("a") as more:
        more.write(f'\n[[devices]]\nid = "desk"\nkind = "camera"\ndriver = "opencv"\nsource = "{source}"\n')
    log = tmp_path / "state" / "log" / "terminal.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    line = {"event": "device.lost", "level": "warning", "device": "desk", "detail": f"{source}: no picture"}
    log.write_text(json.dumps(line) + "\n")
    bundle = tmp_path / "help.tar.gz"
    assert ctl(configuration, "support-bundle", "--out", str(bundle)).returncode == 0
    parts = unpacked(bundle)
    assert '"detail": "rtsp://10.0.0.9:554"' in parts["terminal.jsonl"]
    assert '"rtsp://10.0.0.9:554"' in parts["settings.json"]
    assert "cret" not in "".join(parts.values()).replace("secrets", "")


def unpacked(bundle: Path) -> dict[str, str]:
    with tarfile.open(bundle) as opened:
        found = {entry.name.partition("/")[2]: opened.extractfile(entry) for entry in opened.getmembers()}
        return {name: part.read().decode() for name, part in found.items() if part is not None}
