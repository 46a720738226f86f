"""The network campaign: whatever a line does, every event is at the real central once, none is lost, in its order.

A terminal's real sync over a line of our own that goes wrong where it is told to, and central as a process. By
itself a seeded sample of bytes is gone through; ``--campaign`` goes through every byte of the exchange.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.ids import CaseId, new_id
from kiosk_app.link.desk import CentralSeen
from tests.central.server import Central, Databases
from tests.certificates import Authority, Kind
from tests.faulty_proxy import End, FaultyProxy, Plan
from tests.sync_rig import EVENTS_OF_A_CASE, HandClock, SyncTerminal, assert_all_there_once, taken, terminal

SEED = 20261121
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("central")
    running = Central(Databases(None).made(folder), folder).start()
    yield running
    running.kill()


@pytest.fixture
def kiosk() -> str:
    """A terminal of the test's own at the central of all."""
    return f"t-{new_id()[-12:].lower()}"


@dataclass
class Stretch:
    """A terminal, its line and central, and what citizens did so far."""

    here: SyncTerminal
    line: FaultyProxy
    central: Central
    cases: list[CaseId] = field(default_factory=list)

    async def citizen(self, files: tuple[bytes, ...] = ()) -> None:
        self.cases.append(await self.here.serve_citizen(files))

    async def struck(self, *plans: Plan, files: tuple[bytes, ...] = ()) -> None:
        """Have a citizen served, the line go wrong for as many connections, and then be good again."""
        await self.citizen(files)
        self.line.next(*plans)
        self.here.clock.passed_s += await self.here.round()
        await self.here.rounds_until_delivered()

    async def told(self) -> None:
        """Everything is there once, in order."""
        self.line.settle()
        await assert_all_there_once(self.central, self.here, self.cases)


@asynccontextmanager
async def stretch(folder: Path, central: Central, kiosk: str, *, request_s: float = 10.0) -> AsyncIterator[Stretch]:
    with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
        async with terminal(folder / "state", line.url, kiosk, request_s=request_s) as here:
            here.enrol(central)
            made = Stretch(here, line, central)
            await made.citizen()
            await here.rounds_until_delivered()
            yield made


def offsets(request: pytest.FixtureRequest, total: int, sample: int) -> list[int]:
    """Every byte with ``--campaign``, else some from a seed, the first and the last among them."""
    if request.config.getoption("--campaign"):
        return list(range(total + 1))
    chance = random.Random(SEED)  # noqa: S311 - a seeded sample, no secret
    return sorted({0, 1, total - 1, total, *chance.sample(range(total), sample)})


@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("way", "end"), [("up", "reset"), ("up", "close"), ("down", "reset"), ("down", "close")])
def test_line_that_breaks_at_any_byte_loses_and_doubles_nothing(
    tmp_path: Path, central: Central, *, kiosk: str, request: pytest.FixtureRequest, way: str, end: End
) -> None:
    async def play() -> None:
        async with stretch(tmp_path, central, kiosk) as here:
            total = getattr(here.line.crossed[-1], way)
            for offset in offsets(request, total, 10):
                await here.struck(Plan(up=offset, end=end) if way == "up" else Plan(down=offset, end=end))
            await here.told()

    asyncio.run(play())


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", ["up", "down"])
def test_line_that_dies_without_a_word_is_given_up_and_loses_nothing(
    tmp_path: Path, central: Central, kiosk: str, request: pytest.FixtureRequest, way: str
) -> None:
    """Half open, and packets that are lost for good: nobody is told, only time tells."""

    async def play() -> None:
        async with stretch(tmp_path, central, kiosk, request_s=0.4) as here:
            total = getattr(here.line.crossed[-1], way)
            for offset in offsets(request, total, 2):
                await here.struck(Plan(up=offset, end="stall") if way == "up" else Plan(down=offset, end="stall"))
            await here.told()

    asyncio.run(play())


