"""The devices' process goes and another comes: what a citizen's order hears of it, and what paper may come out.

Each process is a hub with devices of its own behind a real socket; the next one knows nothing of the last.
"""

from devices.events import (
    CardRead,
    OrderEnded,
    PrintDocument,
    PrintSettledEvent,
    ReadIdentity,
    StatusChanged,
)
from devices.values import DeviceState
from kiosk_app.link.device_link import RemoteHub
from tests.device_bench import PATIENCE_S, Ear
from tests.fake_devices import FakeReader
from tests.hub_rig import (
    LONG_S,
    ONE,
    PATIENT_LINK,
    PRINTER,
    READER,
    TWO,
    reads,
    script,
    states,
)
from tests.restart_rig import JOB_TWO, RESTARTING, Hall, online

# --- states -------------------------------------------------------------------------------------


def test_devices_whose_process_is_away_are_offline_and_restarting_once_each(hall: Hall) -> None:
    first = hall.process()
    hub, ear = hall.client()
    online(ear)
    heard = len(ear.events)
    first.hang_up()
    ear.await_event(StatusChanged, lambda event: event.device == PRINTER, since=heard)
    assert {view.status.fault for view in hub.snapshot().devices} == {RESTARTING}
    assert {view.status.state for view in hub.snapshot().devices} == {DeviceState.OFFLINE}
    hall.process()
    online(ear, since=heard)
    assert states(ear)[heard:] == [DeviceState.OFFLINE] * 2 + [DeviceState.ONLINE] * 2
    assert ear.numbers == list(range(1, len(ear.numbers) + 1))


def test_before_its_process_was_ever_there_a_device_is_starting(hall: Hall) -> None:
    hub, ear = hall.client()
    assert {view.status.state for view in hub.snapshot().devices} == {DeviceState.STARTING}
    assert {view.info.device for view in hub.snapshot().devices} == {READER, PRINTER}
    hall.process()
    online(ear)


def test_a_client_that_knows_no_device_learns_them(hall: Hall) -> None:
    hall.process()
    remote = RemoteHub(hall.folder, "ctl", (), PATIENT_LINK)
    try:
        remote.start()
        assert remote.await_up(PATIENCE_S)
        assert {view.info.device for view in remote.snapshot().devices} == {READER, PRINTER}
    finally:
        remote.close()


# --- readings -----------------------------------------------------------------------------------


def test_a_reading_goes_on_with_the_next_process(hall: Hall) -> None:
    first = hall.process()
    hub, ear = hall.client()
    online(ear)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    first.hang_up()
    ear.await_state(DeviceState.OFFLINE)
    hall.process(reader=FakeReader(reads=script(reads())))
    assert isinstance(ear.await_end(ONE), CardRead)


def test_a_reading_that_was_ordered_while_nobody_was_there_is_carried_out(hall: Hall) -> None:
    hub, ear = hall.client()
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hall.process(reader=FakeReader(reads=script(reads())))
    assert isinstance(ear.await_end(ONE), CardRead)


def test_a_reading_whose_time_runs_out_meanwhile_ends_with_the_reason(hall: Hall) -> None:
    first = hall.process()
    hub, ear = hall.client()
    online(ear)
    first.hang_up()
    ear.await_state(DeviceState.OFFLINE)
    hub.order(READER, ReadIdentity(ONE, 0.05))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE, RESTARTING)


def test_a_reading_withdrawn_meanwhile_is_not_given_to_the_next_process(hall: Hall) -> None:
    first = hall.process()
    hub, ear = hall.client()
    online(ear)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    first.hang_up()
    ear.await_state(DeviceState.OFFLINE)
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    hall.process(reader=FakeReader(reads=script(reads())))
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    assert isinstance(ear.await_end(TWO), CardRead)
    assert ear.of(ONE) == [OrderEnded(READER, ONE)]


def test_when_the_screen_dies_its_reading_is_withdrawn_and_the_reader_free(hall: Hall) -> None:
    process = hall.process()
    inside = Ear(process.hub)
    screen, ear = hall.client("ui")
    online(ear)
    screen.order(READER, ReadIdentity(ONE, LONG_S))
    screen.close()
    assert inside.await_end(ONE) == OrderEnded(READER, ONE)
    process.reader.reads.append(reads())
    other, heard = hall.client("ui")
    other.order(READER, ReadIdentity(TWO, LONG_S))
    assert isinstance(heard.await_end(TWO), CardRead)


def test_the_same_reading_given_anew_through_another_connection_is_served(hall: Hall) -> None:
    process = hall.process()
    hub, ear = hall.client()
    online(ear)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    heard = len(ear.events)
    hub.reconnect("as after a gap")
    online(ear, since=heard)
    process.reader.reads.append(reads())
    process.reader.plugged = False
    ear.await_state(DeviceState.NO_DEVICE)
    process.reader.plugged = True
    assert isinstance(ear.await_end(ONE), CardRead)
    assert not [event for event in ear.of(ONE) if isinstance(event, OrderEnded)]


def test_a_card_is_heard_by_nobody_but_who_asked_for_it(hall: Hall) -> None:
    process = hall.process()
    screen, ear = hall.client("ui")
    agent, other = hall.client("agentd")
    online(ear)
    online(other)
    process.reader.reads.append(reads())
    screen.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    agent.order(PRINTER, PrintDocument(JOB_TWO, LONG_S))
    assert isinstance(other.await_end(TWO), PrintSettledEvent)
    assert other.of(ONE) == []
    assert ear.of(TWO) == []
