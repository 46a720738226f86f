"""Identity-card reader with an SDT module on a serial line (`sdt-serial`).

Finds the module's speed by asking for its status at each that the vendor protocol names; no command to
set the speed is sent, since none is documented openly. Framing and commands: SDT module, vendor
protocol page; GA 467 (SAM module).
"""

from collections.abc import Callable
from datetime import date

from devices.deadline import Deadline
from devices.drivers.sdt_codec import Command
from devices.drivers.sdt_device import SdtDevice, this_day
from devices.drivers.sdt_serial_wire import SerialWire
from devices.errors import Absent, Garbled, Silent
from devices.registry import SdtSerialSettings
from devices.values import Capability

_SPEEDS = (115200, 57600, 38400, 19200, 9600)
"""The module's default first."""


class SdtReader(SdtDevice):
    """One reader on a serial line."""

    def __init__(self, settings: SdtSerialSettings, today: Callable[[], date] = this_day) -> None:
        self._serial = SerialWire(settings.port)
        super().__init__(settings, self._serial, today)
        self._speeds = _SPEEDS if settings.baud == "auto" else (settings.baud,)
        self._speed = 0
        """What worked last time."""

    def _reach(self, until: Deadline) -> None:
        # What worked last time first, so that a reader that was plugged in again is back at once.
        speeds = sorted(self._speeds, key=lambda speed: speed != self._speed)
        heard = False
        # The likeliest speed has the last word too: a module that was just given power misses the first question.
        for speed in [*speeds, speeds[0]]:
            self._serial.open(speed)
            self._line.begin()
            try:
                self._line.exchange(Command.STATUS, until)
            except Silent:
                continue
            except Garbled:
                heard = True
                continue
            self._speed = speed
            return
        if heard:
            raise Garbled("reader.garbled", f"no valid answer at {', '.join(map(str, speeds))} baud")
        raise Absent("reader.offline", f"no answer at {', '.join(map(str, speeds))} baud")

    def _way(self) -> dict[str, Capability]:
        return {"baud": self._speed} if self._speed else {}
