"""What a configuration says about devices, held against this machine: ports, sockets, rights, and double use.

Opens no device and asks none anything: it looks at files. Each fault names the key and what would be
right. Guards against a terminal that starts in a hall with a reader which nobody can use.
"""

import grp
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from devices.errors import Absent
from devices.hotplug import Subsystem, node_of, nodes_of, parse
from devices.registry import (
    AnyDriverSettings,
    CameraScannerSettings,
    CupsSettings,
    NutUpsSettings,
    OpencvSettings,
    PcscSettings,
    SdtSerialSettings,
    SdtUsbSettings,
    SerialDoorSettings,
    SerialLightsSettings,
    SerialProximitySettings,
    SerialScannerSettings,
    WedgeScannerSettings,
)
from devices.values import DeviceKind
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.toml_lines import Place

_USB_DEVICES = Path("/sys/bus/usb/devices")
_ADDRESS = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:\s/]+):(\d{1,5})")
_STREAM = re.compile(r"(https?|rtsp|rtsps|rtp|udp|tcp)://\S+")
_PCSCD = "/run/pcscd/pcscd.comm"
"""Where pcscd listens unless PCSCLITE_CSOCK_NAME says otherwise (pcsc-lite, configured for /run)."""
_WHAT: dict[DeviceKind, str] = {
    "identity-reader": "reader",
    "code-scanner": "scanner",
    "lights": "board of the lights",
    "proximity": "sensor",
    "door": "contact",
}
_SDT_USB = ("0400", "c35a")
"""Vendor and product of an SDT module on USB."""


def device_faults(settings: Settings, usb: Path = _USB_DEVICES) -> Iterator[tuple[Place, str]]:
    """Yield the place and the words of every fault of the devices; `usb` is where the kernel lists what is plugged."""
    if not settings.devices:
        yield ("devices",), "there is none; a terminal serves nobody without a [[devices]] entry"
    ids: dict[str, int] = {}
    claims: dict[tuple[str, str], int] = {}
    for number, device in enumerate(settings.devices):
        place: Place = ("devices", number)
        if device.id in ids:
            yield (*place, "id"), f"device {ids[device.id] + 1} has the id {device.id!r} too"
        ids.setdefault(device.id, number)
        if claimed := _claim(device):
            key, claim = claimed
            if claim in claims:
                yield (*place, key), f"device {claims[claim] + 1} uses {claim[1]} too; each device needs its own"
            claims.setdefault(claim, number)
        key, faults = _faults_of(device, usb)
        yield from (((*place, key), fault) for fault in faults)


def _faults_of(device: AnyDriverSettings, usb: Path) -> tuple[str, list[str]]:
    """Return the key that says where the device is, and what is wrong there."""
    match device:
        case (
            SdtSerialSettings(port=port)
            | SerialScannerSettings(port=port)
            | SerialLightsSettings(port=port)
            | SerialProximitySettings(port=port)
            | SerialDoorSettings(port=port)
        ):
            told = "port", node_faults(port, "tty", _WHAT[device.kind], "a serial port")
        case WedgeScannerSettings(device=path):
            told = "device", _wedge_faults(path)
        case CameraScannerSettings(source=source) | OpencvSettings(source=source):
            told = "source", source_faults(source)
        case CupsSettings(server=server):
            told = "server", server_faults(server, "is cupsd running?")
        case NutUpsSettings(server=server):
            told = "server", server_faults(server, "is upsd running?")
        case PcscSettings():
            told = "driver", _pcscd_faults()
        case SdtUsbSettings():
            there = _on_usb(usb, *_SDT_USB)
            told = "where", [] if there else [f"no {':'.join(_SDT_USB)} is on USB; is the reader plugged in?"]
        case _:
            assert_never(device)
    return told


def _claim(device: AnyDriverSettings) -> tuple[str, tuple[str, str]] | None:
    """Return what only one device can have, with the key that claims it."""
    claim: tuple[str, tuple[str, str]] | None
    match device:
        case (
            SdtSerialSettings(port=port)
            | SerialScannerSettings(port=port)
            | SerialLightsSettings(port=port)
            | SerialProximitySettings(port=port)
            | SerialDoorSettings(port=port)
        ):
            claim = "port", ("file", _node(port, "tty"))
        case WedgeScannerSettings(device=path):
            claim = "device", ("file", _node(path, "input"))
        case CameraScannerSettings(source=source) | OpencvSettings(source=source):
            # A file or a stream can be read twice.
            shared = not source.startswith(("/dev/", "usb:", "usb-path:"))
            claim = None if shared else ("source", ("file", _node(source, "video4linux")))
        case CupsSettings(server=server, queue=queue):
            claim = "queue", (f"queue at {server}", queue)
        case NutUpsSettings(server=server, ups=ups):
            claim = "ups", (f"ups at {server}", ups)
        case PcscSettings(reader=reader):
            claim = "reader", ("smart-card reader", reader)
        case SdtUsbSettings(where=where):
            claim = "where", ("SDT module on USB", where)
        case _:
            assert_never(device)
    return claim


