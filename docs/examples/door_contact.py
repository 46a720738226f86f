"""The example of docs/drivers.md: a door contact on a serial line, asked each time somebody looks.

Plain blocking code for one device: no thread, no retry, no sentence. It guards against one hazard only: a
door that is told closed because nobody answered.
"""

import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import serial

from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.errors import Absent, DeviceError, Silent
from devices.registry import DriverSettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus
from docs.examples.door_contact_codec import QUESTION, LineReader

ANSWER_S = 0.5
"""How long the contact may take to answer; it takes 20 ms."""
_SLICE_S = 0.02


class DoorContactSettings(DriverSettings):
    """A door contact on a serial line."""

    kind: Literal["door"] = "door"
    driver: Literal["example-door"] = "example-door"
    port: str


class DoorContact:
    """One contact."""

    def __init__(self, settings: DoorContactSettings) -> None:
        self._settings = settings
        self._port: serial.Serial | None = None

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        senses = {"senses": ("cabinetDoors",)}
        return DeviceInfo(DeviceId(settings.id), settings.kind, settings.driver, "example contact", "", senses)

    @property
    def look_s(self) -> float:
        return 0.2

    def open(self) -> None:
        self.close()
        with self._reaching():
            self._port = serial.Serial(self._settings.port, 9600, timeout=_SLICE_S, exclusive=True)

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def probe(self) -> DeviceStatus:
        if self._port is None:
            raise Absent("door.absent", "not open")
        reader, patience = LineReader(), Deadline(ANSWER_S)
        with self._reaching():
            self._port.reset_input_buffer()  # an answer that came too late is not today's
            self._port.write(QUESTION)
            while not patience.passed:
                if said := reader.feed(self._port.read(64)):
                    word = "open" if said[-1] else "closed"
                    return DeviceStatus(DeviceState.ONLINE, auxiliaries=(("cabinetDoors", word),))
        raise Silent("door.absent", "no answer")

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what the operating system says of a port into `Absent`, and let go of the port."""
        try:
            yield
        except DeviceError:
            raise
        except (OSError, termios.error) as error:  # pyserial's own exception is an OSError
            self.close()
            raise Absent("door.absent", f"{self._settings.port}: {type(error).__name__}") from error
