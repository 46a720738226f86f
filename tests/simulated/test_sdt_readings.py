"""What else is on a card or told of a reader, each on serial and USB: fingerprints, second address, capabilities."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.deadline import Deadline
from devices.drivers.sdt_codec import Command, Status
from devices.errors import MediaTrouble
from devices.sim.sdt_faults import Mishap
from devices.values import CardFlag, IdentityCard
from tests.device_bench import CARD, PATIENCE_S
from tests.sdt_bench import WAYS, SdtBench, choose_ways

ADDRESS = "虚构市另一区模拟路2号"
FINGERS = bytes(range(256)) * 4


pytest_generate_tests = choose_ways


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SdtBench]:
    with WAYS[request.param](tmp_path) as made:
        yield made


def card_read(bench: SdtBench, **more: object) -> IdentityCard:
    with bench.opened(**more) as reader:
        return reader.read(Deadline(PATIENCE_S), lambda _: None)


def address_units(text: str) -> bytes:
    return text.ljust(35).encode("utf-16-le")


def test_nothing_is_taken_off_a_card_that_nobody_asked_for(bench: SdtBench) -> None:
    bench.module.lay(CARD, fingerprints=FINGERS, additional_address=address_units(ADDRESS))
    card = card_read(bench)
    assert (card.fingerprints, card.additional_address, card.photo) == (b"", "", b"")


@pytest.mark.parametrize("fingers", [b"", FINGERS[:512], FINGERS], ids=["none", "one", "two"])
def test_fingerprints_are_read_where_the_reader_is_set_to(bench: SdtBench, fingers: bytes) -> None:
    bench.module.lay(CARD, fingerprints=fingers)
    card = card_read(bench, fingerprints=True)
    assert (card.fingerprints, card.name) == (fingers, "测试甲")
    assert len(card.photo_wlt) == 1024


@pytest.mark.parametrize("status", [Status.COMMAND_WRONG, Status.NOT_PERMITTED, Status.FINGERPRINT_UNVERIFIED])
def test_a_module_that_cannot_give_fingerprints_costs_nobody_the_visit(bench: SdtBench, status: Status) -> None:
    bench.module.refuse(Command.READ_WITH_FINGERPRINT, status)
    bench.module.lay(CARD, fingerprints=FINGERS)
    card = card_read(bench, fingerprints=True)
    assert (card.fingerprints, card.name) == (b"", "测试甲")


def test_a_card_pulled_while_its_fingerprints_are_read_is_lifted(bench: SdtBench) -> None:
    bench.module.lift_during_read(2000)
    bench.module.lay(CARD, fingerprints=FINGERS)
    with pytest.raises(MediaTrouble, match=r"card\.lifted"):
        card_read(bench, fingerprints=True)


def test_the_second_address_is_read_where_the_reader_is_set_to(bench: SdtBench) -> None:
    bench.module.lay(CARD, additional_address=address_units(ADDRESS))
    assert card_read(bench, additional_address=True).additional_address == ADDRESS


def test_a_card_without_a_second_address_has_none(bench: SdtBench) -> None:
    bench.module.lay(CARD)
    card = card_read(bench, additional_address=True)
    assert (card.additional_address, card.name) == ("", "测试甲")


def test_a_module_that_knows_no_second_address_costs_nobody_the_visit(bench: SdtBench) -> None:
    bench.module.refuse(Command.READ_ADDITIONAL_ADDRESS, Status.COMMAND_WRONG)
    bench.module.lay(CARD)
    assert card_read(bench, additional_address=True).name == "测试甲"


def test_a_second_address_that_failed_once_is_read_again_and_never_called_none(bench: SdtBench) -> None:
    bench.module.lay(CARD, additional_address=address_units(ADDRESS))
    with bench.opened(additional_address=True) as reader:
        bench.module.misfortune(*[Mishap.NONE] * 3, Mishap.LOST)
        card = reader.read(Deadline(PATIENCE_S), lambda _: None)
    assert card.additional_address == ADDRESS


def test_a_second_address_is_flagged_like_any_other_text(bench: SdtBench) -> None:
    bench.module.lay(CARD, additional_address=address_units(f"模拟路{chr(0xE863)}号"))
    assert CardFlag.PRIVATE_USE_CHARACTER in card_read(bench, additional_address=True).flags


def test_what_a_reader_can_do_is_told_apart_from_how_it_is(bench: SdtBench) -> None:
    with bench.opened(fingerprints=True) as reader:
        can = reader.info.capabilities
        assert reader.info.serial_number == "05.01-20200101-0001234567-0089012345"
    assert can["layouts"] == ("resident", "I", "Y", "J")
    assert (can["photo"], can["fingerprints"], can["additional_address"]) == ("none", True, False)


@pytest.mark.parametrize("status", [Status.COMMAND_WRONG, Status.SUCCESS])
def test_a_module_that_will_not_tell_its_number_serves_all_the_same(bench: SdtBench, status: Status) -> None:
    bench.module.refuse(Command.MODULE_NUMBER, status)
    bench.module.lay(CARD)
    with bench.opened() as reader:
        assert reader.info.serial_number == ""
        assert reader.read(Deadline(PATIENCE_S), lambda _: None).name == "测试甲"


def test_an_exchanged_module_tells_its_own_number_and_not_its_predecessors(bench: SdtBench) -> None:
    with bench.opened() as reader:
        assert reader.info.serial_number
        bench.module.refuse(Command.MODULE_NUMBER, Status.COMMAND_WRONG)
        reader.open()
        assert reader.info.serial_number == ""
