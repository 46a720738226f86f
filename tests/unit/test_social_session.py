"""Reading a social security card command by command, against chips as issuers make them, and broken ones."""

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.apdu import CardChannel
from devices.drivers.social_session import SSSE, read_social_card
from devices.drivers.staff_card import AID, read_staff_card
from devices.errors import MediaTrouble
from devices.sim import chip_faults
from devices.sim.chip_cards import (
    BankChip,
    Card,
    Manner,
    SocialSecurityChip,
    StaffChip,
    social_card_files,
    social_security_card,
)
from devices.values import SocialSecurityCard, StaffCard
from tests.chip_rigs import PERSON, TODAY, attempt

FILES = social_card_files(PERSON)
MANNERS = [Manner(p1, by) for p1, by in product((0x02, 0x00), ("tag", "short file", "place"))]
MOST_COMMANDS = 500


class Wire:
    """Between driver and card: keeps count, and hears what is said."""

    def __init__(self, card: Card, protocol: int) -> None:
        self.card = card
        self.heard: list[bytes] = []
        self.channel = CardChannel(self._transmit, t0=protocol == 0)

    def _transmit(self, command: bytes) -> bytes:
        self.heard.append(command)
        assert len(self.heard) <= MOST_COMMANDS
        return self.card.answer(command)

    @property
    def selected(self) -> set[bytes]:
        """What was selected: names and identifiers."""
        return {command[5:] for command in self.heard if command[1] == 0xA4}


def read(card: Card, protocol: int = 0) -> SocialSecurityCard | None:
    return read_social_card(Wire(card, protocol).channel, TODAY)


def why(card: Card, protocol: int = 0) -> str:
    with pytest.raises(MediaTrouble) as raised:
        read(card, protocol)
    return str(raised.value)


@pytest.mark.parametrize("protocol", [0, 1])
@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_every_issuers_manner_is_understood(manner: Manner, protocol: int) -> None:
    card = read(SocialSecurityChip(FILES, protocol, manner), protocol)
    assert card is not None
    assert (card.name, card.number, card.flags) == (PERSON["name"], PERSON["number"], frozenset())


def test_what_the_first_file_taught_is_not_asked_again() -> None:
    usual = Wire(SocialSecurityChip(FILES), 0)
    odd = Wire(SocialSecurityChip(FILES, 0, Manner(0x00, "place")), 0)
    read_social_card(usual.channel, TODAY)
    read_social_card(odd.channel, TODAY)
    assert len(odd.heard) - len(usual.heard) == 3  # one more way to select, two more to read


@pytest.mark.parametrize("protocol", [0, 1])
def test_a_record_of_another_length_is_fetched_by_its_own(protocol: int) -> None:
    files = {0xEF05: dict(FILES[0xEF05]), 0xEF06: dict(FILES[0xEF06])}
    files[0xEF06][0x09] = b"\x09\x06" + "测试甲".encode("gbk")
    card = read(SocialSecurityChip(files, protocol), protocol)
    assert card is not None
    assert card.name == "测试甲"


@pytest.mark.parametrize("protocol", [0, 1])
def test_somebody_elses_card_is_none_of_ours_and_what_is_on_it_is_left_alone(protocol: int) -> None:
    wire = Wire(BankChip(protocol), protocol)
    assert read_social_card(wire.channel, TODAY) is None
    assert read_staff_card(wire.channel) is None
    assert wire.selected == {SSSE, b"\x3f\x00", AID}
    assert all(command[1] == 0xA4 for command in wire.heard)


class Astray(SocialSecurityChip):
    """A card on which something else is selected: it finds its applications from the root only."""

    def __init__(self) -> None:
        super().__init__(FILES)
        self._at_root = False

    def answer(self, command: bytes) -> bytes:
        self._at_root = self._at_root or command == bytes.fromhex("00A40000023F00")
        return super().answer(command) if self._at_root else b"\x6a\x82"


def test_a_card_that_something_else_is_selected_on_is_led_back_to_its_root() -> None:
    assert read(Astray()) is not None


@pytest.mark.parametrize("status", ["6283", "6983", "6A81", "9303"])
@pytest.mark.parametrize("protocol", [0, 1])
def test_a_locked_card_is_blocked(status: str, protocol: int) -> None:
    card = SocialSecurityChip(FILES, protocol, locked=bytes.fromhex(status))
    assert why(card, protocol) == f"card.blocked: select: status {status}"


@pytest.mark.parametrize(
    ("refuse", "said"),
    [
        ({0x08: "6982"}, "card.unsupported: record 08: status 6982"),
        ({0x08: "6A83"}, "card.unreadable: record 08: status 6A83"),
        ({0x0C: "6F00"}, "card.unreadable: record 0C: status 6F00"),
        ({0x0D: "6983"}, "card.blocked: record 0D: status 6983"),
    ],
)
def test_a_record_that_is_refused_says_which_and_why(refuse: Mapping[int, str], said: str) -> None:
    statuses = {tag: bytes.fromhex(status) for tag, status in refuse.items()}
    assert why(SocialSecurityChip(FILES, refuse=statuses)) == said


