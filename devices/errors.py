"""What a driver may raise. The actor turns it into a `Fault`; anything else becomes ``device.bug``.

`code` is a key of `contract.fault.FAULTS`; `detail` is for technicians and holds nothing personal.
"""

from contract.fault import Fault


class DeviceError(Exception):
    """Expected trouble with a device."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.fault = Fault.of(code, detail)


class Absent(DeviceError):
    """The device cannot be reached at all: unplugged, no such port, no such queue."""


class Garbled(DeviceError):
    """The device answered, but not in its protocol."""


class Silent(DeviceError):
    """The device did not answer in time."""


class NeedsHelp(DeviceError):
    """The device works but a person has to do something to it."""


class MediaTrouble(DeviceError):
    """The card or paper is at fault, not the device."""


class Cancelled(Exception):
    """The order was withdrawn; nobody is told, because whoever withdrew it knows."""
