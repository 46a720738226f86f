"""Prints: handed over once, settled by evidence, held up and withdrawn; nothing is printed a second time."""

from collections.abc import Callable

import pytest

from contract.cases import PrintOutcome
from contract.fault import Fault
from devices.deadline import Deadline
from devices.errors import Cancelled, DeviceError, Silent
from devices.events import (
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    SettlePrint,
)
from devices.values import (
    PrintJob,
    PrintSettlement,
)
from tests.fake_devices import FakePrinter
from tests.hub_rig import IMPATIENT, JOB, LONG_S, ONE, PRINTER, Start, code_of, raises, script


def test_a_print_is_settled_by_what_the_driver_found(start: Start) -> None:
    def held_up(job: PrintJob, _: Deadline, say: Callable[[Fault | None], None]) -> PrintSettlement:
        say(Fault.of("printer.media_empty"))
        say(Fault.of("printer.media_empty", "still"))
        say(None)
        return PrintSettlement(job.action, PrintOutcome.SENT, sheets=1)

    hub, ear = start(FakePrinter(prints=script(held_up)))
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    settlement = PrintSettlement(JOB.action, PrintOutcome.SENT, sheets=1)
    assert ear.await_end(ONE) == PrintSettledEvent(PRINTER, ONE, settlement)
    assert ear.of(ONE)[:-1] == [
        PrintHeldUp(PRINTER, ONE, Fault.of("printer.media_empty")),
        PrintHeldUp(PRINTER, ONE, None),
    ]


def test_a_job_that_is_refused_before_hand_over_failed(start: Start) -> None:
    hub, ear = start(FakePrinter(prints=script(_refuse)))
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.FAILED, "printer.rejected")


def test_a_print_waits_for_a_printer_that_is_away(start: Start) -> None:
    printer = FakePrinter(plugged=False)
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ear.await_event(PrintHeldUp, lambda event: event.fault == Fault.of("printer.absent"))
    printer.plugged = True
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.SENT
    assert ear.of(ONE)[-2] == PrintHeldUp(PRINTER, ONE, None)


def test_a_printer_lost_at_the_moment_of_hand_over_is_waited_for(start: Start) -> None:
    printer = FakePrinter(prints=script(_spooler_down, _spooler_down))
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.SENT
    assert ear.of(ONE)[0] == PrintHeldUp(PRINTER, ONE, Fault.of("printer.spooler_down"))


def test_a_print_whose_printer_stays_away_failed_and_nothing_was_handed_over(start: Start) -> None:
    printer = FakePrinter(plugged=False)
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, 0.1))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.FAILED, "print.timed_out")
    assert printer.printed == []


def test_a_print_withdrawn_while_the_printer_is_away_is_cancelled(start: Start) -> None:
    printer = FakePrinter(plugged=False)
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ear.await_event(PrintHeldUp)
    hub.cancel(ONE)
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.FAILED, "print.cancelled")
    assert printer.printed == []


def test_a_print_withdrawn_while_it_runs_is_settled_by_the_driver_alone(start: Start) -> None:
    def follow(job: PrintJob, until: Deadline, say: Callable[[Fault | None], None]) -> PrintSettlement:
        say(Fault.of("printer.media_empty"))
        with pytest.raises(Cancelled):
            until.pause(LONG_S)
        return PrintSettlement(job.action, PrintOutcome.UNKNOWN, Fault.of("print.unknown"))

    hub, ear = start(FakePrinter(prints=script(follow)))
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ear.await_event(PrintHeldUp)
    hub.cancel(ONE)
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.UNKNOWN


def test_a_print_ordered_twice_comes_out_once(start: Start) -> None:
    printer = FakePrinter()
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    first = ear.await_end(ONE)
    heard = len(ear.events)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    hub.order(PRINTER, SettlePrint(JOB.action))
    assert ear.await_event(PrintSettledEvent, since=heard) == first
    assert printer.printed == [JOB.action]


@pytest.mark.parametrize("error", [ValueError("bug"), Cancelled()])
def test_a_print_that_a_driver_broke_off_is_settled_by_evidence(start: Start, error: Exception) -> None:
    printer = FakePrinter(prints=script(raises(error)), evidence=PrintOutcome.SENT)
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, ended.settlement.evidence) == (PrintOutcome.SENT, "asked")
    assert printer.printed == [JOB.action]


def test_a_print_that_a_driver_broke_off_without_evidence_is_unknown(start: Start) -> None:
    printer = FakePrinter(prints=script(raises(ValueError("bug"))), evidence=Silent("printer.spooler_down"))
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.UNKNOWN, "print.unknown")
    assert printer.printed == [JOB.action]


def test_a_print_of_an_earlier_process_is_settled_and_nothing_printed(start: Start) -> None:
    printer = FakePrinter(evidence=PrintOutcome.FAILED)
    hub, ear = start(printer)
    hub.order(PRINTER, SettlePrint(JOB.action))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.FAILED
    assert printer.printed == []


def test_a_print_of_an_earlier_process_stays_unknown_when_the_printer_stays_away(start: Start) -> None:
    hub, ear = start(FakePrinter(plugged=False), pace=IMPATIENT)
    hub.order(PRINTER, SettlePrint(JOB.action))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.UNKNOWN, "print.unknown")


def _refuse(*_: object) -> PrintSettlement:
    raise DeviceError("printer.rejected")


def _spooler_down(*_: object) -> PrintSettlement:
    raise Silent("printer.spooler_down")
