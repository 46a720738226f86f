"""A terminal killed in mid-print and started again: what it finds out, and that it prints nothing."""

from collections.abc import Iterator

import pytest

from contract.cases import PrintOutcome
from devices.drivers.cups_printer import CupsPrinter
from devices.sim.printer_ipp import PrintBench
from tests.print_rig import (
    DoomedPrint,
    a_bench,
    a_job,
    code_of,
    cups_printer,
    made_whole,
    print_another,
    sheets_of,
    wait_until_spooler_is_done,
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


def test_terminal_killed_while_it_waited_for_paper_handed_nothing_over(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_paper()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    doomed.wait_until_it_says("printer.media_empty")
    doomed.kill()
    settled = printer.settle(job.action)
    assert (settled.outcome, code_of(settled)) == (PrintOutcome.FAILED, "print.interrupted")
    bench.load_paper()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_terminal_killed_while_the_sheet_was_coming_lets_it_come(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.hold_next_job()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    bench.wait_until_it_has(job.action)
    doomed.kill()
    bench.release()
    assert printer.settle(job.action).outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_terminal_killed_with_the_job_stuck_takes_the_job_back(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_paper_during_next_job()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    doomed.wait_until_it_says("printer.media_empty")
    doomed.kill()
    settled = printer.settle(job.action)
    assert (settled.outcome, code_of(settled)) == (PrintOutcome.FAILED, "print.interrupted")
    bench.load_paper()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_terminal_killed_after_the_print_still_learns_that_it_was_sent(bench: PrintBench, printer: CupsPrinter) -> None:
    job = a_job()
    doomed = DoomedPrint(bench, job)
    bench.wait_for_sheets(len(bench.tray()) + 1)
    doomed.kill()
    wait_until_spooler_is_done(bench, job.action)
    assert printer.settle(job.action).outcome is PrintOutcome.SENT
    assert printer.settle(job.action).outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_terminal_and_printer_both_lost_power_in_mid_job(bench: PrintBench, printer: CupsPrinter) -> None:
    print_another(bench, printer)
    bench.hold_next_job()
    job = a_job()
    doomed = DoomedPrint(bench, job)
    bench.wait_until_it_has(job.action)
    doomed.kill()
    bench.power_off()
    bench.kill_spooler()
    bench.start_spooler()
    bench.release()
    bench.power_on()
    assert printer.settle(job.action).outcome is PrintOutcome.UNKNOWN
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0
