"""A printer that somebody else prints at: the citizen is told, and nothing is handed over before it is free."""

import pytest

from contract.cases import PrintOutcome
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.cups_spooler import Spooler
from devices.sim.printer_ipp import PrintBench
from devices.values import PrintJob
from tests.print_rig import RunningPrint, a_job, code_of, neighbour_prints, sheets_of


@pytest.fixture
def theirs(bench: PrintBench) -> str:
    """The name of a neighbour's job that the printer is at until it is released."""
    bench.hold_next_job()
    return neighbour_prints(bench)


@pytest.fixture
def job() -> PrintJob:
    return a_job()


@pytest.fixture
def running(theirs: str, printer: CupsPrinter, job: PrintJob) -> RunningPrint:
    """The citizen's print, when its citizen was told."""
    assert theirs
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.busy")
    return running


def test_behind_a_neighbours_long_job_the_citizen_gets_the_paper_after_it(
    bench: PrintBench, theirs: str, job: PrintJob, running: RunningPrint
) -> None:
    bench.release()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert running.heard[-1] is None
    assert [sheet.job for sheet in bench.tray()][-2:] == [theirs, job.action]


def test_walking_away_behind_a_neighbours_job_leaves_nothing_to_come_out_later(
    bench: PrintBench, theirs: str, job: PrintJob, running: RunningPrint
) -> None:
    spooler = Spooler(bench.server, bench.queue)
    ticket = spooler.find(job.action)
    spooler.close()
    assert ticket is not None
    assert ticket.waits_for_document
    running.until.cancel()
    settled = running.settlement()
    assert (settled.outcome, code_of(settled)) == (PrintOutcome.FAILED, "print.cancelled")
    bench.release()
    bench.wait_for_sheets(len(bench.tray()) + (sheets_of(bench, theirs) == 0))
    assert sheets_of(bench, job.action) == 0
