"""A printer that somebody else prints at: the citizen is told, and nothing is handed over before it is free."""

from collections.abc import Iterator

import pytest

from contract.cases import PrintOutcome
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.cups_spooler import Spooler
from devices.sim.printer_ipp import PrintBench
from tests.print_rig import (
    RunningPrint,
    a_bench,
    a_job,
    code_of,
    cups_printer,
    made_whole,
    neighbour_prints,
    sheets_of,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintBench]:
    with a_bench(tmp_path_factory.mktemp("a4")) as bench:
        yield bench


@pytest.fixture
def bench(shared: PrintBench) -> Iterator[PrintBench]:
    yield shared
    made_whole(shared)


@pytest.fixture
def printer(bench: PrintBench) -> Iterator[CupsPrinter]:
    printer = cups_printer(bench)
    printer.open()
    yield printer
    printer.close()


def test_behind_a_neighbours_long_job_the_citizen_is_told_and_gets_the_paper_after_it(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.hold_next_job()
    theirs = neighbour_prints(bench)
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.busy")
    bench.release()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert running.heard[-1] is None
    assert [sheet.job for sheet in bench.tray()][-2:] == [theirs, job.action]


def test_walking_away_behind_a_neighbours_job_leaves_nothing_to_come_out_later(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.hold_next_job()
    theirs = neighbour_prints(bench)
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.busy")
    spooler = Spooler(bench.server, bench.queue)
    ticket = spooler.find(job.action)
    assert ticket is not None
    assert ticket.waits_for_document
    spooler.close()
    running.until.cancel()
    settled = running.settlement()
    assert (settled.outcome, code_of(settled)) == (PrintOutcome.FAILED, "print.cancelled")
    bench.release()
    bench.wait_for_sheets(len(bench.tray()) + (sheets_of(bench, theirs) == 0))
    assert sheets_of(bench, job.action) == 0
