"""The example's simulator, and the bench that holds its driver to the conformance suite.

Run it from the checkout: ``kiosk device conform docs.examples.door_contact_bench:bench``.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.conformance.sensor import SensorBench
from devices.sim.paced_pty import PacedPty
from docs.examples.door_contact import DoorContact, DoorContactSettings
from docs.examples.door_contact_codec import QUESTION, answer


class SimulatedContact:
    """Speaks the contact's bytes on a pseudo-terminal, and can fall silent or lose its plug."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._line: PacedPty | None = None
        self._thread = threading.Thread()
        self.is_open = False
        self.silent = False

    def plug(self) -> None:
        if self._line is None:
            self._line = PacedPty(self._link, 9600)
            self._thread = threading.Thread(target=self._serve, args=(self._line,), name="pty-door", daemon=True)
            self._thread.start()

    def unplug(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.stop()
            self._thread.join()
            line.close()

    def _serve(self, line: PacedPty) -> None:
        while asked := line.receive():
            for _ in range(asked.count(QUESTION) if not self.silent else 0):
                for _piece in line.send(answer(is_open=self.is_open)):
                    pass


@contextmanager
def bench(folder: Path) -> Iterator[SensorBench]:
    """The driver and the hands at its simulator."""
    contact = SimulatedContact(folder / "door")
    contact.plug()
    driver = DoorContact(DoorContactSettings(id="door", port=str(folder / "door")))
    yield SensorBench(
        sensor=driver,
        kind="door",
        absent="door.absent",
        member="cabinetDoors",
        calmed="closed",
        excited="open",
        calm=lambda: setattr(contact, "is_open", False),
        excite=lambda: setattr(contact, "is_open", True),
        silence=lambda: setattr(contact, "silent", True),
        behave=lambda: setattr(contact, "silent", False),
        plug=contact.plug,
        unplug=contact.unplug,
    )
    driver.close()
    contact.unplug()
