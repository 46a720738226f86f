"""The SDT driver against its simulator: one test for each way that a reader, a line or a citizen fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.deadline import Deadline
from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Status
from devices.drivers.sdt_line import SdtLine
from devices.drivers.sdt_reader import SdtReader
from devices.errors import Absent, DeviceError, Garbled, MediaTrouble, NeedsHelp, Silent
from devices.registry import SdtSerialSettings, make_device
from devices.sim.sdt_pty import ALWAYS, SdtModule
from devices.values import DeviceState, Media
from tests.device_bench import CARD, OTHER_CARD, PATIENCE_S, held, later, opened, read, reader_settings

QUIET_S = 0.25


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def module(port: Path) -> Iterator[SdtModule]:
    with SdtModule(port) as plugged:
        yield plugged


@pytest.fixture
def reader(module: SdtModule, port: Path) -> Iterator[SdtReader]:
    assert module.plugged
    with opened(port) as made:
        yield made


def trouble(reader: SdtReader, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> str:
    with pytest.raises(DeviceError) as raised:
        read(reader, seconds, say)
    return raised.value.fault.code


def test_the_registry_makes_it_and_it_tells_its_number(module: SdtModule, port: Path) -> None:
    assert module.plugged
    device = make_device(reader_settings(port))
    device.open()
    assert device.info.serial_number == "05.01-20200101-0001234567-0089012345"
    device.close()


def test_noise_before_each_answer_is_not_noticed(module: SdtModule, port: Path) -> None:
    module.noise(b"\xaa\xaa\x00\xff\xaa")
    module.lay(CARD)
    with opened(port) as reader:
        assert read(reader).name == "测试甲"


def test_noise_that_looks_like_a_frame_is_not_noticed(module: SdtModule, port: Path) -> None:
    module.noise(bytes.fromhex("AAAAAA9669FFFF AAAAAA9669000400009000"))
    module.lay(CARD)
    with opened(port) as reader:
        assert read(reader).name == "测试甲"


def test_answers_that_dribble_in_pieces_are_not_noticed(module: SdtModule, reader: SdtReader) -> None:
    module.split(True)
    module.lay(CARD)
    assert read(reader).name == "测试甲"


@pytest.mark.parametrize("frames", [1, 2])
@pytest.mark.parametrize("during", [Command.FIND, Command.SELECT])
def test_a_damaged_answer_or_two_are_not_noticed(
    module: SdtModule, reader: SdtReader, during: Command, frames: int
) -> None:
    said: list[Media] = []
    hand = later(lambda: module.await_request(during), lambda: module.garble(frames))
    module.lay(CARD)
    assert read(reader, say=said.append).name == "测试甲"
    hand.join()
    assert said == [Media.PRESENT]


def test_damage_in_every_answer_is_the_readers_fault(module: SdtModule, reader: SdtReader) -> None:
    module.garble(ALWAYS)
    module.lay(CARD)
    with pytest.raises(Garbled) as raised:
        read(reader)
    assert raised.value.fault.code == "reader.garbled"
    module.garble(0)
    reader.open()
    assert read(reader).name == "测试甲"


def test_a_reader_that_only_garbles_does_not_open(module: SdtModule, port: Path) -> None:
    module.garble(ALWAYS)
    with pytest.raises(Garbled), opened(port):
        pass


def test_a_request_that_the_module_misheard_is_sent_again(module: SdtModule, reader: SdtReader) -> None:
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
    module: SdtModule, reader: SdtReader, earlier: bytes
) -> None:
    module.lay(CARD)
    module.noise(earlier)
    assert read(reader).name == "测试甲"


def test_an_answer_that_came_after_its_time_is_thrown_away(module: SdtModule, port: Path) -> None:
    line = SdtLine(str(port))
    line.open(115200)
    module.late(0.3)
    hand = later(lambda: module.await_request(Command.FIND))
    with pytest.raises(Silent):
        line.exchange(Command.FIND, Deadline(PATIENCE_S))
    hand.join()
    assert module.last_reading is None  # Returns when "no card" is out, too late.
    module.lay(CARD)
    assert line.exchange(Command.FIND, Deadline(PATIENCE_S)).status == Status.FOUND
    line.close()


@pytest.mark.parametrize("late_s", [0.12, 0.2])
def test_a_late_answer_is_not_taken_for_the_next(module: SdtModule, reader: SdtReader, late_s: float) -> None:
    hand = later(lambda: module.await_request(Command.FIND), lambda: module.late(late_s), lambda: module.lay(CARD))
    assert read(reader).name == "测试甲"
    hand.join()


def test_a_silent_reader_is_offline_and_comes_back(module: SdtModule, reader: SdtReader) -> None:
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


def test_silence_shorter_than_three_questions_is_not_noticed(module: SdtModule, reader: SdtReader) -> None:
    module.lay(CARD)
    module.silent(True)
    hand = later(lambda: module.await_request(Command.FIND), lambda: module.silent(False))
    assert read(reader).name == "测试甲"
    hand.join()


@pytest.mark.parametrize("after_bytes", [None, 14, 700, 1294])
def test_card_pulled_while_reading_is_lifted_and_read_when_laid_again(
    module: SdtModule, reader: SdtReader, after_bytes: int | None
) -> None:
    said: list[Media] = []
    module.lift_during_read(after_bytes)
    module.lay(CARD)
    assert trouble(reader, say=said.append) == "card.lifted"
    assert said == [Media.PRESENT, Media.NOT_PRESENT]
    module.lay(CARD)
    assert read(reader, say=said.append).name == "测试甲"


def test_card_bumped_while_reading_is_read_all_the_same(module: SdtModule, reader: SdtReader) -> None:
    module.lift_during_read(700)
    module.lay(CARD)
    hand = later(lambda: module.await_request(Command.READ), lambda: module.lay(OTHER_CARD))
    assert read(reader).name == "测试乙"
    hand.join()


def test_an_unreadable_card_is_said_once_and_read_when_it_can_be(module: SdtModule, reader: SdtReader) -> None:
    said: list[Media] = []
    module.unreadable(True)
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"
    assert trouble(reader, QUIET_S, said.append) == "card.none_presented"
    assert said == []
    module.unreadable(False)
    assert read(reader).name == "测试甲"


def test_an_unreadable_card_that_is_lifted_is_seen_to_go(module: SdtModule, reader: SdtReader) -> None:
    said: list[Media] = []
    module.unreadable(True)
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"
    module.lift()
    assert trouble(reader, QUIET_S, said.append) == "card.none_presented"
    assert said == [Media.NOT_PRESENT]
    module.lay(CARD)
    assert trouble(reader) == "card.unreadable"


def test_a_card_with_a_damaged_record_is_unreadable(module: SdtModule, reader: SdtReader) -> None:
    module.lay(CARD[:36] + b"\0" * 16 + CARD[52:])
    assert trouble(reader) == "card.unreadable"


def test_a_card_without_a_photo_is_read(module: SdtModule, reader: SdtReader) -> None:
    module.lay(CARD, photo=b"")
    assert read(reader).photo_wlt == b""


@pytest.mark.parametrize(
    ("break_it", "code"),
    [
        (SdtModule.self_test_failed, "reader.self_test_failed"),
        (SdtModule.not_authorised, "reader.not_authorised"),
    ],
)
def test_a_module_that_refuses_service_needs_help(
    module: SdtModule, reader: SdtReader, break_it: Callable[[SdtModule, bool], None], code: str
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


def test_a_reader_unplugged_while_reading_is_absent(module: SdtModule, reader: SdtReader) -> None:
    hand = later(lambda: module.await_request(Command.READ), module.unplug)
    module.lay(CARD)
    assert trouble(reader) == "reader.absent"
    hand.join()


def test_a_lost_port_is_let_go_of(module: SdtModule, port: Path) -> None:
    before = held()
    with opened(port) as reader:
        module.unplug()
        with pytest.raises(Absent):
            reader.probe()
        module.plug()
        assert held() == before


def test_unplugging_again_and_again_leaves_nothing_behind(module: SdtModule, reader: SdtReader) -> None:
    module.lay(CARD)
    assert read(reader).name == "测试甲"
    before = held()
    for _ in range(5):
        module.unplug()
        with pytest.raises(Absent):
            reader.probe()
        with pytest.raises(Absent):
            reader.open()
        module.plug()
        reader.open()
        assert read(reader).name == "测试甲"
    assert held() == before


def test_a_slow_module_is_found_by_itself(port: Path) -> None:
    with SdtModule(port, baud=38400) as module, opened(port) as reader:
        module.lay(CARD)
        assert read(reader).name == "测试甲"


def test_a_module_of_another_speed_than_configured_is_offline(port: Path) -> None:
    settings = SdtSerialSettings(id="id-card", kind="identity-reader", driver="sdt-serial", port=str(port), baud=57600)
    with SdtModule(port), pytest.raises(DeviceError) as raised:
        SdtReader(settings).open()
    assert raised.value.fault.code in ("reader.offline", "reader.garbled")


def test_a_port_that_another_program_holds_is_offline(module: SdtModule, reader: SdtReader, port: Path) -> None:
    assert module.plugged
    assert reader.probe().state is DeviceState.ONLINE
    with pytest.raises(Absent) as raised, opened(port):
        pass
    assert raised.value.fault.code == "reader.offline"
    assert reader.probe().state is DeviceState.ONLINE


def test_a_file_that_is_no_port_is_offline(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Absent) as raised, opened(tmp_path / "file"):
        pass
    assert raised.value.fault.code == "reader.offline"


def test_a_card_of_an_earlier_visit_is_told_from_no_card(module: SdtModule, reader: SdtReader) -> None:
    module.lay(CARD)
    assert read(reader).name == "测试甲"
    with pytest.raises(MediaTrouble, match=r"card\.already_read"):
        read(reader)
    assert reader.card_present(Deadline(PATIENCE_S))
