"""One Modbus RTU module at the end of a serial line: asks, waits, asks once more, gives up.

It knows the wire and nothing of lights or doors. Two askers may share it from two threads. A module that
says nothing twice is silent; one that refuses is configured wrongly; a line whose plug is pulled is absent.
"""

import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import serial

from devices.deadline import Deadline
from devices.drivers.modbus_codec import LONGEST_BYTES, Refused, Request, find_reply
from devices.errors import Absent, DeviceError, NeedsHelp, Silent
from devices.hotplug import node_of

ANSWER_S = 0.3
"""Modules answer within some ten milliseconds; the standard names no bound and leaves it to the master."""
TRIES = 2
"""A request that fell into a disturbance is asked once more; all of ours may be repeated."""
_SLICE_S = 0.02


@dataclass(frozen=True, slots=True)
class LineFaults:
    """The fault codes of whoever uses the line."""

    absent: str
    refused: str


class ModbusLine:
    """The line and its one module."""

    def __init__(self, port: str, baud: int, faults: LineFaults) -> None:
        self._where, self._baud, self._faults = port, baud, faults
        self._port: serial.Serial | None = None
        self._turn = threading.Lock()

    def open(self) -> None:
        """Raises `Absent` when the port is not there or somebody else's."""
        self.close()
        with self._reaching():
            port = serial.Serial(baudrate=self._baud, timeout=_SLICE_S, write_timeout=ANSWER_S, exclusive=True)
            port.port = node_of(self._where, "tty")
            port.open()
            self._port = port

    def close(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            port.close()

    def ask(self, request: Request) -> tuple[bool, ...]:
        """Ask, and return the states that the module tells.

        Raises:
            Absent: the line is not open or was pulled.
            Silent: no answer, or none that could be understood.
            NeedsHelp: the module refuses; it has no such relay or input.
        """
        with self._turn, self._reaching():
            for _ in range(TRIES):
                try:
                    states = self._exchange(request)
                except Refused as refused:
                    raise NeedsHelp(self._faults.refused, str(refused)) from refused
                if states is not None:
                    return states
        raise Silent(self._faults.absent, f"unit {request.unit} does not answer")

    def _exchange(self, request: Request) -> tuple[bool, ...] | None:
        port = self._port
        if port is None:
            raise Absent(self._faults.absent, "not open")
        port.reset_input_buffer()
        port.write(request.frame)
        patience = Deadline(ANSWER_S + (len(request.frame) + request.reply_bytes) * 11 / self._baud)
        heard = b""
        while not patience.passed and len(heard) <= LONGEST_BYTES:
            heard += port.read(max(1, port.in_waiting))
            if (states := find_reply(request, heard)) is not None:
                return states
        return None

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
            there = "there, " if Path(node_of(self._where, "tty")).exists() else ""
            detail = f"{self._where}: {there}{type(error).__name__} {number}"
            raise Absent(self._faults.absent, detail) from error
