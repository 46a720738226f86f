"""Orders about paper: print one job, and find out how an earlier one ended.

A job is handed to the driver at most once. When that breaks off, evidence decides the outcome, and where
there is none the outcome is unknown: never guessed and never printed again.
"""

from typing import cast

from contract.cases import PrintOutcome
from contract.fault import Fault
from devices.connection import DriverBug
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled, DeviceError, Silent
from devices.events import DeviceEvent, PrintDocument, PrintHeldUp, PrintSettledEvent, SettlePrint
from devices.order_kinds import unknown
from devices.order_run import CALL_S, OrderRun
from devices.protocol import Printer
from devices.values import PrintSettlement

_LOOK_S = 0.2


def print_document(run: OrderRun, order: PrintDocument) -> DeviceEvent:
    """Print once, or say why not."""
    hold_up = _HoldUps(run)
    while (device := run.reach(hold_up)) is not None:
        try:
            with run.connection.calling("print", run.until.left_s):
                settlement = cast(Printer, device).print(order.job, run.until, hold_up)
        except (Absent, Silent) as error:
            # Raised only before anything was handed over: the job waits as if the printer were away.
            hold_up(error.fault)
            run.look_again(error)
        except DeviceError as error:
            settlement = PrintSettlement(
                order.job.action, PrintOutcome.FAILED, error.fault, evidence="refused before hand-over"
            )
            return PrintSettledEvent(run.device, order.order, settlement)
        except (Cancelled, DriverBug):
            return _by_evidence(run, order)
        else:
            return PrintSettledEvent(run.device, order.order, settlement)
    return run.over()


def settle_print(run: OrderRun, order: SettlePrint) -> DeviceEvent:
    """Say how a print ended that an earlier process began. Prints nothing."""
    while (device := run.reach()) is not None:
        try:
            with run.connection.calling("settle", CALL_S):
                settlement = cast(Printer, device).settle(order.action)
        except DeviceError as error:
            run.look_again(error)
        except DriverBug:
            return unknown(run.device, order)
        else:
            return PrintSettledEvent(run.device, order.order, settlement)
    return run.over()


def _by_evidence(run: OrderRun, order: PrintDocument) -> DeviceEvent:
    """Settle a print that a driver broke off, as if an earlier process had begun it."""
    patience = Deadline(run.pace.evidence_s)
    while not patience.passed:
        device = run.connection.reach()
        if device is None:
            patience.pause(_LOOK_S)
            continue
        try:
            with run.connection.calling("settle", CALL_S):
                settlement = cast(Printer, device).settle(order.job.action)
        except (DeviceError, DriverBug, Cancelled):
            break
        return PrintSettledEvent(run.device, order.order, settlement)
    return unknown(run.device, order)


class _HoldUps:
    """Tells what a job waits for, each time that it is something else."""

    def __init__(self, run: OrderRun) -> None:
        self._run = run
        self._held: str | None = None

    def __call__(self, fault: Fault | None) -> None:
        code = fault.code if fault is not None else None
        if code != self._held:
            self._held = code
            self._run.publish(PrintHeldUp(self._run.device, self._run.id, fault))
