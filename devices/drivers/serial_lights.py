"""Guidance lights behind a Modbus RTU relay board, one relay a light.

A relay is on or off, so the flashing is done here, by a thread that lives as long as something flashes and
in step with one clock. Never more than two flashes a second: from three on they can set off a seizure
(WCAG 2.3.1). A board that lost power in between gets its lights back at the next probe.
"""

import threading
import time

from contract.ids import DeviceId
from devices.drivers.modbus_codec import READ_COILS, WRITE_COIL, Request
from devices.drivers.modbus_line import LineFaults, ModbusLine
from devices.errors import DeviceError, NeedsHelp
from devices.registry import SerialLightsSettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus, Flash, Glow

PERIODS_S = {Flash.SLOW: 2.0, Flash.MEDIUM: 1.0, Flash.QUICK: 0.5}
"""One flash, half of it lit."""
_JOIN_S = 5.0


class SerialLights:
    """The lights of one board."""

    def __init__(self, settings: SerialLightsSettings) -> None:
        self._settings = settings
        self._line = ModbusLine(settings.port, settings.baud, LineFaults("lights.absent", "lights.unsupported"))
        self._changed = threading.Condition()
        self._wanted: dict[int, Flash] = {}
        """By relay. Kept over a loss, so that the lights come back as they were."""
        self._lit: dict[int, bool] = {}
        self._closing = False
        self._pacer: threading.Thread | None = None

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        capabilities = {"lights": tuple(sorted(settings.lights)), "flash": tuple(flash.value for flash in Flash)}
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, "Modbus RTU relay board", "", capabilities
        )

    def open(self) -> None:
        self.close()
        self._line.open()
        self._closing = False
        with self._changed:
            self._put_right()
            self._pace()

    def close(self) -> None:
        """Put every light out, as far as the board still hears, and let go of it."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._pacer is not None:
            self._pacer.join(_JOIN_S)
            self._pacer = None
        try:
            for relay, lit in self._lit.items():
                if lit:
                    self._write(relay, on=False)
        except DeviceError:
            pass  # A board that is gone is dark, or nobody can reach it.
        self._lit = {}
        self._line.close()

    def probe(self) -> DeviceStatus:
        with self._changed:
            self._put_right()
        return DeviceStatus(DeviceState.ONLINE)

    def set(self, glow: Glow) -> None:
        relay = self._relay(glow)
        with self._changed:
            for other in self._siblings(glow.light) - {relay}:
                self._wanted[other] = Flash.OFF  # one light, one colour at a time
            self._wanted[relay] = glow.flash
            self._show(time.monotonic())
            self._pace()
            self._changed.notify_all()

    def _relay(self, glow: Glow) -> int:
        lights = self._settings.lights
        name = glow.light if glow.colour == "default" else f"{glow.light}.{glow.colour}"
        relay = lights.get(name)
        if relay is None and glow.flash is Flash.OFF and (siblings := self._siblings(glow.light)):
            relay = min(siblings)  # off is off in any colour
        if relay is None:
            raise NeedsHelp("lights.unsupported", f"no relay for {name}")
        return relay

    def _siblings(self, light: str) -> frozenset[int]:
        """Every relay of one light, whatever its colour."""
        return frozenset(relay for name, relay in self._settings.lights.items() if name.partition(".")[0] == light)

    def _put_right(self) -> None:
        """Compare the board with what is wanted and set what differs."""
        last = max(self._settings.lights.values())
        states = self._line.ask(Request(self._settings.unit, READ_COILS, 0, last))
        self._lit = {relay: states[relay - 1] for relay in self._settings.lights.values()}
        self._show(time.monotonic())

    def _show(self, now: float) -> None:
        for relay in self._settings.lights.values():
            on = _is_lit(self._wanted.get(relay, Flash.OFF), now)
            if self._lit.get(relay) is not on:
                self._write(relay, on=on)

    def _write(self, relay: int, *, on: bool) -> None:
        self._line.ask(Request(self._settings.unit, WRITE_COIL, relay - 1, on=on))
        self._lit[relay] = on

    def _pace(self) -> None:
        """Have a thread flash, if something is to flash and none does."""
        if any(flash in PERIODS_S for flash in self._wanted.values()) and self._pacer is None:
            self._pacer = threading.Thread(target=self._flash, name="device-lights-pace", daemon=True)
            self._pacer.start()

    def _flash(self) -> None:
        with self._changed:
            try:
                while not self._closing and (wait_s := self._until_next()) is not None:
                    self._changed.wait(wait_s)
                    if not self._closing:
                        self._show(time.monotonic())
            except DeviceError:
                pass  # The next probe meets the same and says it.
            finally:
                if not self._closing:
                    self._pacer = None

    def _until_next(self) -> float | None:
        """Seconds until a light changes by itself; None when none flashes."""
        halves = [PERIODS_S[flash] / 2 for flash in self._wanted.values() if flash in PERIODS_S]
        now = time.monotonic()
        return min((half - now % half for half in halves), default=None)


def _is_lit(flash: Flash, now: float) -> bool:
    match flash:
        case Flash.OFF:
            return False
        case Flash.CONTINUOUS:
            return True
        case Flash.SLOW | Flash.MEDIUM | Flash.QUICK:
            period = PERIODS_S[flash]
            return now % period < period / 2
