"""The USB way to an SDT module, through pyusb: found, claimed, written and read in whole packets.

A stalled pipe is cleared and counts as an answer that never came; a module that is gone is let go of at
once, so that its handle does not outlive it. Guards against taking another reader for the configured one.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import usb.core
import usb.util
from usb.backend import IBackend

from devices.drivers.sdt_wire import SLICE_S
from devices.errors import Absent, Silent

VENDOR, PRODUCT = 0x0400, 0xC35A
_SLICE_MS = round(SLICE_S * 1000)
_WRITE_MS = 500
_PACKETS_A_SECOND = 1000
"""Full speed gives a bulk pipe one packet a frame of a millisecond at the least."""


class UsbWire:
    """One reader, by serial number, by port path such as ``1-2.3``, or ``*`` for any."""

    def __init__(self, where: str, backend: IBackend | None = None) -> None:
        self._where = where
        self._backend = backend
        self._device: Any = None
        self._in: Any = None
        self._out: Any = None
        self.port = ""
        """The port path of the reader that was opened last."""

    def open(self) -> None:
        """Find the reader and take it for this process alone.

        Raises:
            Absent: ``reader.absent`` when it is not on the bus, ``reader.access_denied`` when it may not be
                opened, else ``reader.offline``.
        """
        self.close()
        with self._reaching():
            self._device = self._find()
            self.port = port_of(self._device)
            self._claim()

    def close(self) -> None:
        device, self._device, self._in, self._out = self._device, None, None, None
        if device is not None:
            with suppress(usb.core.USBError):  # of a reader that is gone
                usb.util.dispose_resources(device)

    def send(self, data: bytes) -> None:
        with self._reaching(), self._unstalled(self._out):
            try:
                self._out.write(data, _WRITE_MS)
            except usb.core.USBTimeoutError:
                raise Silent("reader.offline", f"usb {self.port}: takes no request") from None

    def receive(self, wanted: int) -> bytes:  # noqa: ARG002 - a packet comes whole, however much of it is wanted
        with self._reaching(), self._unstalled(self._in):
            try:
                return bytes(self._in.read(self._in.wMaxPacketSize, _SLICE_MS))
            except usb.core.USBTimeoutError:
                return b""

    def forget(self) -> None:
        """Do nothing: what was not read is still in the reader, and comes with the next read."""

    def seconds(self, count: int) -> float:
        packet = self._in.wMaxPacketSize if self._in is not None else 64
        return float(count / packet / _PACKETS_A_SECOND)

    @contextmanager
    def _unstalled(self, pipe: Any) -> Iterator[None]:
        """Clear `pipe` when it stalls: what was on its way will not come any more, but the next may."""
        if pipe is None:
            raise Absent("reader.offline", "not open")
        try:
            yield
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:
                raise
            self._device.clear_halt(pipe.bEndpointAddress)
            raise Silent("reader.offline", f"usb {self.port}: stalled") from None

    def _find(self) -> Any:
        denied = ""
        for device in self._candidates():
            try:
                if self._where in ("*", port_of(device)) or self._where == _serial_number(device):
                    return device
            except usb.core.USBError as error:
                if error.errno not in (errno.EACCES, errno.EPERM):
                    continue
                denied = port_of(device)
            usb.util.dispose_resources(device)
        if denied:
            raise Absent("reader.access_denied", f"usb {denied}")
        raise Absent("reader.absent", f"no usb {VENDOR:04x}:{PRODUCT:04x} at {self._where}")

    def _candidates(self) -> list[Any]:
        """Readers on the bus, the one that was opened last first: ``*`` does not change horses either."""
        try:
            found = usb.core.find(find_all=True, idVendor=VENDOR, idProduct=PRODUCT, backend=self._backend)
        except usb.core.NoBackendError:
            raise Absent("reader.absent", "libusb is not installed") from None
        return sorted(found, key=lambda device: (port_of(device) != self.port, device.bus, device.port_numbers or ()))

    def _claim(self) -> None:
        device = self._device
        try:
            configuration = device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
            device.set_configuration()
            configuration = device.get_active_configuration()
        for interface in configuration:
            pipes = [_bulk(interface, way) for way in (usb.util.ENDPOINT_IN, usb.util.ENDPOINT_OUT)]
            if all(pipes):
                number = interface.bInterfaceNumber
                with suppress(NotImplementedError):  # where the system has no such drivers
                    if device.is_kernel_driver_active(number):
                        device.detach_kernel_driver(number)
                usb.util.claim_interface(device, number)
                self._in, self._out = pipes
                return
        self.close()
        raise Absent("reader.offline", f"usb {self.port} has no pair of bulk endpoints")

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what USB says into `Absent`, and let go of the reader."""
        try:
            yield
        except usb.core.USBError as error:
            self.close()
            raise Absent(self._code(error.errno), f"usb {self.port}: {errno.errorcode.get(error.errno or 0)}") from None

    def _code(self, number: int | None) -> str:
        match number:
            case errno.EACCES | errno.EPERM:
                return "reader.access_denied"
            case errno.ENODEV:
                return "reader.absent"
            case _:  # A pulled plug is reported as a broken transfer too, depending on who notices first.
                there = any(port_of(device) == self.port for device in self._candidates())
                return "reader.offline" if there else "reader.absent"


def port_of(device: Any) -> str:
    """Return a device's port path as udev and the kernel name it, such as ``1-2.3``."""
    return f"{device.bus}-{'.'.join(map(str, device.port_numbers or ()))}"


def _serial_number(device: Any) -> str:
    """Return the serial number, "" where a reader has none.

    Raises:
        usb.core.USBError: it may not be asked.
    """
    if not device.iSerialNumber:
        return ""
    device.get_active_configuration()  # opens the device, and unlike asking for a text says why it cannot
    try:
        return usb.util.get_string(device, device.iSerialNumber) or ""
    except ValueError:  # no language, no texts
        return ""


def _bulk(interface: Any, way: int) -> Any:
    """Return the interface's first bulk endpoint of that direction, or None."""
    return next(
        (
            endpoint
            for endpoint in interface
            if usb.util.endpoint_direction(endpoint.bEndpointAddress) == way
            and usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        ),
        None,
    )
