"""Writes torn below SQLite, at every sector of a recorded crash: what is left is a whole prefix, or set aside.

The images are of a store that was copied while it was open, as a power cut leaves it. What a disk lost that it
had promised to hold cannot be brought back; it must not be invented, half shown, overwritten or numbered again.
"""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.ids import ActionId, KioskId
from offline_cache.cache import DATABASE, STORE, Cache, open_cache
from offline_cache.trouble import CacheBroken
from tests.journal_values import a_case, committed
from tests.stores.pages import FRAME_HEAD_BYTES, LOG_HEAD_BYTES, PAGE_BYTES
from tests.unit.test_journal_events import AT, intended, printed, rendered

KIOSK = KioskId("demo-0001")
SECTOR = 512
CASES = 4
LOG = f"{DATABASE}-wal"
Step = tuple[str, ...]
"""What is in the store after a transaction: the receipt numbers, each with its case's stage."""


@dataclass(frozen=True)
class Recorded:
    """A store as it lay there at a crash, and what it held after each of its transactions, oldest first."""

    image: Path
    steps: tuple[Step, ...]
    numbers: tuple[str, ...]


def standing(cache: Cache) -> Step:
    """What the store tells; it must be consistent in itself."""
    records = cache.cases.all()
    bodies = [event.body for event in cache.journal.events()]
    assert cache.journal.last == len(bodies)
    assert {record.case_id for record in records} == {body.case.case_id for body in bodies if hasattr(body, "case")}
    return tuple(f"{record.receipt_number} {record.stage}" for record in records)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Some cases in the file, the others only in the log."""
    folder = tmp_path_factory.mktemp("recorded")
    cache = open_cache(folder / "state", KIOSK, AT)
    printed(cache, committed(cache, "old").case_id)
    cache._database.shrink_journal()
    steps = [standing(cache)]
    for number in range(CASES):
        case, _ = cache.commit_case(
            a_case(f"{number}"), lookup_id="", verification_code="0" * 16, at=AT, reserve_bytes=0
        )
        steps.append(standing(cache))
        if number % 2:
            action = ActionId(f"print {number}")
            for body in (rendered(case.case_id), intended(case.case_id, action)):
                cache.record((body,), AT)
                steps.append(standing(cache))
    shutil.copytree(folder / "state", folder / "image")
    cache.close()
    return Recorded(folder / "image", tuple(steps), tuple(record.split()[0] for record in steps[-1]))


def image(recorded: Recorded, folder: Path, change: Callable[[Path], None]) -> Path:
    """The crash, changed below SQLite."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(recorded.image, folder)
    change(folder / STORE)
    return folder


def places(request: pytest.FixtureRequest, size: int, short: int = 16) -> list[int]:
    """Every sector's begin; some of them, with the first and the last, in a short run."""
    every = [*range(0, size, SECTOR), size]
    if request.config.getoption("--campaign") or len(every) <= short:
        return every
    chosen = random.Random(20261121).sample(every[1:-1], short - 2)  # noqa: S311 - a seeded sample, no secret
    return [every[0], *sorted(chosen), every[-1]]


def test_log_torn_at_any_sector_leaves_a_whole_prefix_and_numbers_nobody_twice(
    tmp_path: Path, recorded: Recorded, request: pytest.FixtureRequest
) -> None:
    log = (recorded.image / STORE / LOG).read_bytes()
    noise = random.Random(7).randbytes(len(log))  # noqa: S311 - noise, no secret
    tails: dict[str, Callable[[int], bytes]] = {
        "cut": lambda at: log[:at],
        "zeros": lambda at: log[:at] + bytes(len(log) - at),
        "noise": lambda at: log[:at] + noise[at:],
        "one sector": lambda at: log[:at] + noise[at : at + SECTOR] + log[at + SECTOR :],
    }
    for name, torn in tails.items():
        reached = -1
        for at in places(request, len(log)):
            folder = image(recorded, tmp_path / "torn", lambda store, at=at, torn=torn: _put(store / LOG, torn(at)))  # type: ignore[misc]
            cache = open_cache(folder, KIOSK, AT)
            assert cache.set_aside is None, (name, at)
            seen = standing(cache)
            assert seen in recorded.steps, (name, at)
            assert recorded.steps.index(seen) >= reached, "more of the log is never less of the store"
            reached = recorded.steps.index(seen)
            assert committed(cache, "next citizen").receipt_number not in recorded.numbers, (name, at)
            cache.close()
            again = open_cache(folder, KIOSK, AT)
            assert standing(again)[: len(seen)] == seen
            again.close()
        assert reached == len(recorded.steps) - 1, "the whole log gives everything"


