"""Two terminals that are offline for hours never call two citizens by the same number."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from contract.ids import new_id
from contract.ranges import RangeLease
from contract.sync import SyncReply
from tests.central.server import PATIENCE_S, Central
from tests.central.terminal import Terminal
from tests.central.test_sync import deliver
from tests.central.values import Journal

TODAY = datetime.now(UTC).strftime("%Y-%m-%d")


def wish(queue: str, count: int = 50, day: str = TODAY) -> dict[str, Any]:
    return {"request_id": new_id(), "queue": queue, "day": day, "count": count}


def asked(journal: Journal, turn: str | None, *wishes: dict[str, Any]) -> dict[str, Any]:
    return journal.batch() | {"verdict_cursor": 0, "turn": turn, "range_requests": wishes}


def numbers(leases: tuple[RangeLease, ...]) -> list[int]:
    return [number for lease in leases for number in range(lease.first, lease.last + 1)]


def test_two_terminals_take_numbers_of_their_own(central: Central, journal: Journal, terminal: Terminal) -> None:
    other = central.enrol(f"{journal.kiosk}-b")
    queue = journal.kiosk
    one = deliver(central, asked(journal, None, wish(queue)), terminal)
    two = deliver(central, asked(Journal(other.kiosk), None, wish(queue)), other)
    assert numbers(one.ranges) == list(range(1, 51))
    assert numbers(two.ranges) == list(range(51, 101))
    assert one.ranges[0].expires_at > one.server_time


def test_a_lease_whose_reply_was_lost_is_given_again_and_no_other(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    wanted = wish(journal.kiosk)
    first = deliver(central, asked(journal, None, wanted), terminal)
    again = deliver(central, asked(journal, first.turn, wanted), terminal)
    assert again.ranges == first.ranges
    later = deliver(central, asked(journal, first.turn, wish(journal.kiosk)), terminal)
    assert numbers(later.ranges) == list(range(51, 101))


def test_days_and_queues_count_by_themselves(central: Central, journal: Journal, terminal: Terminal) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
    wishes = [wish(journal.kiosk), wish(journal.kiosk, day=tomorrow), wish(f"{journal.kiosk}-b")]
    reply = deliver(central, asked(journal, None, *wishes), terminal)
    assert [(lease.first, lease.last) for lease in reply.ranges] == [(1, 50)] * 3


def test_a_day_that_is_over_far_off_or_none_is_not_leased(
    central: Central, journal: Journal, terminal: Terminal
) -> None:
    wishes = [wish(journal.kiosk, day=day) for day in ("2020-01-01", "2099-12-31", "2026-02-31")]
    assert deliver(central, asked(journal, None, *wishes), terminal).ranges == ()


def test_terminals_that_ask_at_once_on_several_workers_get_no_number_twice(own_central: Central, kiosk: str) -> None:
    own_central.workers = 2
    terminals = [own_central.enrol(f"{kiosk}-{n}") for n in range(6)]
    own_central.start()
    begun = threading.Barrier(len(terminals))
    replies: list[SyncReply] = []

    def ask(terminal: Terminal) -> None:
        journal, turn = Journal(terminal.kiosk), None
        begun.wait(PATIENCE_S)
        for _ in range(5):
            body = asked(journal, turn, wish("hall-a", 7), wish("hall-b", 3))
            while True:  # a database that is busy says: come back
                response = requests.post(f"{own_central.address}/v1/sync", json=body, auth=terminal, timeout=PATIENCE_S)
                if response.status_code != 503:
                    break
            reply = SyncReply.model_validate_json(response.content)
            replies.append(reply)
            turn = reply.turn

    threads = [threading.Thread(target=ask, args=(terminal,)) for terminal in terminals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for queue, size in (("hall-a", 7), ("hall-b", 3)):
        given = Counter(
            number
            for reply in replies
            for lease in reply.ranges
            if lease.queue == queue
            for number in range(lease.first, lease.last + 1)
        )
        assert sorted(given) == list(range(1, 6 * 5 * size + 1))
        assert set(given.values()) == {1}
    assert own_central.stop() == 0


def test_a_central_that_was_set_back_counts_on_behind_what_it_forgot(own_central: Central, journal: Journal) -> None:
    terminal = own_central.enrol(journal.kiosk)
    own_central.start()
    own_central.run("after-restore")
    held = deliver(own_central, asked(journal, None, wish("hall-a")), terminal)
    assert numbers(held.ranges)[0] > 1000
    said = {"lease_id": "forgotten", "queue": "hall-a", "day": TODAY, "first": 12_000, "last": 12_099, "next": 12_010}
    told = asked(journal, held.turn, wish("hall-a")) | {"ranges_held": [said]}
    assert numbers(deliver(own_central, told, terminal).ranges)[0] == 12_100
    used = "SELECT next_number FROM number_leases WHERE id = 'forgotten'"
    assert own_central.rows(used) == [(12_010,)]
    assert own_central.stop() == 0
