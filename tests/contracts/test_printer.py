"""What every printer driver owes a citizen, run on each driver with its simulator."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract.cases import PrintOutcome
from contract.ids import ActionId, new_id
from devices.deadline import Deadline
from devices.protocol import Printer
from devices.sim.printer_ipp import PrintBench
from devices.values import DeviceState
from tests.print_rig import PATIENCE_S, RunningPrint, a_bench, a_job, cups_printer


@pytest.fixture(scope="module", params=["cups"])
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrintBench]:
    assert request.param == "cups"
    with a_bench(tmp_path_factory.mktemp("printer")) as bench:
        yield bench


@pytest.fixture
def printer(bench: PrintBench) -> Iterator[Printer]:
    bench.repair()
    printer = cups_printer(bench)
    printer.open()
    yield printer
    printer.close()


def test_driver_offers_what_a_printer_offers(printer: Printer) -> None:
    assert isinstance(printer, Printer)
    assert printer.info.kind == "printer"
    assert printer.info.model


def test_printer_can_be_closed_twice_and_used_again(printer: Printer) -> None:
    printer.close()
    printer.close()
    printer.open()
    assert printer.probe().state is DeviceState.ONLINE


def test_citizen_gets_one_sheet_and_the_truth(bench: PrintBench, printer: Printer) -> None:
    before = len(bench.tray())
    job = a_job()
    settled = printer.print(job, Deadline(PATIENCE_S), lambda _fault: None)
    assert (settled.outcome, settled.fault, settled.sheets) == (PrintOutcome.SENT, None, 1)
    assert [sheet.job for sheet in bench.tray()[before:]] == [job.action]


def test_the_same_order_given_twice_prints_once(bench: PrintBench, printer: Printer) -> None:
    job = a_job()
    printer.print(job, Deadline(PATIENCE_S), lambda _fault: None)
    again = printer.print(job, Deadline(PATIENCE_S), lambda _fault: None)
    assert again.outcome is PrintOutcome.SENT
    assert [sheet.job for sheet in bench.tray()].count(job.action) == 1


def test_paper_missing_is_said_and_loading_it_prints_once(bench: PrintBench, printer: Printer) -> None:
    bench.empty_paper()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_empty")
    bench.load_paper()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert running.heard[-1] is None
    assert [sheet.job for sheet in bench.tray()].count(job.action) == 1


def test_citizen_walks_away_before_anything_was_handed_over(bench: PrintBench, printer: Printer) -> None:
    bench.empty_paper()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_empty")
    running.until.cancel()
    settled = running.settlement()
    assert settled.outcome is PrintOutcome.FAILED
    assert settled.fault is not None
    assert (settled.fault.code, settled.sheets) == ("print.cancelled", 0)
    bench.load_paper()
    printer.print(a_job(), Deadline(PATIENCE_S), lambda _fault: None)
    assert job.action not in [sheet.job for sheet in bench.tray()]


def test_time_runs_out_while_nobody_loads_paper(bench: PrintBench, printer: Printer) -> None:
    bench.empty_paper()
    settled = printer.print(a_job(), Deadline(0.0), lambda _fault: None)
    assert settled.outcome is PrintOutcome.FAILED
    assert settled.fault is not None
    assert settled.fault.code == "print.timed_out"


def test_order_withdrawn_before_it_began_prints_nothing(bench: PrintBench, printer: Printer) -> None:
    before = len(bench.tray())
    until = Deadline(PATIENCE_S)
    until.cancel()
    settled = printer.print(a_job(), until, lambda _fault: None)
    assert settled.outcome is PrintOutcome.FAILED
    assert len(bench.tray()) == before


def test_settling_a_print_nobody_knows_prints_nothing_and_claims_nothing(bench: PrintBench, printer: Printer) -> None:
    before = len(bench.tray())
    settled = printer.settle(ActionId(new_id()))
    assert settled.outcome is PrintOutcome.UNKNOWN
    assert len(bench.tray()) == before


def test_document_never_shows_where_values_are_shown() -> None:
    job = a_job()
    assert "PDF" not in repr(job)
    assert "PDF" not in repr(replace(job, pdf=b"%PDF other"))
