"""A hall for killing: the real agent, drivers, spooler, printer, reader and central, and a scripted screen.

Whatever is killed is replaced at once, as its supervisor would, and counted. Hands (cards) follow the
screen's steps; the bench outlives everything.
"""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kiosk_app.base.settings import load_settings
from kiosk_app.entry.dev.bench import Bench
from kiosk_app.entry.dev.demo import Place, place, write_configuration
from tests.campaigns.nursery import Fork, Nursery, select_readable
from tests.ports import free_ports

PERSON = "zhang-wei"
ENVIRONMENT = {"KIOSK__CENTRAL__TIMEOUT_S": "3", "KIOSK__CENTRAL__SYNC_EVERY_S": "1"}
PATIENCE_S = 150.0
SHEET_S = 0.05
REFILL_EVERY = 100
"""Citizens; the tray holds paper for more, and a campaign of thousands of blows would empty it."""
CREW = ("agentd", "deviced")
_CHIP = """
[[devices]]
id = "chip-card"
kind = "smart-card"
driver = "pcsc"
reader = "*"
"""
"""No journey asks for it; its service is there to be killed under the process that the others need."""


class KillHall:
    """The bench, the crew and the screen, each of which may be struck at any moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.here: Place = place(folder, free_ports(4))
        self.configuration = write_configuration(self.here)
        with self.configuration.open("a", encoding="utf-8") as more:
            more.write(_CHIP)
        self.bench = Bench(self.here, load_settings(self.configuration), seconds_per_sheet=SHEET_S, sync_every_s=1)
        self.struck: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self._nursery: Nursery | None = None
        self._crew: dict[str, Fork] = {}
        self._screen: Fork | None = None
        self._said = self._stop = -1
        self._rest = b""
        self._central_comes: threading.Thread | None = None

    @property
    def complaints(self) -> Path:
        return self.folder / "complaints"

    @property
    def log(self) -> Path:
        return self.here.log

    def start(self) -> None:
        self.bench.start()
        self._nursery = Nursery(ENVIRONMENT | self.bench.environment)
        for name in CREW:
            self.start_one(name)
        self.start_screen()

    def start_one(self, name: str) -> None:
        assert self._nursery is not None
        words = (name, "--config", str(self.configuration))
        self._crew[name] = self._nursery.fork(*words, complaints=self.complaints)

    def pid(self, name: str) -> int:
        return self._crew[name].pid

    def end_one(self, name: str) -> None:
        """End a process in order."""
        fork = self._crew.pop(name)
        fork.send(signal.SIGTERM)
        fork.ended()

    # The screen

    def start_screen(self) -> None:
        """Start a screen; its hands are empty at first."""
        hears, self._stop = os.pipe()
        self._said, says = os.pipe()
        self._rest = b""
        self.lift()
        assert self._nursery is not None
        self._screen = self._nursery.fork(
            "citizen", str(self.configuration), str(self.folder), complaints=self.complaints, hears=hears, says=says
        )
        os.close(hears)
        os.close(says)

    def next_step(self) -> str:
        """Return what the screen says next, after doing what it asks of the hands."""
        while b"\n" not in self._rest:
            assert select_readable(self._said, PATIENCE_S), f"the screen stands still\n{self.story()}"
            piece = os.read(self._said, 65536)
            assert piece, f"the screen ended by itself\n{self.story()}"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        step = line.decode()
        match step:
            case "lay":
                self.bench.do("card.lay", PERSON)
            case "lift" | "read":
                self.lift()
            case "begin" if self.steps[step] % REFILL_EVERY == 0:
                self.bench.do("paper.load")
        self.steps[step] += 1
        return step

    def lift(self) -> None:
        self.bench.do("card.lift")

    def end_screen(self) -> None:
        """Have the screen serve the visit that runs to its end, and end."""
        os.close(self._stop)
        self._stop = -1
        while self._rest or select_readable(self._said, PATIENCE_S):
            if not self._rest:
                self._rest = os.read(self._said, 65536)
                if not self._rest:
                    break
            self.next_step()
        self._let_go_of_screen()

    def _let_go_of_screen(self) -> None:
        assert self._screen is not None
        self._screen.ended()
        self._screen = None
        for end in (self._said, self._stop):
            if end >= 0:
                os.close(end)
        self._said = self._stop = -1

    # Blows

    def strike(self, victim: str, chance: random.Random) -> None:
        """Kill one part where it stands, and put another in its place."""
        self.struck[victim] += 1
        match victim:
            case "agentd" | "deviced":
                self._crew.pop(victim).kill()
                self.start_one(victim)
            case "screen":
                assert self._screen is not None
                self._screen.send(signal.SIGKILL)
                self._let_go_of_screen()
                self.start_screen()
            case "cupsd":
                assert self.bench.printer is not None
                self.bench.printer.kill_spooler()
                self.bench.printer.start_spooler()
            case "central":
                self.await_central()
                self.bench.kill_central()
                self._central_comes = threading.Thread(target=self.bench.start_central)
                self._central_comes.start()
            case "pcscd":
                self.bench.do("chip.restart_service")
            case "agentd stopped" | "deviced stopped":
                self._freeze(victim.removesuffix(" stopped"), chance)
            case other:
                raise AssertionError(f"nobody knows how to strike {other}")

    def _freeze(self, name: str, chance: random.Random) -> None:
        """Stop a process. It goes on after a moment, or is killed and replaced as one that is silent for too long."""
        fork = self._crew[name]
        fork.send(signal.SIGSTOP)
        threading.Event().wait(chance.uniform(0.0, 0.3))
        if chance.random() < 0.5:
            fork.send(signal.SIGCONT)
        else:
            self._crew.pop(name).kill()
            self.start_one(name)

    def await_central(self) -> None:
        if self._central_comes is not None:
            self._central_comes.join()
            self._central_comes = None

    def close(self) -> None:
        if self._screen is not None:
            self._screen.send(signal.SIGKILL)
            self._let_go_of_screen()
        for fork in self._crew.values():
            fork.kill()
        self._crew = {}
        if self._nursery is not None:
            self._nursery.close()
        self.await_central()
        self.bench.stop()
        if self.bench.printer is not None:
            self.bench.printer.discard()

    def story(self) -> str:
        """The end of the log and every complaint: what a failed campaign is judged by."""
        log = self.log.read_text("utf-8").splitlines()[-40:] if self.log.exists() else []
        complaints = self.complaints.read_text("utf-8")[-3000:] if self.complaints.exists() else ""
        return "\n".join((f"struck {dict(self.struck)}, steps {dict(self.steps)}", *log, complaints))


@contextmanager
def a_kill_hall(folder: Path) -> Iterator[KillHall]:
    with ExitStack() as ends:
        hall = KillHall(folder)
        ends.callback(hall.close)
        hall.start()
        yield hall
