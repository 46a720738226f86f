"""Orders of central: believed only from its key and for this terminal, carried out once, answered, written down."""

import asyncio
import gzip
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from central.clock import instant, utc_now
from central.signing import SigningKey
from contract.fleet import CommandKind, CommandOrder, SignedCommand, command_text
from contract.ids import KioskId, new_id
from kiosk_app.agent.commands import CannotBeDone
from kiosk_app.link.desk import Restarting, Screenshot, ScreenshotWanted, ServiceChanged
from tests.central.server import Central
from tests.sync_rig import SyncTerminal, give_order, terminal

PNG = b"\x89PNG\r\n\x1a\n of the page that invites"


def states(central: Central, kiosk: str) -> list[tuple[str, str, str]]:
    query = "SELECT kind, state, coalesce(detail, '') FROM commands WHERE kiosk_id = :kiosk ORDER BY issued_at, id"
    return [(row[0], row[1], row[2]) for row in central.rows(query, kiosk=kiosk)]


def blob(central: Central, kiosk: str) -> bytes:
    """The file that the newest order's answer names."""
    query = "SELECT blob_sha256 FROM commands WHERE kiosk_id = :kiosk ORDER BY issued_at DESC, id DESC LIMIT 1"
    ((digest,),) = central.rows(query, kiosk=kiosk)
    content = next(file for file in central.state.rglob(f"*{digest}*") if file.is_file()).read_bytes()
    assert hashlib.sha256(content).hexdigest() == digest
    return content


