"""Forgetting goes on behind the sending, one at a time, and leaves nothing that was owed."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

from contract.fault import Fault
from kiosk_app.agent.forgetting import Forgetting
from kiosk_app.agent.store import Store
from kiosk_app.link.desk import DeskFault


class SlowStore:
    """A store whose forgetting ends when the test says so."""

    def __init__(self) -> None:
        self.begun = 0
        self.gate = asyncio.Event()
        self.fails: Exception | None = None

    async def call(self, _work: Callable[[Any], Any]) -> None:
        self.begun += 1
        await self.gate.wait()
        if self.fails is not None:
            raise self.fails


def made() -> tuple[SlowStore, Forgetting]:
    store = SlowStore()
    return store, Forgetting(cast("Store", store))


async def let_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_nobody_waits_for_a_disk_that_forgets_slowly_and_it_is_asked_once() -> None:
    async def play() -> None:
        store, forgetting = made()
        forgetting.begin()
        await let_run()
        forgetting.owe()
        forgetting.begin()
        await let_run()
        assert store.begun == 1
        store.gate.set()
        await forgetting.finish()
        assert store.begun == 2, "what came to be owed meanwhile"

    asyncio.run(play())


def test_nothing_is_forgotten_twice() -> None:
    async def play() -> None:
        store, forgetting = made()
        store.gate.set()
        await forgetting.finish()
        forgetting.begin()
        await forgetting.finish()
        assert store.begun == 1

    asyncio.run(play())


def test_what_the_disk_refused_to_forget_is_owed_still() -> None:
    async def play() -> None:
        store, forgetting = made()
        store.fails = DeskFault(Fault.of("storage.full"))
        store.gate.set()
        await forgetting.finish()
        store.fails = None
        await forgetting.finish()
        await forgetting.finish()
        assert store.begun == 2

    asyncio.run(play())


def test_line_to_central_does_not_die_of_a_bug_in_forgetting() -> None:
    async def play() -> None:
        store, forgetting = made()
        store.fails = ZeroDivisionError()
        store.gate.set()
        forgetting.begin()
        await forgetting.finish()
        store.fails = None
        forgetting.owe()
        await forgetting.finish()
        assert store.begun == 2

    asyncio.run(play())


def test_terminal_that_ends_waits_for_no_forgetting() -> None:
    async def play() -> set[asyncio.Task[Any]]:
        store, forgetting = made()
        forgetting.begin()
        await let_run()
        assert store.begun == 1
        forgetting.stop()
        await let_run()
        return asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())}

    assert asyncio.run(play()) == set()
