"""What the printer tests share: an A4 page, a print running beside the test, a process to kill."""

import io
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId, new_id
from devices.deadline import Deadline
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.cups_spooler import Spooler
from devices.protocol import Printer
from devices.registry import CupsSettings
from devices.sim.printer_ipp import PrintBench
from devices.values import PrintJob, PrintSettlement

MARKER = "SYNTHETIC-PERSON-7731"
PATIENCE_S = 40.0


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cups_printer(bench: PrintBench, queue: str | None = None) -> CupsPrinter:
    return CupsPrinter(
        CupsSettings(id=DeviceId("a4"), kind="printer", driver="cups", queue=queue or bench.queue, server=bench.server)
    )


@contextmanager
def a_bench(folder: Path, queue: str = "A4") -> Iterator[PrintBench]:
    """A bench in a folder of its own."""
    bench = PrintBench(
        folder, queue, server_socket=folder / "cups.sock", printer_port=free_port(), seconds_per_sheet=0.2
    )
    try:
        with bench:
            yield bench
    finally:
        bench.discard()


def sheets_of(bench: PrintBench, action: str) -> int:
    return sum(1 for sheet in bench.tray() if sheet.job == action)


def print_another(bench: PrintBench, printer: CupsPrinter) -> None:
    """Print something else, so that whatever lay in wait had its chance to come out."""
    job = a_job()
    assert printer.print(job, Deadline(PATIENCE_S), lambda _fault: None).outcome is PrintOutcome.SENT
    assert sheets_of(bench, job.action) == 1


def code_of(settled: PrintSettlement) -> str | None:
    return None if settled.fault is None else settled.fault.code


def wait_until_spooler_is_done(bench: PrintBench, action: str) -> None:
    spooler = Spooler(bench.server, bench.queue)
    patience = Deadline(PATIENCE_S)
    while any(job.name == action and not job.state.over for job in spooler.jobs()):
        assert not patience.passed, "the spooler never finishes the job"
        patience.pause(0.05)
    spooler.close()


def made_whole(bench: PrintBench) -> None:
    """Put the bench right after a test, whatever the test did to it."""
    bench.power_on()
    bench.repair()
    if not bench.cups.running:
        bench.start_spooler()


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


class DoomedPrint:
    """A print in a process of its own that will be killed."""

    def __init__(self, bench: PrintBench, job: PrintJob) -> None:
        command = [sys.executable, "-m", "tests.print_rig", bench.server, bench.queue, job.action]
        with tempfile.TemporaryFile() as document:
            document.write(job.pdf)
            document.seek(0)
            self._process = subprocess.Popen(command, stdin=document, stdout=subprocess.PIPE)

    def wait_until_it_says(self, word: str) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.decode().strip() == word:
                return
        raise AssertionError(f"the process ended without saying {word}")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def _print_in_this_process(server: str, queue: str, action: str) -> None:
    printer = CupsPrinter(CupsSettings(id=DeviceId("a4"), kind="printer", driver="cups", queue=queue, server=server))
    job = PrintJob(ActionId(action), "certificate", sys.stdin.buffer.read())

    def say(word: str) -> None:
        sys.stdout.write(word + "\n")
        sys.stdout.flush()

    say(printer.print(job, Deadline(PATIENCE_S), lambda fault: say(fault.code if fault else "moving")).outcome)


if __name__ == "__main__":
    _print_in_this_process(*sys.argv[1:])