@pytest.mark.timeout(1800)
def test_upload_that_is_cut_at_any_byte_goes_on_where_central_says(
    tmp_path: Path, central: Central, kiosk: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - a seeded sample, no secret
    size = 300_000
    rounds = 400 if request.config.getoption("--campaign") else 12

    async def play() -> None:
        async with stretch(tmp_path, central, kiosk) as here:
            for _ in range(rounds):
                # Cut again and again: the question what is held, the pieces, the answers.
                cuts = [
                    Plan(up=chance.randrange(size)) if chance.random() < 0.7 else Plan(down=chance.randrange(400))
                    for _ in range(chance.randrange(1, 6))
                ]
                await here.struck(*cuts, files=(os.urandom(size),))
            await here.told()
            held = here.central.rows("SELECT count(*), sum(size) FROM blobs WHERE kiosk_id = :kiosk", kiosk=kiosk)
            assert held == [(rounds, rounds * size)]
            states = "SELECT DISTINCT state FROM attachments JOIN cases ON id = case_id WHERE kiosk_id = :kiosk"
            assert here.central.rows(states, kiosk=kiosk) == [("held",)]

    asyncio.run(play())


def test_slow_line_is_only_slow(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with stretch(tmp_path, central, kiosk) as here:
            here.line.always(Plan(delay_s=0.05))
            for _ in range(5):
                await here.citizen((os.urandom(100_000),))
            await here.here.rounds_until_delivered()
            await here.told()

    asyncio.run(play())


PORTALS = {
    "a page": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>Welcome</html>",
    "a redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/login\r\nContent-Length: 0\r\n\r\n",
    "a page that says so": b"HTTP/1.1 511 Network Authentication Required\r\nContent-Length: 0\r\n\r\n",
    "JSON of its own": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}',
    "an empty 200": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "an empty 201": b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a bad gateway": b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\noops",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Type: appl",
    "more than it says": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    + b"{}" * 50,
}


def test_what_is_not_centrals_answer_is_never_an_acknowledgement(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with stretch(tmp_path, central, kiosk) as here:
            for answer in PORTALS.values():
                await here.citizen((os.urandom(100_000),))
                before = await here.here.undelivered()
                here.line.always(Plan(answer=answer))
                here.here.clock.passed_s += await here.here.round()
                assert await here.here.undelivered() == before
                seen = [said for said in here.here.said if isinstance(said, CentralSeen)]
                assert not seen[-1].reachable
                here.line.always(None)
                await here.here.rounds_until_delivered()
            await here.told()

    asyncio.run(play())


def test_server_that_cannot_prove_to_be_central_gets_nothing(tmp_path: Path, central: Central, kiosk: str) -> None:
    authority = Authority(tmp_path / "authority")
    wrong: tuple[Kind, ...] = ("self-signed", "expired", "of another host", "of another authority")

    async def play() -> None:
        port = int(central.address.rpartition(":")[2])
        with FaultyProxy(port, authority.server("good")) as line:
            async with terminal(tmp_path / "state", line.url, kiosk, ca_file=authority.file) as here:
                here.enrol(central)
                made = Stretch(here, line, central)
                for kind in wrong:
                    await made.citizen()
                    line.present(authority.server(kind))
                    here.clock.passed_s += await here.round()
                    line.settle()
                    assert line.crossed[-1].up == 0, f"{kind}: something was said to it"
                    line.present(authority.server("good"))
                    await here.rounds_until_delivered()
                await made.told()
            # Without the hall's own authority, those that everybody trusts count, and ours is none of them.
            async with terminal(tmp_path / "state", line.url, kiosk) as here:
                assert await here.round() > 0
                assert here.said == [CentralSeen(reachable=False, undelivered=0)]

    asyncio.run(play())


def test_three_days_offline_are_delivered_once_afterwards(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with stretch(tmp_path, central, kiosk) as here:
            here.line.always(Plan(refuse=True))
            rests = []
            for _ in range(72):
                await here.citizen()
                rests.append(await here.here.round())
                here.here.clock.passed_s += HOUR_S
            assert max(rests) <= 60.0, "back-off has a ceiling"
            assert len(set(rests[-10:])) > 1, "and jitter"
            assert await here.here.undelivered() == 72 * EVENTS_OF_A_CASE
            here.line.always(None)
            await here.here.rounds_until_delivered()
            await here.told()

    asyncio.run(play())


def test_clock_set_back_a_day_changes_no_order_and_is_reported(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        clock = HandClock()
        with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
            async with terminal(tmp_path / "state", line.url, kiosk, clock=clock) as here:
                here.enrol(central)
                made = Stretch(here, line, central)
                await made.citizen()
                await here.rounds_until_delivered()
                await made.citizen()
                clock.wrong_s = -24 * HOUR_S
                await made.citizen()
                await here.rounds_until_delivered()
                await here.round()
                await made.told()
            clock.wrong_s = 24 * HOUR_S
            async with terminal(
                tmp_path / "state", line.url, kiosk, clock=clock
            ) as here:  # knows nothing of central's clock
                made.here = here
                await made.citizen()
                await here.rounds_until_delivered()
                await here.round()
                await made.told()
        told = "SELECT json_extract(health, '$.clock_skew_ms') FROM kiosks WHERE id = :kiosk"
        skews = [row[0] for row in central.rows(told, kiosk=kiosk)]
        assert [round(skew / 1000 / HOUR_S) for skew in skews] == [24]
        assert [event.sequence for event in taken(central, kiosk)] == list(range(1, 4 * EVENTS_OF_A_CASE + 1))

    asyncio.run(play())
