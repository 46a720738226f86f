"""The printer's bench as a neighbour: it ends with its owner, keeps to loopback, and shares a machine."""

import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from contract.cases import PrintOutcome
from devices.deadline import Deadline
from devices.sim.printer_ipp import PrintBench
from tests.ports import free_port
from tests.print_rig import PATIENCE_S, a_bench, a_job, cups_printer

OWNER = """
import sys
from pathlib import Path
from devices.sim.printer_ipp import PrintBench
folder = Path(sys.argv[1])
bench = PrintBench(folder, "A4", server_socket=folder / "s", printer_port=int(sys.argv[2]))
bench.start()
print("up", flush=True)
sys.stdin.read()
"""


def test_owner_killed_takes_every_process_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(tmp_path), str(free_port())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        children = psutil.Process(owner.pid).children(recursive=True)
        names = {child.name() for child in children}
        assert {"cupsd", "ippeveprinter", "dbus-daemon"} <= names
        owner.kill()
        _, alive = psutil.wait_procs(children, timeout=PATIENCE_S)
        assert alive == []
    PrintBench(tmp_path, "A4", server_socket=tmp_path / "s", printer_port=free_port()).discard()


def test_two_benches_print_side_by_side_on_loopback_only(tmp_path: Path) -> None:
    with ExitStack() as stack:
        benches = []
        for name in ("one", "two"):
            folder = tmp_path / name
            folder.mkdir()
            benches.append(stack.enter_context(a_bench(folder, queue=f"A4-{name}")))
        for bench in benches:
            printer = cups_printer(bench)
            job = a_job()
            assert printer.print(job, Deadline(PATIENCE_S), lambda _fault: None).outcome is PrintOutcome.SENT
            assert [sheet.job for sheet in bench.tray()] == [job.action]
            printer.close()
        listening: list[str] = []
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # a filter that just ended
                lines = child.net_connections("inet")
                listening += [line.laddr.ip for line in lines if line.status == psutil.CONN_LISTEN]
        assert set(listening) <= {"127.0.0.1", "::1"}
        assert listening


def test_same_folder_again_is_the_same_printer_with_the_same_tray_and_history(tmp_path: Path) -> None:
    bench = PrintBench(tmp_path, "A4", server_socket=tmp_path / "s", printer_port=free_port(), seconds_per_sheet=0.1)
    job = a_job()
    try:
        with bench:
            printer = cups_printer(bench)
            assert printer.print(job, Deadline(PATIENCE_S), lambda _fault: None).outcome is PrintOutcome.SENT
            printer.close()
        with bench:
            printer = cups_printer(bench)
            assert [sheet.job for sheet in bench.tray()] == [job.action]
            assert printer.settle(job.action).outcome in (PrintOutcome.SENT, PrintOutcome.UNKNOWN)
            printer.close()
            assert [sheet.job for sheet in bench.tray()] == [job.action]
    finally:
        bench.discard()


def test_socket_path_that_no_kernel_takes_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="107 bytes"):
        PrintBench(tmp_path, "A4", server_socket=tmp_path / ("x" * 120), printer_port=free_port())
