"""Citizens and faults at the A4 printer: the real driver, a real cupsd, an independent IPP printer."""

import os
import signal
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from contract.cases import PrintOutcome
from devices.deadline import Deadline
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.cups_spooler import Spooler
from devices.errors import Absent
from devices.sim.printer_ipp import PrintBench
from devices.values import DeviceState, Media, Supply
from tests.print_rig import (
    MARKER,
    PATIENCE_S,
    RunningPrint,
    a_job,
    code_of,
    cups_printer,
    print_another,
    sheets_of,
    wait_until_spooler_is_done,
)


def bytes_left(bench: PrintBench, *needles: bytes) -> list[Path]:
    """Every file but the sheets themselves that holds any of `needles`."""
    roots = {bench.cups.work, bench.folder}
    files = (path for root in roots for path in root.rglob("*") if path.is_file() and path.parent.name != "tray")
    return [path for path in files if path.name != "cupsd" and any(needle in path.read_bytes() for needle in needles)]


def test_certificate_reaches_the_printer_as_one_a4_page_with_its_text(bench: PrintBench, printer: CupsPrinter) -> None:
    job = a_job()
    assert printer.print(job, Deadline(PATIENCE_S), lambda _fault: None).outcome is PrintOutcome.SENT
    sheet = bench.tray()[-1]
    assert "x-dimension=21000" in sheet.media
    assert "y-dimension=29700" in sheet.media
    with pikepdf.open(bench.document(sheet)) as document:
        assert len(document.pages) == 1
        left, bottom, right, top = (float(side) for side in document.pages[0].mediabox.as_list())
    assert (round(right - left), round(top - bottom)) == (595, 842)
    page = pypdfium2.PdfDocument(bench.document(sheet))[0]
    assert MARKER in page.get_textpage().get_text_range()


def test_two_page_document_comes_out_as_two_sheets(bench: PrintBench, printer: CupsPrinter) -> None:
    job = a_job(pages=2)
    settled = printer.print(job, Deadline(PATIENCE_S), lambda _fault: None)
    assert (settled.outcome, settled.sheets) == (PrintOutcome.SENT, 2)
    assert sheets_of(bench, job.action) == 2


