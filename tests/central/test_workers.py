"""Any number of workers on one database: what terminals send at once is taken in once, whoever hears it."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import requests

from tests.central.server import PATIENCE_S, ROOT, Central
from tests.central.terminal import Terminal
from tests.central.test_sync import refused
from tests.central.values import Journal

WORKERS = 3
SENDERS = 4

SENDER = """
import json, sys
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.central.terminal import Terminal
told = json.loads(sys.stdin.readline())
terminal = Terminal(told["kiosk"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(told["key"])))
print("ready", flush=True)
sys.stdin.read()  # until all senders are there
for batch in told["batches"]:
    while True:
        with requests.Session() as line:  # a new connection each time, so that another worker may hear it
            reply = line.post(told["address"] + "/v1/sync", json=batch, auth=terminal, timeout=30)
        if reply.status_code != 503:
            break
    print(reply.status_code, reply.json().get("acknowledged"), flush=True)
"""


def children(central: Central) -> set[int]:
    assert central.process is not None
    tasks = f"/proc/{central.process.pid}/task/{central.process.pid}/children"
    with open(tasks, encoding="ascii") as listed:  # noqa: PTH123 - a kernel's file
        return {int(child) for child in listed.read().split()}


def post(central: Central, terminal: Terminal, batch: dict[str, object]) -> requests.Response:
    with requests.Session() as line:
        return line.post(f"{central.address}/v1/sync", json=batch, auth=terminal, timeout=PATIENCE_S)


def test_processes_that_send_one_installations_events_at_once_store_each_once(
    own_central: Central, journal: Journal
) -> None:
    own_central.workers = WORKERS
    terminal = own_central.enrol(journal.kiosk)
    for _ in range(8):
        journal.whole_case()
    total = len(journal.events)
    own_central.start()
    batches = [journal.batch(*range(first, min(first + 5, total + 1))) for first in range(1, total + 1, 3)]
    senders = []
    for turn in range(SENDERS):
        told = {
            "kiosk": journal.kiosk,
            "key": terminal.key.private_bytes_raw().hex(),
            "address": own_central.address,
            "batches": batches[turn % 2 :] + batches[: turn % 2],
        }
        sender = subprocess.Popen(
            [sys.executable, "-c", SENDER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert sender.stdin is not None
        sender.stdin.write(json.dumps(told) + "\n")
        sender.stdin.flush()
        senders.append(sender)
    for sender in senders:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.close()
        sender.stdin = None
    said = [sender.communicate(timeout=PATIENCE_S)[0].splitlines() for sender in senders]
    answers = [line.split() for lines in said for line in lines]
    assert {status for status, _ in answers} == {"200"}
    assert max(int(acknowledged) for _, acknowledged in answers) == total
    assert own_central.rows("SELECT count(*), count(DISTINCT event_id) FROM inbox WHERE state = 'applied'") == [
        (total, total)
    ]
    assert own_central.rows("SELECT count(*) FROM cases WHERE verdict = 'issued'") == [(8,)]
    assert own_central.stop() == 0


def test_of_two_bodies_under_one_number_one_wins_and_the_other_is_a_problem(
    own_central: Central, journal: Journal
) -> None:
    own_central.workers = WORKERS
    terminal = own_central.enrol(journal.kiosk)
    own_central.start()
    twins = []
    for _ in range(6):
        twin = Journal(journal.kiosk, journal.installation)
        twin.whole_case()
        twins.append(twin)
    begun = threading.Barrier(len(twins))
    answers: list[tuple[Journal, requests.Response]] = []

    def send(twin: Journal) -> None:
        begun.wait(PATIENCE_S)
        answers.append((twin, post(own_central, terminal, twin.batch())))

    threads = [threading.Thread(target=send, args=(twin,)) for twin in twins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = Counter(response.status_code for _, response in answers)
    assert statuses == {200: 1, 422: 5}
    for twin, response in answers:
        again = post(own_central, terminal, twin.batch())
        assert again.status_code == response.status_code
        if response.status_code == 422:
            assert refused(again, 422, "sequence-conflict")["sequence"] == 1
    assert own_central.rows("SELECT count(*) FROM inbox") == [(6,)]
    assert own_central.stop() == 0


def test_the_same_terminal_new_to_several_workers_at_once_is_made_once(own_central: Central, journal: Journal) -> None:
    own_central.workers = WORKERS
    terminal = own_central.enrol(journal.kiosk)
    own_central.start()
    begun = threading.Barrier(6)
    statuses: list[int] = []

    def send() -> None:
        begun.wait(PATIENCE_S)
        statuses.append(post(own_central, terminal, journal.batch() | {"verdict_cursor": 0}).status_code)

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 6
    assert own_central.rows("SELECT count(*) FROM installations") == [(1,)]
    assert own_central.stop() == 0


def test_a_worker_that_died_is_replaced_and_the_others_go_on(sqlite_central: Central, journal: Journal) -> None:
    sqlite_central.workers = 2
    terminal = sqlite_central.enrol(journal.kiosk)
    sqlite_central.start()
    before = children(sqlite_central)
    assert len(before) == 2
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    until = time.monotonic() + PATIENCE_S
    while not (len(now := children(sqlite_central)) == 2 and victim not in now):
        assert time.monotonic() < until, "no worker came back"
        assert post(sqlite_central, terminal, journal.batch()).status_code == 200
    assert '"event": "worker.died"' in sqlite_central.log.read_text()
    assert sqlite_central.stop() == 0


def test_no_worker_outlives_a_parent_that_was_killed(sqlite_central: Central) -> None:
    sqlite_central.workers = 2
    sqlite_central.start()
    workers = children(sqlite_central)
    ended = [os.pidfd_open(worker) for worker in workers]
    sqlite_central.kill()
    for worker in ended:
        assert select.select([worker], [], [], PATIENCE_S)[0], "a worker lives on"
        os.close(worker)
