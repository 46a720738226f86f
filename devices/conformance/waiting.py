"""How the suites wait: for something to happen, bounded far beyond what a healthy device needs.

Never by the clock alone, so that a slow machine does not fail a driver.
"""

import threading
from collections.abc import Callable

from devices.deadline import Deadline
from devices.protocol import Device
from devices.values import DeviceStatus

PATIENCE_S = 20.0
"""How long anything may take before a suite gives it up."""


def later(*acts: Callable[[], object]) -> threading.Thread:
    """Do `acts` one after another beside the test; join what is returned."""
    thread = threading.Thread(target=lambda: [act() for act in acts])
    thread.start()
    return thread


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    patience = Deadline(PATIENCE_S)
    while not true():
        assert not patience.passed, "it never came true"
        patience.pause(0.01)


def until_probe(device: Device, fits: Callable[[DeviceStatus], bool]) -> DeviceStatus:
    """Probe until the status fits."""
    patience = Deadline(PATIENCE_S)
    while not fits(status := device.probe()):
        assert not patience.passed, f"still {status}"
        patience.pause(0.02)
    return status
