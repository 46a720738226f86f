"""What every driver of an identity-card reader has to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pytest

from devices.conformance.waiting import PATIENCE_S, later
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled, MediaTrouble, Silent
from devices.protocol import IdentityReader
from devices.values import DeviceState, Media

Sort = Literal["resident", "other resident", "strange"]


@dataclass
class IdentityReaderBench:
    """A reader and the hands at it.

    `lay` puts a card of a sort on, in place of any that lies there: two residents', whose names are `resident`
    and `other_resident`, and one that is no card of this country. `await_poll` returns once the driver looks for
    a card. `silence` has the device there and mute, `behave` ends that.
    """

    reader: IdentityReader
    resident: str
    other_resident: str
    lay: Callable[[Sort], None]
    lift: Callable[[], None]
    await_poll: Callable[[], None]
    silence: Callable[[], None]
    behave: Callable[[], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]


def silently(_: Media) -> None:
    """Nobody listens."""


def trouble(bench: IdentityReaderBench, seconds: float = PATIENCE_S) -> str:
    with pytest.raises(MediaTrouble) as raised:
        bench.reader.read(Deadline(seconds), silently)
    return raised.value.fault.code


class IdentityReaderSuite:
    """A reader of identity cards."""

    @pytest.fixture
    def opened(self, bench: IdentityReaderBench) -> IdentityReaderBench:
        bench.reader.open()
        return bench

    def test_it_is_an_identity_reader_that_knows_its_name_unopened(self, bench: IdentityReaderBench) -> None:
        assert isinstance(bench.reader, IdentityReader)
        assert bench.reader.info.kind == "identity-reader"
        bench.reader.close()

    def test_a_reader_that_is_not_there_is_absent_and_found_when_plugged_in(self, bench: IdentityReaderBench) -> None:
        bench.unplug()
        with pytest.raises(Absent) as raised:
            bench.reader.open()
        assert raised.value.fault.code == "reader.absent"
        bench.plug()
        bench.reader.open()
        assert bench.reader.probe().state is DeviceState.ONLINE

    def test_opening_and_closing_twice_is_harmless(self, opened: IdentityReaderBench) -> None:
        opened.reader.open()
        opened.reader.close()
        opened.reader.close()
        opened.reader.open()
        assert opened.reader.probe().state is DeviceState.ONLINE

    def test_a_reader_that_is_not_open_says_so(self, bench: IdentityReaderBench) -> None:
        with pytest.raises(Absent):
            bench.reader.probe()

    def test_a_reader_that_is_there_and_mute_is_offline_and_heard_again(self, opened: IdentityReaderBench) -> None:
        opened.silence()
        with pytest.raises(Silent) as raised:
            opened.reader.probe()
        assert raised.value.fault.code == "reader.offline"
        opened.behave()
        opened.reader.open()
        assert opened.reader.probe().state is DeviceState.ONLINE

    def test_a_card_laid_while_waiting_is_read_and_called_present(self, opened: IdentityReaderBench) -> None:
        said: list[Media] = []
        hand = later(opened.await_poll, lambda: opened.lay("resident"))
        card = opened.reader.read(Deadline(PATIENCE_S), said.append)
        hand.join()
        assert card.name == opened.resident
        assert said == [Media.PRESENT]

    def test_a_card_that_lies_there_already_is_read(self, opened: IdentityReaderBench) -> None:
        opened.lay("resident")
        assert opened.reader.read(Deadline(PATIENCE_S), silently).name == opened.resident

    def test_no_card_in_time_is_no_card_presented(self, opened: IdentityReaderBench) -> None:
        assert trouble(opened, 0.2) == "card.none_presented"

    def test_a_withdrawn_wait_ends_though_its_time_is_far_from_up(self, opened: IdentityReaderBench) -> None:
        until = Deadline(3600)
        hand = later(opened.await_poll, until.cancel)
        with pytest.raises(Cancelled):
            opened.reader.read(until, silently)
        hand.join()
        assert opened.reader.probe().state is DeviceState.ONLINE

    def test_a_card_left_from_before_is_not_read_again_and_said_once(self, opened: IdentityReaderBench) -> None:
        opened.lay("resident")
        opened.reader.read(Deadline(PATIENCE_S), silently)
        assert trouble(opened) == "card.already_read"
        assert trouble(opened, 0.5) == "card.none_presented"

    def test_a_card_lifted_and_laid_again_is_read_again(self, opened: IdentityReaderBench) -> None:
        said: list[Media] = []
        opened.lay("resident")
        opened.reader.read(Deadline(PATIENCE_S), silently)
        assert trouble(opened) == "card.already_read"

        def hear(media: Media) -> None:
            said.append(media)
            if media is Media.NOT_PRESENT:
                opened.lay("other resident")

        hand = later(opened.await_poll, opened.lift)
        card = opened.reader.read(Deadline(PATIENCE_S), hear)
        hand.join()
        assert card.name == opened.other_resident
        assert said == [Media.NOT_PRESENT, Media.PRESENT]

    def test_a_card_swapped_quicker_than_anybody_looks_is_read(self, opened: IdentityReaderBench) -> None:
        opened.lay("resident")
        opened.reader.read(Deadline(PATIENCE_S), silently)
        assert trouble(opened) == "card.already_read"
        opened.lay("other resident")
        assert opened.reader.read(Deadline(PATIENCE_S), silently).name == opened.other_resident

    def test_a_card_lies_there_before_and_after_it_is_read_and_not_when_lifted(
        self, opened: IdentityReaderBench
    ) -> None:
        assert not opened.reader.card_present(Deadline(PATIENCE_S))
        opened.lay("resident")
        assert opened.reader.card_present(Deadline(PATIENCE_S))
        opened.reader.read(Deadline(PATIENCE_S), silently)
        assert opened.reader.card_present(Deadline(PATIENCE_S))
        opened.lift()
        assert not opened.reader.card_present(Deadline(PATIENCE_S))

    def test_looking_for_a_card_first_does_not_spoil_reading_it(self, opened: IdentityReaderBench) -> None:
        opened.lay("resident")
        assert opened.reader.card_present(Deadline(PATIENCE_S))
        assert opened.reader.read(Deadline(PATIENCE_S), silently).name == opened.resident

    def test_a_reader_unplugged_while_waiting_is_absent(self, opened: IdentityReaderBench) -> None:
        hand = later(opened.await_poll, opened.unplug)
        with pytest.raises(Absent):
            opened.reader.read(Deadline(PATIENCE_S), silently)
        hand.join()

    def test_a_reader_plugged_in_again_reads(self, opened: IdentityReaderBench) -> None:
        opened.unplug()
        with pytest.raises(Absent):
            opened.reader.probe()
        opened.plug()
        opened.reader.open()
        opened.lay("resident")
        assert opened.reader.read(Deadline(PATIENCE_S), silently).name == opened.resident

    def test_what_is_not_a_known_card_is_unsupported_and_said_once_for_each_time_it_lies_there(
        self, opened: IdentityReaderBench
    ) -> None:
        opened.lay("strange")
        assert trouble(opened) == "card.unsupported"
        assert trouble(opened, 0.3) == "card.none_presented"
        opened.lay("strange")
        assert trouble(opened) == "card.unsupported"

    def test_nothing_of_the_person_is_in_any_repr(self, opened: IdentityReaderBench) -> None:
        opened.lay("resident")
        card = opened.reader.read(Deadline(PATIENCE_S), silently)
        assert card.name == opened.resident
        assert card.name not in repr((card, vars(opened.reader)))

    def test_a_deadline_that_passed_reads_nothing(self, opened: IdentityReaderBench) -> None:
        opened.lay("resident")
        assert trouble(opened, 0) == "card.none_presented"
