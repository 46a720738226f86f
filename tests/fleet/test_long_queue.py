"""A long queue goes out batch after batch, each sent while the answer to the last is made durable here."""

import asyncio
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contract.ids import CaseId
from tests.central.server import Central
from tests.certificates import Authority
from tests.faulty_proxy import End, FaultyProxy, Plan
from tests.sync_rig import PATIENCE_S, assert_all_there_once, terminal

BATCH = 20
BLOWS = 6


def lives(central: Central, kiosk: str) -> int:
    return int(central.rows("SELECT count(*) FROM installations WHERE kiosk_id = :kiosk", kiosk=kiosk)[0][0])


def test_long_queue_goes_out_in_one_go_and_what_a_citizen_confirms_meanwhile_goes_with_it(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk, batch_events=BATCH) as here:
            here.enrol(central)
            cases = await here.serve_citizens(30)
            going = asyncio.ensure_future(here.round())
            cases += await here.serve_citizens(3)
            await going
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, cases)
            assert lives(central, kiosk) == 1

    asyncio.run(play())


def test_files_of_a_case_in_a_long_queue_go_ahead_of_it(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk, batch_events=BATCH) as here:
            here.enrol(central)
            cases = await here.serve_citizens(10)
            going = asyncio.ensure_future(here.round())
            cases += [await here.serve_citizen((b"page %d" % number,)) for number in range(5)]
            await going
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, cases)

    asyncio.run(play())


@pytest.mark.parametrize("batch", range(2, 6))
def test_line_that_breaks_in_the_midst_of_a_long_queue_costs_nothing(
    tmp_path: Path, central: Central, kiosk: str, batch: int
) -> None:
    async def play() -> None:
        with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
            async with terminal(tmp_path / "state", line.url, kiosk, batch_events=BATCH) as here:
                here.enrol(central)
                cases = await here.serve_citizens(28)
                line.next(Plan(answers=batch - 1))
                await here.round()
                assert await here.undelivered() == 28 * 5 - (batch - 1) * BATCH
                await here.rounds_until_delivered()
                await assert_all_there_once(central, here, cases)
                assert lives(central, kiosk) == 1

    asyncio.run(play())


def test_long_queue_goes_over_one_connection_whose_server_is_asked_who_it_is(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    authority = Authority(tmp_path / "authority")

    async def play() -> None:
        with FaultyProxy(int(central.address.rpartition(":")[2]), authority.server("good")) as line:
            async with terminal(
                tmp_path / "state", line.url, kiosk, batch_events=BATCH, ca_file=authority.file
            ) as here:
                here.enrol(central)
                cases, before = await here.serve_citizens(20), len(line.crossed)
                await here.round()
                assert await here.undelivered() == 0
                assert len(line.crossed) == before + 1
                line.settle()  # nothing is kept once the queue is out
                await assert_all_there_once(central, here, cases)

    asyncio.run(play())


@pytest.mark.parametrize("end", ["reset", "close", "stall"])
def test_line_of_a_long_queue_that_breaks_at_any_byte_costs_nothing(
    tmp_path: Path, central: Central, kiosk: str, end: End
) -> None:
    chance = random.Random(7)  # noqa: S311 - the same bytes each time

    async def play() -> None:
        with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
            async with terminal(tmp_path / "state", line.url, kiosk, batch_events=BATCH, request_s=3.0) as here:
                here.enrol(central)
                await here.round()  # the first answer brings the catalogue
                cases = await here.serve_citizens(16)
                await here.round()
                whole = line.crossed[-1]  # in a queue as long the last quarter of the bytes may differ, not the rest
                for _ in range(3):
                    for plan in (
                        Plan(up=chance.randrange(whole.up * 3 // 4), end=end),
                        Plan(down=chance.randrange(whole.down * 3 // 4), end=end),
                    ):
                        cases += await here.serve_citizens(16)
                        line.next(plan)
                        here.clock.passed_s += await here.round()
                        assert await here.undelivered() > 0
                        await here.rounds_until_delivered()
                line.settle()
                await assert_all_there_once(central, here, cases)
                assert lives(central, kiosk) == 1

    asyncio.run(play())


def test_terminal_killed_again_and_again_in_the_midst_of_a_long_queue_is_not_taken_for_a_copy(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    folder, chance = tmp_path / "state", random.Random(7)  # noqa: S311 - the same blows each time

    async def fill() -> list[CaseId]:
        async with terminal(folder, central.address, kiosk, batch_events=BATCH) as here:
            here.enrol(central)
            return await here.serve_citizens(250)

    async def check(cases: list[CaseId]) -> None:
        async with terminal(folder, central.address, kiosk, batch_events=BATCH) as here:
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, cases)

    cases = asyncio.run(fill())
    for _ in range(BLOWS):
        command = [sys.executable, "-m", "tests.draining_terminal", str(folder), central.address, kiosk, str(BATCH)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as draining:
            assert draining.stdout is not None
            for _ in range(chance.randint(1, 5)):
                assert draining.stdout.readline(), "it ended by itself"
            draining.send_signal(signal.SIGKILL)
            draining.wait(PATIENCE_S)
    asyncio.run(check(cases))
    assert lives(central, kiosk) == 1
