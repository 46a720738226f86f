"""``kiosk dev``: bench, central, terminal and panel, until Ctrl-C; then none of them is left.

The terminal and the panel are processes of their own. The terminal is started again when it dies, as
a service manager would; what it then says to the citizen is its own business.
"""

import signal
import sys
import threading
from pathlib import Path

from devices.sim.lifeline import Lifeline
from kiosk_app.entry.configuration import load
from kiosk_app.entry.dev.bench import Bench, BenchError
from kiosk_app.entry.dev.bench_link import BenchServer
from kiosk_app.entry.dev.demo import Place, place, write_configuration

RESTART_S = 1.0


def run_dev(state: Path, port_base: int, configuration: Path | None) -> int:
    """Run the demonstration; returns the exit status."""
    here = place(state, port_base)
    path = configuration or write_configuration(here, whole=True)
    settings = load(path)
    if settings is None:
        return 2
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    bench = Bench(here, settings)
    try:
        bench.start()
    except (BenchError, OSError, TimeoutError) as error:
        print(f"kiosk dev: {error}", file=sys.stderr)
        bench.stop()
        return 1
    server = BenchServer(bench, here.bench_socket)
    try:
        _announce(here, path)
        _keep_running(here, path, over, bench.environment)
    finally:
        server.close()
        bench.stop()
    return 0


def _announce(here: Place, configuration: Path) -> None:
    print(
        "\n".join(
            (
                f"central            {here.central_url}",
                f"check a document   {here.central_url}/verify",
                f"configuration      {configuration}",
                f"terminal's log     {here.log}",
                f"printed sheets     {here.state / 'printer' / 'tray'}",
                "Ctrl-C ends everything.",
            )
        ),
        flush=True,
    )


def _keep_running(here: Place, configuration: Path, over: threading.Event, environment: dict[str, str]) -> None:
    terminal = _Child("terminal", ["-m", "kiosk_app", "terminal", "--config", str(configuration)], here, environment)
    panel = _Child("panel", ["-m", "kiosk_app.entry.dev.panel", "--bench", str(here.bench_socket)], here, {})
    children = (terminal, panel)
    try:
        while not over.wait(RESTART_S):
            for child in children:
                child.keep()
    finally:
        for child in children:
            child.stop()


class _Child:
    """A process that is started again when it ended."""

    def __init__(self, name: str, arguments: list[str], here: Place, environment: dict[str, str]) -> None:
        self._command = [sys.executable, *arguments]
        self._log = here.state / f"{name}.log"
        self._name = name
        self._environment = environment
        self._process = Lifeline(self._command, self._log, environment)

    def keep(self) -> None:
        if not self._process.alive:
            print(f"{self._name} ended and is started again; see {self._log}", file=sys.stderr, flush=True)
            self._process = Lifeline(self._command, self._log, self._environment)

    def stop(self) -> None:
        self._process.kill(signal.SIGTERM)
