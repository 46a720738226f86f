"""Our drivers held to the conformance suite: devices/conformance/ups.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from devices.conformance.ups import UpsBench, UpsSuite
from devices.drivers.nut_ups import NutUps
from devices.sim import ups_nut
from tests.auxiliary_rigs import ups_settings
from tests.ports import free_port


@contextmanager
def nut() -> Iterator[UpsBench]:
    with ups_nut.UpsBench(free_port()) as mains:
        yield UpsBench(
            lambda: NutUps(ups_settings(mains)),
            lambda: mains.say("OB DISCHRG", 80),
            lambda: mains.say("OB DISCHRG LB", 9),
            lambda: mains.say("OL CHRG", 12),
            lambda: mains.say("OL", 100),
            mains.kill_driver,
            mains.start_driver,
            mains.kill_server,
            mains.start_server,
        )


BENCHES: dict[str, Callable[[], AbstractContextManager[UpsBench]]] = {"nut": nut}


@pytest.fixture(scope="module", params=BENCHES)
def shared(request: pytest.FixtureRequest) -> Iterator[UpsBench]:
    with BENCHES[request.param]() as made:
        yield made


@pytest.fixture
def bench(shared: UpsBench) -> UpsBench:
    shared.come_back()
    shared.measure_again()
    shared.fill_up()
    return shared


class TestUps(UpsSuite):
    """Every driver of ours."""
