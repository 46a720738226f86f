"""How much goes first when central is back: what was never sent cannot have been too much."""

import asyncio
import socket
from pathlib import Path

import pytest

from tests.small_central import SmallCentral, Trouble
from tests.sync_rig import terminal

BATCH = 12
TRIES = 2


def widths(central: SmallCentral) -> list[int]:
    return [len(request["events"]) for path, request in central.requests if path == "/v1/sync"]


def test_batches_are_whole_at_once_after_days_in_which_nobody_was_there(tmp_path: Path, kiosk: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    async def play() -> None:
        async with terminal(tmp_path, f"http://127.0.0.1:{port}", kiosk, batch_events=BATCH) as here:
            here.be_known()
            await here.serve_citizens(2 * BATCH)
            for _ in range(TRIES):
                assert await here.round() > 0
            with SmallCentral(port=port) as central:
                await here.round()
                assert widths(central)[0] == BATCH

    asyncio.run(play())


@pytest.mark.parametrize("trouble", ["reset", "half", "503", "422"])
def test_batch_that_failed_on_its_way_goes_again_in_parts(tmp_path: Path, kiosk: str, trouble: Trouble) -> None:
    async def play() -> None:
        async with terminal(tmp_path, central.url, kiosk, batch_events=BATCH) as here:
            here.be_known()
            await here.serve_citizens(2 * BATCH)
            central.trouble = trouble
            await here.round()
            central.trouble, failed = "", len(widths(central))
            await here.round()
            assert 0 < widths(central)[failed] <= BATCH // 2

    with SmallCentral() as central:
        asyncio.run(play())
