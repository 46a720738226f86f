"""Code scanner on a serial line: listens while it is asked to, and throws away what comes at other times.

It sends nothing: the scanner reads whatever is held before it, as set up by its maker's codes. That also
means that on a bare RS-232 line nobody can tell whether a scanner is at its end; a USB one that is pulled
out takes its port away and is missed at once. Keeps no code and logs none.
"""

import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import serial

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.scan_codec import CodeStream, Unreadable
from devices.errors import Absent
from devices.registry import SerialScannerSettings
from devices.values import Code, DeviceInfo, DeviceState, DeviceStatus

_SLICE_S = 0.02
"""How long one read may block: the bound on how late a withdrawal is noticed, and half the shortest gap."""


class SerialScanner:
    """One scanner."""

    def __init__(self, settings: SerialScannerSettings) -> None:
        self._settings = settings
        self._port: serial.Serial | None = None

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        return DeviceInfo(DeviceId(settings.id), settings.kind, settings.driver, "serial scanner")

    def open(self) -> None:
        self.close()
        with self._reaching():
            # Constructed without a port, so that nothing is open before everything is set.
            port = serial.Serial(baudrate=self._settings.baud, timeout=_SLICE_S, exclusive=True)
            port.port = self._settings.port
            port.open()
            self._port = port

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def probe(self) -> DeviceStatus:
        with self._reaching():
            _ = self._opened().in_waiting  # asks the line itself, which a pulled plug fails
        return DeviceStatus(DeviceState.ONLINE)

    def scan(self, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        with self._reaching():
            port = self._opened()
            port.reset_input_buffer()
            codes = CodeStream(self._settings.suffix, time.monotonic())
            while not until.passed:
                until.check()
                data = port.read(max(1, port.in_waiting))
                for heard in codes.feed(data, time.monotonic()):
                    until.check()
                    say(Fault.of("code.unreadable", heard.why) if isinstance(heard, Unreadable) else heard)

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise Absent("scanner.offline", "not open")
        return self._port

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what the operating system says of a port into `Absent`, and let go of the port."""
        try:
            yield
        except (OSError, termios.error) as error:  # pyserial's own exception is an OSError
            self.close()
            number = error.errno if isinstance(error, OSError) else error.args[0]
            path = self._settings.port
            code = "scanner.offline" if Path(path).exists() else "scanner.absent"
            raise Absent(code, f"{path}: {type(error).__name__} {number}") from error
