"""What every driver of lights has to do."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from devices.conformance.waiting import until
from devices.errors import Absent, NeedsHelp, Silent
from devices.protocol import Lights
from devices.values import DeviceState, Flash, Glow

ONE, OTHER = "cardReader", "scanner"


@dataclass
class LightsBench:
    """Lights named ``cardReader`` and ``scanner``, and what is seen and done at their board."""

    lights: Lights
    shines: Callable[[str], bool]
    changes: Callable[[str], int]
    lose_power: Callable[[], None]
    silence: Callable[[], None]
    behave: Callable[[], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]


class LightsSuite:
    """Guidance and status lights."""

    @pytest.fixture
    def opened(self, bench: LightsBench) -> LightsBench:
        bench.lights.open()
        return bench

    def test_they_are_lights_that_know_their_names_unopened(self, bench: LightsBench) -> None:
        assert isinstance(bench.lights, Lights)
        assert bench.lights.info.kind == "lights"
        names = bench.lights.info.capabilities["lights"]
        assert isinstance(names, tuple)
        assert {ONE, OTHER} <= set(names)
        bench.lights.close()

    def test_lights_that_are_not_there_are_absent_and_found_when_plugged_in(self, bench: LightsBench) -> None:
        bench.unplug()
        with pytest.raises(Absent) as raised:
            bench.lights.open()
        assert raised.value.fault.code == "lights.absent"
        bench.plug()
        bench.lights.open()
        assert bench.lights.probe().state is DeviceState.ONLINE

    def test_opening_and_closing_twice_is_harmless(self, opened: LightsBench) -> None:
        opened.lights.open()
        opened.lights.close()
        opened.lights.close()
        opened.lights.open()
        assert opened.lights.probe().state is DeviceState.ONLINE

    def test_lights_that_are_not_open_say_so(self, bench: LightsBench) -> None:
        with pytest.raises(Absent):
            bench.lights.probe()

    def test_a_board_without_a_voice_is_silent_and_heard_again(self, opened: LightsBench) -> None:
        opened.silence()
        with pytest.raises(Silent) as raised:
            opened.lights.probe()
        assert raised.value.fault.code == "lights.absent"
        opened.behave()
        assert opened.lights.probe().state is DeviceState.ONLINE

    def test_one_light_shines_and_goes_out_and_the_other_stays_dark(self, opened: LightsBench) -> None:
        opened.lights.set(Glow(ONE, Flash.CONTINUOUS))
        assert opened.shines(ONE)
        assert not opened.shines(OTHER)
        opened.lights.set(Glow(ONE, Flash.OFF))
        assert not opened.shines(ONE)

    @pytest.mark.parametrize("flash", [Flash.SLOW, Flash.MEDIUM, Flash.QUICK])
    def test_a_light_flashes_until_it_is_set_again(self, opened: LightsBench, flash: Flash) -> None:
        opened.lights.set(Glow(ONE, flash))
        before = opened.changes(ONE)
        until(lambda: opened.changes(ONE) >= before + 3)
        opened.lights.set(Glow(ONE, Flash.CONTINUOUS))
        assert opened.shines(ONE)

    def test_a_light_that_is_not_there_is_unsupported(self, opened: LightsBench) -> None:
        with pytest.raises(NeedsHelp) as raised:
            opened.lights.set(Glow("nowhere", Flash.CONTINUOUS))
        assert raised.value.fault.code == "lights.unsupported"

    def test_lights_that_lost_power_come_back_as_they_were(self, opened: LightsBench) -> None:
        opened.lights.set(Glow(ONE, Flash.CONTINUOUS))
        opened.lose_power()
        assert not opened.shines(ONE)
        opened.lights.probe()
        assert opened.shines(ONE)

    def test_lights_unplugged_and_plugged_in_again_come_back_as_they_were(self, opened: LightsBench) -> None:
        opened.lights.set(Glow(ONE, Flash.CONTINUOUS))
        opened.unplug()
        with pytest.raises(Absent):
            opened.lights.probe()
        opened.plug()
        opened.lights.open()
        assert opened.shines(ONE)

    def test_lights_go_out_when_nobody_drives_them_any_more(self, opened: LightsBench) -> None:
        opened.lights.set(Glow(ONE, Flash.CONTINUOUS))
        opened.lights.set(Glow(OTHER, Flash.QUICK))
        opened.lights.close()
        assert not opened.shines(ONE)
        assert not opened.shines(OTHER)
