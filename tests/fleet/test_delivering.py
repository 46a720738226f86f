"""A terminal and the real central: what citizens confirmed arrives once, with its files, whoever forgets what."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.ids import CaseId
from tests.central.server import Central
from tests.sync_rig import EVENTS_OF_A_CASE, assert_all_there_once, taken, terminal


def cases_at(central: Central, kiosk: str) -> list[tuple[str, str, str]]:
    query = "SELECT id, stage, verdict FROM cases WHERE kiosk_id = :kiosk ORDER BY id"
    return [(row[0], row[1], row[2]) for row in central.rows(query, kiosk=kiosk)]


def whole(cases: list[CaseId]) -> list[tuple[str, str, str]]:
    return [(case, "closed", "issued") for case in sorted(cases)]


def test_cases_with_files_arrive_and_get_their_verdicts(tmp_path: Path, central: Central, kiosk: str) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            cases = [await here.serve_citizen((os.urandom(1_500_000), b"small")) for _ in range(3)]
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, cases)
            held = central.rows("SELECT size FROM blobs WHERE kiosk_id = :kiosk ORDER BY size", kiosk=kiosk)
            assert held == [(5,), (1_500_000,), (1_500_000,), (1_500_000,)]
            await here.round()
            verdicts = await here.store.call(lambda cache: {case: cache.verdicts.of(case) for case in cases})
            assert set(verdicts.values()) == {"issued"}

    asyncio.run(play())


@pytest.mark.parametrize("size", [40_000, 100_000], ids=["sent at once", "asked after first"])
@pytest.mark.parametrize(
    "left",
    [
        lambda content: content,
        lambda content: bytes(len(content)),
        lambda content: content + b"and more",
    ],
    ids=["all of it", "as much, but not the same", "more than all"],
)
def test_file_whose_last_byte_came_when_central_was_killed_still_becomes_whole(
    tmp_path: Path, central: Central, kiosk: str, size: int, left: Callable[[bytes], bytes]
) -> None:
    """What a killed central leaves: the bytes that came, under a name that says that nobody checked them."""
    content = os.urandom(size)
    name = hashlib.sha256(content).hexdigest()
    folder = central.state / "blobs" / kiosk / name[:2]
    folder.mkdir(parents=True)
    (folder / f"{name}.part").write_bytes(left(content))

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            case = await here.serve_citizen((content,))
            await here.rounds_until_delivered()
            await assert_all_there_once(central, here, [case])

    asyncio.run(play())
    assert (folder / name).read_bytes() == content
    states = "SELECT state FROM attachments JOIN cases ON id = case_id WHERE kiosk_id = :kiosk"
    assert central.rows(states, kiosk=kiosk) == [("held",)]


def test_file_that_is_damaged_on_the_disk_holds_up_nobody_and_is_owned_up_to(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        state = tmp_path / "state"
        async with terminal(state, central.address, kiosk) as here:
            here.enrol(central)
            case = await here.serve_citizen((b"precious",))
            for file in (state / "store" / "blobs").iterdir():
                file.write_bytes(file.read_bytes()[:-1])
            other = await here.serve_citizen((b"whole",))
            await here.rounds_until_delivered()
            for _ in range(3):  # central asks for it, hears that it is gone, and decides
                await here.round()
        states = "SELECT case_id, state FROM attachments JOIN cases ON id = case_id WHERE kiosk_id = :kiosk"
        assert dict(central.rows(states, kiosk=kiosk)) == {case: "lost", other: "held"}
        assert cases_at(central, kiosk) == whole([case, other])

    asyncio.run(play())


def test_disk_that_was_set_back_goes_on_as_a_new_installation_and_doubles_nothing(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        state, copy = tmp_path / "state", tmp_path / "copy"
        async with terminal(state, central.address, kiosk) as here:
            here.enrol(central)
            cases = [await here.serve_citizen()]
            await here.rounds_until_delivered()
            cases.append(await here.serve_citizen())
        shutil.copytree(state, copy)
        async with terminal(state, central.address, kiosk) as here:
            await here.rounds_until_delivered()
            cases.append(await here.serve_citizen())
            await here.rounds_until_delivered()
            first = await here.store.call(lambda cache: (cache.installation, cache.life.tag))
        async with terminal(copy, central.address, kiosk) as back:
            cases.append(await back.serve_citizen())
            await back.rounds_until_delivered()
            second = await back.store.call(lambda cache: (cache.installation, cache.life.tag))
        assert first[0] != second[0]
        assert first[1] != second[1], "receipts of two lives of a disk are told apart"
        assert cases_at(central, kiosk) == whole(cases)
        prints = "SELECT count(*) FROM print_actions JOIN cases ON cases.id = case_id WHERE kiosk_id = :kiosk"
        assert central.rows(prints, kiosk=kiosk) == [(4,)]

    asyncio.run(play())


def test_two_copies_of_one_disk_end_as_two_that_central_tells_apart(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        state, copy = tmp_path / "state", tmp_path / "copy"
        async with terminal(state, central.address, kiosk) as here:
            here.enrol(central)
            cases = [await here.serve_citizen()]
            await here.rounds_until_delivered()
        shutil.copytree(state, copy)
        async with (
            terminal(state, central.address, kiosk) as one,
            terminal(copy, central.address, kiosk) as other,
        ):
            cases += [await one.serve_citizen(), await other.serve_citizen()]
            for _ in range(2):  # whichever speaks becomes the newest, and the other notices
                await one.rounds_until_delivered()
                await other.rounds_until_delivered()
            lives = [await disk.store.call(lambda cache: cache.installation) for disk in (one, other)]
        assert lives[0] != lives[1]
        assert cases_at(central, kiosk) == whole(cases)
        assert not [event for event in taken(central, kiosk) if event.state != "applied"]

    asyncio.run(play())


def test_identity_that_is_in_many_places_is_shut_out_until_somebody_enrols_it_again(
    tmp_path: Path, central: Central, kiosk: str
) -> None:
    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            case = await here.serve_citizen()
            for _ in range(10):
                at = here.store.now()
                await here.store.call(lambda cache, now=at: cache.begin_anew(now))  # type: ignore[misc] # bound now
                await here.round()
            later = await here.serve_citizen()
            await here.store.call(lambda cache: cache.begin_anew(at))
            await here.round()
            assert await here.undelivered() == EVENTS_OF_A_CASE
            here.enrol(central)
            central_forgets_the_day(central, kiosk)
            await here.rounds_until_delivered()
        assert cases_at(central, kiosk) == whole([case, later])

    asyncio.run(play())


def central_forgets_the_day(central: Central, kiosk: str) -> None:
    """Make the installations of today a week old."""
    query = "UPDATE installations SET first_seen_at = '2020-01-01T00:00:00.000Z' WHERE kiosk_id = :kiosk"
    central.change(query, kiosk=kiosk)


def test_central_that_was_restored_from_a_backup_gets_again_what_is_still_here(
    tmp_path: Path, own_central: Central, kiosk: str
) -> None:
    central = own_central
    database = Path(central.database.removeprefix("sqlite:///"))
    backup = tmp_path / "backup.tar"

    async def play() -> None:
        async with terminal(tmp_path / "state", central.address, kiosk) as here:
            here.enrol(central)
            early = await here.serve_citizen()
            await here.rounds_until_delivered()
            assert central.run("backup", str(backup)) == 0
            await here.serve_citizen()
            await here.rounds_until_delivered()
            kept = await here.serve_citizen()
            central.kill()
            port = int(central.address.rpartition(":")[2])
            shutil.rmtree(central.state, ignore_errors=True)
            for file in (database, *database.parent.glob(f"{database.name}-*")):
                file.unlink(missing_ok=True)
            assert central.run("restore", str(backup)) == 0
            central.start(port)
            await here.rounds_until_delivered()
        assert cases_at(central, kiosk) == whole([early, kept]), "what both had forgotten is gone, and the line goes on"
        lost = [event.sequence for event in taken(central, kiosk) if event.state == "lost"]
        assert lost == list(range(EVENTS_OF_A_CASE + 1, 2 * EVENTS_OF_A_CASE + 1))

    asyncio.run(play())
