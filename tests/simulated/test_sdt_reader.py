"""The SDT drivers against their simulator: one test for each way that a module, its bytes or a citizen fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.deadline import Deadline
from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Status
from devices.drivers.sdt_device import SdtDevice
from devices.errors import Absent, DeviceError, Garbled, MediaTrouble, NeedsHelp, Silent
from devices.sim.sdt_faults import Mishap
from devices.sim.sdt_module import ALWAYS, SimulatedModule
from devices.values import DeviceState, IdentityCard, Media
from tests.device_bench import CARD, OTHER_CARD, PATIENCE_S, later
from tests.sdt_bench import WAYS, SdtBench, choose_ways, on_both

QUIET_S = 0.25


pytest_generate_tests = choose_ways


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SdtBench]:
    with WAYS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def module(bench: SdtBench) -> SimulatedModule:
    return bench.module


@pytest.fixture
def reader(bench: SdtBench) -> Iterator[SdtDevice]:
    with bench.opened() as made:
        yield made


def read(reader: SdtDevice, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> IdentityCard:
    return reader.read(Deadline(seconds), say)


def trouble(reader: SdtDevice, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> str:
    with pytest.raises(DeviceError) as raised:
        read(reader, seconds, say)
    return raised.value.fault.code


@on_both
def test_noise_before_each_answer_is_not_noticed(module: SimulatedModule, bench: SdtBench) -> None:
    module.noise(b"\xaa\xaa\x00\xff\xaa")
    module.lay(CARD)
    with bench.opened() as reader:
        assert read(reader).name == "测试甲"


@on_both
def test_noise_that_looks_like_a_frame_is_not_noticed(module: SimulatedModule, bench: SdtBench) -> None:
    module.noise(bytes.fromhex("AAAAAA9669FFFF AAAAAA9669000400009000"))
    module.lay(CARD)
    with bench.opened() as reader:
        assert read(reader).name == "测试甲"


@on_both
def test_answers_that_dribble_in_pieces_are_not_noticed(module: SimulatedModule, reader: SdtDevice) -> None:
    module.split(True)
    module.lay(CARD)
    assert read(reader).name == "测试甲"


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("during", [Command.FIND, Command.SELECT])
def test_a_damaged_answer_or_two_are_not_noticed(
    module: SimulatedModule, reader: SdtDevice, during: Command, frames: int
) -> None:
    said: list[Media] = []
    hand = later(lambda: module.await_request(during), lambda: module.garble(frames))
    module.lay(CARD)
    assert read(reader, say=said.append).name == "测试甲"
    hand.join()
    assert said == [Media.PRESENT]


@on_both
def test_damage_in_every_answer_is_the_readers_fault(module: SimulatedModule, reader: SdtDevice) -> None:
    module.garble(ALWAYS)
    module.lay(CARD)
    with pytest.raises(Garbled) as raised:
        read(reader)
    assert raised.value.fault.code == "reader.garbled"
    module.garble(0)
    reader.open()
    assert read(reader).name == "测试甲"


def test_a_reader_that_only_garbles_does_not_open(module: SimulatedModule, bench: SdtBench) -> None:
    module.garble(ALWAYS)
    with pytest.raises(Garbled), bench.opened():
        pass


def test_a_request_that_the_module_misheard_is_sent_again(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lay(CARD)
    module.mishear(2)
    assert read(reader).name == "测试甲"


@pytest.mark.parametrize(
    "earlier",
    [
        codec.reply(Status.FOUND, bytes(4)),
        codec.reply(Status.SUCCESS),
        codec.reply(Status.SUCCESS, bytes(8)),
        codec.reply(Status.SUCCESS, bytes(70)),
    ],
    ids=["find", "status", "select", "address"],
)
def test_an_answer_to_an_earlier_question_is_not_taken_for_this_one(
    module: SimulatedModule, reader: SdtDevice, earlier: bytes
) -> None:
    module.lay(CARD)
    module.noise(earlier)
    assert read(reader).name == "测试甲"


@pytest.mark.parametrize("late_s", [0.12, 0.2])
def test_a_late_answer_is_not_taken_for_the_next(module: SimulatedModule, reader: SdtDevice, late_s: float) -> None:
    hand = later(lambda: module.await_request(Command.FIND), lambda: module.late(late_s), lambda: module.lay(CARD))
    assert read(reader).name == "测试甲"
    hand.join()


def test_a_silent_reader_is_offline_and_comes_back(module: SimulatedModule, reader: SdtDevice) -> None:
    module.silent(True)
    with pytest.raises(Silent) as raised:
        read(reader)
    assert raised.value.fault.code == "reader.offline"
    with pytest.raises(Absent):
        reader.open()
    module.silent(False)
    reader.open()
    module.lay(CARD)
    assert read(reader).name == "测试甲"


def test_silence_shorter_than_three_questions_is_not_noticed(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lay(CARD)
    module.silent(True)
    hand = later(lambda: module.await_request(Command.FIND), lambda: module.silent(False))
    assert read(reader).name == "测试甲"
    hand.join()


@pytest.mark.parametrize("after_bytes", [None, 14, 700, 1294])
def test_card_pulled_while_reading_is_lifted_and_read_when_laid_again(
    module: SimulatedModule, reader: SdtDevice, after_bytes: int | None
) -> None:
    said: list[Media] = []
    module.lift_during_read(after_bytes)
    module.lay(CARD)
    assert trouble(reader, say=said.append) == "card.lifted"
    assert said == [Media.PRESENT, Media.NOT_PRESENT]
    module.lay(CARD)
    assert read(reader, say=said.append).name == "测试甲"


@on_both
def test_card_bumped_while_reading_is_read_all_the_same(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lift_during_read(700)
    module.lay(CARD)
    hand = later(lambda: module.await_request(Command.READ), lambda: module.lay(OTHER_CARD))
    assert read(reader).name == "测试乙"
    hand.join()


def test_an_unreadable_card_is_said_once_and_read_when_it_can_be(module: SimulatedModule, reader: SdtDevice) -> None:
    said: list[Media] = []
    module.unreadable(True)
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"
    assert trouble(reader, QUIET_S, said.append) == "card.none_presented"
    assert said == []
    module.unreadable(False)
    assert read(reader).name == "测试甲"


def test_an_unreadable_card_that_is_lifted_is_seen_to_go(module: SimulatedModule, reader: SdtDevice) -> None:
    said: list[Media] = []
    module.unreadable(True)
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"
    module.lift()
    assert trouble(reader, QUIET_S, said.append) == "card.none_presented"
    assert said == [Media.NOT_PRESENT]
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"


def test_a_card_with_a_damaged_record_is_unreadable(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lay(CARD[:36] + b"\0" * 16 + CARD[52:])
    assert trouble(reader) == "card.unreadable"


def test_a_card_without_a_photo_is_read(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lay(CARD, photo=b"")
    assert read(reader).photo_wlt == b""


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (SimulatedModule.self_test_failed, "reader.self_test_failed"),
        (SimulatedModule.not_authorised, "reader.not_authorised"),
    ],
)
def test_a_module_that_refuses_service_needs_help(
    module: SimulatedModule, reader: SdtDevice, break_it: Callable[[SimulatedModule, bool], None], code: str
) -> None:
    break_it(module, True)
    with pytest.raises(NeedsHelp) as raised:
        reader.probe()
    assert raised.value.fault.code == code
    assert trouble(reader) == code
    with pytest.raises(NeedsHelp):
        reader.open()
    break_it(module, False)
    reader.open()
    assert reader.probe().state is DeviceState.ONLINE


@on_both
def test_a_reader_unplugged_while_reading_is_absent(module: SimulatedModule, reader: SdtDevice) -> None:
    hand = later(lambda: module.await_request(Command.READ), module.unplug)
    module.lay(CARD)
    assert trouble(reader) == "reader.absent"
    hand.join()


@on_both
def test_a_card_of_an_earlier_visit_is_told_from_no_card(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lay(CARD)
    assert read(reader).name == "测试甲"
    with pytest.raises(MediaTrouble, match=r"card\.already_read"):
        read(reader)
    assert reader.card_present(Deadline(PATIENCE_S))


@on_both
def test_a_lost_reader_is_let_go_of(bench: SdtBench) -> None:
    before = bench.held()
    with bench.opened() as reader:
        bench.module.unplug()
        with pytest.raises(Absent):
            reader.probe()
        bench.module.plug()
        assert bench.held() == before


@on_both
def test_a_frame_whose_length_is_a_lie_is_never_taken_for_a_card(module: SimulatedModule, reader: SdtDevice) -> None:
    module.lay(CARD)
    module.misfortune(Mishap.NONE, Mishap.NONE, Mishap.PRIVATE)
    assert read(reader).name == "测试甲"


def test_a_frame_whose_length_is_a_lie_for_every_question_is_no_answer(
    module: SimulatedModule, reader: SdtDevice
) -> None:
    module.misfortune(*[Mishap.PRIVATE] * 3)
    with pytest.raises(Silent):
        read(reader)


@pytest.mark.parametrize("kind", [kind for kind in Mishap if kind is not Mishap.NONE])
def test_any_one_mishap_while_a_card_is_read_is_not_noticed(
    bench: SdtBench, kind: Mishap, request: pytest.FixtureRequest
) -> None:
    # A lost answer is waited for, and longest for a card's.
    quick = 1 if kind in (Mishap.LOST, Mishap.LATE) else 2
    steps = range(3) if request.config.getoption("--campaign") else [quick]
    for before in steps:  # of find, select, read
        said: list[Media] = []
        with bench.opened() as reader:
            bench.module.lay(CARD)
            bench.module.misfortune(*[Mishap.NONE] * before, kind)
            assert read(reader, say=said.append).name == "测试甲"
        assert said == [Media.PRESENT]


def test_a_card_that_lies_there_is_not_called_lifted_because_one_look_for_it_was_lost(
    module: SimulatedModule, reader: SdtDevice
) -> None:
    module.lay(CARD)
    # find, select, read that fails, find that sees the read card no more, and the look that would tell.
    module.misfortune(Mishap.NONE, Mishap.NONE, Mishap.CUT, Mishap.NONE, Mishap.LOST)
    said: list[Media] = []
    assert read(reader, say=said.append).name == "测试甲"
    assert said == [Media.PRESENT]


def test_a_card_is_complained_about_anew_when_the_reader_was_away_meanwhile(
    module: SimulatedModule, reader: SdtDevice
) -> None:
    module.unreadable(True)
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"
    module.unplug()
    module.plug()
    reader.open()
    assert trouble(reader) == "card.unreadable"
