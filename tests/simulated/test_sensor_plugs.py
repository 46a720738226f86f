"""Sensors and the UPS, lost and found again and again: each time they sense, and nothing is left open."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.conformance.waiting import until_probe
from devices.errors import Absent, DeviceError
from devices.protocol import Device
from devices.values import DeviceState
from tests.contracts.test_sensor import BENCHES
from tests.contracts.test_ups import nut
from tests.holdings import holdings, until_given_back


@pytest.mark.parametrize("driver", BENCHES)
def test_a_sensor_lost_and_found_often_senses_each_time_and_leaves_nothing_open(driver: str, tmp_path: Path) -> None:
    with BENCHES[driver](tmp_path) as bench:
        bench.excite()
        with opened(bench.sensor):
            before = holdings()
            for _ in range(10):
                bench.unplug()
                lost(bench.sensor)
                with pytest.raises(Absent):
                    bench.sensor.open()
                bench.plug()
                bench.sensor.open()
                bench.await_word(bench.excited)
            until_given_back(before)


def test_a_ups_whose_server_goes_and_comes_often_is_found_each_time_and_leaves_nothing_open() -> None:
    with nut() as bench:
        ups = bench.make()
        with opened(ups):
            before = holdings()
            for _ in range(3):
                bench.go_away()
                lost(ups)
                with pytest.raises(Absent):
                    ups.open()
                bench.come_back()
                bench.fill_up()
                ups.open()
                assert ups.probe().state is DeviceState.ONLINE
            until_given_back(before)


def lost(device: Device) -> None:
    with pytest.raises(DeviceError):
        until_probe(device, lambda _: False)


@contextmanager
def opened(device: Device) -> Iterator[None]:
    device.open()
    try:
        yield
    finally:
        device.close()
