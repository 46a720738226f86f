"""What lies beside the journey's own hardware on the bench: a chip-card reader and a document camera.

Each part has deeds by name, as the bench has, and a word on how it looks. They are made only when the
configuration asks for such a device; their libraries are imported only then.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from devices.registry import AnyDriverSettings, OpencvSettings, PcscSettings

Deeds = dict[str, Callable[[str], Any]]
People = Mapping[str, Mapping[str, Any]]

SHEETS = ("letter", "form", "certificate")


class Part(Protocol):
    """One more piece of hardware."""

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find it."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def deeds(self) -> Deeds: ...

    def state(self) -> dict[str, Any]: ...


class ChipReader:
    """A reader behind a private pcscd."""

    def __init__(self, people: People) -> None:
        from devices.sim.chip_bench import ChipBench  # noqa: PLC0415 - see the module's docstring

        self._people = people
        self._bench = ChipBench()
        self._who = ""

    @property
    def environment(self) -> dict[str, str]:
        return self._bench.environment

    def start(self) -> None:
        self._bench.__enter__()

    def stop(self) -> None:
        self._bench.__exit__(None, None, None)

    def deeds(self) -> Deeds:
        return {
            "chip.lay": self._lay,
            "chip.lay_staff": lambda value: self._bench.lay_staff(value or "T-0001"),
            "chip.lift": lambda _: self._bench.lift(),
            "chip.unplug": lambda _: self._bench.unplug(),
            "chip.plug": lambda _: self._bench.plug(),
            "chip.restart_service": lambda _: self._bench.restart_pcscd(),
        }

    def state(self) -> dict[str, Any]:
        return {"chip": True, "chip_card": self._bench.card is not None}

    def _lay(self, person: str) -> None:
        self._bench.lay(self._people[person]["card"])


class DocumentCamera:
    """A camera over a desk, as an MJPEG stream at the configured address."""

    def __init__(self, port: int) -> None:
        from devices.sim.mjpeg_camera import MjpegCamera  # noqa: PLC0415 - see the module's docstring

        self._camera = MjpegCamera(port=port)
        self._page = ""

    @property
    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        self._lay("")
        self._camera.plug()

    def stop(self) -> None:
        self._camera.unplug()

    def deeds(self) -> Deeds:
        return {
            "page.lay": lambda value: self._lay(value or SHEETS[0]),
            "page.take": lambda _: self._lay(""),
            "camera.dark": lambda value: self._camera.light(1.0 if value == "off" else 0.1),
            "camera.stall": lambda value: self._camera.stall(value != "off"),
            "camera.unplug": lambda _: self._camera.unplug(),
            "camera.plug": lambda _: self._camera.plug(),
        }

    def state(self) -> dict[str, Any]:
        return {"camera": self._camera.plugged, "page": self._page}

    def _lay(self, kind: str) -> None:
        """Put a sheet of a kind on the desk, or none."""
        import numpy as np  # noqa: PLC0415

        from devices.sim.desk import Place, lay, wood  # noqa: PLC0415
        from devices.sim.paper import sheet  # noqa: PLC0415

        random = np.random.default_rng(7)
        desk = wood(random, (1280, 960), (70, 95, 130))
        if kind:
            desk = lay(desk, sheet(kind, random), Place(at=(0.5, 0.5), size=0.8, turn=4.0)).image
        self._page = kind
        self._camera.show(desk)


def part_for(device: AnyDriverSettings, people: People) -> Part | None:
    """Return the simulator of a device, or None where there is none here or the real one is meant."""
    match device:
        case PcscSettings():
            return ChipReader(people)
        case OpencvSettings(source=source) if urlsplit(source).hostname == "127.0.0.1":
            return DocumentCamera(urlsplit(source).port or 0)
        case _:
            return None
