"""What every driver of a chip-card reader has to do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pytest

from devices.conformance.waiting import PATIENCE_S, later
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled, MediaTrouble
from devices.protocol import SmartCardReader
from devices.values import DeviceState, Media, SocialSecurityCard, StaffCard

Sort = Literal["citizen", "other citizen", "staff", "unknown", "blocked", "wrong way round"]


@dataclass
class SmartCardBench:
    """A reader and the hands at it.

    `lay` puts a card of a sort in, in place of any that is in, and returns when the reader can feel it;
    `lift` takes it out and returns when the reader can feel that. `citizen` and `other_citizen` are the
    names on those cards, `staff_id` what the staff card says; nothing else may stand on two of them.
    """

    reader: SmartCardReader
    citizen: str
    other_citizen: str
    staff_id: str
    lay: Callable[[Sort], None]
    lift: Callable[[], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]

    def name(self, say: Callable[[Media], None] = lambda _: None) -> str:
        """Read a citizen's card; return the name on it."""
        card = self.reader.read(Deadline(PATIENCE_S), say)
        assert isinstance(card, SocialSecurityCard)
        return card.name

    def trouble(self, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> str:
        """Try to read a card; return what is wrong with it."""
        with pytest.raises(MediaTrouble) as raised:
            self.reader.read(Deadline(seconds), say)
        return raised.value.fault.code


class SmartCardSuite:
    """A reader of chip cards."""

    @pytest.fixture
    def opened(self, bench: SmartCardBench) -> SmartCardBench:
        bench.reader.open()
        return bench

    def test_it_is_a_chip_card_reader_that_knows_its_name_unopened(self, bench: SmartCardBench) -> None:
        assert isinstance(bench.reader, SmartCardReader)
        assert bench.reader.info.kind == "smart-card"
        bench.reader.close()

    def test_a_reader_that_is_not_there_is_absent_and_found_when_plugged_in(self, bench: SmartCardBench) -> None:
        bench.unplug()
        with pytest.raises(Absent) as raised:
            bench.reader.open()
        assert raised.value.fault.code == "chip.absent"
        bench.plug()
        bench.reader.open()
        assert bench.reader.probe().state is DeviceState.ONLINE

    def test_opening_and_closing_twice_is_harmless(self, opened: SmartCardBench) -> None:
        opened.reader.open()
        opened.reader.close()
        opened.reader.close()
        opened.reader.open()
        assert opened.reader.probe().state is DeviceState.ONLINE

    def test_a_reader_that_is_not_open_says_so(self, bench: SmartCardBench) -> None:
        with pytest.raises(Absent):
            bench.reader.probe()
        with pytest.raises(Absent):
            bench.reader.read(Deadline(PATIENCE_S), lambda _: None)

    def test_a_card_put_in_while_waiting_is_read_and_called_present_once(self, opened: SmartCardBench) -> None:
        said: list[Media] = []
        hand = later(lambda: opened.lay("citizen"))
        assert opened.name(said.append) == opened.citizen
        hand.join()
        assert said == [Media.PRESENT]

    def test_a_card_that_is_in_already_is_read(self, opened: SmartCardBench) -> None:
        opened.lay("citizen")
        assert opened.name() == opened.citizen

    def test_no_card_in_time_is_no_card_presented(self, opened: SmartCardBench) -> None:
        assert opened.trouble(0.2) == "card.none_presented"

    def test_a_deadline_that_passed_reads_nothing(self, opened: SmartCardBench) -> None:
        opened.lay("citizen")
        assert opened.trouble(0) == "card.none_presented"
        assert opened.name() == opened.citizen

    def test_a_withdrawn_wait_ends_though_its_time_is_far_from_up(self, opened: SmartCardBench) -> None:
        until = Deadline(3600)
        hand = later(until.cancel)
        with pytest.raises(Cancelled):
            opened.reader.read(until, lambda _: None)
        hand.join()
        assert opened.reader.probe().state is DeviceState.ONLINE

    def test_a_card_left_from_before_is_not_read_again_and_said_once(self, opened: SmartCardBench) -> None:
        opened.lay("citizen")
        opened.name()
        assert opened.trouble() == "card.already_read"
        assert opened.trouble(0.5) == "card.none_presented"

    def test_a_card_taken_and_put_in_again_is_read_again(self, opened: SmartCardBench) -> None:
        said: list[Media] = []
        opened.lay("citizen")
        opened.name()
        assert opened.trouble() == "card.already_read"
        hand = later(opened.lift, lambda: opened.lay("citizen"))
        assert opened.name(said.append) == opened.citizen
        hand.join()
        assert said == [Media.NOT_PRESENT, Media.PRESENT]

    def test_a_card_swapped_quicker_than_anybody_looks_is_read(self, opened: SmartCardBench) -> None:
        opened.lay("citizen")
        opened.name()
        assert opened.trouble() == "card.already_read"
        opened.lay("other citizen")
        assert opened.name() == opened.other_citizen

    def test_a_card_is_in_before_and_after_it_is_read_and_not_when_taken(self, opened: SmartCardBench) -> None:
        assert not opened.reader.card_present(Deadline(PATIENCE_S))
        opened.lay("citizen")
        assert opened.reader.card_present(Deadline(PATIENCE_S))
        opened.name()
        assert opened.reader.card_present(Deadline(PATIENCE_S))
        opened.lift()
        assert not opened.reader.card_present(Deadline(PATIENCE_S))

    def test_looking_for_a_card_first_does_not_spoil_reading_it(self, opened: SmartCardBench) -> None:
        opened.lay("citizen")
        assert opened.reader.card_present(Deadline(PATIENCE_S))
        assert opened.name() == opened.citizen

    def test_a_staff_card_says_whose_it_is_and_answers_another_challenge_each_time(
        self, opened: SmartCardBench
    ) -> None:
        answers = []
        for _ in range(2):
            opened.lay("staff")
            card = opened.reader.read(Deadline(PATIENCE_S), lambda _: None)
            assert isinstance(card, StaffCard)
            assert card.staff_id == opened.staff_id
            answers.append((card.challenge, card.response))
            opened.lift()
        assert all(challenge and response for challenge, response in answers)
        assert answers[0] != answers[1]

    @pytest.mark.parametrize(
        ("sort", "code"),
        [
            ("unknown", "card.unknown"),
            ("blocked", "card.blocked"),
            ("wrong way round", "card.wrong_way_round"),
        ],
    )
    def test_a_card_of_no_use_is_refused_once_for_each_time_it_is_put_in(
        self, opened: SmartCardBench, sort: Sort, code: str
    ) -> None:
        said: list[Media] = []
        opened.lay(sort)
        assert opened.trouble(say=said.append) == code
        assert opened.trouble(0.5, said.append) == "card.none_presented"
        assert said == [Media.PRESENT]
        hand = later(opened.lift, lambda: opened.lay("citizen"))
        assert opened.name(said.append) == opened.citizen
        hand.join()
        assert said == [Media.PRESENT, Media.NOT_PRESENT, Media.PRESENT]

    def test_a_reader_unplugged_while_waiting_is_absent(self, opened: SmartCardBench) -> None:
        hand = later(opened.unplug)
        with pytest.raises(Absent):
            opened.reader.read(Deadline(PATIENCE_S), lambda _: None)
        hand.join()

    def test_a_reader_plugged_in_again_reads(self, opened: SmartCardBench) -> None:
        opened.unplug()
        with pytest.raises(Absent):
            opened.reader.probe()
        opened.plug()
        opened.reader.open()
        opened.lay("citizen")
        assert opened.name() == opened.citizen

    def test_nothing_of_the_person_is_in_any_repr(self, opened: SmartCardBench) -> None:
        opened.lay("citizen")
        card = opened.reader.read(Deadline(PATIENCE_S), lambda _: None)
        assert opened.citizen not in repr((card, vars(opened.reader)))
