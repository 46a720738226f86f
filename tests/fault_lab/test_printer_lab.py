"""Printer and spooler killed before, during and after a job, behind the hub: one row a fault and a moment.

Whatever happens: no success without its sheet, no failure with one, no second sheet, the printer back within
five seconds of its return, the next citizen served, and nothing of it left open. ``--campaign`` plays many
more moments, chosen at random.
"""

import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from contract.cases import PrintOutcome
from contract.ids import ActionId, DeviceId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.events import PrintDocument, PrintHeldUp, PrintSettledEvent, SettlePrint
from devices.local_hub import LocalHub
from devices.registry import CupsSettings
from devices.sim.printer_ipp import PrintBench
from devices.values import DeviceState, PrintJob, PrintSettlement
from tests.auxiliary_rigs import until
from tests.device_bench import Ear, running
from tests.print_rig import PATIENCE_S, a_bench, a_job, made_whole, sheets_of

BACK_S = 5.0
"""What the product promises for a device that returned."""
SEEDS, CAMPAIGN_SEEDS = 2, 30
A4 = DeviceId("a4")


@dataclass(frozen=True)
class Blow:
    """A fault, and how it ends."""

    name: str
    strike: Callable[[PrintBench], None]
    mend: Callable[[PrintBench], None]


BLOWS = (
    Blow("printer-killed", PrintBench.power_off, PrintBench.power_on),
    Blow("cupsd-kill-9", PrintBench.kill_spooler, PrintBench.start_spooler),
    Blow("cupsd-term", lambda bench: bench.kill_spooler(signal.SIGTERM), PrintBench.start_spooler),
)
blows = pytest.mark.parametrize("blow", BLOWS, ids=lambda blow: blow.name)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintBench]:
    with a_bench(tmp_path_factory.mktemp("a4")) as bench:
        yield bench


@pytest.fixture
def bench(shared: PrintBench) -> Iterator[PrintBench]:
    yield shared
    made_whole(shared)


class Terminal:
    """The device process's inside, with the printer as its one device."""

    def __init__(self, bench: PrintBench) -> None:
        settings = CupsSettings(id=A4, kind="printer", driver="cups", queue=bench.queue, server=bench.server)
        self.hub = LocalHub([settings], pace=Pace(probe_s=0.3, reopen_s=0.3, after_loss_s=0.2))
        self._running = running(self.hub)

    def __enter__(self) -> Self:
        self.ear: Ear = self._running.__enter__()
        self.ear.await_state(DeviceState.ONLINE)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.__exit__(None, None, None)

    def order(self, job: PrintJob) -> None:
        self.hub.order(A4, PrintDocument(job, PATIENCE_S))

    def await_hold_up(self, code: str) -> None:
        self.ear.await_event(PrintHeldUp, lambda event: event.fault is not None and event.fault.code == code)

    def settlement(self, action: ActionId, since: int = 0) -> PrintSettlement:
        patience = Deadline(PATIENCE_S)
        while True:
            with suppress(AssertionError):  # one await is shorter than the longest print
                return self.ear.await_event(
                    PrintSettledEvent, lambda event: event.settlement.action == action, since
                ).settlement
            assert not patience.passed, f"not settled: {self.ear.events}"

    def await_back(self) -> None:
        """The printer serves again, soon after it came back."""
        patience = Deadline(BACK_S)
        while (state := self.hub.snapshot().devices[0].status.state) is not DeviceState.ONLINE:
            assert not patience.passed, f"still {state} {BACK_S} s after it came back"
            patience.pause(0.02)

    def serve_the_next(self, bench: PrintBench) -> None:
        job = a_job()
        self.order(job)
        assert self.settlement(job.action).outcome is PrintOutcome.SENT
        assert sheets_of(bench, job.action) == 1


def left_open() -> tuple[int, int]:
    """Sockets, and threads of devices, that this process holds."""
    sockets = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            sockets += str(entry.readlink()).startswith("socket:")
    return sockets, sum(thread.name.startswith("device-") for thread in threading.enumerate())