def test_paper_runs_out_in_mid_job_and_the_rest_comes_once_it_is_loaded(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.empty_paper_during_next_job(after_sheets=1)
    job = a_job(pages=2)
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_empty")
    assert sheets_of(bench, job.action) == 1
    bench.load_paper()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert running.heard[-1] is None
    assert sheets_of(bench, job.action) == 2


def test_jam_in_mid_job_is_cleared_and_nothing_is_printed_twice(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.jam(after_sheets=0)
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_jam")
    bench.clear_jam()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_citizen_walks_away_from_a_printer_that_ran_out_of_paper_in_mid_job(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.empty_paper_during_next_job()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_empty")
    running.until.cancel()
    settled = running.settlement()
    assert (settled.outcome, code_of(settled), settled.sheets) == (PrintOutcome.FAILED, "print.cancelled", 0)
    bench.load_paper()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_citizen_walks_away_after_the_first_of_two_sheets(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_paper_during_next_job(after_sheets=1)
    job = a_job(pages=2)
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_empty")
    running.until.cancel()
    settled = running.settlement()
    assert (settled.outcome, settled.sheets) == (PrintOutcome.UNKNOWN, 1)
    bench.load_paper()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 1


def test_printer_that_is_off_gets_nothing_until_it_is_switched_on(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.power_off()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.offline")
    bench.power_on()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_citizen_walks_away_from_a_printer_that_is_off(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.power_off()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.offline")
    running.until.cancel()
    assert code_of(running.settlement()) == "print.cancelled"
    bench.power_on()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_printer_loses_power_in_mid_job_and_success_is_never_claimed(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.hold_next_job()
    job = a_job()
    running = RunningPrint(printer, job)
    bench.wait_until_it_has(job.action)
    bench.power_off()
    running.wait_until_held_up("printer.offline")
    bench.release()
    bench.power_on()
    assert running.settlement().outcome is PrintOutcome.UNKNOWN
    print_another(bench, printer)
    assert sheets_of(bench, job.action) == 0


def test_spooler_is_down_before_the_print_and_comes_back(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.kill_spooler()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.spooler_down")
    bench.start_spooler()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_spooler_killed_in_mid_job_leaves_doubt_and_no_second_sheet(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.hold_next_job()
    job = a_job()
    running = RunningPrint(printer, job)
    bench.wait_until_it_has(job.action)
    bench.kill_spooler()
    bench.start_spooler()
    assert running.settlement().outcome is PrintOutcome.UNKNOWN
    bench.release()
    print_another(bench, printer)
    assert sheets_of(bench, job.action) <= 1


def test_spooler_killed_while_the_printer_waits_for_paper_forgets_the_document(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.empty_paper_during_next_job()
    running = RunningPrint(printer, a_job())
    running.wait_until_held_up("printer.media_empty")
    assert list(bench.cups.spool.glob("d*")), "the test is void without a document in the spool"
    bench.kill_spooler()
    bench.start_spooler()
    assert not list(bench.cups.spool.glob("d*"))
    assert running.settlement().outcome is PrintOutcome.UNKNOWN


def test_spooler_that_never_comes_back_in_mid_job_ends_in_doubt(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.hold_next_job()
    job = a_job()
    running = RunningPrint(printer, job)
    bench.wait_until_it_has(job.action)
    bench.kill_spooler(signal.SIGTERM)
    running.wait_until_held_up("printer.spooler_down")
    assert running.settlement().outcome is PrintOutcome.UNKNOWN


def test_toner_running_low_is_told_and_stops_nobody(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.toner_low()
    status = printer.probe()
    assert (status.state, status.toner) == (DeviceState.ONLINE, Supply.LOW)
    print_another(bench, printer)


def test_idle_printer_tells_what_is_wrong_before_anybody_prints(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_paper()
    assert printer.probe().paper is Supply.OUT
    bench.open_cover()
    status = printer.probe()
    assert (status.state, status.paper) == (DeviceState.USER_ERROR, Supply.OUT)
    bench.load_paper()
    assert code_of_status(printer) == "printer.cover_open"
    bench.close_cover()
    assert code_of_status(printer) is None
    bench.jam()
    status = printer.probe()
    assert (status.state, status.media) == (DeviceState.HARDWARE_ERROR, Media.JAMMED)
    bench.clear_jam()
    assert printer.probe().state is DeviceState.ONLINE
    bench.power_off()
    assert code_of_status(printer) == "printer.offline"


def code_of_status(printer: CupsPrinter) -> str | None:
    fault = printer.probe().fault
    return None if fault is None else fault.code


def test_queue_that_does_not_exist_is_no_device(bench: PrintBench) -> None:
    printer = cups_printer(bench, queue="Nowhere")
    with pytest.raises(Absent) as absent:
        printer.open()
    assert absent.value.fault.code == "printer.absent"
    assert printer.probe().state is DeviceState.NO_DEVICE
    printer.close()


def test_spooler_down_is_offline_and_named(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.kill_spooler()
    status = printer.probe()
    assert status.state is DeviceState.OFFLINE
    assert code_of_status(printer) == "printer.spooler_down"


def test_spooler_that_hangs_does_not_hang_the_terminal(bench: PrintBench, printer: CupsPrinter) -> None:
    os.kill(bench.cups.pid, signal.SIGSTOP)
    try:
        assert code_of_status(printer) == "printer.spooler_down"
    finally:
        os.kill(bench.cups.pid, signal.SIGCONT)
    assert printer.probe().state is DeviceState.ONLINE


def test_nothing_of_a_document_stays_anywhere_but_on_paper(bench: PrintBench, printer: CupsPrinter) -> None:
    job = a_job()
    bench.empty_paper_during_next_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.media_empty")
    assert bytes_left(bench, MARKER.encode()), "the search is void if it finds nothing while the job waits"
    bench.load_paper()
    assert running.settlement().outcome is PrintOutcome.SENT
    wait_until_spooler_is_done(bench, job.action)
    assert bytes_left(bench, MARKER.encode(), b"%PDF") == []


def test_only_the_latest_job_stays_in_the_spoolers_memory(bench: PrintBench, printer: CupsPrinter) -> None:
    jobs = [a_job() for _ in range(3)]
    for job in jobs:
        printer.print(job, Deadline(PATIENCE_S), lambda _fault: None)
        wait_until_spooler_is_done(bench, job.action)
    spooler = Spooler(bench.server, bench.queue)
    assert {job.name for job in spooler.jobs()} <= {job.action for job in jobs[1:]}
    spooler.close()


def test_queue_of_a_paused_printer_holds_the_citizen_up_until_it_is_released(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.cups.pause()
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.paused")
    bench.cups.resume()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_queue_that_cups_stopped_by_itself_prints_for_the_next_citizen_and_for_nobody_else(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    """A backend that gives up stops the queue for good; the job it had must not come out when it goes again."""
    bench.cups.stop_by_itself()
    spooler = Spooler(bench.server, bench.queue)
    left = a_job()
    spooler.send(spooler.create(left.action), left.pdf)
    job = a_job()
    settlement = printer.print(job, Deadline(PATIENCE_S), lambda _fault: None)
    wait_until_spooler_is_done(bench, job.action)
    spooler.close()
    assert settlement.outcome is PrintOutcome.SENT
    assert (sheets_of(bench, left.action), sheets_of(bench, job.action)) == (0, 1)


def test_printer_tells_what_it_can_do(printer: CupsPrinter) -> None:
    can = printer.info.capabilities
    assert (can["colour"], can["duplex"], can["can-be-asked"]) == (False, False, True)
    media = can["media"]
    assert isinstance(media, tuple)
    assert "iso_a4_210x297mm" in media


def test_toner_figure_under_the_threshold_is_low_before_the_printer_calls_it_so(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.wear_toner(7)
    status = printer.probe()
    assert (status.state, status.toner) == (DeviceState.ONLINE, Supply.LOW)
    assert code_of_status(printer) == "printer.toner_low"
    bench.change_toner()
    status = printer.probe()
    assert (status.toner, status.fault) == (Supply.FULL, None)


def test_printer_without_toner_gets_nothing_until_it_has_some(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.empty_toner()
    assert printer.probe().toner is Supply.OUT
    job = a_job()
    running = RunningPrint(printer, job)
    running.wait_until_held_up("printer.toner_empty")
    bench.change_toner()
    assert running.settlement().outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def test_queue_that_would_print_again_after_an_error_is_named_and_still_serves(
    bench: PrintBench, printer: CupsPrinter
) -> None:
    bench.cups.set_option("printer-error-policy", "retry-job")
    status = printer.probe()
    assert (status.state, code_of_status(printer)) == (DeviceState.ONLINE, "printer.configuration")
    bench.cups.set_option("printer-error-policy", "abort-job")
    assert code_of_status(printer) is None


def test_spooler_as_it_was_delivered_is_named(bench: PrintBench, printer: CupsPrinter) -> None:
    bench.kill_spooler()
    bench.cups.start(changes={"MultipleOperationTimeout 3600\n": ""})
    status = printer.probe()
    assert (status.state, code_of_status(printer)) == (DeviceState.ONLINE, "printer.configuration")
    bench.kill_spooler()
    bench.start_spooler()
    assert code_of_status(printer) is None
