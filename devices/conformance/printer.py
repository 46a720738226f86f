"""What every printer driver owes a citizen: one sheet and the truth, or no sheet and the reason."""

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, new_id
from devices.deadline import Deadline
from devices.protocol import Printer
from devices.values import DeviceState, PrintJob, PrintSettlement

PATIENCE_S = 40.0
"""Longer than for other devices: a page passes through filters, a spooler and a machine that warms up."""
MARKER = "SYNTHETIC-PERSON-7731"


@dataclass
class PrinterBench:
    """A printer and the hands at it; it may be shared by tests, so `restore` puts it right before each.

    `tray` names the action of each sheet that came out since the bench was made, oldest first.
    """

    printer: Printer
    tray: Callable[[], list[str]]
    empty_paper: Callable[[], None]
    load_paper: Callable[[], None]
    restore: Callable[[], None]


def a4_pdf(pages: int = 1) -> bytes:
    """Make an A4 document that holds `MARKER` unpacked, so that a search finds every copy of it."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, pageCompression=0)
    canvas.setTitle(MARKER)
    for number in range(1, pages + 1):
        canvas.drawString(72, 720, f"{MARKER} page {number}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def a_job(pages: int = 1) -> PrintJob:
    return PrintJob(ActionId(new_id()), "certificate", a4_pdf(pages), sheets=pages)


class RunningPrint:
    """A print under way in a thread of its own, as the actor would run it."""

    def __init__(self, printer: Printer, job: PrintJob, seconds: float = PATIENCE_S) -> None:
        self.until = Deadline(seconds)
        self.heard: list[str | None] = []
        self._news = threading.Condition()
        self._result: PrintSettlement | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(printer, job), daemon=True)
        self._thread.start()

    def _run(self, printer: Printer, job: PrintJob) -> None:
        try:
            self._result = printer.print(job, self.until, self._say)
        except BaseException as error:  # noqa: BLE001 - told to the test by `settlement`
            self._error = error
        finally:
            with self._news:
                self._news.notify_all()

    def _say(self, fault: Fault | None) -> None:
        with self._news:
            self.heard.append(None if fault is None else fault.code)
            self._news.notify_all()

    def wait_until(self, heard: Callable[[list[str | None]], bool]) -> None:
        """Wait for what the printer says of its hold-ups."""
        with self._news:
            assert self._news.wait_for(lambda: heard(self.heard) or not self._thread.is_alive(), PATIENCE_S)
            assert heard(self.heard), f"the print ended first: {self._result} {self._error} {self.heard}"

    def wait_until_held_up(self, code: str) -> None:
        self.wait_until(lambda heard: bool(heard) and heard[-1] == code)

    def settlement(self) -> PrintSettlement:
        self._thread.join(PATIENCE_S)
        if self._error is not None:
            raise self._error
        assert self._result is not None, f"still printing, heard {self.heard}"
        return self._result


def silently(_: Fault | None) -> None:
    """Nobody listens."""


class PrinterSuite:
    """A printer of A4."""

    @pytest.fixture
    def opened(self, bench: PrinterBench) -> PrinterBench:
        bench.restore()
        bench.printer.open()
        return bench

    def test_driver_offers_what_a_printer_offers(self, opened: PrinterBench) -> None:
        assert isinstance(opened.printer, Printer)
        assert opened.printer.info.kind == "printer"
        assert opened.printer.info.model

    def test_printer_can_be_closed_twice_and_used_again(self, opened: PrinterBench) -> None:
        opened.printer.close()
        opened.printer.close()
        opened.printer.open()
        assert opened.printer.probe().state is DeviceState.ONLINE

    def test_citizen_gets_one_sheet_and_the_truth(self, opened: PrinterBench) -> None:
        before = len(opened.tray())
        job = a_job()
        settled = opened.printer.print(job, Deadline(PATIENCE_S), silently)
        assert (settled.outcome, settled.fault, settled.sheets) == (PrintOutcome.SENT, None, 1)
        assert opened.tray()[before:] == [job.action]

    def test_the_same_order_given_twice_prints_once(self, opened: PrinterBench) -> None:
        job = a_job()
        opened.printer.print(job, Deadline(PATIENCE_S), silently)
        again = opened.printer.print(job, Deadline(PATIENCE_S), silently)
        assert again.outcome is PrintOutcome.SENT
        assert opened.tray().count(job.action) == 1

    def test_paper_missing_is_said_and_loading_it_prints_once(self, opened: PrinterBench) -> None:
        opened.empty_paper()
        job = a_job()
        running = RunningPrint(opened.printer, job)
        running.wait_until_held_up("printer.media_empty")
        opened.load_paper()
        assert running.settlement().outcome is PrintOutcome.SENT
        assert running.heard[-1] is None
        assert opened.tray().count(job.action) == 1

    def test_citizen_walks_away_before_anything_was_handed_over(self, opened: PrinterBench) -> None:
        opened.empty_paper()
        job = a_job()
        running = RunningPrint(opened.printer, job)
        running.wait_until_held_up("printer.media_empty")
        running.until.cancel()
        settled = running.settlement()
        assert settled.outcome is PrintOutcome.FAILED
        assert settled.fault is not None
        assert (settled.fault.code, settled.sheets) == ("print.cancelled", 0)
        opened.load_paper()
        opened.printer.print(a_job(), Deadline(PATIENCE_S), silently)
        assert job.action not in opened.tray()

    def test_time_runs_out_while_nobody_loads_paper(self, opened: PrinterBench) -> None:
        opened.empty_paper()
        settled = opened.printer.print(a_job(), Deadline(0.0), silently)
        assert settled.outcome is PrintOutcome.FAILED
        assert settled.fault is not None
        assert settled.fault.code == "print.timed_out"

    def test_order_withdrawn_before_it_began_prints_nothing(self, opened: PrinterBench) -> None:
        before = len(opened.tray())
        until = Deadline(PATIENCE_S)
        until.cancel()
        settled = opened.printer.print(a_job(), until, silently)
        assert settled.outcome is PrintOutcome.FAILED
        assert len(opened.tray()) == before

    def test_settling_a_print_nobody_knows_prints_nothing_and_claims_nothing(self, opened: PrinterBench) -> None:
        before = len(opened.tray())
        settled = opened.printer.settle(ActionId(new_id()))
        assert settled.outcome is PrintOutcome.UNKNOWN
        assert len(opened.tray()) == before

    def test_document_never_shows_where_values_are_shown(self) -> None:
        job = a_job()
        assert "PDF" not in repr(job)
        assert "PDF" not in repr(replace(job, pdf=b"%PDF other"))
