"""The next batch is packed while central works on the last, and sent only when it is what comes next after all."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kiosk_app.agent.outbox import Outbox
from kiosk_app.agent.pace import Pace
from kiosk_app.link.desk import CentralSeen
from tests.central.server import Central
from tests.faulty_proxy import FaultyProxy, Plan
from tests.small_central import SmallCentral
from tests.sync_rig import PATIENCE_S, SyncTerminal, assert_all_there_once, terminal

BATCH = 10


@asynccontextmanager
async def known_terminal(
    folder: Path, central: SmallCentral, kiosk: str, *, request_s: float = 10.0
) -> AsyncIterator[SyncTerminal]:
    async with terminal(folder, central.url, kiosk, batch_events=BATCH, request_s=request_s) as here:
        here.be_known()
        yield here


def sent(central: SmallCentral) -> list[list[int]]:
    """The sequences of each request that carried any."""
    requests = (request for path, request in central.requests if path == "/v1/sync")
    return [[event["sequence"] for event in request["events"]] for request in requests if request["events"]]


def test_batches_follow_one_another_as_they_were_written_and_so_does_what_is_confirmed_meanwhile(
    tmp_path: Path, kiosk: str
) -> None:
    async def play() -> list[dict[str, Any]]:
        async with known_terminal(tmp_path / "state", central, kiosk) as here:
            await here.serve_citizens(4)
            await here.round()
            await here.serve_citizens(1)  # the second batch is packed by now
            await here.rounds_until_delivered()
            rows = await here.store.call(
                lambda cache: cache._database.rows("SELECT sequence, event_id, at FROM journal ORDER BY sequence")
            )
            return [{"sequence": sequence, "event_id": event_id, "at": at} for sequence, event_id, at in rows]

    with SmallCentral() as central:
        written = asyncio.run(play())
    assert sent(central) == [list(range(first, first + width)) for first, width in ((1, 10), (11, 10), (21, 5))]
    held = [json.loads(central.events[number]) for number in sorted(central.events)]
    assert [{key: event[key] for key in ("sequence", "event_id", "at")} for event in held] == written


def test_batch_that_goes_before_the_last_answer_is_durable_says_the_turn_that_is(tmp_path: Path, kiosk: str) -> None:
    async def play() -> None:
        async with known_terminal(tmp_path / "state", central, kiosk) as here:
            await here.serve_citizens(10)
            await here.round()

    with SmallCentral() as central:
        central.gives_turns = True
        asyncio.run(play())
    assert [numbers[0] for numbers in sent(central)] == [1, 11, 21, 31, 41]
    assert [request["turn"] for _, request in central.requests] == [None, None, "1", "2", "3"]


def test_what_a_citizen_confirms_in_the_midst_of_a_queue_goes_with_its_last_batch(tmp_path: Path, kiosk: str) -> None:
    async def play() -> None:
        async with known_terminal(tmp_path / "state", central, kiosk) as here:
            await here.serve_citizens(5)
            loop = asyncio.get_running_loop()

            def one_more_comes(event: dict[str, Any]) -> bool:
                if event["sequence"] == 1:
                    asyncio.run_coroutine_threadsafe(here.serve_citizens(1), loop).result(PATIENCE_S)
                return False

            central.loses = one_more_comes
            await here.round()
            assert await here.undelivered() == 0
            assert all(one.reachable for one in here.said if isinstance(one, CentralSeen))

    with SmallCentral() as central:
        central.gives_turns = True
        asyncio.run(play())
    assert [numbers[0] for numbers in sent(central)] == [1, 11, 21]
    assert sent(central)[-1][-1] == 30


@pytest.mark.parametrize("files", [(), (b"page",)])
def test_batch_whose_files_have_to_go_first_does_not_go_at_once(
    tmp_path: Path, kiosk: str, files: tuple[bytes, ...]
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", "http://127.0.0.1:1", kiosk, batch_events=BATCH) as here:
            await here.serve_citizens(2)
            await here.serve_citizen(files)
            outbox = Outbox(here.store, here.clock, Pace(batch_events=BATCH))
            stands, batch = await outbox.next_batch()
            assert batch is not None
            await outbox.pack_ahead(stands, batch)
            assert (outbox.at_once(batch) is None) == bool(files)

    asyncio.run(play())


def test_what_was_packed_ahead_is_thrown_away_when_central_has_only_part_of_what_came_before(
    tmp_path: Path, kiosk: str
) -> None:
    async def play() -> None:
        async with known_terminal(tmp_path / "state", central, kiosk) as here:
            await here.serve_citizens(6)
            await here.round()
            central.loses = lambda _: False
            await here.rounds_until_delivered()

    with SmallCentral() as central:
        central.loses = lambda event: event["sequence"] > 6
        asyncio.run(play())
    assert [numbers[0] for numbers in sent(central)] == [1, 7, 17, 27]
    assert sorted(central.events) == list(range(1, 31))


def test_event_that_is_refused_in_a_batch_packed_ahead_is_left_out_alone(tmp_path: Path, kiosk: str) -> None:
    async def play() -> None:
        async with known_terminal(tmp_path / "state", central, kiosk) as here:
            await here.serve_citizens(8)
            for _ in range(40):
                if len(central.events) == 39:
                    break
                here.clock.passed_s += await here.round()

    with SmallCentral() as central:
        central.refuses = lambda event: event["sequence"] == 15
        asyncio.run(play())
    assert sorted(central.events) == [number for number in range(1, 41) if number != 15]
    carried = list(itertools.chain.from_iterable(numbers for numbers in sent(central) if 15 not in numbers))
    assert sorted(carried) == sorted(central.events), "what central took was not sent again"


def test_answer_that_drips_on_a_connection_that_was_good_before_is_given_up_at_the_deadline(
    tmp_path: Path, kiosk: str
) -> None:
    def drips_from_the_third_batch_on(event: dict[str, Any]) -> bool:
        if event["sequence"] == 2 * BATCH:
            central.trouble = "drip"
        return False

    async def play() -> None:
        async with known_terminal(tmp_path / "state", central, kiosk, request_s=5.0) as here:
            await here.serve_citizens(6)
            assert await here.round() > 0
            assert await here.undelivered() == 10
            central.trouble = ""
            await here.rounds_until_delivered()

    with SmallCentral() as central:
        central.gives_turns = True
        central.loses = drips_from_the_third_batch_on
        asyncio.run(play())
    assert sorted(central.events) == list(range(1, 31))


def test_terminal_that_ends_between_an_answer_and_its_record_sends_again_and_doubles_nothing(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
            async with terminal(tmp_path / "state", line.url, kiosk, batch_events=BATCH) as here:
                here.enrol(central)
                cases = [await here.serve_citizen() for _ in range(6)]
                line.next(Plan(answers=1))  # central takes the second batch, and nobody here ever knows
                await here.round()
                before = await here.undelivered()
            line.settle()
            assert before == 20
            async with terminal(tmp_path / "state", line.url, kiosk, batch_events=BATCH) as again:
                assert await again.undelivered() == before
                await again.rounds_until_delivered()
                await assert_all_there_once(central, again, cases)

    asyncio.run(play())
