"""A terminal becomes known by a one-time code, changes its key in time, and hears when it is shut out."""

import asyncio
import json
from pathlib import Path

import pytest

from kiosk_app.__main__ import main as kiosk_command
from kiosk_app.agent.exchange import CentralTrouble
from kiosk_app.link.desk import CentralSeen
from tests.central.server import Central
from tests.faulty_proxy import FaultyProxy, Plan
from tests.sync_rig import HandClock, assert_all_there_once, terminal

DAY_S = 86400.0


def configuration(folder: Path, central: Central, kiosk: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text(
        f'[kiosk]\nid = "{kiosk}"\nhall = "demo"\nstate_dir = "{folder / "state"}"\n'
        f'[central]\nurl = "{central.address}"\n'
    )
    return file


def test_code_makes_the_terminal_known_once(
    tmp_path: Path, central: Central, kiosk: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file, code = configuration(tmp_path, central, kiosk), central.code(kiosk)
    assert kiosk_command(["enrol", "--config", str(file), f" {code.lower()[:5]}-{code.lower()[5:]} "]) == 0
    assert capsys.readouterr().out.startswith(f"{kiosk} is enrolled")
    identity = tmp_path / "state" / "identity" / "identity.json"
    assert identity.stat().st_mode & 0o777 == 0o600
    assert identity.parent.stat().st_mode & 0o777 == 0o700
    before = identity.read_bytes()
    assert kiosk_command(["enrol", "--config", str(file), code]) == 1, "a code works once"
    said = capsys.readouterr().err
    assert "have a new one made" in said
    assert code not in said
    known, now = json.loads(before), json.loads(identity.read_bytes())
    assert now["key"] == known["key"], "a code that is not taken costs nothing"

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            case = await here.serve_citizen()
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, [case])

    asyncio.run(play())


def test_reply_that_is_lost_costs_no_second_code(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
            async with terminal(tmp_path / "state", line.url, kiosk) as here:
                code = central.code(kiosk)
                line.next(Plan(down=0))
                with pytest.raises(CentralTrouble, match=r"central\.unreachable"):
                    here.enrol(central, code)
                here.enrol(central, code)
                case = await here.serve_citizen()
                await here.rounds_until_delivered()
                await assert_all_there_once(central, here, [case])

    asyncio.run(play())


def test_terminal_that_is_not_enrolled_keeps_everything_and_goes_on_when_it_is(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            case = await here.serve_citizen()
            await here.round()
            assert here.said == [CentralSeen(reachable=False, undelivered=5)]
            here.enrol(central)
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, [case])

    asyncio.run(play())


@pytest.mark.parametrize("lost", [False, True], ids=["at once", "after the reply was lost"])
def test_key_is_changed_before_it_ends(tmp_path: Path, central: Central, kiosk: str, lost: bool) -> None:
    async def play() -> None:
        with FaultyProxy(int(central.address.rpartition(":")[2])) as line:
            async with terminal(tmp_path / "state", line.url, kiosk) as here:
                first = here.enrol(central)
                central.change(
                    "UPDATE terminal_keys SET renew_at = '2020-01-01T00:00:00.000Z' WHERE kiosk_id = :kiosk",
                    kiosk=kiosk,
                )
                if lost:
                    line.next(Plan(), Plan(down=0))  # the sync that asks for it passes, the exchange does not
                await here.round()
                assert (here.identity.read().key == first.key) is lost
                case = await here.serve_citizen()
                await here.rounds_until_delivered()
                await here.round()
                assert here.identity.read().key != first.key
                await assert_all_there_once(central, here, [case])
        states = "SELECT state, count(*) FROM terminal_keys WHERE kiosk_id = :kiosk GROUP BY state"
        assert dict(central.rows(states, kiosk=kiosk)) == {"replaced": 1, "active": 1}

    asyncio.run(play())


def test_central_that_forgot_the_new_key_is_spoken_to_with_the_one_before(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            first = here.enrol(central)
            change = "UPDATE terminal_keys SET renew_at = '2020-01-01T00:00:00.000Z' WHERE kiosk_id = :kiosk"
            central.change(change, kiosk=kiosk)
            await here.round()
            await here.round()
            new = here.identity.signer().key_id
            central.change("DELETE FROM terminal_keys WHERE id = :id", id=new)
            central.change("UPDATE terminal_keys SET state = 'active' WHERE kiosk_id = :kiosk", kiosk=kiosk)
            case = await here.serve_citizen()
            await here.round()
            assert here.identity.read().key == first.key
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, [case])

    asyncio.run(play())


def test_revoked_terminal_says_so_once_asks_seldom_and_loses_nothing(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        clock = HandClock()
        async with terminal(tmp_path / "state", central.address, kiosk, clock=clock) as here:
            here.enrol(central)
            await here.round()
            assert central.run("revoke", kiosk) == 0
            case = await here.serve_citizen()
            asked = len(here.rests)
            for _ in range(2 * 12 * 15):  # half an hour in looks of five seconds
                clock.passed_s += await here.round()
            tries = [said for said in here.said if isinstance(said, CentralSeen) and not said.reachable]
            assert len(tries) == 1, "said once"
            assert len(here.rests) > asked
            assert clock.passed_s >= 1500
            here.enrol(central)
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, [case])

    asyncio.run(play())


def test_terminal_whose_clock_is_a_year_off_gets_in(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        for wrong_s in (-365 * DAY_S, 365 * DAY_S):
            clock = HandClock(wrong_s=wrong_s)
            async with terminal(tmp_path / f"state{wrong_s}", central.address, kiosk, clock=clock) as here:
                here.enrol(central)
                await here.serve_citizen()
                await here.rounds_until_delivered()
                skew_s = here.line.time.skew_s
                assert skew_s is not None
                assert abs(skew_s - wrong_s) < 60

    asyncio.run(play())
