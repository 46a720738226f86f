"""What central has whole is forgotten here: after every batch, before any rest, and after an end in between."""

import asyncio
import itertools
from pathlib import Path

from contract.cases import JournalEvent
from kiosk_app.base.clock import instant
from tests.central.server import Central
from tests.sync_rig import EVENTS_OF_A_CASE, HandClock, SyncTerminal, terminal, whole_case

NOBODY = "http://127.0.0.1:9"
"""The discard port: nothing answers there."""
BATCH = 100


async def remembered(here: SyncTerminal) -> tuple[JournalEvent, ...]:
    return await here.store.call(lambda cache: cache.journal.events())


def test_queue_of_several_batches_is_forgotten_batch_by_batch_and_whole_before_the_terminal_rests(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk, batch_events=BATCH) as here:
            here.enrol(central)
            cases = 2 * BATCH // EVENTS_OF_A_CASE + 1
            await here.serve_citizens(cases)
            left = []
            rested = 0.0
            while rested == 0.0:
                rested = await here.round()
                left.append(len(await remembered(here)))
            assert await here.undelivered() == 0
            assert left[-1] == 0
            assert all(later <= earlier - BATCH for earlier, later in itertools.pairwise(left)), left

    asyncio.run(play())


def test_case_that_an_earlier_process_delivered_and_did_not_forget_is_forgotten_without_central(
    tmp_path: Path, kiosk: str
) -> None:
    async def play() -> None:
        clock = HandClock()
        async with terminal(tmp_path / "state", NOBODY, kiosk, clock=clock) as here:
            await here.store.call(lambda cache: whole_case(cache, instant(clock.now())))
            await here.store.call(lambda cache: cache.acknowledge(cache.journal.last))
        async with terminal(tmp_path / "state", NOBODY, kiosk, clock=clock) as again:
            assert len(await remembered(again)) == EVENTS_OF_A_CASE
            await again.round()
            assert await remembered(again) == ()

    asyncio.run(play())
