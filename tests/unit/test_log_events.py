"""The logs an auditor reads are the ones the code writes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_page_of_log_events_says_what_the_table_says() -> None:
    done = subprocess.run([sys.executable, "packaging/log_events_page.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run packaging/log_events_page.py"


def test_a_name_that_slips_into_a_log_call_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "log" / "terminal.jsonl"
    configure_logs(path)
    log(LogEvent.CASE_CLOSED, case="C", print="sent", name="马克尔王")
    start_writing()
    flush_logs()
    text = path.read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    mine = next(line for line in lines if line["event"] == "case.closed" and line.get("dropped_keys"))
    assert "马克尔王" not in text
    assert mine["dropped_keys"] == ["name"]
    assert mine["case"] == "C"
    assert path.stat().st_mode & 0o077 == 0


def test_lines_logged_before_writing_starts_are_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "terminal.jsonl"
    configure_logs(path)
    log(LogEvent.FIRST_FRAME, ms=1)
    assert not path.exists()
    start_writing()
    log(LogEvent.READY, ms=2)
    flush_logs()
    events = [json.loads(line)["event"] for line in path.read_text("utf-8").splitlines()]
    assert events[-2:] == ["screen.first_frame", "screen.ready"]


@pytest.mark.parametrize("event", list(LogEvent))
def test_no_event_may_carry_what_could_name_a_person(event: LogEvent) -> None:
    forbidden = {"name", "number", "address", "applicant", "facts", "birth_date", "phone", "text", "message"}
    assert not event.value.keys & forbidden
