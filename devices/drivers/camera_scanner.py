"""Code scanner that looks through a camera: paper and telephones held before it, codes of several kinds at once.

It looks only while it is asked to, at the newest frame there is, so nothing of an earlier citizen waits in a
buffer. What it sees can be shown as a preview; no frame and no code is kept, and none is logged. A camera
that is gone or shows nothing any more is a fault of the scanner, told from one that merely sees no code.
"""

import time
from collections.abc import Callable

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.code_decoders import SYMBOLOGIES
from devices.drivers.code_finder import CodeFinder, FoundCode
from devices.drivers.frame_source import FrameSource, SourceFaults, View, preview
from devices.drivers.scan_codec import REPEAT_S
from devices.errors import Absent
from devices.registry import CameraScannerSettings
from devices.values import Capability, Code, DeviceInfo, DeviceState, DeviceStatus, Frame


class CameraScanner:
    """One camera."""

    def __init__(self, settings: CameraScannerSettings) -> None:
        self._settings = settings
        self._camera = FrameSource(
            settings.source,
            View(settings.width, settings.height),
            SourceFaults(absent="scanner.absent", stalled="scanner.offline"),
        )
        self._opened = False
        self._show: Callable[[Frame], None] | None = None

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        capabilities: dict[str, Capability] = {"symbologies": tuple(sorted(SYMBOLOGIES)), "preview": True}
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, "camera scanner", capabilities=capabilities
        )

    def open(self) -> None:
        self.close()
        self._camera.open()
        self._opened = True

    def close(self) -> None:
        self._opened = False
        self._camera.close()

    def probe(self) -> DeviceStatus:
        self._check_opened()
        self._camera.probe()
        return DeviceStatus(DeviceState.ONLINE)

    def show_frames_to(self, show: Callable[[Frame], None] | None) -> None:
        self._show = show

    def scan(self, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        self._check_opened()
        until.check()
        if until.passed:
            return
        finder = CodeFinder(self._settings.every_nth)
        said = Said(finder.cycle)
        with self._camera.look() as look:
            while (seen := look.newest(until)) is not None:
                if self._show is not None:
                    self._show(preview(seen))
                # Also while exposure settles: a code proves itself, so a bad frame can only hold no code.
                for found in said.new(finder.look(seen.image), time.monotonic()):
                    until.check()
                    say(Fault.of("code.unreadable", found.unreadable) if found.unreadable else _code(found))

    def _check_opened(self) -> None:
        if not self._opened:
            raise Absent("scanner.offline", "not open")


class Said:
    """Which codes are still before the camera. A code is new when it was away for two seconds.

    And for as many frames as the finder needs for all its ways of looking, since a code may be one that only
    one of them can read.
    """

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._frame = 0
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def new(self, found: list[FoundCode], now: float) -> list[FoundCode]:
        """Return those of a frame's codes that are new; `now` is monotonic seconds."""
        self._frame += 1
        away = [
            name
            for name, (at, frame) in self._seen.items()
            if now - at > REPEAT_S and self._frame - frame > self._frames
        ]
        for name in away:
            del self._seen[name]
        fresh = [code for code in found if (code.text, code.unreadable) not in self._seen]
        for code in found:
            self._seen[code.text, code.unreadable] = (now, self._frame)
        return fresh


def _code(found: FoundCode) -> Code:
    return Code(found.text, found.symbology)
