"""Readings of cards that go wrong in every way, and cards that are left: what the citizen's order hears."""

import threading
from collections.abc import Callable

from contract.fault import Fault
from contract.ids import OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.errors import Absent, Garbled, MediaTrouble, Silent
from devices.events import (
    CardFault,
    CardRead,
    MediaChanged,
    OrderEnded,
    ReadIdentity,
    WatchRemoval,
)
from devices.values import (
    DeviceState,
    IdentityCard,
    Media,
)
from tests.device_bench import PATIENCE_S
from tests.fake_devices import FakeReader
from tests.hub_rig import (
    CARD,
    LONG_S,
    ONE,
    READER,
    TWO,
    Start,
    raises,
    reads,
    script,
    states,
)


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
