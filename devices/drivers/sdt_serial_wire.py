"""The serial way to an SDT module: 8 data bits, no parity, 1 stop bit, no flow control, taken for itself alone.

Guards against the two ways that a port is lost: gone with its USB converter, or held by another program.
"""

import errno
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from devices.drivers.sdt_wire import SLICE_S
from devices.errors import Absent
from devices.hotplug import node_of

_WRITE_S = 0.5
_BITS_PER_BYTE = 10
"""8N1: start bit, eight data bits, stop bit."""


class SerialWire:
    """One port."""

    def __init__(self, port: str) -> None:
        self._path = port
        self._port: serial.Serial | None = None

    def open(self, baud: int) -> None:
        """Open the port for this process alone, or change the speed of the open one.

        Raises:
            Absent: ``reader.absent`` when there is no such port, ``reader.access_denied`` when it may not be
                opened, else ``reader.offline``.
        """
        with self._reaching():
            if self._port is None:
                # Constructed without a port, so that nothing is open before everything is set.
                port = serial.Serial(baudrate=baud, timeout=SLICE_S, write_timeout=_WRITE_S, exclusive=True)
                port.port = node_of(self._path, "tty")
                port.open()
                self._port = port
            else:
                self._port.baudrate = baud

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def send(self, data: bytes) -> None:
        with self._reaching():
            self._opened().write(data)

    def receive(self, wanted: int) -> bytes:
        with self._reaching():
            return bytes(self._opened().read(wanted))

    def forget(self) -> None:
        with self._reaching():
            self._opened().reset_input_buffer()

    def seconds(self, count: int) -> float:
        return count * _BITS_PER_BYTE / self._port.baudrate if self._port is not None else 0.0

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise Absent("reader.offline", "not open")
        return self._port

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what the operating system says of a port into `Absent`, and let go of the port."""
        try:
            yield
        except (OSError, termios.error) as error:  # pyserial's own exception is an OSError
            self.close()
            number = error.errno if isinstance(error, OSError) else error.args[0]
            raise Absent(self._code(number), f"{self._path}: {type(error).__name__} {number}") from error

    def _code(self, number: int | None) -> str:
        if number in (errno.EACCES, errno.EPERM):
            return "reader.access_denied"
        return "reader.offline" if Path(node_of(self._path, "tty")).exists() else "reader.absent"
