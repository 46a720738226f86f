"""The device runtime around devices that fail in every way a driver can.

The hub is real, with its threads; the devices are scripted. What a citizen's order hears is tested,
not which calls were made.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from typing import Any, NoReturn, TypeVar, cast

import pytest

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId, OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled, DeviceError, Garbled, MediaTrouble, NeedsHelp, Silent
from devices.events import (
    CardFault,
    CardRead,
    MediaChanged,
    Numbered,
    OrderEnded,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    ReadIdentity,
    SettlePrint,
    StatusChanged,
    WatchRemoval,
)
from devices.local_hub import LocalHub
from devices.values import (
    CardLayout,
    DeviceState,
    DeviceStatus,
    IdentityCard,
    Media,
    PrintJob,
    PrintSettlement,
    Supply,
)
from tests.device_bench import PATIENCE_S, Ear, held, running
from tests.fake_devices import PRINTER_SETTINGS, READER_SETTINGS, FakeDevice, FakePrinter, FakeReader, maker

QUICK = Pace(
    reopen_s=0.02,
    after_loss_s=0.02,
    probe_s=0.02,
    retry_s=0.01,
    removal_look_s=0.01,
    settle_s=0.3,
    evidence_s=1.0,
    wedge_margin_s=0.2,
    watch_s=0.02,
)
LONG_S = 3600.0
READER, PRINTER = DeviceId("id-card"), DeviceId("a4")
ONE, TWO = OrderId("one"), OrderId("two")
CARD = IdentityCard(
    CardLayout.RESIDENT, "测试甲", "1", "汉", date(1990, 3, 7), "", "000000", "", date(2020, 1, 1), None
)
JOB = PrintJob(ActionId(ONE), "certificate", b"%PDF", 1)

Start = Callable[..., tuple[LocalHub, Ear]]
T = TypeVar("T")


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a hub around fakes; it is closed at the end."""
    with ExitStack() as stack:

        def begin(*devices: FakeDevice, pace: Pace = QUICK) -> tuple[LocalHub, Ear]:
            entries = (READER_SETTINGS, PRINTER_SETTINGS)
            kinds = {device.kind for device in devices}
            hub = LocalHub([entry for entry in entries if entry.kind in kinds], maker(*devices), pace)
            return hub, stack.enter_context(running(hub))

        yield begin


def script(*items: T) -> deque[T]:
    return deque(items)


def states(ear: Ear) -> list[DeviceState]:
    return [event.status.state for event in ear.events if isinstance(event, StatusChanged)]


def reads(card: IdentityCard = CARD) -> Callable[[Deadline, Callable[[Media], None]], IdentityCard]:
    def read(_: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        say(Media.PRESENT)
        return card

    return read


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail


# --- the device ---------------------------------------------------------------------------------


def test_a_device_starts_as_starting_and_is_online_once(start: Start) -> None:
    reader = FakeReader()
    hub, ear = start(reader)
    ear.await_state(DeviceState.ONLINE)
    reader.await_probes(4)
    assert states(ear) == [DeviceState.ONLINE]
    [view] = hub.snapshot().devices
    assert (view.status.state, view.info.serial_number) == (DeviceState.ONLINE, "42")


def test_making_a_hub_reaches_no_device() -> None:
    reader = FakeReader()
    hub = LocalHub([READER_SETTINGS], maker(reader), QUICK)
    [view] = hub.snapshot().devices
    assert view.status.state is DeviceState.STARTING
    assert (view.info.device, view.info.kind, view.info.driver) == (READER, "identity-reader", "sdt-serial")
    hub.close()
    assert reader.opens == 0


def test_a_device_that_is_absent_at_start_is_a_state_and_comes_later(start: Start) -> None:
    reader = FakeReader(plugged=False)
    hub, ear = start(reader)
    lost = ear.await_state(DeviceState.NO_DEVICE)
    assert lost.status.fault == Fault.of("reader.absent")
    reader.plugged = True
    ear.await_state(DeviceState.ONLINE)
    assert states(ear) == [DeviceState.NO_DEVICE, DeviceState.ONLINE]
    assert hub.snapshot().devices[0].status.state is DeviceState.ONLINE


def test_one_missed_probe_is_no_loss(start: Start) -> None:
    reader = FakeReader()
    _, ear = start(reader)
    reader.await_probes(2)
    reader.probes.append(Silent("reader.offline"))
    reader.await_probes(4)
    assert states(ear) == [DeviceState.ONLINE]


def test_two_missed_probes_are_a_loss_told_once(start: Start) -> None:
    reader = FakeReader()
    _, ear = start(reader)
    reader.await_probes(2)
    reader.probes.extend([Silent("reader.offline", detail) for detail in "abcdef"])
    ear.await_state(DeviceState.OFFLINE)
    ear.await_event(StatusChanged, lambda event: event.status.state is DeviceState.ONLINE, since=2)
    assert states(ear) == [DeviceState.ONLINE, DeviceState.OFFLINE, DeviceState.ONLINE]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Absent("reader.absent"), DeviceState.NO_DEVICE),
        (Absent("reader.offline"), DeviceState.OFFLINE),
        (Silent("reader.offline"), DeviceState.OFFLINE),
        (Garbled("reader.garbled"), DeviceState.HARDWARE_ERROR),
        (NeedsHelp("reader.self_test_failed"), DeviceState.HARDWARE_ERROR),
        (NeedsHelp("reader.not_authorised"), DeviceState.HARDWARE_ERROR),
        (Absent("printer.absent"), DeviceState.NO_DEVICE),
        (Silent("printer.powered_off"), DeviceState.POWER_OFF),
        (NeedsHelp("printer.cover_open"), DeviceState.USER_ERROR),
        (DeviceError("printer.hardware"), DeviceState.HARDWARE_ERROR),
    ],
)
def test_trouble_is_told_in_the_words_of_xfs(start: Start, error: DeviceError, state: DeviceState) -> None:
    reader = FakeReader()
    reader.probes.extend([error] * 3)
    _, ear = start(reader)
    assert ear.await_state(state).status.fault == error.fault


