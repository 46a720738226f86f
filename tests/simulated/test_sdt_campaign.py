"""Readers pulled out again and again, and answers spoilt by seed: the citizen's card is read in the end.

Each run plays a short sample, the same each time; ``--campaign`` plays a hundred plugs and many seeds.
"""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from contract.ids import OrderId
from devices.drivers.sdt_codec import Command
from devices.events import CardFault, CardRead, OrderEnded, ReadIdentity, StatusChanged
from devices.local_hub import LocalHub
from devices.sim.sdt_faults import FaultScript, Mishap
from devices.values import DeviceState
from tests.device_bench import CARD, READER, Ear, later, running
from tests.sdt_bench import WAYS, SdtBench

BACK_S = 5.0
"""How long after its return a reader may be away."""
LONG_S = 3600.0


@pytest.fixture(params=WAYS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SdtBench]:
    with WAYS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def hub(bench: SdtBench) -> LocalHub:
    """A hub at the pace of the product."""
    return LocalHub([bench.settings], make=lambda _: bench.make())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    campaign = metafunc.config.getoption("--campaign")
    if "rounds" in metafunc.fixturenames:
        metafunc.parametrize("rounds", [100 if campaign else 3])
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(50 if campaign else 2))


def await_back(ear: Ear, since: int) -> None:
    ear.await_event(StatusChanged, lambda event: event.status.state is DeviceState.ONLINE, since, within_s=BACK_S)


@pytest.mark.timeout(900)
def test_a_reader_pulled_out_at_any_moment_is_back_each_time_and_leaves_nothing(
    bench: SdtBench, hub: LocalHub, rounds: int
) -> None:
    chance = random.Random(20260601)  # noqa: S311 - a seeded campaign, no secret
    module = bench.module
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        before = bench.held()
        for number in range(rounds):
            order = OrderId(f"round-{number}")
            moment = chance.choice((Command.FIND, Command.SELECT, Command.READ))
            heard, asked = len(ear.events), module.asked(moment)
            hand = later(partial(module.await_request, moment, since=asked), module.unplug)
            hub.order(READER, ReadIdentity(order, LONG_S))
            if moment is not Command.FIND:
                module.lay(CARD)
            hand.join()
            ear.await_event(StatusChanged, lambda event: not event.status.state.serves, heard)
            heard = len(ear.events)
            module.plug()
            await_back(ear, heard)
            module.lay(CARD)
            ended = ear.await_end(order)
            assert isinstance(ended, CardRead)
            assert ended.card.name == "测试甲"
            module.lift()
            assert bench.held() == before


@pytest.mark.timeout(600)
def test_a_card_is_read_whatever_a_seed_does_to_the_answers(bench: SdtBench, hub: LocalHub, seed: int) -> None:
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        # The citizen does what the screen says: takes the card away and lays it down again.
        hub.subscribe(lambda heard: bench.module.lay(CARD) if isinstance(heard.event, CardFault) else None)
        bench.module.follow(FaultScript(seed, 0.3, bench.mishaps))
        hub.order(READER, ReadIdentity(OrderId("read"), LONG_S))
        bench.module.lay(CARD)
        ended = ear.await_end(OrderId("read"))
        bench.module.follow(None)
    assert isinstance(ended, CardRead), ended
    assert ended.card.name == "测试甲"
    assert not any(isinstance(event, OrderEnded) for event in ear.events)


def test_the_same_seed_gives_the_same_faults() -> None:
    one, same, other = (FaultScript(seed, 0.3, tuple(Mishap)) for seed in (7, 7, 8))
    first = [one.next() for _ in range(200)]
    assert first == [same.next() for _ in range(200)]
    assert first != [other.next() for _ in range(200)]
    assert {blow.mishap for blow in first} == set(Mishap)
