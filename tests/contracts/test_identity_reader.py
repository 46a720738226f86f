"""What every driver of an identity reader has to do, run on each with its simulator.

A driver joins by adding a rig to `RIGS`: the driver, and hands that lay, lift and unplug.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from devices.deadline import Deadline
from devices.drivers.sdt_codec import Command
from devices.drivers.sdt_reader import SdtReader
from devices.errors import Absent, Cancelled, MediaTrouble
from devices.protocol import IdentityReader
from devices.sim.sdt_pty import SdtModule
from devices.values import DeviceState, Media
from tests.device_bench import CARD, OTHER_CARD, PATIENCE_S, TODAY, later, reader_settings


@dataclass
class Rig:
    """A reader and the hands at its simulator. `await_poll` returns once the driver looks for a card."""

    reader: IdentityReader
    lay: Callable[[bytes], None]
    lift: Callable[[], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]
    await_poll: Callable[[], None]


@contextmanager
def sdt_serial(folder: Path) -> Iterator[Rig]:
    with SdtModule(folder / "reader") as module:
        reader = SdtReader(reader_settings(folder / "reader"), today=lambda: TODAY)
        yield Rig(
            reader, module.lay, module.lift, module.plug, module.unplug, lambda: module.await_request(Command.FIND)
        )
        reader.close()


RIGS: dict[str, Callable[[Path], AbstractContextManager[Rig]]] = {"sdt-serial": sdt_serial}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def opened(rig: Rig) -> Rig:
    rig.reader.open()
    return rig


def silently(_: Media) -> None:
    """Nobody listens."""


def trouble(rig: Rig, seconds: float = PATIENCE_S) -> str:
    with pytest.raises(MediaTrouble) as raised:
        rig.reader.read(Deadline(seconds), silently)
    return raised.value.fault.code


def test_it_is_an_identity_reader_that_knows_its_name_unopened(rig: Rig) -> None:
    assert isinstance(rig.reader, IdentityReader)
    assert rig.reader.info.kind == "identity-reader"
    rig.reader.close()


def test_a_reader_that_is_not_there_is_absent_and_found_when_plugged_in(rig: Rig) -> None:
    rig.unplug()
    with pytest.raises(Absent) as raised:
        rig.reader.open()
    assert raised.value.fault.code == "reader.absent"
    rig.plug()
    rig.reader.open()
    assert rig.reader.probe().state is DeviceState.ONLINE


def test_opening_and_closing_twice_is_harmless(opened: Rig) -> None:
    opened.reader.open()
    opened.reader.close()
    opened.reader.close()
    opened.reader.open()
    assert opened.reader.probe().state is DeviceState.ONLINE


def test_a_reader_that_is_not_open_says_so(rig: Rig) -> None:
    with pytest.raises(Absent):
        rig.reader.probe()


def test_a_card_laid_while_waiting_is_read_and_called_present(opened: Rig) -> None:
    said: list[Media] = []
    hand = later(opened.await_poll, lambda: opened.lay(CARD))
    card = opened.reader.read(Deadline(PATIENCE_S), said.append)
    hand.join()
    assert card.name == "测试甲"
    assert said == [Media.PRESENT]


def test_a_card_that_lies_there_already_is_read(opened: Rig) -> None:
    opened.lay(CARD)
    assert opened.reader.read(Deadline(PATIENCE_S), silently).name == "测试甲"


def test_no_card_in_time_is_no_card_presented(opened: Rig) -> None:
    assert trouble(opened, 0.2) == "card.none_presented"


def test_a_withdrawn_wait_ends_though_its_time_is_far_from_up(opened: Rig) -> None:
    until = Deadline(3600)
    hand = later(opened.await_poll, until.cancel)
    with pytest.raises(Cancelled):
        opened.reader.read(until, silently)
    hand.join()
    assert opened.reader.probe().state is DeviceState.ONLINE


def test_a_card_left_from_before_is_not_read_again_and_said_once(opened: Rig) -> None:
    opened.lay(CARD)
    opened.reader.read(Deadline(PATIENCE_S), silently)
    assert trouble(opened) == "card.already_read"
    assert trouble(opened, 0.5) == "card.none_presented"


def test_a_card_lifted_and_laid_again_is_read_again(opened: Rig) -> None:
    said: list[Media] = []
    opened.lay(CARD)
    opened.reader.read(Deadline(PATIENCE_S), silently)
    assert trouble(opened) == "card.already_read"

    def hear(media: Media) -> None:
        said.append(media)
        if media is Media.NOT_PRESENT:
            opened.lay(OTHER_CARD)

    hand = later(opened.await_poll, opened.lift)
    card = opened.reader.read(Deadline(PATIENCE_S), hear)
    hand.join()
    assert card.name == "测试乙"
    assert said == [Media.NOT_PRESENT, Media.PRESENT]


def test_a_card_swapped_quicker_than_anybody_looks_is_read(opened: Rig) -> None:
    opened.lay(CARD)
    opened.reader.read(Deadline(PATIENCE_S), silently)
    assert trouble(opened) == "card.already_read"
    opened.lay(OTHER_CARD)
    assert opened.reader.read(Deadline(PATIENCE_S), silently).name == "测试乙"


def test_a_card_lies_there_before_and_after_it_is_read_and_not_when_lifted(opened: Rig) -> None:
    assert not opened.reader.card_present(Deadline(PATIENCE_S))
    opened.lay(CARD)
    assert opened.reader.card_present(Deadline(PATIENCE_S))
    opened.reader.read(Deadline(PATIENCE_S), silently)
    assert opened.reader.card_present(Deadline(PATIENCE_S))
    opened.lift()
    assert not opened.reader.card_present(Deadline(PATIENCE_S))


def test_looking_for_a_card_first_does_not_spoil_reading_it(opened: Rig) -> None:
    opened.lay(CARD)
    assert opened.reader.card_present(Deadline(PATIENCE_S))
    assert opened.reader.read(Deadline(PATIENCE_S), silently).name == "测试甲"


def test_a_reader_unplugged_while_waiting_is_absent(opened: Rig) -> None:
    hand = later(opened.await_poll, opened.unplug)
    with pytest.raises(Absent):
        opened.reader.read(Deadline(PATIENCE_S), silently)
    hand.join()


def test_a_reader_plugged_in_again_reads(opened: Rig) -> None:
    opened.unplug()
    with pytest.raises(Absent):
        opened.reader.probe()
    opened.plug()
    opened.reader.open()
    opened.lay(CARD)
    assert opened.reader.read(Deadline(PATIENCE_S), silently).name == "测试甲"


def test_what_is_not_a_known_card_is_unsupported_and_said_once_for_each_time_it_lies_there(opened: Rig) -> None:
    strange = CARD[:248] + "Q".encode("utf-16-le") + CARD[250:]
    opened.lay(strange)
    assert trouble(opened) == "card.unsupported"
    assert trouble(opened, 0.3) == "card.none_presented"
    opened.lay(strange)
    assert trouble(opened) == "card.unsupported"


def test_nothing_of_the_person_is_in_any_repr(opened: Rig) -> None:
    opened.lay(CARD)
    card = opened.reader.read(Deadline(PATIENCE_S), silently)
    assert "测试" not in repr((card, vars(opened.reader)))


def test_a_deadline_that_passed_reads_nothing(opened: Rig) -> None:
    opened.lay(CARD)
    assert trouble(opened, 0) == "card.none_presented"
