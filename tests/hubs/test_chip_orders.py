"""Chip cards: read once, told apart from identity cards, and watched until they are taken."""

from collections.abc import Callable

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.errors import MediaTrouble
from devices.events import CardFault, ChipCardRead, MediaChanged, OrderEnded, ReadChipCard, WatchRemoval
from devices.values import ChipCard, Media, SocialSecurityCard, StaffCard
from tests.fake_devices import FakeChipReader, FakeReader
from tests.hub_rig import LONG_S, ONE, READER, TWO, Start, raises, script

CHIP = DeviceId("chip-card")
SOCIAL = SocialSecurityCard("A12345678", "110101199003070011", "测试甲")
STAFF = StaffCard("T-0007", b"\x01\xff")


def gives(card: ChipCard) -> Callable[[Deadline, Callable[[Media], None]], ChipCard]:
    def read(_: Deadline, say: Callable[[Media], None]) -> ChipCard:
        say(Media.PRESENT)
        return card

    return read


def test_a_social_security_card_is_read_and_ends_the_order(start: Start) -> None:
    hub, ear = start(FakeChipReader(reads=script(gives(SOCIAL))))
    hub.order(CHIP, ReadChipCard(ONE, LONG_S))
    assert ear.await_end(ONE) == ChipCardRead(CHIP, ONE, SOCIAL)
    assert ear.of(ONE)[:-1] == [MediaChanged(CHIP, ONE, Media.PRESENT)]


def test_a_staff_card_keeps_the_bytes_of_its_answer(start: Start) -> None:
    hub, ear = start(FakeChipReader(reads=script(gives(STAFF))))
    hub.order(CHIP, ReadChipCard(ONE, LONG_S))
    assert ear.await_end(ONE) == ChipCardRead(CHIP, ONE, STAFF)


def test_a_chip_the_wrong_way_round_is_told_and_reading_goes_on(start: Start) -> None:
    wrong = raises(MediaTrouble("card.wrong_way_round"))
    hub, ear = start(FakeChipReader(reads=script(wrong, gives(SOCIAL))))
    hub.order(CHIP, ReadChipCard(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), ChipCardRead)
    assert ear.of(ONE)[0] == CardFault(CHIP, ONE, Fault.of("card.wrong_way_round"))


def test_no_chip_in_time_ends_the_order_with_that(start: Start) -> None:
    hub, ear = start(FakeChipReader())
    hub.order(CHIP, ReadChipCard(ONE, 0.1))
    assert ear.await_end(ONE) == OrderEnded(CHIP, ONE, Fault.of("card.none_presented"))


def test_a_chip_left_in_the_reader_is_watched_until_it_is_taken(start: Start) -> None:
    hub, ear = start(FakeChipReader(looks=script(True, True, False)))
    hub.order(CHIP, WatchRemoval(ONE, LONG_S))
    assert ear.await_end(ONE) == OrderEnded(CHIP, ONE)
    assert ear.of(ONE)[:-1] == [MediaChanged(CHIP, ONE, Media.PRESENT), MediaChanged(CHIP, ONE, Media.NOT_PRESENT)]


def test_each_reader_takes_its_own_cards_only(start: Start) -> None:
    hub, ear = start(FakeReader(), FakeChipReader())
    hub.order(READER, ReadChipCard(ONE, LONG_S))
    hub.order(DeviceId("nobody"), ReadChipCard(TWO, LONG_S))
    for order in (ONE, TWO):
        ended = ear.await_end(order)
        assert isinstance(ended, OrderEnded)
        assert ended.fault is not None
        assert ended.fault.code == "chip.absent"


def test_nothing_that_a_chip_said_shows(start: Start) -> None:
    hub, ear = start(FakeChipReader(reads=script(gives(SOCIAL))))
    hub.order(CHIP, ReadChipCard(ONE, LONG_S))
    ear.await_end(ONE)
    assert "测试" not in repr(ear.events)
    assert "1101" not in repr(ear.events)
