"""Numbers for queue tickets: leased while there is a line, given while there is none, each to one person."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contract.ids import new_id
from tests.central.server import Central
from tests.faulty_proxy import FaultyProxy, Plan
from tests.sync_rig import SyncTerminal, terminal

TODAY = datetime.now(UTC)
DAY, NEXT_DAY = f"{TODAY:%Y-%m-%d}", f"{TODAY + timedelta(days=1):%Y-%m-%d}"
"""Central leases numbers of days near its own."""
COUNT = 20


@contextmanager
def line_to(central: Central) -> Iterator[FaultyProxy]:
    with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
        yield line


async def stock(here: SyncTerminal, queue: str) -> None:
    """Have numbers leased, as a ticket service keeps itself stocked."""
    await here.store.call(lambda cache: cache.numbers.want(queue, DAY, COUNT, below=COUNT))
    await here.round()


async def give(here: SyncTerminal, queue: str, most: int = 1000) -> list[int]:
    """Give numbers until there are no more, or so many."""
    given: list[int] = []
    while len(given) < most:
        number = await here.store.call(lambda cache: cache.numbers.next_number(queue, DAY))
        if number is None:
            break
        given.append(number)
    return given


def test_two_terminals_offline_never_give_one_number_twice(tmp_path: Path, central: Central, kiosk: str) -> None:
    queue = f"q-{new_id()[-10:].lower()}"

    async def play() -> None:
        with line_to(central) as line:
            async with (
                terminal(tmp_path / "one", line.url, f"{kiosk}-1") as one,
                terminal(tmp_path / "two", line.url, f"{kiosk}-2") as two,
            ):
                for here in (one, two):
                    here.enrol(central)
                    await stock(here, queue)
                line.always(Plan(refuse=True))
                first, second = await give(one, queue, 7), await give(two, queue)
            # A power cut in the midst: what was given is given.
            async with terminal(tmp_path / "one", line.url, f"{kiosk}-1") as one:
                await one.round()
                first += await give(one, queue)
                assert await one.store.call(lambda cache: cache.numbers.left(queue, DAY)) == 0
                assert sorted(first + second) == list(range(1, 2 * COUNT + 1))
                await one.store.call(lambda cache: cache.numbers.want(queue, DAY, COUNT, below=COUNT))
                assert await give(one, queue) == [], "without a line there are no new ones"
                line.always(None)
                await one.round()
                assert await give(one, queue) == list(range(2 * COUNT + 1, 3 * COUNT + 1))

    asyncio.run(play())


def test_lease_whose_reply_was_lost_is_the_same_lease(tmp_path: Path, central: Central, kiosk: str) -> None:
    queue = f"q-{new_id()[-10:].lower()}"

    async def play() -> None:
        with line_to(central) as line:
            async with terminal(tmp_path / "state", line.url, kiosk) as here:
                here.enrol(central)
                line.next(Plan(down=0), Plan(down=100))
                for _ in range(3):
                    await stock(here, queue)
                assert await give(here, queue) == list(range(1, COUNT + 1))

    asyncio.run(play())


def test_copy_of_a_disk_gives_no_number_of_the_disk_it_was_made_from(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    queue = f"q-{new_id()[-10:].lower()}"

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            await stock(here, queue)
            # A machine that has no id, as a container may, is given one.
            await here.store.call(lambda cache: cache.life.machine is None and cache.move_in("this machine", "t"))
        shutil.copytree(tmp_path / "state", tmp_path / "copy")
        async with terminal(tmp_path / "copy", central.address, kiosk) as copy:
            assert await copy.store.call(lambda cache: cache.move_in("another machine", "t"))
            assert await give(copy, queue) == []
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            assert await give(here, queue) == list(range(1, COUNT + 1))

    asyncio.run(play())


def test_numbers_whose_time_is_over_are_let_go(tmp_path: Path, central: Central, kiosk: str) -> None:
    queue = f"q-{new_id()[-10:].lower()}"

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            await stock(here, queue)
            assert await here.store.call(lambda cache: cache.numbers.expire("2026-01-01T00:00:00Z")) == 0
            assert await here.store.call(lambda cache: cache.numbers.expire("2099-01-01T00:00:00Z")) == 1
            assert await give(here, queue) == []

    asyncio.run(play())


def test_numbers_of_another_day_or_queue_are_not_given(tmp_path: Path, central: Central, kiosk: str) -> None:
    queue = f"q-{new_id()[-10:].lower()}"

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            await stock(here, queue)
            for other in ((queue, NEXT_DAY), ("q-other", DAY)):
                assert await here.store.call(lambda cache, at=other: cache.numbers.next_number(*at)) is None  # type: ignore[misc] # bound now
            assert await give(here, queue) == list(range(1, COUNT + 1))

    asyncio.run(play())