def test_a_supply_that_runs_low_is_told(start: Start) -> None:
    printer = FakePrinter()
    _, ear = start(printer)
    ear.await_state(DeviceState.ONLINE)
    printer.status = DeviceStatus(DeviceState.ONLINE, paper=Supply.LOW)
    ear.await_event(StatusChanged, lambda event: event.status.paper is Supply.LOW)


def test_all_calls_of_a_driver_come_from_its_one_thread(start: Start) -> None:
    reader, printer = FakeReader(), FakePrinter()
    hub, _ = start(reader, printer)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    reader.await_probes(1)
    printer.await_probes(3)
    assert (reader.threads, printer.threads) == ({"device-id-card"}, {"device-a4"})


# --- reading a card -----------------------------------------------------------------------------


def test_a_card_is_read_and_ends_the_order(start: Start) -> None:
    reader = FakeReader(reads=script(reads()))
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert ear.await_end(ONE) == CardRead(READER, ONE, CARD)
    assert ear.of(ONE) == [MediaChanged(READER, ONE, Media.PRESENT), CardRead(READER, ONE, CARD)]


def test_a_card_fault_is_told_and_reading_goes_on(start: Start) -> None:
    reader = FakeReader(
        reads=script(raises(MediaTrouble("card.lifted")), raises(MediaTrouble("card.unreadable")), reads())
    )
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    assert [event.fault.code for event in ear.of(ONE) if isinstance(event, CardFault)] == [
        "card.lifted",
        "card.unreadable",
    ]


def test_no_card_in_time_ends_the_order_with_that(start: Start) -> None:
    hub, ear = start(FakeReader())
    hub.order(READER, ReadIdentity(ONE, 0.1))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE, Fault.of("card.none_presented"))


def test_a_reader_that_vanishes_while_reading_keeps_the_order_and_resumes(start: Start) -> None:
    reader = FakeReader()
    hub, ear = start(reader)
    ear.await_state(DeviceState.ONLINE)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    reader.plugged = False
    ear.await_state(DeviceState.NO_DEVICE)
    assert ear.of(ONE) == []
    reader.reads.append(reads())
    reader.plugged = True
    assert isinstance(ear.await_end(ONE), CardRead)
    assert states(ear) == [DeviceState.ONLINE, DeviceState.NO_DEVICE, DeviceState.ONLINE]


def test_a_blip_that_is_over_at_the_second_look_is_not_told(start: Start) -> None:
    reader = FakeReader(reads=script(raises(Silent("reader.offline")), raises(Absent("reader.absent")), reads()))
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    assert states(ear) == [DeviceState.ONLINE]


def test_a_garbling_reader_is_a_hardware_error_until_it_opens_again(start: Start) -> None:
    reader = FakeReader(reads=script(raises(Garbled("reader.garbled")), reads()))
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    assert states(ear) == [DeviceState.ONLINE, DeviceState.HARDWARE_ERROR, DeviceState.ONLINE]


def test_a_reader_that_stays_away_ends_the_order_with_its_own_fault(start: Start) -> None:
    hub, ear = start(FakeReader(plugged=False))
    hub.order(READER, ReadIdentity(ONE, 0.1))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE, Fault.of("reader.absent"))


