"""Names of devices that stay theirs, and word of devices that come and go.

The kernel numbers ports in the order in which they were plugged in, so ``/dev/ttyUSB0`` is a reader today
and a scanner tomorrow. A setting can name a USB device by its maker's serial number
(``usb:1a86:7523:A50285BI``) or by the socket it sits in (``usb-path:1-2.3``) instead; this finds its node
in a tree like /sys, and refuses to guess when two fit. Without udev everything still works, only later.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

Subsystem = Literal["tty", "input", "video4linux", "hidraw"]

_BY_SERIAL = re.compile(r"usb:([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?::([^@/\s]+))?(?:@([0-9a-fA-F]{2}))?")
_BY_SOCKET = re.compile(r"usb-path:(\d+-\d+(?:\.\d+)*)(?:@([0-9a-fA-F]{2}))?")
_LETTERS = 1 << 30 | 1 << 16 | 1 << 28
"""KEY_A, KEY_Q and KEY_ENTER in a device's bitmap of keys (linux/input-event-codes.h): it can type."""


class Arrivals(Protocol):
    """Tells when something was plugged or pulled."""

    def start(self, heard: Callable[[], None]) -> bool:
        """Call `heard` from a thread of its own, once for each burst; False where nobody can tell."""

    def close(self) -> None:
        """Tell nothing more. Safe twice, safe when never started."""


@dataclass(frozen=True, slots=True)
class UsbName:
    """What a setting says of a USB device; None does not matter. `interface` is two hexadecimal digits."""

    vendor: str | None = None
    product: str | None = None
    serial: str | None = None
    socket: str | None = None
    interface: str | None = None


def parse(setting: str) -> UsbName | None:
    """Read a setting; None for a path, which names a node itself.

    Raises:
        ValueError: it begins like a USB name and is none.
    """
    if match := _BY_SERIAL.fullmatch(setting):
        vendor, product, serial, interface = match.groups()
        return UsbName(vendor.lower(), product.lower(), serial, None, _lower(interface))
    if match := _BY_SOCKET.fullmatch(setting):
        return UsbName(socket=match[1], interface=_lower(match[2]))
    if setting.startswith(("usb:", "usb-path:")):
        raise ValueError(f"“{setting}” is neither usb:VENDOR:PRODUCT[:SERIAL][@INTERFACE] nor usb-path:BUS-PORT[.PORT]")
    return None


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def nodes_of(name: UsbName, subsystem: Subsystem, root: Path = Path("/")) -> tuple[str, ...]:
    """Return every node of `subsystem` that fits, in the order of their interfaces and numbers.

    Of a camera's nodes only the one that gives pictures, of a keyboard's only the one that types.
    """
    found: list[tuple[str, int, str]] = []
    for entry in sorted((root / "sys/class" / subsystem).glob("*")):
        try:
            place = (entry / "device").resolve(strict=True)
        except OSError:  # gone meanwhile, or a device of no hardware
            continue
        if not _speaks(entry, subsystem):
            continue
        interface, device = _usb_parents(place, root)
        if device is not None and _fits(name, interface, device):
            number = int(re.sub(r"\D", "", entry.name) or 0)
            found.append((_text(interface, "bInterfaceNumber"), number, _node(entry, subsystem)))
    return tuple(node for *_, node in sorted(found))


def node_of(setting: str, subsystem: Subsystem, root: Path = Path("/")) -> str:
    """Return the path of the node that `setting` names.

    A path is returned as it is. So is a name that nothing fits, or more than one device, or that is none:
    there is no such node then, and opening it fails as it does for a device that is not there.
    """
    try:
        name = parse(setting)
    except ValueError:
        return setting
    if name is None:
        return setting
    nodes = nodes_of(name, subsystem, root)
    return nodes[0] if len(nodes) == 1 else setting


def _usb_parents(place: Path, root: Path) -> tuple[Path | None, Path | None]:
    """Return the USB interface and the USB device above a class device."""
    interface: Path | None = None
    top = (root / "sys").resolve()
    while place not in (top, place.parent):
        if (place / "idVendor").is_file():
            return interface, place
        if interface is None and (place / "bInterfaceNumber").is_file():
            interface = place
        place = place.parent
    return None, None


def _fits(name: UsbName, interface: Path | None, device: Path) -> bool:
    return all(
        wanted is None or wanted == has
        for wanted, has in (
            (name.vendor, _text(device, "idVendor")),
            (name.product, _text(device, "idProduct")),
            (name.serial, _text(device, "serial")),
            (name.socket, device.name),
            (name.interface, _text(interface, "bInterfaceNumber")),
        )
    )


def _speaks(entry: Path, subsystem: Subsystem) -> bool:
    """Whether this is the node among its device's that one would open."""
    match subsystem:
        case "input":
            words = _text(entry / "device", "capabilities/key").split()
            keys = int(words[-1], 16) if words else 0
            return entry.name.startswith("event") and keys & _LETTERS == _LETTERS
        case "video4linux":
            return _text(entry, "index") in ("", "0")
        case "tty" | "hidraw":
            return True


def _node(entry: Path, subsystem: Subsystem) -> str:
    folder = "/dev/input/" if subsystem == "input" else "/dev/"
    return folder + entry.name


def _text(folder: Path | None, name: str) -> str:
    """Return an attribute's text; empty when there is none."""
    if folder is None:
        return ""
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
