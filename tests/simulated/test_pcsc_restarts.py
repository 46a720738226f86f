"""The PC/SC service and the reader come and go; the visit goes on, and nothing is left over."""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from contract.ids import DeviceId, OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.drivers.pcsc_reader import PcscReader
from devices.errors import Absent
from devices.events import ChipCardRead, OrderEnded, ReadChipCard, StatusChanged, WatchRemoval
from devices.local_hub import LocalHub
from devices.sim.chip_bench import ChipBench
from devices.sim.chip_cards import social_security_card
from devices.sim.chip_faults import FaultyCard
from devices.values import DeviceState, Media, SocialSecurityCard
from tests.chip_rigs import PERSON, chip_reader, chip_settings, held, lay, read
from tests.device_bench import PATIENCE_S, running

CHIP = DeviceId("chip")
LONG_S = 3600.0
QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)
BACK_S = 5.0
"""Within how long a reader is back after the service is."""


@pytest.fixture
def bench() -> Iterator[ChipBench]:
    with ChipBench() as made:
        yield made


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    return 20 if pytestconfig.getoption("--campaign") else 3


def await_present(reader: PcscReader) -> None:
    """Return when the driver, opened again and again, sees the card."""
    patience = Deadline(PATIENCE_S)
    while not patience.passed:
        try:
            reader.open()
            while not patience.passed:
                if reader.card_present(patience):
                    return
                patience.pause(0.02)
        except Absent:
            patience.pause(0.02)
    pytest.fail("the card is not seen")


def test_a_service_killed_and_started_again_and_again_is_found_each_time_and_leaves_nothing_open(
    rounds: int,
) -> None:
    with chip_reader() as (bench, reader):
        reader.open()
        lay(bench)
        await_present(reader)
        before = held()
        assert before == (1, 1)
        for number in range(rounds):
            bench.kill_pcscd()
            with pytest.raises(Absent) as raised:
                reader.probe()
            assert raised.value.fault.code == "chip.service_down"
            bench.start_pcscd()
            began = time.monotonic()
            await_present(reader)
            assert time.monotonic() - began < BACK_S, f"round {number}"
            assert held() == before
        assert isinstance(read(reader), SocialSecurityCard)


def test_a_citizen_who_waits_hears_nothing_of_the_services_restarts_and_is_read(bench: ChipBench, rounds: int) -> None:
    hub = LocalHub([chip_settings()], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(CHIP, ReadChipCard(OrderId("one"), LONG_S))
        for _ in range(rounds):
            heard = len(ear.events)
            bench.kill_pcscd()
            lost = ear.await_state(DeviceState.OFFLINE, heard)
            assert lost.status.fault is not None
            assert lost.status.fault.code == "chip.service_down"
            bench.start_pcscd()
            ear.await_state(DeviceState.ONLINE, heard)
        bench.lay(PERSON)
        card = ear.await_event(ChipCardRead).card
        assert isinstance(card, SocialSecurityCard)
        assert card.name == PERSON["name"]
        assert [event for event in ear.of(OrderId("one")) if isinstance(event, OrderEnded)] == []


@pytest.mark.parametrize("command", [1, 16])
def test_a_service_that_dies_while_a_card_is_read_loses_no_citizen(bench: ChipBench, command: int) -> None:
    def change(count: int, _command: bytes, answer: bytes) -> bytes:
        if count == command:
            os.kill(bench.pcscd, signal.SIGKILL)
        return answer

    hub = LocalHub([chip_settings()], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(CHIP, ReadChipCard(OrderId("one"), LONG_S))
        bench.lay_card(FaultyCard(social_security_card(PERSON), change))
        ear.await_state(DeviceState.OFFLINE)
        bench.start_pcscd()
        card = ear.await_event(ChipCardRead).card
        assert isinstance(card, SocialSecurityCard)
        assert card.number == PERSON["number"]
        assert len([event for event in ear.of(OrderId("one")) if isinstance(event, ChipCardRead)]) == 1


def test_a_reader_pulled_out_and_plugged_in_within_the_orders_time_still_reads(bench: ChipBench) -> None:
    hub = LocalHub([chip_settings()], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(CHIP, ReadChipCard(OrderId("one"), LONG_S))
        bench.unplug()
        lost = ear.await_state(DeviceState.NO_DEVICE)
        assert lost.status.fault is not None
        assert lost.status.fault.code == "chip.absent"
        bench.plug()
        bench.lay(PERSON)
        assert ear.await_event(ChipCardRead).order == OrderId("one")


@pytest.mark.parametrize("plugged", [True, False])
def test_an_order_whose_time_is_up_says_why_nothing_came(bench: ChipBench, plugged: bool) -> None:
    hub = LocalHub([chip_settings()], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        if not plugged:
            bench.unplug()
            ear.await_state(DeviceState.NO_DEVICE)
        hub.order(CHIP, ReadChipCard(OrderId("one"), 0.3))
        ended = ear.await_event(OrderEnded)
        assert ended.fault is not None
        assert ended.fault.code == ("card.none_presented" if plugged else "chip.absent")


def test_a_card_left_behind_is_watched_until_it_is_taken_and_the_status_says_so(bench: ChipBench) -> None:
    hub = LocalHub([chip_settings()], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(CHIP, ReadChipCard(OrderId("one"), LONG_S))
        bench.lay(PERSON)
        ear.await_event(ChipCardRead)
        ear.await_event(StatusChanged, lambda event: event.status.media is Media.PRESENT)
        hub.order(CHIP, WatchRemoval(OrderId("two"), LONG_S))
        heard = len(ear.events)
        bench.lift()
        assert ear.await_event(OrderEnded).order == OrderId("two")
        ear.await_event(StatusChanged, lambda event: event.status.media is Media.NOT_PRESENT, heard)
