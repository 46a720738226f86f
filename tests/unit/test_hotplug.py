"""Names of devices that stay theirs, in a tree built like /sys of a real machine."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.hotplug import Subsystem, UsbName, node_of, nodes_of, parse

TYPES = f"{1 << 30 | 1 << 28 | 1 << 16:x}"
"""A bitmap of keys with A, Q and Enter in it."""


class Machine:
    """A tree like /sys into which USB devices are plugged."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def plug(self, socket: str, vendor: str, product: str, serial: str = "") -> Path:
        """Plug a device into a socket such as ``1-2.3``."""
        bus, _, way = socket.partition("-")
        steps = way.split(".")
        place = self.root / f"sys/devices/pci0000:00/usb{bus}"
        for depth in range(1, len(steps) + 1):
            place /= f"{bus}-{'.'.join(steps[:depth])}"
        place.mkdir(parents=True, exist_ok=True)
        for name, text in {"idVendor": vendor, "idProduct": product, "serial": serial}.items():
            if text:
                (place / name).write_text(text + "\n")
        return place

    def node(self, device: Path, subsystem: Subsystem, name: str, interface: str = "00", **attributes: str) -> None:
        """Let a device have a node of its own, behind one of its interfaces."""
        function = device / f"{device.name}:1.{int(interface, 16)}"
        middle = function / "parent"
        entry = middle / subsystem / name
        entry.mkdir(parents=True)
        (function / "bInterfaceNumber").write_text(interface + "\n")
        (entry / "device").symlink_to(middle)
        for attribute, text in attributes.items():
            path = (middle if attribute == "keys" else entry) / {"keys": "capabilities/key"}.get(attribute, attribute)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text + "\n")
        known = self.root / "sys/class" / subsystem
        known.mkdir(parents=True, exist_ok=True)
        (known / name).symlink_to(entry)

    def where(self, setting: str, subsystem: Subsystem = "tty") -> str:
        return node_of(setting, subsystem, self.root)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_reader_is_found_by_its_serial_number_wherever_the_kernel_put_it(machine: Machine) -> None:
    machine.node(machine.plug("1-1", "1a86", "7523", "OTHER"), "tty", "ttyUSB0")
    machine.node(machine.plug("1-2.3", "1a86", "7523", "A50285BI"), "tty", "ttyUSB7")
    assert machine.where("usb:1a86:7523:A50285BI") == "/dev/ttyUSB7"
    assert machine.where("usb:1A86:7523:A50285BI") == "/dev/ttyUSB7"


def test_a_reader_without_a_serial_number_is_found_by_the_socket_it_sits_in(machine: Machine) -> None:
    machine.node(machine.plug("1-2.3", "1a86", "7523"), "tty", "ttyUSB1")
    machine.node(machine.plug("1-2.4", "1a86", "7523"), "tty", "ttyUSB0")
    assert machine.where("usb-path:1-2.3") == "/dev/ttyUSB1"
    assert machine.where("usb-path:1-2.4") == "/dev/ttyUSB0"


def test_of_two_alike_none_is_guessed(machine: Machine) -> None:
    machine.node(machine.plug("1-2.3", "1a86", "7523"), "tty", "ttyUSB1")
    machine.node(machine.plug("1-2.4", "1a86", "7523"), "tty", "ttyUSB0")
    assert machine.where("usb:1a86:7523") == "usb:1a86:7523"
    assert len(nodes_of(UsbName("1a86", "7523"), "tty", machine.root)) == 2


def test_a_socket_is_no_hub_above_it(machine: Machine) -> None:
    machine.plug("1-2", "05e3", "0608")
    machine.node(machine.plug("1-2.3", "1a86", "7523"), "tty", "ttyUSB1")
    assert machine.where("usb-path:1-2") == "usb-path:1-2"


def test_a_device_that_is_not_plugged_in_is_no_node_and_no_error(machine: Machine) -> None:
    assert machine.where("usb:1a86:7523:A50285BI") == "usb:1a86:7523:A50285BI"
    assert machine.where("usb-path:9-9", "video4linux") == "usb-path:9-9"


def test_a_path_stays_what_it_is(machine: Machine) -> None:
    assert machine.where("/dev/ttyS1") == "/dev/ttyS1"
    assert machine.where("/dev/serial/by-id/usb-1a86") == "/dev/serial/by-id/usb-1a86"


def test_one_converter_with_two_lines_is_told_apart_by_interface(machine: Machine) -> None:
    converter = machine.plug("1-4", "0403", "6010", "FT123")
    machine.node(converter, "tty", "ttyUSB0", "00")
    machine.node(converter, "tty", "ttyUSB1", "01")
    assert machine.where("usb:0403:6010:FT123@01") == "/dev/ttyUSB1"
    assert machine.where("usb-path:1-4@00") == "/dev/ttyUSB0"
    assert machine.where("usb-path:1-4") == "usb-path:1-4"


def test_of_a_scanners_nodes_the_one_that_types_is_taken(machine: Machine) -> None:
    scanner = machine.plug("1-3", "1eab", "0310", "S1")
    machine.node(scanner, "input", "event5", "00", keys=f"1000000000007 {TYPES}")
    machine.node(scanner, "input", "event6", "01", keys="1f 0 0 0")
    machine.node(scanner, "input", "input9", "02", keys=TYPES)
    assert machine.where("usb:1eab:0310:S1", "input") == "/dev/input/event5"


def test_of_a_cameras_nodes_the_one_that_gives_pictures_is_taken(machine: Machine) -> None:
    camera = machine.plug("2-1", "046d", "085c", "C922")
    machine.node(camera, "video4linux", "video2", "00", index="0")
    machine.node(camera, "video4linux", "video3", "00", index="1")
    assert machine.where("usb:046d:085c:C922", "video4linux") == "/dev/video2"


def test_ports_of_no_usb_device_are_passed_over(machine: Machine) -> None:
    plain = machine.root / "sys/devices/pnp0/tty/ttyS0"
    plain.mkdir(parents=True)
    (plain / "device").symlink_to(machine.root / "sys/devices/pnp0")
    orphan = machine.root / "sys/class/tty/ttyGone"
    orphan.parent.mkdir(parents=True)
    orphan.symlink_to(machine.root / "nowhere")
    (machine.root / "sys/class/tty/ttyS0").symlink_to(plain)
    machine.node(machine.plug("1-1", "1a86", "7523", "A"), "tty", "ttyUSB0")
    assert machine.where("usb:1a86:7523:A") == "/dev/ttyUSB0"


@pytest.mark.parametrize("wrong", ["usb:", "usb:1a86", "usb:1a86:xyz", "usb-path:", "usb-path:2", "usb:1a86:7523:A B"])
def test_a_name_that_is_none_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="neither usb:VENDOR:PRODUCT"):
        parse(wrong)
    assert node_of(wrong, "tty") == wrong  # nowhere, like a device that is not plugged in


@given(st.text())
def test_any_setting_is_a_name_a_path_or_refused(setting: str) -> None:
    try:
        name = parse(setting)
    except ValueError:
        assert setting.startswith(("usb:", "usb-path:"))
    else:
        assert name is None or setting.startswith(("usb:", "usb-path:"))
