"""Every test of this folder that takes `serve` or `start` runs twice: on the hub itself, and behind the device link."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from devices.connection import Pace
from devices.hub import DeviceHub
from devices.local_hub import LocalHub
from kiosk_app.link.device_link import Entry
from tests.device_bench import Ear
from tests.fake_devices import FakeDevice, settings_for
from tests.hub_rig import QUICK, Start, far, local_hub, near
from tests.restart_rig import Hall

Serve = Callable[[LocalHub, Sequence[Entry]], tuple[DeviceHub, Ear]]


@pytest.fixture(params=["near", "far"])
def serve(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Serve]:
    """Start a hub with the devices of these entries, and be at one end of it; it is closed at the end."""
    with ExitStack() as stack:

        def begin(hub: LocalHub, entries: Sequence[Entry]) -> tuple[DeviceHub, Ear]:
            return stack.enter_context(near(hub) if request.param == "near" else far(hub, entries, tmp_path / "run"))

        yield begin


@pytest.fixture
def start(serve: Serve) -> Start:
    """Start a hub around fakes."""

    def begin(*devices: FakeDevice, pace: Pace = QUICK) -> tuple[DeviceHub, Ear]:
        return serve(local_hub(*devices, pace=pace), settings_for(*devices))

    return begin


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with ExitStack() as stack:
        yield Hall(tmp_path, stack)
