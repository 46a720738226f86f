"""A terminal that was offline for days delivers its queue: how fast, and in how much memory.

The real agent and the real central, over HTTP, on SQLite and on a PostgreSQL that waits for its disk. The
baselines are `core_bare`'s, the same rows into the same tables without central: as many at once as the terminal
sends, which the target is held against, and, to compare, each case durable by itself. Memory is that of one agent
while it has all it loads and reaches no central, and then while it delivers.
"""

import itertools
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.core_bare import bare_seconds
from benchmarks.core_hall import Agent, agent, central, enrol, resident_mib, until
from benchmarks.core_rows import row
from benchmarks.core_store import fill
from kiosk_app.agent.sync import Pace
from tests.postgresql import PrivatePostgresql

QUEUED_CASES = 10_000
ROUNDS = 3
_LOOK_S, _RESTING_LOOKS = 0.1, 40
_CATALOGUES = 2
_BATCH = Pace().batch_events
"""Events of one bare transaction: as many as the terminal sends at a time."""


@dataclass(frozen=True)
class _Round:
    """One queue, drained once; rates in cases a second, each of six events, memory in MiB."""

    rate: float
    batched: float
    each: float
    idle: float
    most: float


def run() -> list[dict[str, Any]]:
    """Measure several times, each with its own baselines: tell of the rate in the middle and of the most memory."""
    with tempfile.TemporaryDirectory(prefix="kc-") as folder:
        here = Path(folder)
        files = (f"sqlite:///{here / f'{number}.sqlite'}" for number in itertools.count())
        rows = _rows("SQLite", _drains(here / "sqlite", lambda: next(files)))
        with PrivatePostgresql(durable=True) as server:
            return rows + _rows("PostgreSQL", _drains(here / "postgresql", server.new_database))


def _drains(here: Path, new_database: Callable[[], str]) -> list[_Round]:
    return [_drain(here / str(number), new_database) for number in range(ROUNDS)]


def _rows(name: str, rounds: Sequence[_Round]) -> list[dict[str, Any]]:
    one = sorted(rounds, key=lambda one: one.rate / one.batched)[ROUNDS // 2]
    full = max(rounds, key=lambda one: one.most / one.idle)
    return [
        row(
            f"draining {QUEUED_CASES} cases to {name}", "cases/s", one.rate, one.batched,
            "bare inserts, batched", target=0.3, better="higher", rounds=ROUNDS,
        ),
        row("the same", "cases/s", one.rate, one.each, "bare inserts, case by case", target=None, better="higher",
            rounds=ROUNDS),
        row("the agent's memory meanwhile", "MiB", full.most, full.idle, "the idle agent", target=1.2, rounds=ROUNDS),
    ]  # fmt: skip


def _drain(here: Path, new_database: Callable[[], str]) -> _Round:
    here.mkdir(parents=True)
    url = new_database()
    with central(url, here) as address:
        one = agent(here / "terminal", address)
        enrol(one, url, here)
        # The first catalogues, the release's and central's, are unpacked and spelled out once, and remembered.
        with one.running() as (pid, _):
            until("central to be heard", lambda: len(one.log_lines("catalogue.changed")) == _CATALOGUES)
            _settled_mib(pid)
    last = fill(one.state, QUEUED_CASES)
    with one.running() as (pid, _):
        idle = _settled_mib(pid)
        most = idle
        with central(url, here, address.rpartition("/")[2]):
            over = threading.Event()

            def watch() -> None:
                nonlocal most
                while not over.wait(_LOOK_S):
                    most = max(most, resident_mib(pid))

            watching = threading.Thread(target=watch)
            watching.start()
            try:
                until("the queue to be drained", lambda: _acknowledged(one) >= last, every_s=_LOOK_S)
            finally:
                over.set()
                watching.join()
        told = one.log_lines("sync.delivered")
    first, final = told[0], told[-1]
    seconds = _moment(final) - _moment(first)
    return _Round(
        rate=(final["acknowledged"] - first["acknowledged"]) / seconds * QUEUED_CASES / last,
        batched=QUEUED_CASES / bare_seconds(url, new_database(), -(-last // _BATCH)),
        each=QUEUED_CASES / bare_seconds(url, new_database(), QUEUED_CASES),
        idle=idle,
        most=most,
    )


def _settled_mib(pid: int) -> float:
    """Wait until a process has loaded what it loads behind: its memory rests, for several looks in a row."""
    seen = [resident_mib(pid)]

    def rests() -> bool:
        seen.append(resident_mib(pid))
        return len(seen) > _RESTING_LOOKS and max(seen[-_RESTING_LOOKS:]) - min(seen[-_RESTING_LOOKS:]) < 1.0

    until("the agent to have loaded everything", rests, every_s=_LOOK_S)
    return seen[-1]


def _acknowledged(one: Agent) -> int:
    line = one.newest_line("sync.delivered")
    return 0 if line is None else int(line["acknowledged"])


def _moment(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["at"]).timestamp()
