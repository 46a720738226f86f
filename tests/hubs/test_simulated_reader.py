"""A hub with the real SDT driver on its simulator: what a citizen's order hears when hardware fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.fault import Fault
from contract.ids import OrderId
from devices.connection import Pace
from devices.drivers.sdt_codec import Command
from devices.events import (
    CardFault,
    CardRead,
    DeviceEvent,
    MediaChanged,
    OrderEnded,
    ReadIdentity,
    StatusChanged,
    WatchRemoval,
)
from devices.hub import DeviceHub
from devices.local_hub import LocalHub
from devices.sim.sdt_pty import ALWAYS, SdtModule
from devices.values import DeviceState, Media
from tests.device_bench import CARD, OTHER_CARD, READER, Ear, held, later, reader_settings
from tests.hubs.conftest import Serve

ONE, TWO = OrderId("one"), OrderId("two")
LONG_S = 3600.0


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def module(port: Path) -> Iterator[SdtModule]:
    with SdtModule(port) as plugged:
        yield plugged


@pytest.fixture
def bench(module: SdtModule, port: Path, serve: Serve) -> tuple[DeviceHub, Ear]:
    assert module.plugged
    hub, ear = serve(LocalHub([reader_settings(port)]), [reader_settings(port)])
    ear.await_state(DeviceState.ONLINE)
    return hub, ear


@pytest.fixture
def looked_at_often(module: SdtModule, port: Path, serve: Serve) -> Ear:
    assert module.plugged
    pace = Pace(probe_s=0.1, after_loss_s=0.1, reopen_s=0.1)
    _, ear = serve(LocalHub([reader_settings(port)], pace=pace), [reader_settings(port)])
    ear.await_state(DeviceState.ONLINE)
    return ear


def told(events: list[DeviceEvent]) -> list[str]:
    """Events of an order as words."""
    words = []
    for event in events:
        match event:
            case MediaChanged(media=media):
                words.append(media.value)
            case CardFault(fault=fault):
                words.append(fault.code)
            case CardRead():
                words.append("read")
            case OrderEnded(fault=ended):
                words.append(ended.code if ended else "over")
    return words


def test_a_citizens_card_is_read(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    module.await_request(Command.FIND)
    module.lay(CARD)
    ended = ear.await_end(ONE)
    assert isinstance(ended, CardRead)
    assert ended.card.name == "测试甲"
    assert told(ear.of(ONE)) == ["present", "read"]


def test_the_forgotten_card_of_the_last_citizen_is_never_read_for_the_next(
    module: SdtModule, bench: tuple[DeviceHub, Ear]
) -> None:
    hub, ear = bench
    module.lay(CARD)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    ear.await_end(ONE)
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    ear.await_event(CardFault, lambda event: event.fault.code == "card.already_read")
    module.lift()
    ear.await_event(MediaChanged, lambda event: event.media is Media.NOT_PRESENT)
    module.lay(OTHER_CARD)
    ended = ear.await_end(TWO)
    assert isinstance(ended, CardRead)
    assert ended.card.name == "测试乙"
    assert told(ear.of(TWO)) == ["card.already_read", "notPresent", "present", "read"]


def test_a_card_pulled_while_reading_is_told_and_read_when_laid_again(
    module: SdtModule, bench: tuple[DeviceHub, Ear]
) -> None:
    hub, ear = bench
    module.lift_during_read(600)
    module.lay(CARD)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    ear.await_event(CardFault, lambda event: event.fault.code == "card.lifted")
    module.lay(CARD)
    assert isinstance(ear.await_end(ONE), CardRead)
    assert told(ear.of(ONE)) == ["present", "notPresent", "card.lifted", "present", "read"]


def test_a_reader_unplugged_and_plugged_in_again_does_not_end_the_session(
    module: SdtModule, bench: tuple[DeviceHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    module.await_request(Command.FIND)
    module.unplug()
    lost = ear.await_state(DeviceState.NO_DEVICE)
    assert lost.status.fault is not None
    assert lost.status.fault.code == "reader.absent"
    heard = len(ear.events)
    module.plug()
    ear.await_state(DeviceState.ONLINE, since=heard)
    module.lay(CARD)
    assert isinstance(ear.await_end(ONE), CardRead)


def test_a_reader_unplugged_in_mid_transfer_does_not_end_the_session(
    module: SdtModule, bench: tuple[DeviceHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hand = later(lambda: module.await_request(Command.READ), module.unplug)
    module.lay(CARD)
    ear.await_state(DeviceState.NO_DEVICE)
    hand.join()
    module.plug()
    assert isinstance(ear.await_end(ONE), CardRead)


def test_unplugging_five_times_leaves_no_thread_and_no_descriptor(module: SdtModule, looked_at_often: Ear) -> None:
    ear = looked_at_often
    before = held()
    for _ in range(5):
        heard = len(ear.events)
        module.unplug()
        ear.await_state(DeviceState.NO_DEVICE, since=heard)
        heard = len(ear.events)
        module.plug()
        ear.await_state(DeviceState.ONLINE, since=heard)
    assert held() == before


def test_a_silent_reader_is_offline_and_the_order_waits_for_it(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    module.silent(True)
    lost = ear.await_state(DeviceState.OFFLINE)
    assert lost.status.fault is not None
    assert lost.status.fault.code == "reader.offline"
    module.silent(False)
    module.lay(CARD)
    assert isinstance(ear.await_end(ONE), CardRead)


def test_a_silent_idle_reader_is_noticed_without_any_order(module: SdtModule, looked_at_often: Ear) -> None:
    ear = looked_at_often
    module.silent(True)
    ear.await_state(DeviceState.OFFLINE)
    heard = len(ear.events)
    module.silent(False)
    ear.await_state(DeviceState.ONLINE, since=heard)


def test_one_damaged_answer_is_noticed_by_nobody(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    heard = len(ear.events)
    module.garble(1)
    module.lay(CARD)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    assert told(ear.of(ONE)) == ["present", "read"]
    assert [event for event in ear.events[heard:] if isinstance(event, StatusChanged)] == []


def test_a_reader_that_only_garbles_is_a_hardware_error(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    module.garble(ALWAYS)
    lost = ear.await_state(DeviceState.HARDWARE_ERROR)
    assert lost.status.fault is not None
    assert lost.status.fault.code == "reader.garbled"
    module.garble(0)
    module.lay(CARD)
    assert isinstance(ear.await_end(ONE), CardRead)


def test_a_module_that_fails_its_self_test_is_a_hardware_error(module: SdtModule, looked_at_often: Ear) -> None:
    ear = looked_at_often
    module.self_test_failed(True)
    lost = ear.await_state(DeviceState.HARDWARE_ERROR)
    assert lost.status.fault == Fault.of("reader.self_test_failed", "status 60")


def test_a_reader_that_is_not_there_at_start_is_a_state_and_found_later(port: Path, serve: Serve) -> None:
    module = SdtModule(port)
    _, ear = serve(LocalHub([reader_settings(port)]), [reader_settings(port)])
    ear.await_state(DeviceState.NO_DEVICE)
    with module:
        ear.await_state(DeviceState.ONLINE)


def test_a_withdrawn_order_frees_the_reader_for_the_next(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    module.await_request(Command.FIND)
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    module.lay(CARD)
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    assert isinstance(ear.await_end(TWO), CardRead)


def test_a_card_left_at_the_end_is_watched_until_it_is_taken(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    module.lay(CARD)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    ear.await_end(ONE)
    hub.order(READER, WatchRemoval(TWO, LONG_S))
    ear.await_event(MediaChanged, lambda event: event.order == TWO and event.media is Media.PRESENT)
    module.lift()
    ear.await_end(TWO)
    assert told(ear.of(TWO)) == ["present", "notPresent", "over"]


def test_no_card_left_at_the_end_ends_the_watch_at_once(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    assert not module.card_lies
    hub.order(READER, WatchRemoval(ONE, LONG_S))
    ear.await_end(ONE)
    assert told(ear.of(ONE)) == ["notPresent", "over"]


def test_nothing_that_is_published_shows_a_person(module: SdtModule, bench: tuple[DeviceHub, Ear]) -> None:
    hub, ear = bench
    module.lay(CARD)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    ear.await_end(ONE)
    shown = repr((ear.events, hub.snapshot()))
    assert "测试" not in shown
    assert "110101" not in shown
