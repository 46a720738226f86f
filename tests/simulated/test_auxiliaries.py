"""Lights, sensors and the UPS behind the hub, and what goes wrong on their wires."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.ids import DeviceId, OrderId
from devices.connection import Pace
from devices.drivers.nut_ups import NutUps
from devices.drivers.serial_door import SerialDoor
from devices.drivers.serial_lights import SerialLights
from devices.drivers.serial_proximity import SerialProximity
from devices.errors import Absent, DeviceError, Garbled, NeedsHelp, Silent
from devices.events import OrderEnded, SetLight, StatusChanged
from devices.local_hub import LocalHub
from devices.registry import NutUpsSettings
from devices.sim.modbus_pty import ModbusModule
from devices.sim.ranging_pty import RangingSensor
from devices.sim.ups_nut import UpsBench
from devices.values import DeviceState, Flash, Glow
from tests.auxiliary_rigs import (
    door_settings,
    lights_settings,
    proximity_settings,
    until,
    until_probe,
    ups_settings,
)
from tests.device_bench import held, running
from tests.ports import free_port

QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)
ONE = OrderId("one")


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "line"


@pytest.fixture
def board(port: Path) -> Iterator[ModbusModule]:
    with ModbusModule(port, baud=115200) as plugged:
        yield plugged


@pytest.fixture
def lights(board: ModbusModule, port: Path) -> Iterator[SerialLights]:
    assert not board.relay(1)
    made = SerialLights(lights_settings(port))
    made.open()
    yield made
    made.close()


@pytest.fixture
def door(board: ModbusModule, port: Path) -> Iterator[SerialDoor]:
    board.close_contact(2)
    made = SerialDoor(door_settings(port))
    made.open()
    yield made
    made.close()


def word(door: SerialDoor) -> str:
    return door.probe().auxiliaries[0][1]


def test_one_light_of_two_colours_shows_one_at_a_time(board: ModbusModule, lights: SerialLights) -> None:
    lights.set(Glow("documentPrinter", Flash.CONTINUOUS, "green"))
    assert (board.relay(3), board.relay(4)) == (True, False)
    lights.set(Glow("documentPrinter", Flash.CONTINUOUS, "red"))
    assert (board.relay(3), board.relay(4)) == (False, True)
    lights.set(Glow("documentPrinter", Flash.OFF))
    assert (board.relay(3), board.relay(4)) == (False, False)


def test_a_colour_that_a_light_has_not_is_unsupported(lights: SerialLights) -> None:
    with pytest.raises(NeedsHelp) as raised:
        lights.set(Glow("documentPrinter", Flash.CONTINUOUS, "blue"))
    assert raised.value.fault.code == "lights.unsupported"


def test_a_relay_that_the_board_has_not_is_unsupported_and_named_at_once(port: Path) -> None:
    with ModbusModule(port, channels=2, baud=115200):
        lights = SerialLights(lights_settings(port))
        with pytest.raises(NeedsHelp) as raised:
            lights.open()
        lights.close()
    assert raised.value.fault.code == "lights.unsupported"


def test_a_board_with_another_address_is_silent(port: Path) -> None:
    with ModbusModule(port, unit=7, baud=115200):
        lights = SerialLights(lights_settings(port))
        with pytest.raises(Silent):
            lights.open()
        lights.close()


def test_an_answer_spoilt_on_the_wire_is_asked_for_once_more(board: ModbusModule, lights: SerialLights) -> None:
    board.garble(1)
    lights.set(Glow("scanner", Flash.CONTINUOUS))
    assert board.relay(2)
    board.disturb(b"\x00\xff\x7f")
    assert lights.probe().state is DeviceState.ONLINE
    board.disturb(b"")
    board.garble(2)
    with pytest.raises(Silent):
        lights.probe()


def test_light_set_by_an_order_shines_and_goes_out_with_the_hub(board: ModbusModule, port: Path) -> None:
    hub = LocalHub([lights_settings(port)], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(DeviceId("lights"), SetLight(ONE, Glow("cardReader", Flash.QUICK)))
        assert ear.await_event(OrderEnded) == OrderEnded(DeviceId("lights"), ONE)
        until(lambda: len(board.switched(1)) > 3)
    assert not board.relay(1)


def test_lights_that_flash_and_are_lost_often_leave_no_thread_and_nothing_open(board: ModbusModule, port: Path) -> None:
    lights = SerialLights(lights_settings(port))
    before = held()
    for _ in range(10):
        lights.open()
        lights.set(Glow("cardReader", Flash.QUICK))
        board.unplug()
        with pytest.raises(Absent):
            until_probe(lights, lambda _: False)
        board.plug()
    lights.open()
    lights.close()
    assert held() == before
    assert not board.relay(1)


def test_a_door_that_rattles_is_not_open_and_one_that_opens_is(board: ModbusModule, door: SerialDoor) -> None:
    assert word(door) == "closed"
    board.rattle(2, False, True, False)
    assert word(door) == "closed"
    board.close_contact(2, closed=False)
    status = door.probe()
    assert status.fault is not None
    assert (status.state, status.fault.code) == (DeviceState.ONLINE, "door.open")


def test_a_contact_that_never_rests_counts_as_open(board: ModbusModule, door: SerialDoor) -> None:
    assert word(door) == "closed"
    board.rattle(2, *([False, True] * 50))
    assert word(door) == "open"


def test_a_cabinet_opened_and_closed_is_told_by_the_hub(board: ModbusModule, port: Path) -> None:
    board.close_contact(2)
    with running(LocalHub([door_settings(port)], pace=QUICK)) as ear:
        ear.await_event(StatusChanged, lambda event: event.status.auxiliaries == (("cabinetDoors", "closed"),))
        seen = len(ear.events)
        board.close_contact(2, closed=False)
        ear.await_event(StatusChanged, lambda event: event.status.auxiliaries == (("cabinetDoors", "open"),), seen)
        board.close_contact(2)
        ear.await_event(StatusChanged, lambda event: event.status.auxiliaries == (("cabinetDoors", "closed"),), seen)


def test_a_citizen_who_comes_and_goes_is_told_by_the_hub(port: Path) -> None:
    with RangingSensor(port) as sensor, running(LocalHub([proximity_settings(port)], pace=QUICK)) as ear:
        ear.await_event(StatusChanged, lambda event: event.status.auxiliaries == (("proximitySensor", "notPresent"),))
        sensor.stand_at(60)
        ear.await_event(StatusChanged, lambda event: event.status.auxiliaries == (("proximitySensor", "present"),))
        seen = len(ear.events)
        sensor.walk_away()
        ear.await_event(
            StatusChanged, lambda event: event.status.auxiliaries == (("proximitySensor", "notPresent"),), seen
        )


def test_a_sensor_that_stutters_is_still_believed(port: Path) -> None:
    with RangingSensor(port) as sensor:
        sensor.stutter(3)
        sensor.stand_at(60)
        proximity = SerialProximity(proximity_settings(port))
        proximity.open()
        until_probe(proximity, lambda status: status.auxiliaries == (("proximitySensor", "present"),))
        proximity.close()


@contextmanager
def upsd_that_says(*answers: bytes) -> Iterator[str]:
    """A server that answers each request with the next of these, and hangs up after the last."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                for answer in answers:
                    line.recv(1024)
                    line.sendall(answer)

        thread = threading.Thread(target=serve, name="upsd", daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(20)


WHOLE = b'BEGIN LIST VAR hall\nVAR hall ups.status "OL"\nEND LIST VAR hall\n'


def asked(server: str) -> NutUps:
    ups = NutUps(NutUpsSettings(id="ups", kind="ups", driver="nut", ups="hall", server=server))
    ups.open()
    return ups


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"ERR DATA-STALE\n", Silent),
        (b"ERR DRIVER-NOT-CONNECTED\n", Silent),
        (b"ERR UNKNOWN-UPS\n", NeedsHelp),
        (b"ERR ACCESS-DENIED\n", NeedsHelp),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Garbled),
        (b"x" * 5000, Garbled),
        (b'BEGIN LIST VAR hall\nVAR hall ups.status "OL', Absent),
        (b'BEGIN LIST VAR hall\nVAR hall ups.status "WAIT"\nEND LIST VAR hall\n', Silent),
    ],
)
def test_whatever_upsd_answers_a_ups_without_figures_is_absent(answer: bytes, error: type[DeviceError]) -> None:
    with upsd_that_says(WHOLE, answer) as server:
        ups = asked(server)
        with pytest.raises(error) as raised:
            ups.probe()
        ups.close()
    assert raised.value.fault.code == "ups.absent"


def test_old_figures_a_hanging_upsd_and_a_ups_that_it_does_not_know_are_told_apart() -> None:
    with UpsBench(free_port()) as bench:
        ups = NutUps(ups_settings(bench))
        ups.open()
        bench.hang_driver()
        with pytest.raises(Silent) as raised:
            until_probe(ups, lambda _: False)
        assert "DATA-STALE" in raised.value.fault.detail
        bench.hang_server()
        with pytest.raises(Silent):
            ups.probe()
        bench.hang_server(False)
        ups.close()
        stranger = NutUps(ups_settings(bench, ups="cellar"))
        with pytest.raises(NeedsHelp) as unknown:
            stranger.open()
        stranger.close()
    assert unknown.value.fault.detail == "UNKNOWN-UPS"
