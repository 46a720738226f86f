"""Our drivers held to the conformance suite: devices/conformance/lights.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from devices.conformance.lights import LightsBench, LightsSuite
from devices.drivers.serial_lights import SerialLights
from devices.sim.modbus_pty import ModbusModule
from tests.auxiliary_rigs import lights_settings


@contextmanager
def serial_lights(folder: Path) -> Iterator[LightsBench]:
    settings = lights_settings(folder / "relays")
    with ModbusModule(folder / "relays", baud=115200) as board:
        lights = SerialLights(settings)
        yield LightsBench(
            lights,
            lambda name: board.relay(settings.lights[name]),
            lambda name: len(board.switched(settings.lights[name])),
            board.lose_power,
            board.fall_silent,
            lambda: board.fall_silent(False),
            board.plug,
            board.unplug,
        )
        lights.close()


BENCHES: dict[str, Callable[[Path], AbstractContextManager[LightsBench]]] = {"serial-lights": serial_lights}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LightsBench]:
    with BENCHES[request.param](tmp_path) as made:
        yield made


class TestLights(LightsSuite):
    """Every driver of ours."""
