"""A simulated SDT identity-card module behind a pseudo-terminal that keeps a serial line's time."""

from pathlib import Path

from devices.sim.paced_pty import PacedPty
from devices.sim.sdt_module import ALWAYS, Reading, SimulatedModule

__all__ = ["ALWAYS", "Reading", "SdtModule"]


class _SerialLine(PacedPty):
    def stall(self) -> bool:
        return False


class SdtModule(SimulatedModule):
    """The module on a serial line, at `link` while it is plugged in."""

    def __init__(self, link: Path, baud: int = 115200) -> None:
        super().__init__()
        self._link = link
        self._baud = baud

    def _connect(self) -> _SerialLine:
        return _SerialLine(self._link, self._baud)