def assert_truthful(bench: PrintBench, settled: PrintSettlement) -> None:
    sheets = sheets_of(bench, settled.action)
    assert sheets <= 1, f"{sheets} sheets, {settled}"
    if settled.outcome is PrintOutcome.SENT:
        assert sheets == 1, f"success without its sheet: {settled}"
    if settled.outcome is PrintOutcome.FAILED:
        assert sheets == 0, f"failure with its sheet: {settled}"


@blows
def test_killed_before_anything_was_handed_over_prints_once_it_is_back(bench: PrintBench, blow: Blow) -> None:
    before = left_open()
    with Terminal(bench) as terminal:
        bench.empty_paper()
        job = a_job()
        terminal.order(job)
        terminal.await_hold_up("printer.media_empty")
        blow.strike(bench)
        terminal.await_hold_up("printer.offline" if blow.name == "printer-killed" else "printer.spooler_down")
        blow.mend(bench)
        bench.load_paper()
        settled = terminal.settlement(job.action)
        assert settled.outcome is PrintOutcome.SENT
        terminal.await_back()
        terminal.serve_the_next(bench)
        assert_truthful(bench, settled)
    until(lambda: left_open() == before)


@blows
def test_killed_while_the_sheet_is_on_its_way_leaves_doubt_and_no_second_sheet(bench: PrintBench, blow: Blow) -> None:
    before = left_open()
    with Terminal(bench) as terminal:
        bench.hold_next_job()
        job = a_job()
        terminal.order(job)
        until(lambda: bench.machine().held)
        blow.strike(bench)
        blow.mend(bench)
        bench.release()
        settled = terminal.settlement(job.action)
        assert settled.outcome is PrintOutcome.UNKNOWN
        terminal.await_back()
        terminal.serve_the_next(bench)
        assert_truthful(bench, settled)
    until(lambda: left_open() == before)


@blows
def test_killed_after_the_print_changes_nothing_about_it(bench: PrintBench, blow: Blow) -> None:
    before = left_open()
    job = a_job()
    with Terminal(bench) as terminal:
        terminal.order(job)
        assert terminal.settlement(job.action).outcome is PrintOutcome.SENT
        blow.strike(bench)
        blow.mend(bench)
        terminal.await_back()
    with Terminal(bench) as later:  # another process, which remembers nothing
        later.hub.order(A4, SettlePrint(job.action))
        settled = later.settlement(job.action)
        assert settled.outcome is not PrintOutcome.FAILED
        later.serve_the_next(bench)
        assert_truthful(bench, settled)
    until(lambda: left_open() == before)


def seeds(config: pytest.Config) -> range:
    return range(CAMPAIGN_SEEDS if config.getoption("--campaign") else SEEDS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", seeds(metafunc.config))


@blows
def test_killed_at_any_moment_is_told_truly(bench: PrintBench, blow: Blow, seed: int) -> None:
    chance = random.Random(f"{blow.name} {seed}")  # noqa: S311 - moments, repeatable by their seed
    before = left_open()
    with Terminal(bench) as terminal:
        job = a_job(pages=chance.choice((1, 1, 2)))
        terminal.order(job)
        Deadline(PATIENCE_S).pause(chance.uniform(0.0, 1.2))
        blow.strike(bench)
        Deadline(PATIENCE_S).pause(chance.uniform(0.0, 0.5))
        blow.mend(bench)
        settled = terminal.settlement(job.action)
        terminal.await_back()
        terminal.serve_the_next(bench)
        sheets = sheets_of(bench, job.action)
        assert sheets <= job.sheets
        assert (settled.outcome is PrintOutcome.SENT) <= (sheets == job.sheets)
        assert (settled.outcome is PrintOutcome.FAILED) <= (sheets == 0)
    until(lambda: left_open() == before)
