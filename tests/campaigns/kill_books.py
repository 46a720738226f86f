"""The books after a campaign: what citizens read, what lies in the tray, the terminal's journal, central's inbox.

Four ledgers that no part of the product can make agree by itself. Read from outside; the product is not
asked whether it did right.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contract.cases import CaseStage, EventBody, PrintOutcome
from contract.ids import CaseId, KioskId
from kiosk_app.base.settings import load_screen_settings
from kiosk_app.entry.dev.demo import KIOSK
from kiosk_app.link.desk import CentralSeen, DeskEvent
from kiosk_app.link.desk_client import RemoteDesk
from offline_cache.cache import Cache, open_cache
from offline_cache.cases import CaseRecord, case_of, fold
from tests.campaigns.kill_hall import KillHall
from tests.campaigns.scripted_citizen import BROUGHT, NOTHING, SHOWN, TOLD
from tests.e2e.waiting import until

_BODY: TypeAdapter[EventBody] = TypeAdapter(EventBody)
AT = "2026-01-02T03:04:05.678Z"
SHEETS = {"sent": {1}, "failed": {0}, "unknown": {0, 1}}
"""How many sheets each outcome allows."""
_MISSING = "select sha256 from attachments where state <> 'held'"


def assert_the_books_agree(hall: KillHall) -> int:
    """Settle everything and hold the four ledgers against each other; return how many cases there are.

    The screen has ended; the agent is started and ended as often as it needs to deliver.
    """
    hall.await_central()
    central = hall.here.state / "central.sqlite"
    _until_delivered(hall, central)
    cache = _cache(hall)
    try:
        _assert_agreement(hall, central, cache)
    finally:
        cache.close()
    return len(rows(central, "select id from cases"))


def assert_no_sheet_is_wrong(hall: KillHall) -> None:
    """What can be held against each other at any moment: nothing came out twice, nothing is called sent that is not."""
    assert hall.bench.printer is not None
    # What was told before what lies there: the other way about, a sheet could come out in between.
    told = rows(hall.here.state / "central.sqlite", "select action_id, outcome from print_actions")
    sheets = Counter(sheet.job for sheet in hall.bench.printer.tray())
    doubled = [job for job, count in sheets.items() if count > 1]
    assert not doubled, f"printed twice: {doubled}\n{hall.story()}"
    for action, outcome in told:
        assert outcome is None or sheets[action] in SHEETS[outcome], f"{action} is {outcome}\n{hall.story()}"


def rows(database: Path, query: str, *values: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return opened.execute(query, values).fetchall()


def lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []


def _cache(hall: KillHall) -> Cache:
    return open_cache(hall.here.state / "terminal", KioskId(KIOSK), AT)


def _until_delivered(hall: KillHall, central: Path) -> None:
    """Let the agent settle and deliver until nothing of the journal is left here alone."""
    hall.end_one("agentd")
    while True:
        cache = _cache(hall)
        last, waiting = cache.journal.last, cache.journal.undelivered
        still_open = [case.case_id for case in cache.cases.open()]
        cache.close()
        missing = rows(central, _MISSING)
        if not waiting and not still_open and not missing:
            return
        _deliver(hall, central, last, still_open)


def _deliver(hall: KillHall, central: Path, last: int, still_open: list[CaseId]) -> None:
    """Run the agent until central has every event up to `last`, and the end of the cases that were open.

    And until the agent knows that: where it was struck before it heard of what central has, it has to ask.
    """
    hall.start_one("agentd")
    desk = RemoteDesk(load_screen_settings(hall.configuration).kiosk.sockets)
    heard: list[DeskEvent] = []
    desk.subscribe(heard.append)
    desk.start()
    desk.catalogue().result(60)  # a screen that asks has the agent begin its work behind
    until("every case to be closed", lambda: _closed_at(central, still_open), 90, said=hall.story)
    until("central to have everything", lambda: _acknowledged(central) >= last, 60, said=hall.story)
    until("central to have every file", lambda: not rows(central, _MISSING), 60, said=hall.story)
    until("the agent to know of it", lambda: CentralSeen(True, 0) in heard, 60, said=hall.story)
    desk.close()
    hall.end_one("agentd")


def _closed_at(central: Path, cases: list[CaseId]) -> bool:
    closed = {case for (case,) in rows(central, "select id from cases where stage = 'closed'")}
    return closed.issuperset(cases)


def _acknowledged(central: Path) -> int:
    return max((number for (number,) in rows(central, "select acknowledged from installations")), default=0)


def _assert_agreement(hall: KillHall, central: Path, cache: Cache) -> None:
    assert cache.set_aside is None
    assert cache.cases.open() == ()
    # Every event once, in order, understood, of one installation.
    assert not rows(central, "select sequence, kind, state, reason from inbox where state <> 'applied'")
    numbers = [number for (number,) in rows(central, "select sequence from inbox order by sequence")]
    assert numbers == list(range(1, cache.journal.last + 1))
    assert rows(central, "select count(distinct event_id) from inbox")[0][0] == len(numbers)
    # Every case once: at central, on the terminal, and as its events fold.
    at_central = {
        case: (receipt, stage, visit)
        for case, receipt, stage, visit in rows(central, "select id, receipt_number, stage, visit_id from cases")
    }
    folded = _folded(central)
    assert folded.keys() == at_central.keys()
    receipts = [receipt for receipt, _, _ in at_central.values()]
    assert len(set(receipts)) == len(receipts), "a receipt number was given twice"
    for case_id, record in folded.items():
        assert record.stage is CaseStage.CLOSED
        assert cache.cases.find(case_id) == record
    # What citizens read.
    shown, told = lines(hall.folder / SHOWN), [line.split() for line in lines(hall.folder / TOLD)]
    assert len(set(shown)) == len(shown), "a receipt was shown for two confirmations"
    assert set(shown) <= set(receipts), "a receipt that a citizen saw is gone"
    outcomes = {record.receipt_number: record.outcome for record in folded.values()}
    for receipt, outcome in told:
        assert outcomes[receipt] == PrintOutcome(outcome), f"{receipt} was told as {outcome}\n{hall.story()}"
    nothing = set(lines(hall.folder / NOTHING))
    wrong = [visit for _, _, visit in at_central.values() if visit in nothing]
    assert not wrong, f"“nothing was submitted” was said of {wrong}\n{hall.story()}"
    # What they handed in.
    brought = [line.split() for line in lines(hall.folder / BROUGHT)]
    of_case = {receipt: case for case, (receipt, _, _) in at_central.items()}
    for receipt, sha256 in brought:
        assert rows(central, "select sha256 from attachments where case_id = ?", of_case[receipt]) == [(sha256,)]
        (blob,) = central.parent.rglob(sha256)
        assert hashlib.sha256(blob.read_bytes()).hexdigest() == sha256, "a file is not what was handed in"
    # What came out.
    assert hall.bench.printer is not None
    sheets = Counter(sheet.job for sheet in hall.bench.printer.tray())
    actions = {record.action_id: record.outcome for record in folded.values() if record.action_id is not None}
    assert sheets.keys() <= actions.keys(), "a sheet came out of nothing"
    for action, result in actions.items():
        assert result is not None
        assert sheets[action] in SHEETS[result.value], f"{action} is {result}: {sheets[action]} sheets\n{hall.story()}"
    # Nothing that nobody foresaw.
    bugs = [line for line in lines(hall.log) if json.loads(line)["event"] in {"bug", "device.bug", "cache.set_aside"}]
    assert not bugs
    assert not lines(hall.complaints)


def _folded(central: Path) -> dict[CaseId, CaseRecord]:
    folded: dict[CaseId, CaseRecord] = {}
    for (text,) in rows(central, "select body from inbox order by sequence"):
        body = _BODY.validate_json(text)
        folded[case_of(body)] = fold(folded.get(case_of(body)), body)
    return folded
