"""What tests of lights, sensors and the UPS share: settings, and waiting for what a probe says."""

from collections.abc import Callable
from pathlib import Path

from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.protocol import Device
from devices.registry import NutUpsSettings, SerialDoorSettings, SerialLightsSettings, SerialProximitySettings
from devices.sim.ups_nut import NAME, UpsBench
from devices.values import DeviceStatus

PATIENCE_S = 20.0
LIGHTS = {"cardReader": 1, "scanner": 2, "documentPrinter.green": 3, "documentPrinter.red": 4}


def lights_settings(port: Path | str) -> SerialLightsSettings:
    return SerialLightsSettings(
        id=DeviceId("lights"), kind="lights", driver="serial-lights", port=str(port), baud=115200, lights=LIGHTS
    )


def proximity_settings(port: Path | str) -> SerialProximitySettings:
    return SerialProximitySettings(
        id=DeviceId("proximity"), kind="proximity", driver="serial-proximity", port=str(port)
    )


def door_settings(port: Path | str) -> SerialDoorSettings:
    return SerialDoorSettings(
        id=DeviceId("door"), kind="door", driver="serial-door", port=str(port), baud=115200, input=2
    )


def ups_settings(bench: UpsBench, ups: str = NAME) -> NutUpsSettings:
    return NutUpsSettings(id=DeviceId("ups"), kind="ups", driver="nut", ups=ups, server=bench.address)


def until_probe(device: Device, fits: Callable[[DeviceStatus], bool]) -> DeviceStatus:
    """Probe until the status fits."""
    patience = Deadline(PATIENCE_S)
    while not fits(status := device.probe()):
        assert not patience.passed, f"still {status}"
        patience.pause(0.02)
    return status


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    patience = Deadline(PATIENCE_S)
    while not true():
        assert not patience.passed, "it never came true"
        patience.pause(0.01)
