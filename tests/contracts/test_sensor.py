"""Our drivers held to the conformance suite: devices/conformance/sensor.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from devices.conformance.sensor import SensorBench, SensorSuite
from devices.drivers.serial_door import SerialDoor
from devices.drivers.serial_proximity import SerialProximity
from devices.sim.modbus_pty import ModbusModule
from devices.sim.ranging_pty import RangingSensor
from tests.auxiliary_rigs import door_settings, proximity_settings


@contextmanager
def serial_proximity(folder: Path) -> Iterator[SensorBench]:
    with RangingSensor(folder / "sensor") as sim:
        sensor = SerialProximity(proximity_settings(folder / "sensor"))
        yield SensorBench(
            sensor,
            "proximity",
            "proximity.absent",
            "proximitySensor",
            "notPresent",
            "present",
            sim.walk_away,
            lambda: sim.stand_at(60),
            sim.fall_silent,
            lambda: sim.fall_silent(False),
            sim.plug,
            sim.unplug,
        )
        sensor.close()


@contextmanager
def serial_door(folder: Path) -> Iterator[SensorBench]:
    with ModbusModule(folder / "door", baud=115200) as sim:
        sensor = SerialDoor(door_settings(folder / "door"))
        yield SensorBench(
            sensor,
            "door",
            "door.absent",
            "cabinetDoors",
            "closed",
            "open",
            lambda: sim.close_contact(2),
            lambda: sim.close_contact(2, closed=False),
            sim.fall_silent,
            lambda: sim.fall_silent(False),
            sim.plug,
            sim.unplug,
        )
        sensor.close()


BENCHES: dict[str, Callable[[Path], AbstractContextManager[SensorBench]]] = {
    "serial-proximity": serial_proximity,
    "serial-door": serial_door,
}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SensorBench]:
    with BENCHES[request.param](tmp_path) as made:
        made.calm()
        yield made


class TestSensor(SensorSuite):
    """Every driver of ours."""