def test_a_withdrawn_order_ends_without_a_fault_and_the_next_is_served(start: Start) -> None:
    reader = FakeReader()
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.cancel(ONE)
    hub.cancel(OrderId("unknown"))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    reader.reads.append(reads())
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    assert isinstance(ear.await_end(TWO), CardRead)


def test_an_order_withdrawn_in_the_queue_ends_while_another_runs(start: Start) -> None:
    hub, ear = start(FakeReader())
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    hub.cancel(TWO)
    assert ear.await_end(TWO) == OrderEnded(READER, TWO)
    assert ear.of(ONE) == []


def test_an_order_whose_time_is_up_in_the_queue_ends(start: Start) -> None:
    hub, ear = start(FakeReader())
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(READER, ReadIdentity(TWO, 0.05))
    assert ear.await_end(TWO) == OrderEnded(READER, TWO, Fault.of("card.none_presented"))


def test_a_card_read_after_the_order_was_withdrawn_reaches_nobody(start: Start) -> None:
    go_on, reading = threading.Event(), threading.Event()

    def deaf(_: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        reading.set()
        assert go_on.wait(PATIENCE_S)
        say(Media.PRESENT)
        return CARD

    reader = FakeReader(reads=script(deaf))
    hub, ear = start(reader, pace=Pace(watch_s=0.02))
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert reading.wait(PATIENCE_S)
    hub.cancel(ONE)
    ear.await_end(ONE)
    go_on.set()
    hub.order(READER, ReadIdentity(TWO, 0.05))
    ear.await_end(TWO)
    assert ear.of(ONE) == [OrderEnded(READER, ONE)]


def test_an_order_given_twice_is_carried_out_once(start: Start) -> None:
    reader = FakeReader()
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.cancel(ONE)
    ear.await_end(ONE)
    hub.order(READER, ReadIdentity(TWO, 0.05))
    ear.await_end(TWO)
    assert ear.of(ONE) == [OrderEnded(READER, ONE)]


# --- a card that is left ------------------------------------------------------------------------


def test_a_left_card_is_called_out_and_its_removal_noticed(start: Start) -> None:
    reader = FakeReader(looks=script(True, True, True, False))
    hub, ear = start(reader)
    hub.order(READER, WatchRemoval(ONE, LONG_S))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    assert ear.of(ONE)[:-1] == [
        MediaChanged(READER, ONE, Media.PRESENT),
        MediaChanged(READER, ONE, Media.NOT_PRESENT),
    ]


def test_one_look_that_misses_the_card_does_not_call_it_taken(start: Start) -> None:
    reader = FakeReader(looks=script(True, False, True, Silent("reader.offline"), False, True, False))
    hub, ear = start(reader)
    hub.order(READER, WatchRemoval(ONE, LONG_S))
    ear.await_end(ONE)
    assert [event.media for event in ear.of(ONE) if isinstance(event, MediaChanged)] == [
        Media.PRESENT,
        Media.NOT_PRESENT,
    ]
    assert len(reader.looks) == 1


def test_a_card_that_is_never_taken_ends_the_watch_when_its_time_is_up(start: Start) -> None:
    hub, ear = start(FakeReader(looks=script(True)))
    hub.order(READER, WatchRemoval(ONE, 0.1))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    assert ear.of(ONE)[:-1] == [MediaChanged(READER, ONE, Media.PRESENT)]


# --- bugs and wedges ----------------------------------------------------------------------------


def test_a_bug_in_a_driver_ends_the_order_names_its_place_and_nothing_personal(start: Start) -> None:
    reader = FakeReader(reads=script(raises(ValueError("测试甲")), reads()))
    hub, ear = start(reader)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, OrderEnded)
    assert ended.fault is not None
    assert ended.fault.code == "device.bug"
    assert ended.fault.detail.startswith("ValueError at test_actor.py:")
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
    hub, ear = start(reader)
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


def test_a_wedged_print_is_unknown(start: Start) -> None:
    go_on = threading.Event()

    def stuck(job: PrintJob, _: Deadline, __: Callable[[Fault | None], None]) -> PrintSettlement:
        assert go_on.wait(PATIENCE_S)
        return PrintSettlement(job.action, PrintOutcome.SENT)

    hub, ear = start(FakePrinter(prints=script(stuck)))
    hub.order(PRINTER, PrintDocument(JOB, 0.1))
    ended = ear.await_end(ONE)
    go_on.set()
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, _code(ended.settlement)) == (PrintOutcome.UNKNOWN, "print.unknown")


# --- printing -----------------------------------------------------------------------------------


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
    assert (ended.settlement.outcome, _code(ended.settlement)) == (PrintOutcome.FAILED, "printer.rejected")


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
    assert (ended.settlement.outcome, _code(ended.settlement)) == (PrintOutcome.FAILED, "print.timed_out")
    assert printer.printed == []


