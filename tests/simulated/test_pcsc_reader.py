"""The chip-card reader on a private pcscd: cards pulled out, slow, broken, and readers that come and go."""

from collections.abc import Iterator

import pytest
from smartcard import scard

from devices.deadline import Deadline
from devices.drivers.pcsc_reader import PcscReader
from devices.errors import Absent, Cancelled
from devices.sim import chip_faults
from devices.sim.chip_bench import ChipBench
from devices.sim.chip_cards import Card, SocialSecurityChip, social_card_files, social_security_card
from devices.sim.chip_faults import FaultyCard
from devices.sim.pcsc_stack import READER
from devices.values import DeviceState, Media, SocialSecurityCard
from tests.chip_rigs import PERSON, TODAY, chip_reader, chip_settings, lay, read, trouble
from tests.device_bench import PATIENCE_S, later

COMMANDS = 16
"""How many it takes to read a card under T=0: select, fetch, twice select a file, twice six records."""
SOME = (0, 1, 8, COMMANDS - 1)


@pytest.fixture
def rig() -> Iterator[tuple[ChipBench, PcscReader]]:
    with chip_reader() as (bench, reader):
        reader.open()
        yield bench, reader


def faulty(change: chip_faults.Change, protocol: int = 0) -> Card:
    return FaultyCard(social_security_card(PERSON, protocol), change)


def cut_points(config: pytest.Config) -> tuple[int, ...]:
    return tuple(range(COMMANDS)) if config.getoption("--campaign") else SOME


def test_a_card_pulled_out_at_any_command_is_lifted_and_read_when_it_is_put_in_again(
    rig: tuple[ChipBench, PcscReader], pytestconfig: pytest.Config
) -> None:
    bench, reader = rig
    for commands in cut_points(pytestconfig):
        said: list[Media] = []
        bench.lay_card(faulty(chip_faults.lifted_after(commands)))
        assert trouble(reader, say=said.append) == "card.lifted"
        assert said == [Media.PRESENT, Media.NOT_PRESENT]
    lay(bench)
    assert isinstance(read(reader), SocialSecurityCard)


def test_a_card_takes_as_many_commands_as_the_tests_think(rig: tuple[ChipBench, PcscReader]) -> None:
    bench, reader = rig
    bench.lay_card(faulty(chip_faults.lifted_after(COMMANDS)))
    assert isinstance(read(reader), SocialSecurityCard)


@pytest.mark.parametrize("protocol", [0, 1])
def test_a_card_that_answers_nonsense_once_is_read_at_the_next_try(
    rig: tuple[ChipBench, PcscReader], protocol: int
) -> None:
    bench, reader = rig
    bench.lay_card(faulty(chip_faults.record_changed(0x09, lambda record: record[:5], times=1), protocol))
    card = read(reader)
    assert isinstance(card, SocialSecurityCard)
    assert card.name == PERSON["name"]


def test_a_card_that_answers_nonsense_always_is_unreadable_and_said_once(rig: tuple[ChipBench, PcscReader]) -> None:
    bench, reader = rig
    bench.lay_card(faulty(chip_faults.more_without_end()))
    assert trouble(reader) == "card.unreadable"
    assert trouble(reader, 0.3) == "card.none_presented"


def test_a_slow_card_is_read_and_one_too_slow_for_this_citizen_is_read_for_the_next(
    rig: tuple[ChipBench, PcscReader],
) -> None:
    bench, reader = rig
    bench.lay_card(faulty(chip_faults.slow(0.05)))
    bench.await_card()
    assert trouble(reader, 0.3) == "card.none_presented"
    assert isinstance(read(reader), SocialSecurityCard)


def test_a_withdrawal_in_the_middle_of_a_card_ends_at_once_and_leaves_it_to_be_read(
    rig: tuple[ChipBench, PcscReader],
) -> None:
    bench, reader = rig
    until = Deadline(PATIENCE_S)

    def change(count: int, _command: bytes, answer: bytes) -> bytes:
        if count == 5:
            until.cancel()
        return answer

    bench.lay_card(faulty(change))
    with pytest.raises(Cancelled):
        reader.read(until, lambda _: None)
    assert isinstance(read(reader), SocialSecurityCard)


def test_what_is_wrong_with_a_card_is_said_without_a_word_of_whose_it_is(rig: tuple[ChipBench, PcscReader]) -> None:
    bench, reader = rig
    person = PERSON | {"birth": "19900231"}
    bench.lay_card(SocialSecurityChip(social_card_files(person)))
    with pytest.raises(Exception, match=r"card\.unreadable: birth date: no such day") as raised:
        read(reader)
    assert PERSON["name"] not in repr(raised.getrepr(showlocals=False))


def test_a_reader_that_another_program_holds_is_busy_and_reads_when_it_is_let_go(
    rig: tuple[ChipBench, PcscReader],
) -> None:
    bench, reader = rig
    lay(bench)
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    _, other, _ = scard.SCardConnect(context, reader_names(context)[0], scard.SCARD_SHARE_EXCLUSIVE, protocols)
    try:
        assert reader.probe().state is DeviceState.DEVICE_BUSY
        assert trouble(reader, 0.3) == "card.none_presented"
        hand = later(lambda: scard.SCardDisconnect(other, scard.SCARD_LEAVE_CARD))
        assert isinstance(read(reader), SocialSecurityCard)
        hand.join()
    finally:
        scard.SCardReleaseContext(context)


def reader_names(context: int) -> list[str]:
    result, names = scard.SCardListReaders(context, [])
    assert result == scard.SCARD_S_SUCCESS
    return [str(name) for name in names]


@pytest.mark.parametrize("pattern", [f"{READER} 00 00", f"{READER}*", "*00 0[0-4]"])
def test_a_reader_is_found_by_a_pattern_on_its_name(pattern: str) -> None:
    with ChipBench():
        reader = PcscReader(chip_settings(pattern), today=lambda: TODAY)
        reader.open()
        assert reader.info.model.startswith(f"{READER} 00 00")
        reader.close()


def test_a_slot_beside_the_configured_one_is_not_listened_to(rig: tuple[ChipBench, PcscReader]) -> None:
    bench, _ = rig
    other = PcscReader(chip_settings("*00 01"), today=lambda: TODAY)
    other.open()
    lay(bench)
    assert not other.card_present(Deadline(PATIENCE_S))
    assert trouble(other, 0.2) == "card.none_presented"
    other.close()


def test_readers_of_other_names_are_none_and_the_technician_hears_how_many() -> None:
    with ChipBench(), pytest.raises(Absent, match=r"chip\.absent: no reader is called 'ACS\*', 2 with"):
        PcscReader(chip_settings("ACS*")).open()


def test_a_service_that_is_not_there_is_down_and_not_a_reader_that_is_missing() -> None:
    with chip_reader() as (bench, reader):
        bench.kill_pcscd()
        with pytest.raises(Absent) as raised:
            reader.open()
        assert raised.value.fault.code == "chip.service_down"
        bench.start_pcscd()
        reader.open()


def test_a_broken_card_is_unreadable_and_the_next_one_is_read(rig: tuple[ChipBench, PcscReader]) -> None:
    bench, reader = rig
    bench.lay_card(faulty(chip_faults.record_changed(0x09, lambda record: record[:1] + b"\xff" + record[2:])))
    assert trouble(reader) == "card.unreadable"
    lay(bench)
    assert isinstance(read(reader), SocialSecurityCard)