def test_refresh_brings_the_catalogue_anew(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            await here.round()
            give_order(central, here.kiosk, CommandKind.REFRESH)
            await here.round()
            while not here.answered.is_set():  # hears the order, asks for the catalogue, gets it
                await here.round()
            await here.carried_out()
        assert states(central, kiosk) == [("refresh", "done", "catalogue 2")]

    asyncio.run(play())


def test_refresh_that_brings_what_cannot_be_used_is_told_as_failed(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            await here.round()
            wanted = asyncio.ensure_future(here.deeds.refresh())
            await asyncio.sleep(0)
            assert here.catalogues.version_from_central == 0
            assert not await here.catalogues.offer({"version": 9})
            with pytest.raises(CannotBeDone, match="cannot be used"):
                await wanted
            assert here.catalogues.version_from_central == 2, "the one before serves on"

    asyncio.run(play())


def test_terminal_out_of_service_stays_so_through_a_restart(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            give_order(central, here.kiosk, CommandKind.OUT_OF_SERVICE)
            await here.round()
            await here.carried_out()
            assert ServiceChanged(in_service=False) in here.said
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            await here.round()
            assert here.said[0] == ServiceChanged(in_service=False)
            told = "SELECT json_extract(health, '$.in_service') FROM kiosks WHERE id = :kiosk"
            assert central.rows(told, kiosk=kiosk) == [(0,)]
            give_order(central, here.kiosk, CommandKind.IN_SERVICE)
            await here.round()
            await here.carried_out()
            assert ServiceChanged(in_service=True) in here.said
        assert states(central, kiosk) == [("out-of-service", "done", ""), ("in-service", "done", "")]

    asyncio.run(play())


def test_restart_waits_for_the_citizen_is_done_once_and_answered_by_the_next_process(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            here.idle = False
            give_order(central, here.kiosk, CommandKind.RESTART)
            await here.round()
            await here.round()
            assert here.restarts == 0, "somebody stands there"
            here.idle = True
            await here.carried_out()
            assert here.restarts == 1
            assert here.said[-1] == Restarting()
            assert states(central, kiosk) == [("restart", "begun", "")]
            for _ in range(3):  # central goes on sending it
                await here.round()
            assert here.restarts == 1
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            await here.round()
            assert here.restarts == 0
        assert states(central, kiosk) == [("restart", "done", "restarted")]

    asyncio.run(play())


def test_collected_log_holds_only_what_may_be_logged(tmp_path: Path, central: Central, kiosk: str) -> None:
    lines = [
        '{"visit": "01ABC", "at": "2026-11-21T08:00:00Z", "process": "ui", "event": "visit.began", "level": "info"}',
        '{"visit": "01ABC", "name": "植入甲", "event": "visit.began", "level": "info"}',
        '{"text": "植入甲", "event": "nobody.registered"}',
        "植入甲 is no JSON",
    ]

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            here.settings.log_file.parent.mkdir(parents=True)
            here.settings.log_file.write_text("\n".join(lines) + "\n", "utf-8")
            give_order(central, here.kiosk, CommandKind.COLLECT_LOGS)
            await here.round()
            await here.carried_out()
        assert states(central, kiosk) == [("collect-logs", "done", "")]
        collected = gzip.decompress(blob(central, kiosk)).decode()
        assert "植入甲" not in collected
        entries = [json.loads(line) for line in collected.split("\n")]
        assert [entry.get("event") for entry in entries] == ["visit.began", "visit.began", None]
        assert entries[-1] == {"left_out": 2}

    asyncio.run(play())


async def show_the_screen(here: SyncTerminal, png: bytes | None) -> None:
    """Be the screen: answer the question for a picture when it comes."""
    wanted = await here.hears(ScreenshotWanted)
    here.deeds.took(Screenshot("of another time", b"stale"))
    here.deeds.took(Screenshot(wanted.number, png))


@pytest.mark.parametrize(
    ("png", "ends"), [(PNG, ("screenshot", "done", "")), (None, ("screenshot", "failed", "somebody is here"))]
)
def test_screenshot_is_taken_only_of_the_page_that_invites(
    tmp_path: Path, central: Central, *, kiosk: str, png: bytes | None, ends: tuple[str, str, str]
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            here.idle = False
            give_order(central, here.kiosk, CommandKind.SCREENSHOT)
            await here.round()
            await here.round()
            assert not [said for said in here.said if isinstance(said, ScreenshotWanted)]
            here.idle = True
            await show_the_screen(here, png)
            await here.carried_out()
        assert states(central, kiosk) == [ends]
        assert png is None or blob(central, kiosk) == png

    asyncio.run(play())


def test_order_whose_time_is_up_is_not_carried_out(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            here.idle = False
            give_order(central, here.kiosk, CommandKind.RESTART, valid=timedelta(minutes=10))
            await here.round()
            here.clock.passed_s += 601
            await here.carried_out()
            assert here.restarts == 0
        assert states(central, kiosk) == [("restart", "expired", "")]

    asyncio.run(play())


def test_agent_that_died_over_an_order_does_not_do_it_again(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            give_order(central, here.kiosk, CommandKind.SCREENSHOT)
            await here.round()
            await here.hears(ScreenshotWanted)
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            await here.round()
            await here.round()
            assert not [said for said in here.said if isinstance(said, ScreenshotWanted)]
        assert states(central, kiosk) == [("screenshot", "failed", "restarted")]

    asyncio.run(play())


def forged(key: SigningKey, kiosk: str, **changes: object) -> SignedCommand:
    now = utc_now()
    order = CommandOrder(
        command_id=new_id(),
        kiosk=KioskId(kiosk),
        kind=CommandKind.RESTART,
        issued_at=instant(now),
        expires_at=instant(now + timedelta(hours=1)),
    )
    payload = order.model_copy(update=changes).model_dump_json()
    return SignedCommand(key_id=key.key_id, payload=payload, signature=key.sign(command_text(payload)))


def test_order_that_central_did_not_sign_for_this_terminal_is_refused(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    stranger = SigningKey(tmp_path / "stranger.key")

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            await here.round()
            ours = SigningKey(central.state / "command.key")
            good = forged(ours, kiosk)
            bad = [
                forged(stranger, kiosk),
                forged(stranger, kiosk).model_copy(update={"key_id": ours.key_id}),
                good.model_copy(update={"payload": good.payload.replace("restart", "refresh")}),
                good.model_copy(update={"payload": good.payload + " "}),
                forged(ours, "t-another"),
                forged(ours, kiosk, issued_at="2099-01-01T00:00:00Z", expires_at="2099-01-02T00:00:00Z"),
                good.model_copy(update={"payload": "rm -rf /"}),
            ]
            await here.orders.hear(bad)
            assert {answer.state.value for answer in here.orders.rejected.values()} == {"refused"}
            assert await here.store.call(lambda cache: cache.orders.untold(10)) == ()
            await asyncio.sleep(0)
            assert here.restarts == 0
            here.answered.clear()
            await here.orders.hear([good])
            await here.carried_out()
            assert here.restarts == 1, "a forged order does not spoil the real one of its name"

    asyncio.run(play())


def test_terminal_pins_the_keys_it_enrolled_with(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            file = here.identity
            file.write(file.read().model_copy(update={"command_keys": ()}))
            give_order(central, here.kiosk, CommandKind.RESTART)
            await here.round()
            await here.round()
            assert here.restarts == 0
        assert states(central, kiosk) == [("restart", "refused", "signature")]

    asyncio.run(play())
