"""What the printer tests share: the bench, a look at what came out, a process to kill."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.cases import PrintOutcome
from contract.ids import ActionId, DeviceId, new_id
from devices.conformance.printer import MARKER, PATIENCE_S, RunningPrint, a4_pdf, a_job
from devices.deadline import Deadline
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.cups_spooler import Spooler
from devices.drivers.ipp_peer import IppPeer, asked_by, printer_uri
from devices.drivers.ipp_wire import Attribute, Operation, Tag
from devices.registry import CupsSettings
from devices.sim.printer_ipp import PrintBench
from devices.values import PrintJob, PrintSettlement
from tests.ports import free_port

__all__ = [
    "MARKER", "PATIENCE_S", "DoomedPrint", "RunningPrint", "a4_pdf", "a_bench", "a_job", "abandon_at_printer",
    "code_of", "cups_printer", "made_whole", "neighbour_prints", "print_another", "sheets_of",
    "wait_until_spooler_is_done",
]  # fmt: skip


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


def abandon_at_printer(bench: PrintBench, action: str) -> None:
    """Leave a job without its document at the printer, as a backend does that is killed before it sends it."""
    peer = IppPeer.of_device_uri(bench.uri, "printer.offline")
    assert peer is not None
    named = Attribute(Tag.NAME, "job-name", (action,))
    answer = peer.ask(Operation.CREATE_JOB, (printer_uri(bench.uri), asked_by("kiosk"), named))
    peer.close()
    assert answer.status == 0


def neighbour_prints(bench: PrintBench) -> str:
    """Have somebody else print at the printer itself, past the terminal's queue; returns the name of their job."""
    name = f"neighbour {new_id()}"
    peer = IppPeer.of_device_uri(bench.uri, "printer.offline")
    assert peer is not None
    words = (
        Attribute(Tag.NAME, "job-name", (name,)),
        Attribute(Tag.MIME_TYPE, "document-format", ("application/pdf",)),
    )
    answer = peer.ask(Operation.PRINT_JOB, (printer_uri(bench.uri), asked_by("neighbour"), *words), a4_pdf())
    peer.close()
    assert answer.status == 0
    bench.wait_until_it_has(name)
    return name


def made_whole(bench: PrintBench) -> None:
    """Put the bench right after a test, whatever the test did to it."""
    bench.power_on()
    bench.repair()
    if not bench.cups.running:
        bench.start_spooler()


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
