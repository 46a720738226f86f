"""A cabinet door's contact at an input of a Modbus RTU module.

The contact bounces and a door shaken by the street rattles, so a change counts only when three looks in a
row agree. It says what the contact says: whether the door is locked, or somebody bridged the contact,
nobody can tell here.
"""

import time

from contract.fault import Fault
from contract.ids import DeviceId
from devices.drivers.modbus_codec import READ_INPUTS, Request
from devices.drivers.modbus_line import LineFaults, ModbusLine
from devices.registry import SerialDoorSettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus

LOOK_S = 0.2
AGREEING = 3
BOUNCE_S = 0.03
"""Reed and micro switches bounce for a few milliseconds."""
MOST_LOOKS = 20


class SerialDoor:
    """One door."""

    def __init__(self, settings: SerialDoorSettings) -> None:
        self._settings = settings
        self._line = ModbusLine(settings.port, settings.baud, LineFaults("door.absent", "door.absent"))
        self._open: bool | None = None

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, "Modbus RTU input", "", {"senses": ("cabinetDoors",)}
        )

    @property
    def look_s(self) -> float:
        return LOOK_S

    def open(self) -> None:
        self._line.open()
        self._open = None

    def close(self) -> None:
        self._line.close()

    def probe(self) -> DeviceStatus:
        is_open = self._look()
        if is_open is not self._open:
            self._open = self._settle(is_open)
        word = "open" if self._open else "closed"
        fault = Fault.of("door.open") if self._open else None
        return DeviceStatus(DeviceState.ONLINE, fault=fault, auxiliaries=(("cabinetDoors", word),))

    def _settle(self, first: bool) -> bool:
        """Look until enough looks in a row agree; one that never stops rattling counts as open."""
        last, agreeing = first, 1
        for _ in range(MOST_LOOKS):
            if agreeing == AGREEING:
                return last
            time.sleep(BOUNCE_S)  # the contact's own time
            now = self._look()
            last, agreeing = now, agreeing + 1 if now is last else 1
        return True

    def _look(self) -> bool:
        request = Request(self._settings.unit, READ_INPUTS, self._settings.input - 1)
        (on,) = self._line.ask(request)
        return on is not (self._settings.closed == "on")
