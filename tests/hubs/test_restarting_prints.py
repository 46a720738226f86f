"""Paper while the devices' process goes and another comes: what may come out, and what is called sent."""

import pytest

from contract.cases import PrintOutcome
from contract.ids import ActionId
from devices.events import (
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    SettlePrint,
)
from devices.values import PrintJob
from tests.device_bench import PATIENCE_S
from tests.fake_devices import FakePrinter
from tests.hub_rig import (
    JOB,
    LONG_S,
    ONE,
    PRINTER,
    code_of,
    script,
)
from tests.restart_rig import RESTARTING, Hall, Slow, online

# --- prints -------------------------------------------------------------------------------------


def test_a_print_ordered_while_nobody_was_there_comes_out_once(hall: Hall) -> None:
    hub, ear = hall.client("agentd")
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    process = hall.process()
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.SENT
    assert process.printer.printed == [JOB.action]


@pytest.mark.parametrize("evidence", [PrintOutcome.SENT, PrintOutcome.FAILED, PrintOutcome.UNKNOWN])
def test_a_print_that_was_out_is_only_asked_after(hall: Hall, evidence: PrintOutcome) -> None:
    slow = Slow()
    first = hall.process(FakePrinter(prints=script(slow)))
    hub, ear = hall.client("agentd")
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    assert slow.begun.wait(PATIENCE_S)
    first.hang_up()
    ear.await_event(PrintHeldUp, lambda event: event.fault == RESTARTING)
    second = hall.process(FakePrinter(evidence=evidence))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, ended.settlement.evidence) == (evidence, "asked")
    assert second.printer.printed == []


def test_a_print_goes_on_through_a_lost_connection_and_its_end_is_heard(hall: Hall) -> None:
    slow = Slow()
    process = hall.process(FakePrinter(prints=script(slow)))
    hub, ear = hall.client("agentd")
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    assert slow.begun.wait(PATIENCE_S)
    hub.reconnect("as after a gap")
    ear.await_event(PrintHeldUp, lambda event: event.fault is None)
    slow.go_on.set()
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, ended.settlement.evidence) == (PrintOutcome.SENT, "driver")
    assert process.printer.printed == [JOB.action]


def test_an_agent_that_died_hears_the_end_of_its_print_by_asking(hall: Hall) -> None:
    slow = Slow()
    process = hall.process(FakePrinter(prints=script(slow)))
    agent, _ = hall.client("agentd")
    agent.order(PRINTER, PrintDocument(JOB, LONG_S))
    assert slow.begun.wait(PATIENCE_S)
    agent.close()
    again, ear = hall.client("agentd")
    again.order(PRINTER, SettlePrint(JOB.action))
    assert again.await_up(PATIENCE_S)
    slow.go_on.set()
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.SENT
    assert process.printer.printed == [JOB.action]


def test_a_print_settled_once_is_not_printed_by_the_next_process(hall: Hall) -> None:
    first = hall.process()
    hub, ear = hall.client("agentd")
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    settled = ear.await_end(ONE)
    heard = len(ear.events)
    first.hang_up()
    second = hall.process()
    online(ear, since=heard)
    heard = len(ear.events)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    assert ear.await_event(PrintSettledEvent, since=heard) == settled
    assert second.printer.printed == []


def test_a_print_withdrawn_before_it_left_is_cancelled_and_never_comes_out(hall: Hall) -> None:
    hub, ear = hall.client("agentd")
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    hub.cancel(ONE)
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.FAILED, "print.cancelled")
    process = hall.process()
    online(ear)
    assert process.printer.printed == []


def test_a_print_withdrawn_while_its_process_was_away_is_still_settled_by_evidence(hall: Hall) -> None:
    slow = Slow()
    first = hall.process(FakePrinter(prints=script(slow)))
    hub, ear = hall.client("agentd")
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    assert slow.begun.wait(PATIENCE_S)
    first.hang_up()
    ear.await_event(PrintHeldUp, lambda event: event.fault == RESTARTING)
    hub.cancel(ONE)
    hall.process(FakePrinter(evidence=PrintOutcome.SENT))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.SENT


def test_a_document_longer_than_the_link_takes_failed_and_never_left(hall: Hall) -> None:
    process = hall.process()
    hub, ear = hall.client("agentd")
    online(ear)
    hub.order(PRINTER, PrintDocument(PrintJob(ActionId(ONE), "certificate", bytes(13 * 1024 * 1024)), LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.FAILED, "printer.rejected")
    assert process.printer.printed == []
