"""An SDT module and the driver that belongs to it, on a serial line or on USB, for tests that do not care which."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from devices.drivers.sdt_device import SdtDevice
from devices.drivers.sdt_reader import SdtReader
from devices.drivers.sdt_usb import UsbSdtReader
from devices.registry import SdtSerialSettings, SdtUsbSettings
from devices.sim.sdt_faults import SERIAL_MISHAPS, USB_MISHAPS, Mishap
from devices.sim.sdt_module import SimulatedModule
from devices.sim.sdt_pty import SdtModule
from devices.sim.sdt_usb import UsbSdtModule
from devices.sim.usb_bus import UsbBus
from tests.device_bench import READER, TODAY, held


@dataclass
class SdtBench:
    """The module, plugged in, and how to make its driver with more settings."""

    module: SimulatedModule
    settings: SdtSerialSettings | SdtUsbSettings
    build: Callable[[Any], SdtDevice]
    held: Callable[[], tuple[int, ...]]
    """The descriptors, handles and threads that driver and module hold."""
    mishaps: tuple[Mishap, ...]

    def make(self, **more: Any) -> SdtDevice:
        return self.build(type(self.settings).model_validate(self.settings.model_dump() | more))

    @contextmanager
    def opened(self, **more: Any) -> Iterator[SdtDevice]:
        reader = self.make(**more)
        try:
            reader.open()
            yield reader
        finally:
            reader.close()


@contextmanager
def on_serial(folder: Path) -> Iterator[SdtBench]:
    port = folder / "reader"
    settings = SdtSerialSettings(id=READER, kind="identity-reader", driver="sdt-serial", port=str(port))
    with SdtModule(port) as module:
        yield SdtBench(module, settings, lambda made: SdtReader(made, lambda: TODAY), held, SERIAL_MISHAPS)


@contextmanager
def on_usb(_: Path) -> Iterator[SdtBench]:
    bus = UsbBus()
    settings = SdtUsbSettings(id=READER, kind="identity-reader", driver="sdt-usb")
    with UsbSdtModule(bus) as module:
        yield SdtBench(
            module,
            settings,
            lambda made: UsbSdtReader(made, lambda: TODAY, bus),
            lambda: (bus.open_handles, *held()),
            USB_MISHAPS,
        )


WAYS: dict[str, Callable[[Path], AbstractContextManager[SdtBench]]] = {"sdt-serial": on_serial, "sdt-usb": on_usb}

on_both = pytest.mark.parametrize("bench", WAYS, indirect=True)
"""For tests of what a line does; what module or citizen do is tried on the quicker one, by campaigns on both."""


def choose_ways(metafunc: pytest.Metafunc) -> None:
    """Give each test that has a bench and does not say which the ways that this run has time for."""
    said = any(mark.args[0] == "bench" for mark in metafunc.definition.iter_markers("parametrize"))
    if "bench" in metafunc.fixturenames and not said:
        ways = list(WAYS) if metafunc.config.getoption("--campaign") else ["sdt-usb"]
        metafunc.parametrize("bench", ways, indirect=True)
