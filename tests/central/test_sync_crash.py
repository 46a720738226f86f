"""The server dies without warning; what it acknowledged is there, and sending again doubles nothing."""

import threading

import requests

from tests.central.server import PATIENCE_S, Central
from tests.central.values import Journal

CASES = 15


def test_a_server_killed_between_batches_has_lost_nothing(own_central: Central, journal: Journal) -> None:
    terminal = own_central.enrol(journal.kiosk)
    case = journal.whole_case()
    own_central.start()
    first = own_central.post("/v1/sync", journal.batch(1, 2, 3), terminal).json()
    own_central.kill()
    own_central.start()
    again = own_central.post("/v1/sync", journal.batch(1, 2, 3), terminal).json()
    assert again["acknowledged"] == first["acknowledged"] == 3
    assert own_central.post("/v1/sync", journal.batch(4, 5, 6), terminal).json()["acknowledged"] == 6
    assert own_central.get("/v1/documents/" + case.code).json()["print"] == "sent"
    assert own_central.stop() == 0


def test_a_server_killed_while_it_takes_in_keeps_every_acknowledged_event_once(
    own_central: Central, journal: Journal
) -> None:
    terminal = own_central.enrol(journal.kiosk)
    for _ in range(CASES):
        journal.whole_case()
    total = len(journal.events)
    own_central.start()
    busy = threading.Event()
    acknowledged = 0
    enough = total // 3

    def deliver_all() -> None:
        """Deliver three events at a time, as a terminal does, until the line breaks."""
        nonlocal acknowledged
        with requests.Session() as line:
            while acknowledged < total:
                following = range(acknowledged + 1, min(acknowledged + 3, total) + 1)
                batch = journal.batch(*following)
                try:
                    reply = line.post(f"{own_central.address}/v1/sync", json=batch, auth=terminal, timeout=PATIENCE_S)
                except requests.RequestException:
                    return
                acknowledged = reply.json()["acknowledged"]
                if acknowledged >= enough:
                    busy.set()

    for _ in range(2):
        busy.clear()
        sending = threading.Thread(target=deliver_all)
        sending.start()
        assert busy.wait(PATIENCE_S)
        own_central.kill()
        sending.join()
        own_central.start()
        enough *= 2
        held = own_central.post("/v1/sync", journal.batch(1), terminal).json()["acknowledged"]
        assert held >= acknowledged
    deliver_all()
    assert acknowledged == total
    assert own_central.rows("SELECT count(*), max(sequence) FROM inbox WHERE state = 'applied'") == [(total, total)]
    for table in ("cases", "documents", "print_actions", "ratings"):
        assert own_central.rows(f"SELECT count(*) FROM {table}") == [(CASES,)]  # noqa: S608
    assert own_central.stop() == 0
