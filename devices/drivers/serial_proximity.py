"""A ranging sensor on a serial line that says whether somebody stands before the terminal.

It sends by itself and is sent nothing. What piled up while nobody looked is read through in order, so a
look is cheap and late at most by the time between two looks. It knows distances, not people, and keeps
none.
"""

import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.ranging_codec import Presence, RangeStream
from devices.errors import Absent, DeviceError, Silent
from devices.hotplug import node_of
from devices.registry import SerialProximitySettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus

LOOK_S = 0.2
FIRST_S = 1.0
"""How long the first look, or one that finds nothing, waits: a hundred measurements' time."""
_SLICE_S = 0.02
_MOST_BYTES = 8192
"""More than a line buffers: a look ends even when a sensor sends faster than it is read."""


class SerialProximity:
    """One sensor."""

    def __init__(self, settings: SerialProximitySettings) -> None:
        self._settings = settings
        self._port: serial.Serial | None = None
        self._stream = RangeStream()
        self._presence = Presence(settings.near_cm, settings.far_cm)

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        capabilities = {"senses": ("proximitySensor",)}
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, "TF-series ranging sensor", "", capabilities
        )

    @property
    def look_s(self) -> float:
        return LOOK_S

    def open(self) -> None:
        self.close()
        with self._reaching():
            port = serial.Serial(baudrate=self._settings.baud, timeout=_SLICE_S, exclusive=True)
            port.port = node_of(self._settings.port, "tty")
            port.open()
            port.reset_input_buffer()  # of a time when nobody looked
            self._port = port
        self._stream = RangeStream()
        self._presence = Presence(self._settings.near_cm, self._settings.far_cm)

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def probe(self) -> DeviceStatus:
        with self._reaching():
            heard, budget, patience = False, _MOST_BYTES, Deadline(FIRST_S)
            while budget > 0 and not patience.passed:
                data = self._opened().read(max(1, self._opened().in_waiting))
                budget -= len(data)
                for measured in self._stream.feed(data):
                    heard = True
                    self._presence.take(measured)
                if heard and self._presence.there is not None and not self._opened().in_waiting:
                    break
        if not heard:
            raise Silent("proximity.absent", "nothing measured")
        if self._presence.there is None:  # it measures, and nothing that would say anything
            return DeviceStatus(DeviceState.ONLINE)
        word = "present" if self._presence.there else "notPresent"
        return DeviceStatus(DeviceState.ONLINE, auxiliaries=(("proximitySensor", word),))

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise Absent("proximity.absent", "not open")
        return self._port

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what the operating system says of a port into `Absent`, and let go of the port."""
        try:
            yield
        except DeviceError:
            raise
        except (OSError, termios.error) as error:  # pyserial's own exception is an OSError
            self.close()
            number = error.errno if isinstance(error, OSError) else error.args[0]
            where = self._settings.port
            there = "there, " if Path(node_of(where, "tty")).exists() else ""
            raise Absent("proximity.absent", f"{where}: {there}{type(error).__name__} {number}") from error
