"""Sync: everything arrives once, in order, whatever the network and central do in between."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

import assets
from contract.ids import CaseId, KioskId
from kiosk_app.agent.counter import Timing
from kiosk_app.agent.sync import Pace
from kiosk_app.link.desk import CaseDelivered, CatalogueChanged, CentralSeen, DeskEvent
from offline_cache.cache import open_cache
from tests.agent_bench import FACTS, NOBODY, NUMBER, PLANTED, QUICK, Bench, bench, confirmation, new_visit
from tests.fakes import FakeHub
from tests.small_central import SmallCentral, Trouble


def delivered(here: Bench, case_id: CaseId) -> None:
    here.ear.wait(CaseDelivered, lambda said: said.case_id == case_id)


@pytest.mark.parametrize("trouble", ["500", "401", "portal", "reset", "half", "nonsense", "hang", "drip", "422"])
def test_case_waits_out_every_trouble_and_arrives_once(tmp_path: Path, trouble: Trouble) -> None:
    quick = Timing(idle_s=0, pace=Pace(floor_s=0.01, ceiling_s=0.05, request_s=0.2), patience=QUICK.patience)
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=quick) as here:
        here.ear.wait(CentralSeen, lambda seen: seen.reachable)
        visit = new_visit()
        here.desk.begin_visit(visit).result(10)
        lookup = here.look_up(visit)
        met = threading.Event()

        def end_it(said: DeskEvent) -> None:
            # Told between two requests. Ended at any other moment it might end between the event that central did
            # not take and the empty request that asks whether it takes anything: then the event is to blame.
            if isinstance(said, CentralSeen) and not said.reachable and said.undelivered:
                central.trouble = ""
                met.set()

        here.desk.subscribe(end_it)
        central.trouble = trouble
        receipt = here.desk.commit(confirmation(visit, lookup)).result(10)
        here.closed(receipt)
        delivered(here, receipt.case_id)
        assert met.is_set()
    assert sorted(central.events) == [1, 2, 3, 4, 5]


def test_acknowledgement_lost_on_the_way_back_again_and_again_doubles_nothing(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        receipt = here.confirm(new_visit())
        central.forgets_replies = True
        here.closed(receipt)
        central.wait(lambda: sum(bool(request.get("events")) for _, request in central.requests) > 3)
        central.forgets_replies = False
        delivered(here, receipt.case_id)
    bodies = [json.loads(event)["body"] for event in central.events.values()]
    assert len({json.dumps(body) for body in bodies}) == len(bodies) == 5


def test_events_wait_for_central_through_a_restart(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        with bench(tmp_path, central) as here:
            here.ear.wait(CentralSeen, lambda seen: seen.reachable)
            visit = new_visit()
            lookup = here.look_up(visit)
            central.trouble = "503"
            receipt = here.desk.commit(confirmation(visit, lookup)).result(10)
            here.closed(receipt)
        assert len(central.events) < 5
        central.trouble = ""
        with bench(tmp_path, central) as here:
            delivered(here, receipt.case_id)
    assert sorted(central.events) == [1, 2, 3, 4, 5]


def test_event_central_refuses_does_not_block_the_next_citizens(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        central.refuses = lambda event: event["sequence"] == 2
        first, second = (here.confirm(new_visit()) for _ in range(2))
        for receipt in (first, second):
            here.closed(receipt)
        central.wait(lambda: sorted(central.events) == [1, 3, 4, 5, 6, 7, 8, 9, 10])
        assert not [said for said in here.ear.heard if isinstance(said, CaseDelivered)], "central has not all of it"
    # The next release of either side takes it: it was kept, and it is tried again after a start.
    central.refuses = lambda _: False
    with SmallCentral(FACTS) as mended:
        mended.events = central.events
        with bench(tmp_path, mended) as here:
            delivered(here, second.case_id)
    assert sorted(mended.events) == list(range(1, 11))


def test_central_that_acknowledges_what_was_never_written_is_not_believed(tmp_path: Path) -> None:
    """A disk that was copied or set back: its numbers mean other events at central."""
    with SmallCentral(FACTS) as central:
        central.events = dict.fromkeys(range(1, 100), "of another disk")
        with bench(tmp_path, central) as here:
            here.ear.wait(CentralSeen, lambda seen: not seen.reachable)
            central.events = {}
            receipt = here.confirm(new_visit())
            delivered(here, receipt.case_id)


def test_loss_and_return_of_central_are_told_with_what_waits(tmp_path: Path) -> None:
    with bench(tmp_path, NOBODY) as here:
        assert here.ear.wait(CentralSeen) == CentralSeen(reachable=False, undelivered=0)


def test_health_tells_release_disk_and_devices_and_no_person(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        here.confirm(new_visit())
        central.wait(lambda: any(path == "/v1/sync" and request["events"] for path, request in central.requests))
    health = next(request["health"] for path, request in central.requests if path == "/v1/sync")
    assert health["disk_free_mb"] > 0
    assert [device["device"] for device in health["devices"]] == ["a4"]
    assert PLANTED not in json.dumps(health, ensure_ascii=False)


def newer(**changes: Any) -> dict[str, Any]:
    return assets.seed_catalogue() | {"version": 7} | changes


def test_newer_catalogue_comes_into_force_and_stays_after_a_restart(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        central.catalogue = newer()
        with bench(tmp_path, central) as here:
            changed = here.ear.wait(CatalogueChanged, lambda said: said.catalogue.version == 7)
            assert "cbzm" in changed.catalogue.items[0].initials
            delivered(here, here.confirm(new_visit()).case_id)
            assert central.requests[-1][1]["catalogue_version"] == 7
        central.trouble = "503"
        with bench(tmp_path, central) as here:
            assert here.desk.catalogue().result(10) == changed.catalogue


@pytest.mark.parametrize(
    "broken",
    [
        newer(items="none"),
        newer(departments=[]),
        newer(templates=[]),
        {"version": 7},
        "a catalogue",
    ],
    ids=["wrong type", "unknown department", "missing template", "almost empty", "no object"],
)
def test_bad_catalogue_is_refused_and_costs_no_acknowledgement(tmp_path: Path, broken: Any) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        central.catalogue = broken
        receipt = here.confirm(new_visit())
        delivered(here, receipt.case_id)
        assert here.desk.catalogue().result(10).version == assets.seed_catalogue()["version"]


def test_rule_that_does_not_compile_refuses_the_catalogue(tmp_path: Path) -> None:
    raw = newer()
    next(step for step in raw["items"][0]["steps"] if step["kind"] == "lookup")["accept"] = "answer. >"
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        central.catalogue = raw
        receipt = here.confirm(new_visit())
        delivered(here, receipt.case_id)
        assert here.desk.catalogue().result(10).version == assets.seed_catalogue()["version"]


def test_seed_gets_its_initials_after_the_first_answer_and_keeps_them(tmp_path: Path) -> None:
    with bench(tmp_path, NOBODY) as here:
        first = here.ear.wait(CatalogueChanged).catalogue
        assert {"cbzm", "sic"} <= set(first.items[0].initials)
    with bench(tmp_path, NOBODY) as here:
        assert here.desk.catalogue().result(10) == first


def test_what_central_holds_of_closed_cases_is_forgotten_on_the_terminal(tmp_path: Path) -> None:
    hub = FakeHub()
    with SmallCentral(FACTS) as central:
        with bench(tmp_path, central, hub=hub) as here:
            over = new_visit()
            done = here.confirm(over)
            delivered(here, done.case_id)
            here.desk.end_visit(over).result(10)
        central.trouble = "503"
        hub.on_print = lambda _: []
        with bench(tmp_path, central, hub=hub) as here:
            central.trouble = ""
            visit = new_visit()
            waiting = here.confirm(visit)
            central.wait(lambda: len(central.events) == 8)
    hub.close()
    cache = open_cache(tmp_path / "state", KioskId("demo-0001"), "2026-01-01T00:00:00.000Z")
    left = cache.journal.events()
    assert {event.sequence for event in left} == {6, 7, 8}, "the open case is whole, the closed one is a ledger entry"
    record = cache.cases.find(done.case_id)
    assert record is not None
    assert record.receipt == done
    cache.close()
    assert waiting.receipt_number != done.receipt_number
    assert NUMBER.encode() not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
