"""The table of drivers: name → configuration model and factory.

Registration is this table and nothing else: no import side effects, no scanning. A driver's module,
and the hardware library behind it, is imported when the first device of it is made.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Literal, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:  # read before the first frame, which these would hold up
    from devices.protocol import Device
    from devices.values import DeviceKind


class DriverSettings(BaseModel):
    """What every ``[[devices]]`` entry has."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")


class SdtSettings(DriverSettings):
    """What is the same for every way to an SDT module.

    Neither fingerprints nor the additional address are read unasked: what no service needs is not taken
    off a card. Photographs need the closed library of the reader's maker, run only if its checksum is right.
    """

    additional_address: bool = False
    fingerprints: bool = False
    wlt_library: str = ""
    wlt_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    wlt_call: Literal["wlt2bmpBuffer", "ZKID_Wlt2bmpBuffer", "unpack"] = "wlt2bmpBuffer"
    wlt_turn: Literal["none", "flip", "mirror", "half"] = "none"

    @model_validator(mode="after")
    def _library_has_its_checksum(self) -> Self:
        if bool(self.wlt_library) != bool(self.wlt_sha256):
            raise ValueError("wlt_library and wlt_sha256 go together")
        return self


class SdtSerialSettings(SdtSettings):
    """An identity-card reader with an SDT module on a serial line."""

    kind: Literal["identity-reader"]
    driver: Literal["sdt-serial"]
    port: str
    baud: Literal["auto", 115200, 57600, 38400, 19200, 9600] = "auto"


class SdtUsbSettings(SdtSettings):
    """An identity-card reader with an SDT module on USB (0400:C35A).

    `where` is its USB serial number, the path of the port it is in (``1-2.3``), or ``*`` for the only one.
    """

    kind: Literal["identity-reader"]
    driver: Literal["sdt-usb"]
    where: str = "*"


class PcscSettings(DriverSettings):
    """A smart-card reader behind PC/SC; `reader` is a pattern on its name, as in ``fnmatch``."""

    kind: Literal["smart-card"]
    driver: Literal["pcsc"]
    reader: str = "*"


class WedgeScannerSettings(DriverSettings):
    """A code scanner that types: an input device, taken for the product alone so that nothing else hears it.

    `device` is a path, ``usb:VVVV:PPPP`` with or without ``:serial``, or ``name:`` and a pattern as in ``fnmatch``.
    `alt_codes` is what a number typed with Alt on the numeric keypad stands for.
    """

    kind: Literal["code-scanner"]
    driver: Literal["wedge-scanner"]
    device: str
    layout: Literal["us", "uk", "de", "fr"] = "us"
    suffix: Literal["auto", "enter", "tab", "none"] = "auto"
    alt_codes: Literal["unicode", "gbk", "bytes"] = "unicode"


class CameraScannerSettings(DriverSettings):
    """A camera that reads codes: a V4L2 device, a file or the address of a stream.

    `width` and `height` are asked of a V4L2 device, in pixels; 0 leaves it its own. Every `every_nth` frame is
    looked at in one more way, which costs several times what the others do.
    """

    kind: Literal["code-scanner"]
    driver: Literal["camera-scanner"]
    source: str
    width: int = Field(default=1280, ge=0, le=4608)
    height: int = Field(default=720, ge=0, le=4608)
    every_nth: int = Field(default=4, ge=2, le=100)


class OpencvSettings(DriverSettings):
    """A camera for pages and people: a V4L2 device, a file or the address of a stream.

    `width` and `height` are asked of a V4L2 device, in pixels; 0 leaves it its own. `rotate` turns what it shows
    clockwise, `page_rotate` the pages it took. `dpi` is the most that a page is stored with. Portraits need a
    face detector's model (YuNet, ONNX), which does not come with the product.
    """

    kind: Literal["camera"]
    driver: Literal["opencv"]
    source: str
    width: int = Field(default=0, ge=0, le=4608)
    height: int = Field(default=0, ge=0, le=4608)
    rotate: Literal[0, 90, 180, 270] = 0
    page_rotate: Literal[0, 90, 180, 270] = 0
    dpi: int = Field(default=200, ge=100, le=400)
    face_model: str = ""
    face_model_sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")

    @model_validator(mode="after")
    def _model_has_its_checksum(self) -> Self:
        if bool(self.face_model) != bool(self.face_model_sha256):
            raise ValueError("face_model and face_model_sha256 go together")
        return self


class SerialScannerSettings(DriverSettings):
    """A code scanner that sends what it reads over a serial line (RS-232, or USB as a serial port).

    `suffix` is what the scanner is set to send after each code; with "auto" any of them is one.
    `family` is whose commands it obeys, so that it looks only while it is asked to; with "none" it reads by itself.
    """

    kind: Literal["code-scanner"]
    driver: Literal["serial-scanner"]
    port: str
    baud: Literal[115200, 57600, 38400, 19200, 9600, 4800, 2400, 1200] = 9600
    suffix: Literal["auto", "cr", "lf", "crlf", "tab", "none"] = "auto"
    family: Literal["none", "newland", "honeywell", "gm65"] = "none"