def _node(setting: str, subsystem: Subsystem) -> str:
    """Return the file that a setting comes down to, so that one device is known under all its names."""
    try:
        node = node_of(setting, subsystem)
    except ValueError:
        return setting  # told of by itself
    return os.path.realpath(node) if node.startswith("/") else node


def node_faults(setting: str, subsystem: Subsystem, what: str, kind: str) -> list[str]:
    """Say what is wrong with a device that is named by its path, its USB serial number or its USB socket."""
    try:
        name = parse(setting)
    except ValueError as error:
        return [str(error)]
    if name is None:
        return special_faults(Path(setting), what, kind)
    nodes = nodes_of(name, subsystem)
    if not nodes:
        return [f"{setting} fits no device; is the {what} plugged in?"]
    if len(nodes) > 1:
        return [f"{setting} fits {len(nodes)} devices, {', '.join(nodes)}; name one by its serial number or socket"]
    return special_faults(Path(nodes[0]), what, kind)


def special_faults(file: Path, what: str, kind: str) -> list[str]:
    """Say what is wrong with a device's file, which has to be a character device that this user may open."""
    if not file.exists():
        return [f"{file} does not exist; is the {what} plugged in?"]
    told = file.stat()
    if not stat.S_ISCHR(told.st_mode):
        return [f"{file} is not {kind}"]
    if not os.access(file, os.R_OK | os.W_OK, effective_ids=True):
        return [f"{file} may not be read and written by this user; {_cure(told)}"]
    return []


def _cure(told: os.stat_result) -> str:
    rights = stat.S_IRGRP | stat.S_IWGRP
    try:
        group = grp.getgrgid(told.st_gid).gr_name
    except KeyError:
        group = ""
    if told.st_mode & rights == rights and group not in ("", "root"):
        return f"add the user to the group {group}"
    return "a udev rule has to give it to a group of this user"


def _wedge_faults(named: str) -> list[str]:
    from devices.drivers.wedge_source import find  # noqa: PLC0415 - only for a terminal that has one

    try:
        path = Path(find(named))
    except Absent as absent:
        return [f"{absent.fault.detail}; is the scanner plugged in?"]
    # Whoever fills a FIFO has the rights to the device; ours to the FIFO are its own business.
    return [] if path.is_fifo() else special_faults(path, "scanner", "an input device")


def source_faults(source: str) -> list[str]:
    """Say what is wrong with a camera: a device, a file, or the address of a stream."""
    if "://" in source:
        return [] if _STREAM.fullmatch(source) else [f"{source} is no stream; such as rtsp://HOST:554/PATH"]
    if source.startswith(("/dev/", "usb:", "usb-path:")):
        return node_faults(source, "video4linux", "camera", "a camera")
    if not Path(source).exists():
        return [f"{source} does not exist; it has to be a device such as /dev/video0, a file, or a stream's address"]
    return [] if os.access(source, os.R_OK, effective_ids=True) else [f"{source} may not be read by this user"]


def server_faults(server: str, question: str) -> list[str]:
    """Say what is wrong with a server's socket or ``HOST:PORT``; whether it answers is not asked."""
    if server.startswith("/"):
        return [] if Path(server).exists() else [f"{server} does not exist; {question}"]
    address = _ADDRESS.fullmatch(server)
    if address is None or not 0 < int(address[2]) < 65536:
        return [f"{server!r} is neither a socket's path nor HOST:PORT"]
    return []


def _pcscd_faults() -> list[str]:
    socket = Path(os.environ.get("PCSCLITE_CSOCK_NAME", _PCSCD))
    return [] if socket.exists() else [f"{socket} does not exist; is pcscd running (systemctl start pcscd.socket)?"]


def _on_usb(usb: Path, vendor: str, product: str) -> bool:
    """Whether such a device is on USB, by what the kernel lists (sysfs-bus-usb)."""
    for device in usb.glob("*/idVendor"):
        try:
            found = (device.read_text("ascii").strip(), (device.parent / "idProduct").read_text("ascii").strip())
        except OSError:
            continue  # unplugged while we looked
        if found == (vendor, product):
            return True
    return False
