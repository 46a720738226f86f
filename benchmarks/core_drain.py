"""A terminal that was offline for days delivers its queue: how fast, and in how much memory.

The real agent and the real central, over HTTP, on SQLite and on a PostgreSQL that waits for its disk. The
baseline inserts the same events, each by itself, through the same driver and as many in one transaction.
"""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks.core_hall import Agent, agent, central, enrol, resident_mib, until
from benchmarks.core_rows import row
from benchmarks.core_store import AT, KIOSK, fill
from kiosk_app.agent.sync import Pace
from offline_cache.cache import open_cache
from tests.postgresql import PrivatePostgresql

QUEUED_CASES = 10_000
_INSERT = "INSERT INTO bare (sequence, event_id, at, kind, sha256, body) VALUES ({0}, {0}, {0}, {0}, {0}, {0})"
_TABLE = (
    "CREATE TABLE bare (sequence BIGINT PRIMARY KEY, event_id TEXT UNIQUE, at TEXT, kind TEXT, sha256 TEXT, body TEXT)"
)
_BATCH = Pace().batch_events
"""Events of one bare transaction: as many as the terminal sends at a time."""

Row = tuple[Any, ...]


def run() -> list[dict[str, Any]]:
    """Measure; rates in events a second."""
    with tempfile.TemporaryDirectory(prefix="kc-") as folder:
        return _drains(Path(folder))


def _drains(here: Path) -> list[dict[str, Any]]:
    """Rates of draining a long queue, and the agent's memory meanwhile."""
    rows: list[dict[str, Any]] = []
    (here / "sqlite").mkdir()
    (here / "postgresql").mkdir()
    url = f"sqlite:///{here / 'sqlite' / 'central.sqlite'}"
    rows += _drain("SQLite", here / "sqlite", url, lambda events: _bare_sqlite(here / "bare.sqlite", events))
    with PrivatePostgresql(durable=True) as server:
        bare = server.new_database()
        url = server.new_database()
        rows += _drain("PostgreSQL", here / "postgresql", url, lambda events: _bare_postgresql(bare, events))
    return rows


def _drain(name: str, here: Path, url: str, bare: Callable[[Sequence[Row]], float]) -> list[dict[str, Any]]:
    with central(url, here) as address:
        one = agent(here / "terminal", address)
        enrol(one, url, here)
        with one.running() as (pid, _):
            until("the idle agent", lambda: bool(one.log_lines("catalogue.changed")) or _synced(one))
            time.sleep(5)  # until what it loads behind is loaded
            idle = resident_mib(pid)
        last = fill(one.state, QUEUED_CASES)
        events = _written(one.state)
        most = 0.0
        with one.running() as (pid, _):
            over = threading.Event()

            def watch() -> None:
                nonlocal most
                while not over.wait(0.02):
                    most = max(most, resident_mib(pid))

            watching = threading.Thread(target=watch)
            watching.start()
            try:
                until("the queue to be drained", lambda: _acknowledged(one) >= last)
            finally:
                over.set()
                watching.join()
        told = one.log_lines("sync.delivered")
    first, final = told[0], told[-1]
    seconds = _moment(final) - _moment(first)
    rate = (final["acknowledged"] - first["acknowledged"]) / seconds
    return [
        row(
            f"draining {QUEUED_CASES} cases to {name}", "events/s", rate, bare(events), "bare inserts, same bytes",
            target=0.3, better="higher", rounds=1,
        ),
        row("the agent's memory meanwhile", "MiB", most, idle, "the idle agent", target=1.2, rounds=1),
    ]  # fmt: skip


def _synced(one: Agent) -> bool:
    return bool(one.log_lines("sync.delivered"))


def _acknowledged(one: Agent) -> int:
    return max((line["acknowledged"] for line in one.log_lines("sync.delivered")), default=0)


def _moment(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["at"]).timestamp()


def _written(state: Path) -> list[Row]:
    """The queue as rows for a bare table."""
    cache = open_cache(state, KIOSK, AT)
    rows = [
        (event.sequence, event.event_id, event.at, event.body.kind, "0" * 64, event.body.model_dump_json())
        for event in cache.journal.events()
    ]
    cache.close()
    return rows


def _bare_sqlite(path: Path, events: Sequence[Row]) -> float:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(_TABLE)
        began = time.perf_counter()
        for start in range(0, len(events), _BATCH):
            database.execute("BEGIN IMMEDIATE")
            for event in events[start : start + _BATCH]:
                database.execute(_INSERT.format("?"), event)
            database.execute("COMMIT")
        return len(events) / (time.perf_counter() - began)


def _bare_postgresql(url: str, events: Sequence[Row]) -> float:
    place = make_url(url)
    address = f"host={place.query['host']} user={place.username} dbname={place.database}"
    with psycopg.connect(address, autocommit=True) as database:
        database.execute(_TABLE)
        began = time.perf_counter()
        for start in range(0, len(events), _BATCH):
            with database.transaction():
                for event in events[start : start + _BATCH]:
                    database.execute(_INSERT.format("%s"), event)
        return len(events) / (time.perf_counter() - began)
