"""A batch costs what is in it: neither a queue of days nor a journal of years makes it dearer.

Counted in steps of SQLite's virtual machine, which are the same on every machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.cases import CaseClosed, PrintOutcome
from contract.ids import KioskId, VisitId
from contract.privacy import Privacy
from contract.sync import SyncReply
from kiosk_app.agent.mailbag import standing, take
from offline_cache.cache import Cache, open_cache
from tests.disks.workloads import attached
from tests.journal_values import a_case, committed

AT = "2026-01-02T03:04:05.678Z"
KIOSK = KioskId("demo-0001")
BATCH = 20
SEALED = 6


def closed_cases(cache: Cache, count: int, name: str) -> None:
    """Two events each."""
    for number in range(count):
        case = committed(cache, f"{name}-{number}").case_id
        cache.record((CaseClosed(case_id=case, outcome=PrintOutcome.NONE),), AT)


def one_batch(cache: Cache) -> None:
    """What the store does for a batch that central takes."""
    cache.blobs.to_send(20)
    stands = standing(cache)
    events = cache.tail(0, BATCH, 1 << 20)
    reply = SyncReply(acknowledged=events[-1].sequence, next_delay_s=0, server_time=AT)
    assert take(cache, stands, reply, AT).moved == len(events)
    cache.forget_delivered()


def steps_of_a_batch(cache: Cache) -> int:
    """Measured on the second batch, when there is something that was forgotten before."""
    one_batch(cache)
    with counted_steps(cache) as counted:
        one_batch(cache)
    return counted[0]


@contextmanager
def counted_steps(cache: Cache) -> Iterator[list[int]]:
    """The one number in the list grows with every step."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    connection = cache._database._connection
    connection.set_progress_handler(count, 1)
    try:
        yield steps
    finally:
        connection.set_progress_handler(None, 1)


def test_a_batch_of_a_long_queue_costs_what_a_batch_of_a_short_one_costs(tmp_path: Path) -> None:
    steps = {}
    for cases in (BATCH, 10 * BATCH):
        cache = open_cache(tmp_path / str(cases), KIOSK, AT)
        closed_cases(cache, cases, "queued")
        steps[cases] = steps_of_a_batch(cache)
        cache.close()
    assert steps[10 * BATCH] == pytest.approx(steps[BATCH], rel=0.05)


def test_a_batch_costs_no_more_for_all_that_was_delivered_before(tmp_path: Path) -> None:
    """Also while sealed files wait that central has and whose cases it does not have."""
    steps = {}
    for cases in (0, 10 * BATCH):
        cache = open_cache(tmp_path / str(cases), KIOSK, AT)
        closed_cases(cache, cases, "long-ago")
        cache.acknowledge(cache.journal.last)
        cache.forget_delivered()
        closed_cases(cache, 2 * BATCH, "queued")
        for number in range(SEALED):
            with_a_face(cache, VisitId(f"sealed-{number}"))
        steps[cases] = steps_of_a_batch(cache)
        cache.close()
    assert steps[10 * BATCH] == pytest.approx(steps[0], rel=0.05)


def test_looking_into_a_case_costs_the_same_beside_a_queue_of_days(tmp_path: Path) -> None:
    """What is printed anew, or gone on with after a start, is looked for while a citizen waits."""
    steps = {}
    for cases in (1, 10 * BATCH):
        cache = open_cache(tmp_path / str(cases), KIOSK, AT)
        closed_cases(cache, cases, "queued")
        waiting = committed(cache, "waiting").case_id
        with counted_steps(cache) as counted:
            assert cache.case(waiting) is not None
            assert [record.case_id for record in cache.cases.open()] == [waiting]
        steps[cases] = counted[0]
        cache.close()
    assert steps[10 * BATCH] == pytest.approx(steps[1], rel=0.05)


def with_a_face(cache: Cache, visit: VisitId) -> None:
    """A case whose sensitive file went ahead of it."""
    sha256 = attached(cache, visit, b"a face", Privacy.SENSITIVE)
    case, _ = cache.commit_case(
        a_case(visit), lookup_id="lookup", verification_code="0" * 16, at=AT, attachments=(sha256,), reserve_bytes=0
    )
    cache.blobs.sent(case.case_id, sha256, len(b"a face"))
