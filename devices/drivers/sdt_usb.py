"""Identity-card reader with an SDT module on USB (`sdt-usb`): vendor 0400, product C35A.

A request is one bulk transfer out, its answer bulk packets in until the frame's own length is reached.
Endpoints are taken from the descriptors, since the vendor protocol page and what readers do in practice
differ. A reader is known by serial number or port path, so that it is the same one after a plug was pulled.
"""

from collections.abc import Callable
from datetime import date

from usb.backend import IBackend

from devices.deadline import Deadline
from devices.drivers.sdt_codec import Command
from devices.drivers.sdt_device import SdtDevice, this_day
from devices.drivers.sdt_usb_wire import UsbWire
from devices.errors import Absent, Silent
from devices.registry import SdtUsbSettings
from devices.values import Capability

_QUESTIONS = 2
"""A module that was just given power misses the first."""


class UsbSdtReader(SdtDevice):
    """One reader on USB. `backend` is pyusb's way to the bus; the library finds its own by default."""

    def __init__(
        self, settings: SdtUsbSettings, today: Callable[[], date] = this_day, backend: IBackend | None = None
    ) -> None:
        self._usb = UsbWire(settings.where, backend)
        super().__init__(settings, self._usb, today)

    def _reach(self, until: Deadline) -> None:
        self._usb.open()
        self._line.begin()
        for _ in range(_QUESTIONS):
            try:
                self._line.exchange(Command.STATUS, until)
            except Silent:
                continue
            return
        raise Absent("reader.offline", f"no answer from {self._usb.port}")

    def _way(self) -> dict[str, Capability]:
        return {"port": self._usb.port} if self._usb.port else {}
