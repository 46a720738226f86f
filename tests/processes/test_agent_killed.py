"""SIGKILL at any moment: what was shown is kept, nothing is printed twice, nothing is called sent that was not.

After the kills, four ledgers have to agree that no part of the product can reach into: the receipts that
citizens saw, the sheets that came out, the terminal's journal and central's inbox.
"""

import json
import multiprocessing
import random
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.cases import CaseStage, JournalEvent, PrintOutcome
from contract.ids import CaseId, KioskId
from kiosk_app.link.desk import CentralSeen
from offline_cache.cache import open_cache
from offline_cache.cases import CaseRecord, case_of, fold
from tests.agent_bench import FACTS, bench
from tests.processes.agent_child import PRINTED, RESUMED, SHOWN, LedgerPrinter, serve
from tests.small_central import SmallCentral

KILLS, CAMPAIGN_KILLS = 120, 10_000
AT = "2026-01-02T03:04:05.678Z"


@pytest.fixture
def forks() -> Any:
    """Children come from a server that has everything imported: a kill costs milliseconds, not a second."""
    context = multiprocessing.get_context("forkserver")
    slow = ("kiosk_app.agent.central", "kiosk_app.agent.rules", "kiosk_app.agent.initials", "kiosk_app.documents.marks")
    context.set_forkserver_preload(["tests.processes.agent_child", "kiosk_app.agent.counter", *slow])
    return context


def lines(file: Path) -> list[str]:
    return file.read_text().split() if file.exists() else []


@pytest.mark.timeout(24 * 3600)
def test_killed_at_any_moment_loses_doubles_and_invents_nothing(
    tmp_path: Path, forks: Any, request: pytest.FixtureRequest
) -> None:
    kills = CAMPAIGN_KILLS if request.config.getoption("--campaign") else KILLS
    chance = random.Random(20260101)  # noqa: S311 - a seeded campaign, no secret
    with SmallCentral(FACTS) as central:
        for number in range(kills):
            steps, told = forks.Pipe(duplex=False)
            child = forks.Process(target=serve, args=(str(tmp_path), central.url, number, told))
            child.start()
            told.close()
            # By steps and not by time alone, so that a slow machine is killed in the same places.
            for _ in range(chance.randrange(30)):
                assert steps.poll(30), "it stands still"
                steps.recv_bytes()
            child.join(chance.uniform(0.0, 0.02))
            assert child.exitcode is None, "it ended by itself"
            child.kill()
            child.join(10)
            steps.close()
        assert len(lines(tmp_path / SHOWN)) > kills // 2, "the kills came before there was anything to lose"
        agree(tmp_path, central)


def agree(folder: Path, central: SmallCentral) -> None:
    hub = LedgerPrinter(folder, 0)
    with bench(folder, central, hub=hub) as here:
        here.desk.resume().result(30)
        here.ear.wait(CentralSeen, lambda seen: seen.reachable and seen.undelivered == 0)
        assert hub.printed == []
    hub.close()
    cache = open_cache(folder / "state", KioskId("demo-0001"), AT)
    assert cache.set_aside is None
    assert cache.cases.open() == ()
    at_central = dict(folded(central))
    assert sorted(central.events) == list(range(1, cache.journal.last + 1))
    shown, printed = lines(folder / SHOWN), lines(folder / PRINTED)
    numbers = [record.receipt_number for record in at_central.values()]
    assert len(numbers) == len(set(numbers)), "a receipt number was given twice"
    assert len(shown) == len(set(shown))
    assert set(shown) <= set(numbers), "a receipt that a citizen saw is gone"
    assert len(printed) == len(set(printed)), "an action was printed twice"
    sent = {record.action_id for record in at_central.values() if record.outcome is PrintOutcome.SENT}
    assert sent == set(printed), "what is called sent is not what came out"
    assert set(lines(folder / RESUMED)) == {"0"}, "a resume printed"
    for case_id, record in at_central.items():
        assert cache.cases.find(case_id) == record
        assert record.stage is CaseStage.CLOSED
    cache.close()


def folded(central: SmallCentral) -> Iterator[tuple[CaseId, CaseRecord]]:
    events: defaultdict[CaseId, list[JournalEvent]] = defaultdict(list)
    for number in sorted(central.events):
        event = JournalEvent.model_validate(json.loads(central.events[number]))
        events[case_of(event.body)].append(event)
    for case_id, of_case in events.items():
        record: CaseRecord | None = None
        for event in of_case:
            record = fold(record, event.body)
        assert record is not None
        yield case_id, record
