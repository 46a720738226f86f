"""What only an SDT module on a serial line can do wrong: its speed, its port, its answers of another time."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.deadline import Deadline
from devices.drivers.sdt_codec import Command, Status
from devices.drivers.sdt_line import SdtLine
from devices.drivers.sdt_reader import SdtReader
from devices.drivers.sdt_serial_wire import SerialWire
from devices.errors import Absent, DeviceError, Silent
from devices.registry import SdtSerialSettings, make_device
from devices.sim.sdt_pty import SdtModule
from devices.values import DeviceState
from tests.device_bench import CARD, PATIENCE_S, later, opened, read, reader_settings


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "reader"


@pytest.fixture
def module(port: Path) -> Iterator[SdtModule]:
    with SdtModule(port) as plugged:
        yield plugged


@pytest.mark.usefixtures("module")
def test_the_registry_makes_it_and_it_tells_its_number_and_speed(port: Path) -> None:
    device = make_device(reader_settings(port))
    assert "baud" not in device.info.capabilities
    device.open()
    assert device.info.serial_number == "05.01-20200101-0001234567-0089012345"
    assert device.info.capabilities["baud"] == 115200
    device.close()


@pytest.mark.parametrize("baud", [57600, 19200, 9600])
def test_a_slow_module_is_found_by_itself_and_found_again_at_once(port: Path, baud: int) -> None:
    with SdtModule(port, baud) as module, opened(port) as reader:
        assert reader.info.capabilities["baud"] == baud
        module.unplug()
        module.plug()
        reader.open()
        assert reader.info.capabilities["baud"] == baud


def test_a_slow_module_is_read(port: Path) -> None:
    with SdtModule(port, 38400) as module, opened(port) as reader:
        module.lay(CARD)
        assert read(reader).name == "测试甲"


def test_a_module_exchanged_for_a_faster_one_is_found(port: Path) -> None:
    with SdtModule(port, 57600) as slow, opened(port) as reader:
        slow.unplug()
        with SdtModule(port):
            reader.open()
            assert reader.info.capabilities["baud"] == 115200


def test_a_module_of_another_speed_than_configured_is_offline(port: Path) -> None:
    settings = SdtSerialSettings(id="id-card", kind="identity-reader", driver="sdt-serial", port=str(port), baud=57600)
    with SdtModule(port), pytest.raises(DeviceError) as raised:
        SdtReader(settings).open()
    assert raised.value.fault.code in ("reader.offline", "reader.garbled")


@pytest.mark.usefixtures("module")
def test_a_port_that_another_program_holds_is_offline(port: Path) -> None:
    with opened(port) as reader:
        with pytest.raises(Absent) as raised, opened(port):
            pass
        assert raised.value.fault.code == "reader.offline"
        assert reader.probe().state is DeviceState.ONLINE


def test_a_file_that_is_no_port_is_offline(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Absent) as raised, opened(tmp_path / "file"):
        pass
    assert raised.value.fault.code == "reader.offline"


def test_a_port_that_may_not_be_opened_says_so(module: SdtModule, port: Path) -> None:
    assert module.plugged
    real = port.readlink()
    before = real.stat().st_mode
    real.chmod(0)
    try:
        if os.access(real, os.R_OK):  # the superuser may open anything: only the kernel's word for it is left to try
            with pytest.raises(Absent) as raised, opened(Path("/proc/self/mem")):
                pass
            assert raised.value.fault.code == "reader.offline"
        else:
            with pytest.raises(Absent) as raised, opened(port):
                pass
            assert raised.value.fault.code == "reader.access_denied"
    finally:
        real.chmod(before)


def test_an_answer_that_came_after_its_time_is_thrown_away(module: SdtModule, port: Path) -> None:
    wire = SerialWire(str(port))
    wire.open(115200)
    line = SdtLine(wire)
    module.late(0.3)
    hand = later(lambda: module.await_request(Command.FIND))
    with pytest.raises(Silent):
        line.exchange(Command.FIND, Deadline(PATIENCE_S))
    hand.join()
    assert module.last_reading is None  # Returns when "no card" is out, too late.
    module.lay(CARD)
    assert line.exchange(Command.FIND, Deadline(PATIENCE_S)).status == Status.FOUND
    wire.close()
