"""A simulated SDT identity-card module on a simulated USB bus."""

from devices.sim.sdt_module import SimulatedModule
from devices.sim.usb_bus import UsbBus
from devices.sim.usb_pipe import UsbPipe


class UsbSdtModule(SimulatedModule):
    """The module at one place of `bus`; a driver gets the bus as its backend."""

    def __init__(
        self,
        bus: UsbBus,
        ports: tuple[int, ...] = (2, 3),
        serial_number: str = "",
        endpoints: tuple[int, ...] = (0x02, 0x81),
    ) -> None:
        super().__init__()
        self._bus = bus
        self._socket = bus.socket(1, ports, serial_number, endpoints)

    def unplug(self) -> None:
        self._bus.pull(self._socket)
        super().unplug()

    def deny(self, on: bool) -> None:
        """Let no program open it, as without a udev rule."""
        self._socket.denied = on

    def _connect(self) -> UsbPipe:
        return self._bus.plug(self._socket)
