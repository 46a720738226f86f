"""A simulated USB bus with SDT readers on it, as a backend of pyusb: descriptors, claims, bulk pipes, pulled plugs.

No program can make a USB device without the kernel's gadget drivers, so the wire is played one layer up:
where pyusb hands a transfer to libusb. Everything above that, which is the driver and pyusb, is real.
"""

import array
import errno
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.core
from usb.backend import IBackend

from devices.sim.usb_pipe import PACKET, UsbPipe

_VENDOR, _PRODUCT = 0x0400, 0xC35A
_TEXT_SERIAL = 3
_ENGLISH = bytes.fromhex("0904")
_BULK = 2
_ALL = {"bLength": 0, "bDescriptorType": 0, "extra_descriptors": []}


@dataclass(eq=False, slots=True)
class Socket:
    """A place on the bus where one reader is or was; `taken` is set while a program holds its interface."""

    bus: int
    ports: tuple[int, ...]
    serial_number: str
    endpoints: tuple[int, ...]
    address: int = 0
    pipe: UsbPipe | None = None
    denied: bool = False
    taken: bool = False


@dataclass(eq=False, slots=True)
class _Handle:
    socket: Socket
    pipe: UsbPipe
    """The plug as it was when the handle was made: one that was pulled and put back is another device."""
    claimed: bool = field(default=False)


class UsbBus(IBackend):  # type: ignore[misc]  # pyusb has no types
    """The bus. Give it to a driver as its backend; any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[Socket] = []
        self._addresses = 1
        self.open_handles = 0

    def socket(self, bus: int, ports: tuple[int, ...], serial_number: str, endpoints: tuple[int, ...]) -> Socket:
        """Add a place for a reader with bulk endpoints of these addresses."""
        made = Socket(bus, ports, serial_number, endpoints)
        self._sockets.append(made)
        return made

    def plug(self, socket: Socket) -> UsbPipe:
        """Put a reader in, which gets a new address as on a real bus."""
        with self._lock:
            self._addresses += 1
            socket.address, socket.pipe, socket.taken = self._addresses, UsbPipe(), False
            return socket.pipe

    def pull(self, socket: Socket) -> None:
        """Take the reader out: handles on it are dead from now on."""
        with self._lock:
            socket.pipe = None

    # What pyusb asks of a backend; the names are its own.

    def enumerate_devices(self) -> list[Socket]:
        with self._lock:
            return [socket for socket in self._sockets if socket.pipe is not None]

    def get_parent(self, dev: Socket) -> None:
        del dev

    def get_device_descriptor(self, dev: Socket) -> SimpleNamespace:
        return SimpleNamespace(
            **_ALL,
            bcdUSB=0x0110,
            bDeviceClass=0,
            bDeviceSubClass=0,
            bDeviceProtocol=0,
            bMaxPacketSize0=8,
            idVendor=_VENDOR,
            idProduct=_PRODUCT,
            bcdDevice=0x0100,
            iManufacturer=0,
            iProduct=0,
            iSerialNumber=_TEXT_SERIAL if dev.serial_number else 0,
            bNumConfigurations=1,
            address=dev.address,
            bus=dev.bus,
            port_number=dev.ports[-1],
            port_numbers=dev.ports,
            speed=2,
        )

    def get_configuration_descriptor(self, dev: Socket, config: int) -> SimpleNamespace:
        del dev
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            **_ALL,
            wTotalLength=32,
            bNumInterfaces=1,
            bConfigurationValue=1,
            iConfiguration=0,
            bmAttributes=0x80,
            bMaxPower=250,
        )

    def get_interface_descriptor(self, dev: Socket, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt or config:
            raise IndexError(intf)
        return SimpleNamespace(
            **_ALL,
            bInterfaceNumber=0,
            bAlternateSetting=0,
            bNumEndpoints=len(dev.endpoints),
            bInterfaceClass=0xFF,
            bInterfaceSubClass=0,
            bInterfaceProtocol=0,
            iInterface=0,
        )

    def get_endpoint_descriptor(self, dev: Socket, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        del intf, alt, config
        return SimpleNamespace(
            **_ALL,
            bEndpointAddress=dev.endpoints[ep],
            bmAttributes=_BULK,
            wMaxPacketSize=PACKET,
            bInterval=0,
            bRefresh=0,
            bSynchAddress=0,
        )

    def open_device(self, dev: Socket) -> _Handle:
        with self._lock:
            if dev.pipe is None:
                raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
            if dev.denied:
                raise usb.core.USBError("Access denied (insufficient permissions)", -3, errno.EACCES)
            self.open_handles += 1
            return _Handle(dev, dev.pipe)

    def close_device(self, dev_handle: _Handle) -> None:
        with self._lock:
            self.open_handles -= 1
        self._let_go(dev_handle)

    def get_configuration(self, dev_handle: _Handle) -> int:
        self._check(dev_handle)
        return 1

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        del intf
        self._check(dev_handle)
        return False

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        del intf
        self._check(dev_handle)
        with self._lock:
            if dev_handle.socket.taken:
                raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
            dev_handle.socket.taken = dev_handle.claimed = True

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        del intf
        self._let_go(dev_handle)
        self._check(dev_handle)

    def bulk_write(self, dev_handle: _Handle, ep: int, intf: int, data: "array.array[int]", timeout: int) -> int:
        del ep, intf
        self._check(dev_handle)
        dev_handle.pipe.from_host(data.tobytes(), timeout / 1000)
        return len(data)

    def bulk_read(self, dev_handle: _Handle, ep: int, intf: int, buff: "array.array[int]", timeout: int) -> int:
        del ep, intf
        self._check(dev_handle)
        packet = dev_handle.pipe.to_host(timeout / 1000)
        buff[: len(packet)] = array.array("B", packet)
        return len(packet)

    def clear_halt(self, dev_handle: _Handle, ep: int) -> None:
        del ep
        self._check(dev_handle)
        dev_handle.pipe.clear()

    def ctrl_transfer(self, dev_handle: _Handle, *request: Any) -> int:
        """Answer a request for a text; there is no other."""
        _, _, value, _, data, _ = request
        self._check(dev_handle)
        text = dev_handle.socket.serial_number.encode("utf-16-le") if value & 0xFF else _ENGLISH
        answer = bytes((len(text) + 2, 3)) + text
        data[: len(answer)] = array.array("B", answer)
        return len(answer)

    def _check(self, handle: _Handle) -> None:
        if handle.socket.pipe is not handle.pipe:
            raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)

    def _let_go(self, handle: _Handle) -> None:
        with self._lock:
            if handle.claimed and handle.socket.pipe is handle.pipe:
                handle.socket.taken = False
            handle.claimed = False