class CupsSettings(DriverSettings):
    """An A4 printer behind a CUPS queue."""

    kind: Literal["printer"]
    driver: Literal["cups"]
    queue: str
    server: str = "/run/cups/cups.sock"


class SerialLightsSettings(DriverSettings):
    """Guidance lights behind a Modbus RTU relay board on a serial line.

    `lights` gives each light its relay, counted from 1: ``{ cardReader = 1, "documentPrinter.green" = 2 }``.
    """

    kind: Literal["lights"]
    driver: Literal["serial-lights"]
    port: str
    baud: Literal[115200, 57600, 38400, 19200, 9600, 4800] = 9600
    unit: int = Field(default=1, ge=1, le=247)
    lights: dict[str, Annotated[int, Field(ge=1, le=32)]] = Field(min_length=1)


class SerialProximitySettings(DriverSettings):
    """A TF-Luna or TFmini on a serial line: who is within `near_cm` is there until beyond `far_cm`."""

    kind: Literal["proximity"]
    driver: Literal["serial-proximity"]
    port: str
    baud: Literal[921600, 460800, 115200, 57600, 38400, 19200, 9600] = 115200
    near_cm: int = Field(default=90, ge=20, le=800)
    far_cm: int = Field(default=120, ge=20, le=800)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.far_cm <= self.near_cm:
            raise ValueError("far_cm has to be more than near_cm")
        return self


class SerialDoorSettings(DriverSettings):
    """A cabinet door's contact at input `input`, counted from 1, of a Modbus RTU module on a serial line.

    `closed` is what the input says while the door is closed.
    """

    kind: Literal["door"]
    driver: Literal["serial-door"]
    port: str
    baud: Literal[115200, 57600, 38400, 19200, 9600, 4800] = 9600
    unit: int = Field(default=1, ge=1, le=247)
    input: int = Field(default=1, ge=1, le=32)
    closed: Literal["on", "off"] = "on"


class NutUpsSettings(DriverSettings):
    """An uninterruptible power supply behind Network UPS Tools."""

    kind: Literal["ups"]
    driver: Literal["nut"]
    ups: str = Field(pattern=r"^[A-Za-z0-9._-]+$")
    server: str = "127.0.0.1:3493"


AnyDriverSettings = Annotated[
    SdtSerialSettings
    | SdtUsbSettings
    | PcscSettings
    | SerialScannerSettings
    | WedgeScannerSettings
    | CameraScannerSettings
    | OpencvSettings
    | CupsSettings
    | SerialLightsSettings
    | SerialProximitySettings
    | SerialDoorSettings
    | NutUpsSettings,
    Field(discriminator="driver"),
]

_FACTORIES: "dict[str, tuple[DeviceKind, str]]" = {
    "sdt-serial": ("identity-reader", "devices.drivers.sdt_reader:SdtReader"),
    "sdt-usb": ("identity-reader", "devices.drivers.sdt_usb:UsbSdtReader"),
    "pcsc": ("smart-card", "devices.drivers.pcsc_reader:PcscReader"),
    "serial-scanner": ("code-scanner", "devices.drivers.serial_scanner:SerialScanner"),
    "wedge-scanner": ("code-scanner", "devices.drivers.wedge_scanner:WedgeScanner"),
    "camera-scanner": ("code-scanner", "devices.drivers.camera_scanner:CameraScanner"),
    "opencv": ("camera", "devices.drivers.opencv_camera:OpencvCamera"),
    "cups": ("printer", "devices.drivers.cups_printer:CupsPrinter"),
    "serial-lights": ("lights", "devices.drivers.serial_lights:SerialLights"),
    "serial-proximity": ("proximity", "devices.drivers.serial_proximity:SerialProximity"),
    "serial-door": ("door", "devices.drivers.serial_door:SerialDoor"),
    "nut": ("ups", "devices.drivers.nut_ups:NutUps"),
}


def driver_names() -> tuple[str, ...]:
    """Return every driver's name."""
    return tuple(_FACTORIES)


def kind_of(driver: str) -> "DeviceKind":
    """Return what `driver` drives; a `KeyError` for a name that is not in the table."""
    return _FACTORIES[driver][0]


def settings_of(driver: str) -> type[DriverSettings]:
    """Return the configuration model of `driver`; a `KeyError` for a name that is not in the table."""
    models: tuple[type[DriverSettings], ...] = get_args(get_args(AnyDriverSettings)[0])
    return {get_args(model.model_fields["driver"].annotation)[0]: model for model in models}[driver]


def make_device(settings: DriverSettings) -> "Device":
    """Make the device of `settings`; it is not opened. Every driver takes its settings and nothing else."""
    _, where = _FACTORIES[cast("SdtSerialSettings", settings).driver]
    module, name = where.split(":")
    factory = cast("Callable[[DriverSettings], Device]", getattr(import_module(module), name))
    return factory(settings)
