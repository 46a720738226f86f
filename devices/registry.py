"""The table of drivers: name → configuration model and factory.

Registration is this table and nothing else: no import side effects, no scanning. A driver's module,
and the hardware library behind it, is imported when the first device of it is made.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:  # read before the first frame, which these would hold up
    from devices.protocol import Device
    from devices.values import DeviceKind


class DriverSettings(BaseModel):
    """What every ``[[devices]]`` entry has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")


class SdtSerialSettings(DriverSettings):
    """An identity-card reader with an SDT module on a serial line."""

    kind: Literal["identity-reader"]
    driver: Literal["sdt-serial"]
    port: str
    baud: Literal["auto", 115200, 57600, 38400, 19200, 9600] = "auto"


class SerialScannerSettings(DriverSettings):
    """A code scanner that sends what it reads over a serial line (RS-232, or USB as a serial port).

    `suffix` is what the scanner is set to send after each code; with "auto" any of them is one.
    """

    kind: Literal["code-scanner"]
    driver: Literal["serial-scanner"]
    port: str
    baud: Literal[115200, 57600, 38400, 19200, 9600, 4800, 2400, 1200] = 9600
    suffix: Literal["auto", "cr", "lf", "crlf", "tab", "none"] = "auto"


class CupsSettings(DriverSettings):
    """An A4 printer behind a CUPS queue."""

    kind: Literal["printer"]
    driver: Literal["cups"]
    queue: str
    server: str = "/run/cups/cups.sock"


AnyDriverSettings = Annotated[SdtSerialSettings | SerialScannerSettings | CupsSettings, Field(discriminator="driver")]

_FACTORIES: "dict[str, tuple[DeviceKind, str]]" = {
    "sdt-serial": ("identity-reader", "devices.drivers.sdt_reader:SdtReader"),
    "serial-scanner": ("code-scanner", "devices.drivers.serial_scanner:SerialScanner"),
    "cups": ("printer", "devices.drivers.cups_printer:CupsPrinter"),
}


def driver_names() -> tuple[str, ...]:
    """Return every driver's name."""
    return tuple(_FACTORIES)


def make_device(settings: DriverSettings) -> "Device":
    """Make the device of `settings`; it is not opened. Every driver takes its settings and nothing else."""
    _, where = _FACTORIES[cast("SdtSerialSettings | SerialScannerSettings | CupsSettings", settings).driver]
    module, name = where.split(":")
    factory = cast("Callable[[DriverSettings], Device]", getattr(import_module(module), name))
    return factory(settings)
