"""Starts a frozen terminal without hardware and without central, and waits for its first picture.

PyInstaller finds modules by reading code, so one that is imported by name, or left out by a filter, is only
missed when it is called for. A release whose parts fail at start must not leave the build machine.
"""

import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

WAIT_S = 60
SETTLE_S = 3
"""After the first picture the parts behind it start; a missing module shows in this time."""

CONFIGURATION = """
[kiosk]
id = "trial"
hall = "demo"
state_dir = "{state}"
[central]
url = "http://127.0.0.1:9"
[screen]
full_screen = false
"""


def faults_at_start(program: Path) -> list[str]:
    """Return what went wrong while `program` started; nothing when it drew its first picture and lived on."""
    with tempfile.TemporaryDirectory(prefix="kiosk-trial-") as folder:
        configuration, log = Path(folder, "kiosk.toml"), Path(folder, "state", "log", "terminal.jsonl")
        configuration.write_text(CONFIGURATION.format(state=Path(folder, "state")), "utf-8")
        terminal = subprocess.Popen(
            [program, "terminal", "--config", configuration],
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            drawn = _lives_until_drawn(terminal, log)
            lived = drawn and not _ended(terminal, SETTLE_S)
        finally:
            terminal.send_signal(signal.SIGTERM)
            try:
                _, said = terminal.communicate(timeout=WAIT_S)
            except subprocess.TimeoutExpired:
                terminal.kill()
                _, said = terminal.communicate()
        faults = [f"bug {row.get('error')} at {row.get('where')}" for row in _rows(log) if row.get("event") == "bug"]
        if not drawn:
            faults.append("no first picture")
        elif not lived:
            faults.append("it ended by itself")
        return faults + ([said.strip()] if faults and said.strip() else [])


def _lives_until_drawn(terminal: subprocess.Popen[str], log: Path) -> bool:
    waited_s = 0.0
    while not any(row.get("event") == "screen.first_frame" for row in _rows(log)):
        if waited_s >= WAIT_S or _ended(terminal, 0.2):
            return False
        waited_s += 0.2
    return True


def _ended(terminal: subprocess.Popen[str], within_s: float) -> bool:
    try:
        terminal.wait(within_s)
    except subprocess.TimeoutExpired:
        return False
    return True


def _rows(log: Path) -> list[dict[str, Any]]:
    """Return the log's whole lines; the last may be half written."""
    if not log.exists():
        return []
    return [json.loads(line) for line in log.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
