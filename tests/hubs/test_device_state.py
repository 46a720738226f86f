"""A device from its first opening to its loss and return, as everybody hears of it.

The hubs are real, with their threads and the socket between them; the devices are scripted. What a
listener hears is tested, not which calls were made.
"""

import pytest

from contract.fault import Fault
from devices.errors import Absent, DeviceError, Garbled, NeedsHelp, Silent
from devices.events import (
    ReadIdentity,
    StatusChanged,
)
from devices.values import (
    DeviceState,
    DeviceStatus,
    Supply,
)
from tests.fake_devices import FakePrinter, FakeReader
from tests.hub_rig import LONG_S, ONE, READER, Start, local_hub, states


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
    hub = local_hub(reader)
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
