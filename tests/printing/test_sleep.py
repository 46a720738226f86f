"""A printer that saves power: no fault to a citizen, woken by the job, told apart from one that is off or hangs."""

from collections.abc import Iterator

import pytest

from contract.cases import PrintOutcome
from devices.drivers.cups_printer import CupsPrinter
from devices.drivers.ipp_peer import ANSWER_S
from devices.sim.printer_ipp import PrintBench
from devices.sim.sleeping_port import SleepingPort
from devices.values import DeviceState
from tests.auxiliary_rigs import until
from tests.ports import free_port
from tests.print_rig import RunningPrint, a_job, cups_printer, sheets_of


@pytest.fixture
def port(bench: PrintBench) -> Iterator[SleepingPort]:
    """The printer's way to the spooler, and to everybody who asks it, leads over a port that can sleep."""
    near = free_port()
    far = int(bench.uri.rpartition(":")[2].partition("/")[0])
    with SleepingPort(near, far, wakes_after_s=ANSWER_S + 1) as port:  # so that the job is followed while it sleeps
        bench.cups.add_queue(f"ipp://localhost:{near}/ipp/print")
        yield port
    bench.cups.add_queue(bench.uri)


@pytest.fixture
def printer(bench: PrintBench, port: SleepingPort) -> Iterator[CupsPrinter]:
    assert not port.asleep
    printer = cups_printer(bench)
    printer.open()
    assert printer.probe().fault is None
    yield printer
    printer.close()


def code(printer: CupsPrinter) -> tuple[DeviceState, str | None]:
    status = printer.probe()
    return status.state, None if status.fault is None else status.fault.code


def test_sleeping_printer_serves_and_the_job_wakes_it_and_nobody_is_told_of_a_fault(
    bench: PrintBench, port: SleepingPort, printer: CupsPrinter
) -> None:
    port.fall_asleep()
    assert code(printer) == (DeviceState.ONLINE, "printer.asleep")
    job = a_job()
    running = RunningPrint(printer, job)
    assert running.settlement().outcome is PrintOutcome.SENT
    assert running.heard == []
    assert sheets_of(bench, job.action) == 1
    assert code(printer) == (DeviceState.ONLINE, None)


def test_printer_that_is_switched_off_in_its_sleep_is_offline(
    bench: PrintBench, port: SleepingPort, printer: CupsPrinter
) -> None:
    port.fall_asleep()
    assert code(printer) == (DeviceState.ONLINE, "printer.asleep")
    bench.power_off()
    port.wake()
    assert code(printer) == (DeviceState.OFFLINE, "printer.offline")


def test_printer_that_falls_silent_in_mid_job_does_not_sleep(
    bench: PrintBench, port: SleepingPort, printer: CupsPrinter
) -> None:
    bench.hold_next_job()
    job = a_job()
    running = RunningPrint(printer, job)
    bench.wait_until_it_has(job.action)
    until(lambda: bench.machine().held)
    port.fall_asleep(soundly=True)
    running.wait_until_held_up("printer.offline")
    port.wake()
    bench.release()
    settled = running.settlement()
    until(lambda: not bench.machine().held)
    sheets = sheets_of(bench, job.action)
    assert sheets <= 1
    assert (settled.outcome is PrintOutcome.SENT) <= (sheets == 1)
    assert (settled.outcome is PrintOutcome.FAILED) <= (sheets == 0)


def test_printer_never_seen_at_rest_is_not_believed_to_sleep(
    bench: PrintBench, port: SleepingPort, printer: CupsPrinter
) -> None:
    port.fall_asleep(soundly=True)
    stranger = cups_printer(bench)
    stranger.open()
    assert code(stranger) == (DeviceState.OFFLINE, "printer.offline")
    assert code(printer) == (DeviceState.ONLINE, "printer.asleep")  # this one saw it awake
    stranger.close()
    port.wake()
