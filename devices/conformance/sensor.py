"""What every driver of a sensor has to do."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from devices.conformance.waiting import until_probe
from devices.errors import Absent, Silent
from devices.protocol import Device, Sensing
from devices.values import DeviceKind, DeviceState


@dataclass
class SensorBench:
    """A sensor and the hands at its simulator. `excite` makes it say `excited`, `calm` makes it say `calmed`."""

    sensor: Device
    kind: DeviceKind
    absent: str
    member: str
    calmed: str
    excited: str
    calm: Callable[[], None]
    excite: Callable[[], None]
    silence: Callable[[], None]
    behave: Callable[[], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]

    def await_word(self, word: str) -> None:
        until_probe(self.sensor, lambda status: status.auxiliaries == ((self.member, word),))


class SensorSuite:
    """A sensor of one member of the cabinet."""

    @pytest.fixture
    def opened(self, bench: SensorBench) -> SensorBench:
        bench.sensor.open()
        return bench

    def test_it_is_a_sensor_that_knows_its_kind_and_its_sense_unopened(self, bench: SensorBench) -> None:
        assert isinstance(bench.sensor, Device)
        assert isinstance(bench.sensor, Sensing)
        assert bench.sensor.look_s > 0
        assert bench.sensor.info.kind == bench.kind
        assert bench.sensor.info.capabilities["senses"] == (bench.member,)
        bench.sensor.close()

    def test_a_sensor_that_is_not_there_is_absent_and_found_when_plugged_in(self, bench: SensorBench) -> None:
        bench.unplug()
        with pytest.raises(Absent) as raised:
            bench.sensor.open()
        assert raised.value.fault.code == bench.absent
        bench.plug()
        bench.sensor.open()
        assert bench.sensor.probe().state is DeviceState.ONLINE

    def test_opening_and_closing_twice_is_harmless(self, opened: SensorBench) -> None:
        opened.sensor.open()
        opened.sensor.close()
        opened.sensor.close()
        opened.sensor.open()
        assert opened.sensor.probe().state is DeviceState.ONLINE

    def test_a_sensor_that_is_not_open_says_so(self, bench: SensorBench) -> None:
        with pytest.raises(Absent):
            bench.sensor.probe()

    def test_what_happens_before_it_is_said_and_so_is_that_it_is_over(self, opened: SensorBench) -> None:
        opened.await_word(opened.calmed)
        opened.excite()
        opened.await_word(opened.excited)
        opened.calm()
        opened.await_word(opened.calmed)

    def test_what_was_so_before_anybody_looked_is_said_by_the_first_look(self, bench: SensorBench) -> None:
        bench.excite()
        bench.sensor.open()
        assert bench.sensor.probe().auxiliaries == ((bench.member, bench.excited),)

    def test_a_sensor_that_falls_silent_is_not_believed_to_say_what_it_said(self, opened: SensorBench) -> None:
        opened.await_word(opened.calmed)
        opened.silence()
        with pytest.raises(Silent) as raised:
            until_probe(opened.sensor, lambda _: False)
        assert raised.value.fault.code == opened.absent
        opened.behave()
        opened.await_word(opened.calmed)

    def test_a_sensor_unplugged_is_missed_and_plugged_in_again_senses(self, opened: SensorBench) -> None:
        opened.await_word(opened.calmed)
        opened.unplug()
        with pytest.raises(Absent) as raised:
            until_probe(opened.sensor, lambda _: False)
        assert raised.value.fault.code == opened.absent
        opened.plug()
        opened.sensor.open()
        opened.excite()
        opened.await_word(opened.excited)
