"""Drivers that raise what none may raise, or never come back: the order ends, the device is made anew."""

import threading
from collections.abc import Callable
from typing import cast

from contract.cases import PrintOutcome
from contract.fault import Fault
from devices.deadline import Deadline
from devices.events import (
    CardRead,
    DeviceEvent,
    Numbered,
    OrderEnded,
    PrintDocument,
    PrintSettledEvent,
    ReadIdentity,
    StatusChanged,
)
from devices.values import (
    DeviceState,
    DeviceStatus,
    IdentityCard,
    Media,
    PrintJob,
    PrintSettlement,
)
from tests.device_bench import PATIENCE_S, running
from tests.fake_devices import FakePrinter, FakeReader
from tests.hub_rig import (
    CARD,
    IMPATIENT,
    JOB,
    LONG_S,
    ONE,
    PRINTER,
    READER,
    TWO,
    Start,
    code_of,
    local_hub,
    raises,
    reads,
    script,
)


def test_a_bug_in_a_driver_ends_the_order_names_its_place_and_nothing_personal(start: Start) -> None:
    reader = FakeReader(reads=script(raises(ValueError("测试甲")), reads()))
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, OrderEnded)
    assert ended.fault is not None
    assert ended.fault.code == "device.bug"
    assert ended.fault.detail.startswith("ValueError at hub_rig.py:")
    assert "测试" not in repr(ear.events)
    ear.await_event(StatusChanged, lambda event: event.status.state is DeviceState.ONLINE, since=2)
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    assert isinstance(ear.await_end(TWO), CardRead)


def test_a_driver_that_cannot_even_be_made_is_a_bug_and_tried_again(start: Start) -> None:
    reader = FakeReader()
    reader.probes.extend([RuntimeError("x"), RuntimeError("y")])
    _, ear = start(reader)
    bug = ear.await_state(DeviceState.HARDWARE_ERROR)
    assert bug.status.fault is not None
    assert bug.status.fault.code == "device.bug"
    ear.await_state(DeviceState.ONLINE)
    assert reader.opens == 3


def test_a_driver_that_answers_nonsense_is_a_bug_and_keeps_its_thread(start: Start) -> None:
    reader = FakeReader()
    reader.status = cast(DeviceStatus, "fine")
    hub, ear = start(reader)
    ear.await_state(DeviceState.HARDWARE_ERROR)
    reader.status = DeviceStatus(DeviceState.ONLINE)
    ear.await_state(DeviceState.ONLINE)
    reader.reads.append(reads())
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)


def test_a_call_that_does_not_come_back_is_a_wedge_that_ends_its_order(start: Start) -> None:
    go_on = threading.Event()

    def stuck(_: Deadline, __: Callable[[Media], None]) -> IdentityCard:
        assert go_on.wait(PATIENCE_S)
        return CARD

    reader = FakeReader(reads=script(stuck))
    hub, ear = start(reader, pace=IMPATIENT)
    hub.order(READER, ReadIdentity(ONE, 0.1))
    wedged = ear.await_state(DeviceState.HARDWARE_ERROR)
    assert wedged.status.fault == Fault.of("device.bug", "wedged in read")
    assert hub.snapshot().devices[0].status == wedged.status
    assert ear.await_end(ONE) == OrderEnded(READER, ONE, wedged.status.fault)
    hub.order(READER, ReadIdentity(TWO, 0.05))
    assert isinstance(ear.await_end(TWO), OrderEnded)
    go_on.set()
    ear.await_event(StatusChanged, lambda event: event.status.state is DeviceState.ONLINE, since=3)
    assert [event for event in ear.of(ONE) if isinstance(event, CardRead)] == []


def test_a_wedge_is_told_by_the_hub_when_its_orders_end_was_published() -> None:
    """Whoever asks replaces the process: an end that was still to be published then would reach nobody."""
    go_on, events, heard_by_then = threading.Event(), list[DeviceEvent](), list[bool]()

    def stuck(_: Deadline, __: Callable[[Media], None]) -> IdentityCard:
        assert go_on.wait(PATIENCE_S)
        return CARD

    hub = local_hub(FakeReader(reads=script(stuck)), pace=IMPATIENT)

    def ask() -> None:
        assert hub.wedged == (READER,)
        heard_by_then.append(any(isinstance(event, OrderEnded) for event in events))

    asking = threading.Thread(target=ask)

    def hear(numbered: Numbered) -> None:
        event = numbered.event
        events.append(event)
        if isinstance(event, StatusChanged) and event.status.state is DeviceState.HARDWARE_ERROR:
            asking.start()
            asking.join(0.2)  # an answer that came now would come too early

    hub.subscribe(hear)
    with running(hub) as ear:
        hub.order(READER, ReadIdentity(ONE, 0.1))
        ear.await_end(ONE)
        asking.join(PATIENCE_S)
        go_on.set()
    assert heard_by_then == [True]


def test_a_wedged_print_is_unknown(start: Start) -> None:
    go_on = threading.Event()

    def stuck(job: PrintJob, _: Deadline, __: Callable[[Fault | None], None]) -> PrintSettlement:
        assert go_on.wait(PATIENCE_S)
        return PrintSettlement(job.action, PrintOutcome.SENT)

    hub, ear = start(FakePrinter(prints=script(stuck)), pace=IMPATIENT)
    hub.order(PRINTER, PrintDocument(JOB, 0.1))
    ended = ear.await_end(ONE)
    go_on.set()
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, code_of(ended.settlement)) == (PrintOutcome.UNKNOWN, "print.unknown")
