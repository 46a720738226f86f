"""A central and an agent for benchmarks of the core: the real programs, no devices, one enrolled terminal."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.core_store import KIOSK
from kiosk_app.base.settings import load_screen_settings
from kiosk_app.entry.forgetful import FORGETFUL
from kiosk_app.link.desk_client import RemoteDesk

PATIENCE_S = 600.0
_LOOK_S = 0.01
_NEAR_THE_END = 256 * 1024
"""Bytes; a batch leaves some 50 KiB of lines."""


def until(what: str, true: Callable[[], bool], within_s: float = PATIENCE_S, every_s: float = _LOOK_S) -> None:
    """Wait for something in another process.

    Raises:
        TimeoutError: it did not come; names `what`.
    """
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {within_s:.0f} s for {what}")
        time.sleep(every_s)  # a look at another process's file; what is measured stands in the file


def _at(database: str, folder: Path) -> tuple[str, ...]:
    return "--database", database, "--state", str(folder / "central.state")


def _run(*words: str) -> str:
    return subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, check=True).stdout


def migrate(database: str) -> None:
    """Give a database central's tables."""
    _run("central", "migrate", "--database", database)


@contextmanager
def central(database: str, folder: Path, listen: str = "127.0.0.1:0") -> Iterator[str]:
    """Serve a migrated, seeded database; yields the address."""
    _run("central", "migrate", *_at(database, folder))
    _run("central", "demo-data", *_at(database, folder))
    log = folder / "central.log"
    with log.open("ab") as errors:
        serving = subprocess.Popen(
            [
                *(sys.executable, "-m", "central", "serve", "--json", *_at(database, folder)),
                *("--listen", listen, "--sync-every", "1"),
            ],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert serving.stdout is not None
        yield str(json.loads(serving.stdout.readline())["address"])
    finally:
        serving.terminate()
        serving.wait(30)
        assert serving.stdout is not None
        serving.stdout.close()


@dataclass(frozen=True, slots=True)
class Agent:
    """One terminal's folder and configuration, and its agent while it runs."""

    state: Path
    configuration: Path

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        log = self.state / "log" / "terminal.jsonl"
        lines = log.read_text("utf-8").splitlines() if log.exists() else []
        told = (json.loads(line) for line in lines if line.endswith("}"))
        return [line for line in told if line["event"] == event]

    def newest_line(self, event: str) -> dict[str, Any] | None:
        """The last line of an event near the log's end: looking costs the same however long the log is.

        It is looked at while something is measured, and reading all of it would take a processor of its own.
        """
        log = self.state / "log" / "terminal.jsonl"
        if not log.exists():
            return None
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _NEAR_THE_END))
            lines = file.read().splitlines()[1:]
        told = (json.loads(line) for line in reversed(lines) if line.endswith(b"}"))
        return next((line for line in told if line["event"] == event), None)

    @contextmanager
    def running(self) -> Iterator[tuple[int, float]]:
        """Run the agent as its supervisor does; yields its process and the seconds until it answered a screen."""
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "kiosk_app", "agentd", "--config", str(self.configuration)],
            env={**os.environ, **FORGETFUL},
        )
        desk = RemoteDesk(load_screen_settings(self.configuration).kiosk.sockets)
        desk.start()
        try:
            desk.catalogue().result(PATIENCE_S)
            desk.resume().result(PATIENCE_S)
            yield process.pid, time.monotonic() - began
        finally:
            desk.close()
            process.terminate()
            process.wait(30)


def agent(folder: Path, address: str) -> Agent:
    """Write a terminal's configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration = folder / "kiosk.toml"
    configuration.write_text(
        f'[kiosk]\nid = "{KIOSK}"\nhall = "demo"\nstate_dir = "{folder / "state"}"\nrun_dir = "{folder / "run"}"\n'
        f'[central]\nurl = "{address}"\nsync_every_s = 1\n',
        encoding="utf-8",
    )
    return Agent(folder / "state", configuration)


def enrol(one: Agent, database: str, folder: Path) -> None:
    """Make the terminal known to the central of that database and folder, as a person would."""
    code = json.loads(_run("central", "enrol", *_at(database, folder), "--json", KIOSK))["code"]
    _run("kiosk_app", "enrol", "--config", str(one.configuration), code)


def resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1024 * 1024)