def test_a_print_withdrawn_while_the_printer_is_away_is_cancelled(start: Start) -> None:
    printer = FakePrinter(plugged=False)
    hub, ear = start(printer)
    hub.order(PRINTER, PrintDocument(JOB, LONG_S))
    ear.await_event(PrintHeldUp)
    hub.cancel(ONE)
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, _code(ended.settlement)) == (PrintOutcome.FAILED, "print.cancelled")
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
    assert (ended.settlement.outcome, _code(ended.settlement)) == (PrintOutcome.UNKNOWN, "print.unknown")
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
    hub, ear = start(FakePrinter(plugged=False))
    hub.order(PRINTER, SettlePrint(JOB.action))
    ended = ear.await_end(ONE)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, _code(ended.settlement)) == (PrintOutcome.UNKNOWN, "print.unknown")


# --- the hub ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "order", "code"),
    [
        (DeviceId("nobody"), ReadIdentity(ONE, 1), "reader.absent"),
        (DeviceId(""), WatchRemoval(ONE, 1), "reader.absent"),
        (DeviceId("nobody"), PrintDocument(JOB, 1), "printer.absent"),
        (DeviceId("nobody"), SettlePrint(JOB.action), "printer.absent"),
        (READER, PrintDocument(JOB, 1), "printer.absent"),
    ],
)
def test_an_order_for_no_such_device_ends_as_absent(
    start: Start, device: DeviceId, order: ReadIdentity | WatchRemoval | PrintDocument | SettlePrint, code: str
) -> None:
    hub, ear = start(FakeReader())
    hub.order(device, order)
    ended = ear.await_end(ONE)
    assert isinstance(ended, OrderEnded)
    assert ended.fault is not None
    assert (ended.device, ended.fault.code) == (device, code)


def test_events_are_numbered_without_a_gap_and_the_snapshot_says_how_far(start: Start) -> None:
    reader, printer = FakeReader(reads=script(reads())), FakePrinter()
    hub, ear = start(reader, printer)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(PRINTER, PrintDocument(PrintJob(ActionId(TWO), "t", b""), LONG_S))
    ear.await_end(ONE)
    ear.await_end(TWO)
    assert ear.numbers == list(range(1, len(ear.numbers) + 1))
    assert hub.snapshot().number == ear.numbers[-1]


def test_a_listener_that_raises_ends_nobodys_thread(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    reader = FakeReader(reads=script(reads()))
    hub, ear = start(reader)

    def broken(_: Numbered) -> None:
        raise ValueError("测试甲")

    stop = hub.subscribe(broken)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    stop()
    stop()
    assert "ValueError at test_actor.py" in caplog.text
    assert "测试" not in caplog.text


def test_a_listener_may_order_cancel_and_look(start: Start) -> None:
    reader = FakeReader(reads=script(reads()))
    hub, ear = start(reader)

    def react(numbered: Numbered) -> None:
        if isinstance(numbered.event, CardRead):
            assert hub.snapshot().number == numbered.number
            hub.order(READER, ReadIdentity(TWO, LONG_S))
            hub.cancel(TWO)

    hub.subscribe(react)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert ear.await_end(TWO) == OrderEnded(READER, TWO)


def test_who_stopped_listening_hears_nothing_more(start: Start) -> None:
    hub, ear = start(FakeReader())
    heard: list[Numbered] = []
    hub.subscribe(heard.append)()
    hub.order(READER, ReadIdentity(ONE, 0.01))
    ear.await_end(ONE)
    assert heard == []


def test_closing_ends_every_order_every_device_and_every_thread() -> None:
    before = held()
    reader, printer = FakeReader(), FakePrinter(plugged=False)
    hub = LocalHub([READER_SETTINGS, PRINTER_SETTINGS], maker(reader, printer), QUICK)
    ear = Ear(hub)
    hub.start()
    hub.start()
    ear.await_state(DeviceState.ONLINE)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    hub.order(PRINTER, PrintDocument(PrintJob(ActionId("three"), "t", b""), LONG_S))
    hub.close()
    hub.close()
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    assert ear.await_end(TWO) == OrderEnded(READER, TWO)
    assert isinstance(ear.await_end(OrderId("three")), PrintSettledEvent)
    assert not reader.opened
    assert held() == before


def _refuse(*_: object) -> PrintSettlement:
    raise DeviceError("printer.rejected")


def _spooler_down(*_: object) -> PrintSettlement:
    raise Silent("printer.spooler_down")


def _code(settlement: PrintSettlement) -> str | None:
    return settlement.fault.code if settlement.fault else None
