"""What every driver of a UPS has to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from devices.conformance.waiting import until_probe
from devices.errors import Absent, DeviceError, Silent
from devices.protocol import Device, Sensing
from devices.values import DeviceState, DeviceStatus


@dataclass
class UpsBench:
    """A UPS and the hands at its simulator; each returns when the UPS itself says so."""

    make: Callable[[], Device]
    mains_fail: Callable[[], None]
    run_down: Callable[[], None]
    mains_return: Callable[[], None]
    fill_up: Callable[[], None]
    stop_measuring: Callable[[], None]
    measure_again: Callable[[], None]
    go_away: Callable[[], None]
    come_back: Callable[[], None]


def words(status: DeviceStatus, member: str) -> set[str]:
    return {value for name, value in status.auxiliaries if name == member}


def code(status: DeviceStatus) -> str | None:
    return None if status.fault is None else status.fault.code


class UpsSuite:
    """An uninterruptible power supply."""

    @pytest.fixture
    def ups(self, bench: UpsBench) -> Iterator[Device]:
        made = bench.make()
        made.open()
        yield made
        made.close()

    def test_it_is_a_ups_that_knows_its_kind_unopened(self, bench: UpsBench) -> None:
        ups = bench.make()
        assert isinstance(ups, Sensing)
        assert ups.info.kind == "ups"
        with pytest.raises(Absent):
            ups.probe()
        ups.close()

    def test_a_ups_on_the_mains_is_good_and_full(self, ups: Device) -> None:
        status = ups.probe()
        assert (status.state, code(status)) == (DeviceState.ONLINE, None)
        assert words(status, "ups") == {"good"}
        assert words(status, "powerIn") == {"powering"}
        assert words(status, "battery") == {"full"}
        assert ups.info.model

    def test_opening_and_closing_twice_is_harmless(self, ups: Device) -> None:
        ups.open()
        ups.close()
        ups.close()
        ups.open()
        assert ups.probe().state is DeviceState.ONLINE

    def test_the_mains_fail_the_battery_runs_down_and_the_mains_return(self, bench: UpsBench, ups: Device) -> None:
        bench.mains_fail()
        status = ups.probe()
        assert (status.state, code(status)) == (DeviceState.ONLINE, "ups.on_battery")
        assert words(status, "ups") == {"engaged", "powering", "good"}
        assert words(status, "powerIn") == {"noPower"}
        bench.run_down()
        status = ups.probe()
        assert code(status) == "ups.battery_low"
        assert words(status, "ups") == {"engaged", "powering", "low"}
        assert words(status, "battery") == {"critical"}
        bench.mains_return()
        status = ups.probe()
        assert code(status) is None
        assert words(status, "ups") == {"recovered", "good"}
        assert words(status, "charging") == {"yes"}
        bench.fill_up()
        assert words(ups.probe(), "ups") == {"good"}

    def test_figures_that_nobody_measures_any_more_are_not_believed(self, bench: UpsBench, ups: Device) -> None:
        ups.probe()
        bench.stop_measuring()
        with pytest.raises(Silent) as raised:
            until_probe(ups, lambda _: False)
        assert raised.value.fault.code == "ups.absent"

    def test_a_ups_that_goes_away_is_absent_and_found_again(self, bench: UpsBench, ups: Device) -> None:
        bench.go_away()
        with pytest.raises(DeviceError) as raised:
            ups.probe()
        assert raised.value.fault.code == "ups.absent"
        with pytest.raises(Absent):
            ups.open()
        bench.come_back()
        bench.fill_up()
        ups.open()
        assert ups.probe().state is DeviceState.ONLINE
