"""An uninterruptible power supply behind Network UPS Tools, asked over TCP (RFC 9271).

upsd does the hardware; this asks it for the variables, says what they mean, and never switches anything
off. Silence, refusals and figures that are old are all "absent": a terminal that believes in a battery
that nobody measures would promise what it cannot hold.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.nut_codec import (
    LONGEST_LINE_BYTES,
    NoSuchAnswer,
    Power,
    Refusal,
    VariableList,
    auxiliaries_of,
    power_of,
)
from devices.errors import Absent, Garbled, NeedsHelp, Silent
from devices.registry import NutUpsSettings
from devices.values import Capability, DeviceInfo, DeviceState, DeviceStatus

LOOK_S = 1.0
CONNECT_S = 2.0
ANSWER_S = 3.0
"""For the whole list; upsd answers out of its memory."""
PORT = 3493
_FULL_PERCENT = 95


class NutUps:
    """One UPS of one upsd."""

    def __init__(self, settings: NutUpsSettings) -> None:
        self._settings = settings
        self._line: socket.socket | None = None
        self._left = b""
        self._model = self._serial = ""
        self._measures_charge = False
        self._was_on_battery = False

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        capabilities: dict[str, Capability] = {"senses": ("ups", "powerIn", "battery"), "charge": self._measures_charge}
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, self._model, self._serial, capabilities
        )

    @property
    def look_s(self) -> float:
        return LOOK_S

    def open(self) -> None:
        self.close()
        parts = urlsplit(f"//{self._settings.server}")
        with self._reaching():
            self._line = socket.create_connection((parts.hostname or "", parts.port or PORT), CONNECT_S)
        variables = self._list()
        maker, model = (variables.get(f"device.{name}", "") for name in ("mfr", "model"))
        self._model = f"{maker} {model}".strip() or self._settings.ups
        self._serial = variables.get("device.serial", "")
        self._measures_charge = "battery.charge" in variables

    def close(self) -> None:
        line, self._line = self._line, None
        self._left = b""
        if line is not None:
            line.close()

    def probe(self) -> DeviceStatus:
        power = power_of(self._list())
        if power is None:
            raise Silent("ups.absent", "neither on line nor on battery")
        if power.on_battery:
            self._was_on_battery = True
        elif power.charging is not True and (power.charge is None or power.charge >= _FULL_PERCENT):
            self._was_on_battery = False
        auxiliaries = auxiliaries_of(power, was_on_battery=self._was_on_battery)
        return DeviceStatus(DeviceState.ONLINE, fault=_fault(power), auxiliaries=auxiliaries)

    def _list(self) -> Mapping[str, str]:
        """Ask for every variable.

        Raises:
            Absent: upsd cannot be reached.
            Silent: it answers late, or has no fresh figures of the UPS.
            NeedsHelp: it has no such UPS, or will not tell.
            Garbled: it answers something else.
        """
        wanted = VariableList(self._settings.ups)
        with self._reaching():
            if self._line is None:
                raise Absent("ups.absent", "not open")
            self._line.sendall(wanted.request)
            patience = Deadline(ANSWER_S)
            while True:
                if (variables := wanted.take(self._read_line(self._line, patience))) is not None:
                    return variables

    def _read_line(self, line: socket.socket, patience: Deadline) -> bytes:
        while b"\n" not in self._left:
            if len(self._left) > LONGEST_LINE_BYTES:
                raise NoSuchAnswer("a line without an end")
            line.settimeout(max(0.001, patience.left_s))
            if not (data := line.recv(4096)):
                raise ConnectionResetError("upsd hung up")
            self._left += data
        if patience.passed:
            raise TimeoutError
        first, _, self._left = self._left.partition(b"\n")
        return first

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Turn what goes wrong on the way into our errors, and hang up: what still comes answers nothing of ours."""
        server = self._settings.server
        try:
            yield
        except Refusal as refusal:
            if refusal.code in ("DATA-STALE", "DRIVER-NOT-CONNECTED"):
                raise Silent("ups.absent", refusal.code) from refusal
            self.close()
            raise NeedsHelp("ups.absent", refusal.code) from refusal
        except NoSuchAnswer as error:
            self.close()
            raise Garbled("ups.absent", str(error)) from error
        except TimeoutError as error:
            self.close()
            raise Silent("ups.absent", f"{server} does not answer") from error
        except OSError as error:
            self.close()
            raise Absent("ups.absent", f"{server}: {type(error).__name__}") from error


def _fault(power: Power) -> Fault | None:
    if power.low and power.on_battery:
        return Fault.of("ups.battery_low")
    if power.on_battery:
        return Fault.of("ups.on_battery", "" if power.charge is None else f"{power.charge} %")
    return Fault.of("ups.battery_low", "on mains") if power.low or power.worn else None