def test_copying_the_log_into_the_file_torn_at_any_sector_loses_nothing(
    tmp_path: Path, recorded: Recorded, request: pytest.FixtureRequest
) -> None:
    """A checkpoint's writes reach the file in any order; the log is whole until they are all there."""
    whole = image(recorded, tmp_path / "whole", lambda _: None)
    open_cache(whole, KIOSK, AT).close()
    before = (recorded.image / STORE / DATABASE).read_bytes()
    after = (whole / STORE / DATABASE).read_bytes()
    after = after[: _pages_in_log(recorded) * PAGE_BYTES] or after
    chance = random.Random(11)  # noqa: S311 - a seeded sample, no secret
    for at in places(request, len(after)):
        mixed = bytearray(after[:at] + before[at:])
        for sector in range(0, min(len(before), len(after)), SECTOR):
            if chance.random() < 0.3:
                mixed[sector : sector + SECTOR] = after[sector : sector + SECTOR]
        folder = image(recorded, tmp_path / "torn", lambda store, mixed=mixed: _put(store / DATABASE, mixed))  # type: ignore[misc]
        cache = open_cache(folder, KIOSK, AT)
        assert cache.set_aside is None, at
        assert standing(cache) == recorded.steps[-1], at
        cache.close()


def _pages_in_log(recorded: Recorded) -> int:
    """How large the file is after the last transaction, in pages, as the log's last frame says."""
    log = (recorded.image / STORE / LOG).read_bytes()
    frame = FRAME_HEAD_BYTES + PAGE_BYTES
    sizes = [int.from_bytes(log[at + 4 : at + 8], "big") for at in range(LOG_HEAD_BYTES, len(log) - frame + 1, frame)]
    return max(sizes)


def test_file_damaged_at_any_sector_is_whole_or_set_aside_and_never_overwritten(
    tmp_path: Path, recorded: Recorded, request: pytest.FixtureRequest
) -> None:
    """Damage that nothing could have repaired: the log is empty. It is found at the start or when it is met."""
    quiet = image(recorded, tmp_path / "quiet", lambda _: None)
    open_cache(quiet, KIOSK, AT).close()
    raw = (quiet / STORE / DATABASE).read_bytes()
    chance = random.Random(13)  # noqa: S311 - a seeded sample, no secret
    harmed = {"whole": 0, "aside": 0}
    for at in places(request, len(raw) - SECTOR):
        for change in (raw[:at] + chance.randbytes(SECTOR) + raw[at + SECTOR :], raw[:at]):
            folder = tmp_path / "harmed"
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(quiet, folder)
            _put(folder / STORE / DATABASE, change)
            harmed[_met(folder, change, recorded)] += 1
    assert harmed["aside"] > harmed["whole"]


def _met(folder: Path, left: bytes, recorded: Recorded) -> str:
    """Start, read everything, start again; return whether the store was whole or set aside."""
    for _ in range(2):
        cache = open_cache(folder, KIOSK, AT)
        if cache.set_aside is not None:
            assert (cache.set_aside.path / DATABASE).read_bytes() == left, "it was written to"
            assert cache.journal.last == 0
            assert committed(cache, "next citizen").receipt_number not in recorded.numbers
            cache.close()
            return "aside"
        try:
            assert standing(cache) in (recorded.steps[-1], ()), "it tells of something that was not"
            cache.catalogue("central")
        except CacheBroken:
            cache._database.close()
            continue
        whole = standing(cache) == recorded.steps[-1]
        cache.close()
        # A file that was cut to nothing is a new one; everything else is all there.
        assert whole or left == b""
        return "whole"
    raise AssertionError("damage that was met is not set aside at the next start")


def _put(file: Path, content: bytes) -> None:
    file.write_bytes(content)
