"""A bench for benchmarks: simulators and central in a folder that is gone afterwards, and a terminal at it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk_app.base.settings import load_settings
from kiosk_app.entry.dev.bench import Bench
from kiosk_app.entry.dev.bench_link import BenchServer
from kiosk_app.entry.dev.demo import Place, place, write_configuration

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}


@dataclass(frozen=True, slots=True)
class BenchHall:
    """A running bench."""

    here: Place
    configuration: Path
    bench: Bench

    def play(self, journey: str) -> dict[str, Any]:
        """Play one journey in a process of its own and return what it measured.

        Raises:
            RuntimeError: the journey did not end as it should.
        """
        with tempfile.TemporaryDirectory() as out:
            command = [sys.executable, "-m", "kiosk_app.entry.dev.play", "--config", str(self.configuration)]
            command += ["--journey", journey, "--out", out, "--bench", str(self.here.bench_socket)]
            command += ["--person", "zhang-wei", "--language", "zh", "--mode", "normal"]
            done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise RuntimeError(f"journey {journey} failed: {done.stderr[-2000:]}")
            summary: dict[str, Any] = json.loads((Path(out) / "journey.json").read_text("utf-8"))
        self.bench.do("card.lift")
        return summary


def environment() -> dict[str, str]:
    """The environment of every measured program: no window system, no graphics processor."""
    return {**os.environ, **OFFSCREEN}


@contextmanager
def bench_hall() -> Iterator[BenchHall]:
    """Switch a bench on and off again."""
    with tempfile.TemporaryDirectory(prefix="kb-") as folder:
        here = place(Path(folder), _free_ports())
        configuration = write_configuration(here)
        bench = Bench(here, load_settings(configuration), seconds_per_sheet=0.3)
        try:
            bench.start()
            server = BenchServer(bench, here.bench_socket)
            try:
                yield BenchHall(here, configuration, bench)
            finally:
                server.close()
        finally:
            bench.stop()


def _free_ports() -> int:
    """Find a port with free neighbours; a race with another program is told by the bench."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port: int = taken.getsockname()[1]
        if port < 65000 and all(_free(port + n) for n in range(10)):
            return port


def _free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
