"""What only an SDT module on USB can do wrong: which one it is, who may open it, and its pipes."""

from collections.abc import Iterator

import pytest

from devices.deadline import Deadline
from devices.drivers.sdt_codec import Command
from devices.drivers.sdt_usb import UsbSdtReader
from devices.errors import Absent
from devices.registry import SdtUsbSettings, make_device
from devices.sim.sdt_faults import Mishap
from devices.sim.sdt_usb import UsbSdtModule
from devices.sim.usb_bus import UsbBus
from devices.values import DeviceState
from tests.device_bench import CARD, PATIENCE_S, READER, later


@pytest.fixture
def bus() -> Iterator[UsbBus]:
    made = UsbBus()
    yield made
    assert made.open_handles == 0


def reader_at(bus: UsbBus, where: str = "*") -> UsbSdtReader:
    settings = SdtUsbSettings(id=READER, kind="identity-reader", driver="sdt-usb", where=where)
    return UsbSdtReader(settings, backend=bus)


def refused(bus: UsbBus, where: str = "*") -> str:
    with pytest.raises(Absent) as raised:
        reader_at(bus, where).open()
    return raised.value.fault.code


def name_read(reader: UsbSdtReader) -> str:
    return reader.read(Deadline(PATIENCE_S), lambda _: None).name


def test_the_registry_makes_it_and_where_there_is_no_reader_it_is_absent() -> None:
    device = make_device(SdtUsbSettings(id=READER, kind="identity-reader", driver="sdt-usb", where="1-99.9"))
    with pytest.raises(Absent) as raised:
        device.open()
    assert raised.value.fault.code == "reader.absent"
    device.close()


@pytest.mark.parametrize("where", ["*", "1-4", "SN-2"])
def test_a_reader_is_found_by_port_path_or_serial_number_among_others(bus: UsbBus, where: str) -> None:
    with UsbSdtModule(bus, (2, 3), "SN-1") as other, UsbSdtModule(bus, (4,), "SN-2") as module:
        reader = reader_at(bus, where)
        (other if where == "*" else module).lay(CARD)
        reader.open()
        assert reader.info.capabilities["port"] == ("1-2.3" if where == "*" else "1-4")
        assert name_read(reader) == "测试甲"
        reader.close()


@pytest.mark.parametrize("where", ["1-2", "1-2.3.1", "SN-9", ""])
def test_another_reader_than_the_configured_one_is_never_taken(bus: UsbBus, where: str) -> None:
    with UsbSdtModule(bus, (2, 3), "SN-1"):
        assert refused(bus, where) == "reader.absent"


def test_a_reader_without_texts_is_found_by_its_port(bus: UsbBus) -> None:
    with UsbSdtModule(bus):
        assert refused(bus, "SN-1") == "reader.absent"
        reader = reader_at(bus, "1-2.3")
        reader.open()
        reader.close()


def test_any_reader_stays_the_same_one_when_a_second_is_plugged_in_meanwhile(bus: UsbBus) -> None:
    second = UsbSdtModule(bus, (1,))
    with UsbSdtModule(bus, (2,)) as first:
        reader = reader_at(bus)
        reader.open()
        first.unplug()
        with second:
            first.plug()
            reader.open()
            assert reader.info.capabilities["port"] == "1-2"
            first.unplug()
            reader.open()
            assert reader.info.capabilities["port"] == "1-1"
            reader.close()


def test_a_reader_moved_to_another_port_is_known_by_its_serial_number(bus: UsbBus) -> None:
    with UsbSdtModule(bus, (2,), "SN-1"):
        reader = reader_at(bus, "SN-1")
        reader.open()
    with pytest.raises(Absent):
        reader.probe()
    with UsbSdtModule(bus, (7, 1), "SN-1"):
        reader.open()
        assert reader.info.capabilities["port"] == "1-7.1"
        reader.close()


@pytest.mark.parametrize("where", ["*", "SN-1"])
def test_a_reader_that_may_not_be_opened_says_so(bus: UsbBus, where: str) -> None:
    with UsbSdtModule(bus, serial_number="SN-1") as module:
        module.deny(True)
        assert refused(bus, where) == "reader.access_denied"
        module.deny(False)
        reader = reader_at(bus, where)
        reader.open()
        reader.close()


def test_a_reader_that_another_program_holds_is_offline(bus: UsbBus) -> None:
    with UsbSdtModule(bus):
        reader = reader_at(bus)
        reader.open()
        assert refused(bus) == "reader.offline"
        assert reader.probe().state is DeviceState.ONLINE
        reader.close()


@pytest.mark.parametrize("endpoints", [(0x81, 0x02), (0x85, 0x06), (0x02, 0x81, 0x06, 0x85)])
def test_endpoints_are_those_of_the_descriptors(bus: UsbBus, endpoints: tuple[int, ...]) -> None:
    with UsbSdtModule(bus, endpoints=endpoints) as module:
        reader = reader_at(bus)
        reader.open()
        module.lay(CARD)
        assert name_read(reader) == "测试甲"
        reader.close()


def test_a_reader_without_bulk_endpoints_is_offline(bus: UsbBus) -> None:
    with UsbSdtModule(bus, endpoints=(0x81,)):
        assert refused(bus) == "reader.offline"


def test_a_pipe_that_stalls_three_times_is_cleared_each_time(bus: UsbBus) -> None:
    with UsbSdtModule(bus) as module:
        reader = reader_at(bus)
        reader.open()
        module.lay(CARD)
        module.misfortune(Mishap.STALLED, Mishap.NONE, Mishap.STALLED, Mishap.STALLED)
        assert name_read(reader) == "测试甲"
        reader.close()


def test_a_reader_unplugged_while_it_is_waited_for_is_absent_though_nothing_was_sent(bus: UsbBus) -> None:
    with UsbSdtModule(bus) as module:
        reader = reader_at(bus)
        reader.open()
        module.silent(True)
        hand = later(lambda: module.await_request(Command.STATUS), module.unplug)
        with pytest.raises(Absent) as raised:
            reader.probe()
        hand.join()
        assert raised.value.fault.code == "reader.absent"
