"""What tests of code scanners share: settings, scanners on their simulators, and a listener."""

from contextlib import suppress
from pathlib import Path

from devices.conformance.code_scanner import Listener
from devices.conformance.waiting import until
from devices.registry import CameraScannerSettings, SerialScannerSettings, WedgeScannerSettings
from tests.device_bench import SCANNER

__all__ = [
    "FAMILIES",
    "SPEED",
    "Listener",
    "camera_scanner_settings",
    "family_settings",
    "opened_ends",
    "until",
    "wedge_settings",
]

FAMILIES = ("newland", "honeywell", "gm65")
SPEED = 115200
"""What the simulated scanners of families run at here, so that tests are quick."""


def family_settings(port: Path, family: str, **changes: object) -> SerialScannerSettings:
    """A triggered scanner that sends CR after each code."""
    entry = {"id": SCANNER, "kind": "code-scanner", "driver": "serial-scanner", "port": str(port)}
    return SerialScannerSettings.model_validate({**entry, "baud": SPEED, "suffix": "cr", "family": family, **changes})


def wedge_settings(device: Path | str, **changes: object) -> WedgeScannerSettings:
    """A scanner that types and presses Enter after each code."""
    entry = {"id": SCANNER, "kind": "code-scanner", "driver": "wedge-scanner", "device": str(device)}
    return WedgeScannerSettings.model_validate({**entry, "suffix": "enter", **changes})


def camera_scanner_settings(source: Path | str, **changes: object) -> CameraScannerSettings:
    entry = {"id": SCANNER, "kind": "code-scanner", "driver": "camera-scanner", "source": str(source)}
    return CameraScannerSettings.model_validate({**entry, **changes})


def opened_ends(path: Path) -> int:
    """How many descriptors of this process are open on the FIFO at `path`, which may be gone by now."""
    ends = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            ends += str(entry.readlink()).removesuffix(" (deleted)") == str(path)
    return ends
