"""`deviced` killed (SIGKILL) and stopped (SIGSTOP) in every state of a visit that it has a part in.

The process, its supervisor, the link, the reader's line, the spooler and the printer are real programs;
only the citizen's hands are the test's. What counts: the visit's order lives, no second sheet comes out, and
nothing is called sent that was not.
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.cases import PrintOutcome
from contract.ids import OrderId
from devices.drivers.sdt_codec import Command
from devices.events import (
    CardFault,
    CardRead,
    MediaChanged,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    ReadIdentity,
)
from devices.sim.printer_ipp import PrintBench
from devices.sim.sdt_pty import SdtModule
from devices.values import DeviceState, Media, PrintSettlement
from tests.device_bench import CARD, SLOW_CARD_S
from tests.holdings import holdings, until_given_back
from tests.print_rig import a_bench, a_job, code_of, cups_printer, made_whole, print_another, sheets_of
from tests.processes.deviced_rig import PATIENCE_S, PRINTER, READER, Deviced, deviced

STRIKES = pytest.mark.parametrize("strike", [signal.SIGKILL, signal.SIGSTOP])
ONE = OrderId("one")
PRINT_S = 120.0

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintBench]:
    with a_bench(tmp_path_factory.mktemp("a4")) as bench:
        yield bench


@pytest.fixture
def bench(shared: PrintBench) -> Iterator[PrintBench]:
    yield shared
    made_whole(shared)


@pytest.fixture
def module(tmp_path: Path) -> Iterator[SdtModule]:
    with SdtModule(tmp_path / "reader") as plugged:
        yield plugged


@pytest.fixture
def with_reader(tmp_path: Path, module: SdtModule) -> Iterator[Deviced]:
    assert module.plugged
    with deviced(tmp_path, tmp_path / "reader") as running:
        running.await_state(READER, DeviceState.ONLINE)
        yield running


@pytest.fixture
def with_printer(tmp_path: Path, bench: PrintBench) -> Iterator[Deviced]:
    with deviced(tmp_path, tmp_path / "no-reader", (bench.server, bench.queue)) as running:
        running.await_state(PRINTER, DeviceState.ONLINE)
        yield running


@STRIKES
def test_a_card_awaited_by_a_struck_process_is_read_by_the_next(
    with_reader: Deviced, module: SdtModule, strike: signal.Signals
) -> None:
    with_reader.hub.order(READER, ReadIdentity(ONE, 3600.0))
    module.await_request(Command.FIND)
    heard, pid = len(with_reader.ear.events), with_reader.pid
    with_reader.strike(strike)
    with_reader.await_state(READER, DeviceState.OFFLINE, heard)
    with_reader.await_state(READER, DeviceState.ONLINE, heard)
    assert with_reader.pid != pid
    module.lay(CARD)
    ended = with_reader.ear.await_end(ONE)
    assert isinstance(ended, CardRead)
    assert ended.card.name == "测试甲"


def test_a_card_that_was_being_read_has_to_be_laid_again_and_is_then_read(
    with_reader: Deviced, module: SdtModule
) -> None:
    """The radio module does not find a card again that was selected, until it was lifted."""
    with_reader.hub.order(READER, ReadIdentity(ONE, 3600.0))
    module.await_request(Command.FIND)
    module.slow(SLOW_CARD_S)
    asked = module.asked(Command.READ)
    module.lay(CARD)
    module.await_request(Command.READ, since=asked)
    with_reader.strike(signal.SIGKILL)
    module.slow(0.0)
    with_reader.ear.await_event(CardFault, lambda event: event.fault.code == "card.already_read")
    module.lift()
    with_reader.ear.await_event(MediaChanged, lambda event: event.media is Media.NOT_PRESENT)
    module.lay(CARD)
    assert isinstance(with_reader.ear.await_end(ONE), CardRead)


def print_one_more(bench: PrintBench) -> None:
    """Let whatever lies in wait come out behind another print."""
    with closing(cups_printer(bench)) as printer:
        print_another(bench, printer)


def settled(running: Deviced, order: OrderId) -> PrintSettlement:
    ended = running.ear.await_end(order, PRINT_S)
    assert isinstance(ended, PrintSettledEvent)
    return ended.settlement


@STRIKES
def test_struck_before_the_hand_over_nothing_comes_out(
    with_printer: Deviced, bench: PrintBench, strike: signal.Signals
) -> None:
    bench.empty_paper()
    job = a_job()
    with_printer.hub.order(PRINTER, PrintDocument(job, PRINT_S))
    order = OrderId(job.action)
    with_printer.ear.await_event(PrintHeldUp, lambda event: code(event) == "printer.media_empty")
    with_printer.strike(strike)
    with_printer.ear.await_event(PrintHeldUp, lambda event: code(event) == "devices.restarting")
    ended = settled(with_printer, order)
    assert (ended.outcome, code_of(ended)) == (PrintOutcome.FAILED, "print.interrupted")
    bench.load_paper()
    print_one_more(bench)
    assert sheets_of(bench, job.action) == 0


@STRIKES
def test_struck_while_the_sheet_is_coming_it_comes_once_and_is_called_sent(
    with_printer: Deviced, bench: PrintBench, strike: signal.Signals
) -> None:
    bench.hold_next_job()
    job = a_job()
    with_printer.hub.order(PRINTER, PrintDocument(job, PRINT_S))
    bench.wait_until_it_has(job.action)
    heard = len(with_printer.ear.events)
    with_printer.strike(strike)
    with_printer.await_state(PRINTER, DeviceState.OFFLINE, heard)
    bench.release()
    ended = settled(with_printer, OrderId(job.action))
    assert (ended.outcome, ended.sheets) == (PrintOutcome.SENT, 1)
    print_one_more(bench)
    assert sheets_of(bench, job.action) == 1


@STRIKES
def test_struck_when_the_sheet_lies_in_the_tray_it_is_not_printed_again(
    with_printer: Deviced, bench: PrintBench, strike: signal.Signals
) -> None:
    job = a_job()
    before = len(bench.tray())
    with_printer.hub.order(PRINTER, PrintDocument(job, PRINT_S))
    bench.wait_for_sheets(before + 1)
    with_printer.strike(strike)
    assert settled(with_printer, OrderId(job.action)).outcome is PrintOutcome.SENT
    print_one_more(bench)
    assert sheets_of(bench, job.action) == 1


def code(event: PrintHeldUp) -> str | None:
    return event.fault.code if event.fault is not None else None


def test_struck_again_and_again_nothing_is_left_over(with_reader: Deviced, module: SdtModule) -> None:
    before = holdings()
    with_reader.hub.order(READER, ReadIdentity(ONE, 3600.0))
    for _ in range(5):
        heard, pid = len(with_reader.ear.events), with_reader.pid
        with_reader.strike(signal.SIGKILL)
        with_reader.await_state(READER, DeviceState.ONLINE, heard)
        assert not Path(f"/proc/{pid}").exists()
    module.lay(CARD)
    assert isinstance(with_reader.ear.await_end(ONE, PATIENCE_S), CardRead)
    until_given_back(before)


def test_told_to_end_it_ends_in_order_and_leaves_no_socket(tmp_path: Path) -> None:
    with deviced(tmp_path, tmp_path / "no-reader") as running:
        ended = os.pidfd_open(running.pid)
    os.close(ended)
    assert not (tmp_path / "run" / "deviced.sock").exists()
    assert '"process.stopped"' in running.log.read_text()


def test_a_supervisor_that_is_killed_takes_the_process_with_it(tmp_path: Path) -> None:
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.processes.deviced_rig", str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert keeper.stdout is not None
    kept = os.pidfd_open(int(keeper.stdout.readline()))
    keeper.kill()
    keeper.communicate()
    try:
        assert _ends(kept)
    finally:
        os.close(kept)


def _ends(pidfd: int) -> bool:
    return bool(select.select([pidfd], [], [], PATIENCE_S)[0])