@pytest.mark.parametrize("status", ["6A83", "6982"])
def test_a_record_that_is_not_needed_may_be_missing_or_kept(status: str) -> None:
    kept = dict.fromkeys((0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0B, 0x0C, 0x0D), bytes.fromhex(status))
    card = read(SocialSecurityChip(FILES, refuse=kept))
    assert card is not None
    assert (card.name, card.sex, card.birth_date) == (PERSON["name"], "", None)


def test_a_card_without_its_files_is_unreadable() -> None:
    assert why(SocialSecurityChip({})) == "card.unreadable: select EF05: status 6A82"


@pytest.mark.parametrize(
    "change",
    [
        chip_faults.no_length_is_right(),
        chip_faults.more_without_end(),
        chip_faults.record_changed(0x09, lambda record: b"\x08" + record[1:]),
        chip_faults.record_changed(0x09, lambda record: record[:1] + b"\xff" + record[2:]),
        chip_faults.record_changed(0x08, lambda record: record[:-4]),
        chip_faults.record_changed(0x08, lambda _: b""),
        chip_faults.refused_with(b"\x6f\x00", 0xB2),
        chip_faults.refused_with(b"\x00\x00", 0xA4),
    ],
    ids=lambda change: change.__qualname__.split(".")[0],
)
@pytest.mark.parametrize("protocol", [0, 1])
def test_a_card_that_breaks_the_rules_is_unreadable_soon(change: chip_faults.Change, protocol: int) -> None:
    card = chip_faults.FaultyCard(SocialSecurityChip(FILES, protocol), change)
    assert why(card, protocol).startswith("card.unreadable: ")


@given(st.integers(0, 2**32), st.floats(0.05, 1.0), st.sampled_from([0, 1]))
def test_whatever_the_noise_the_reading_ends_with_a_card_or_a_reason(seed: int, share: float, protocol: int) -> None:
    card = chip_faults.FaultyCard(social_security_card(PERSON, protocol), chip_faults.garbled(seed, share))
    found = attempt(lambda: read(card, protocol))
    if isinstance(found, MediaTrouble):
        assert PERSON["name"] not in str(found)
        assert PERSON["number"] not in str(found)
    else:
        assert found is None or found.name


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=60), st.booleans())
def test_whatever_a_card_says_the_reading_ends(answers: list[bytes], t0: bool) -> None:
    heard = 0

    def transmit(_: bytes) -> bytes:
        nonlocal heard
        heard += 1
        assert heard <= MOST_COMMANDS
        return answers[heard % len(answers)]

    channel = CardChannel(transmit, t0=t0)
    card = attempt(lambda: read_social_card(channel, TODAY) or read_staff_card(channel))
    assert card is None or isinstance(card, SocialSecurityCard | StaffCard | MediaTrouble)


@pytest.mark.parametrize("protocol", [0, 1])
def test_a_staff_card_answers_a_challenge_that_nobody_could_foresee(protocol: int) -> None:
    cards = [read_staff_card(Wire(StaffChip("T-0417", b"key", protocol), protocol).channel) for _ in range(2)]
    assert [card and card.staff_id for card in cards] == ["T-0417", "T-0417"]
    assert len({card.challenge for card in cards if card}) == len({card.response for card in cards if card}) == 2


@pytest.mark.parametrize("staff_id", ["", "x" * 33, "T 1", "-T", "张", "T\n"])
def test_a_staff_id_that_is_none_is_unreadable_and_not_repeated(staff_id: str) -> None:
    with pytest.raises(MediaTrouble) as raised:
        read_staff_card(Wire(StaffChip(staff_id, b"key"), 1).channel)
    assert raised.value.fault == MediaTrouble("card.unreadable", raised.value.fault.detail).fault
    assert not staff_id or staff_id not in raised.value.fault.detail


@pytest.mark.parametrize("answer", [b"", b"x" * 15, b"x" * 129])
def test_a_staff_card_without_a_proper_answer_is_unreadable(answer: bytes) -> None:
    def change(_count: int, command: bytes, honest: bytes) -> bytes:
        return answer + b"\x90\x00" if command[1] == 0x88 else honest

    card = chip_faults.FaultyCard(StaffChip("T-0417", b"key"), change)
    with pytest.raises(MediaTrouble, match=f"challenge: answer of {len(answer)} bytes"):
        read_staff_card(Wire(card, 1).channel)


def test_a_locked_staff_card_is_blocked() -> None:
    with pytest.raises(MediaTrouble, match=r"card\.blocked"):
        read_staff_card(Wire(StaffChip("T-0417", b"key", locked=b"\x62\x83"), 1).channel)


def test_a_staff_cards_answer_shows_in_no_repr() -> None:
    card = read_staff_card(Wire(StaffChip("T-0417", b"key"), 1).channel)
    assert repr(card) == "StaffCard(staff_id='T-0417')"
