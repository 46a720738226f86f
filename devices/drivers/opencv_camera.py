"""Camera for pages and people: waits until a picture will be good, says what would make it so, and takes it.

A page is taken when it lies still, whole, flat, sharp and lit for several frames; a portrait when one person sits
well for as long. It refuses to take anything less, to guess which way is up, and to find faces without a model
that somebody answers for. Looks only while it is asked to; no frame and no picture is kept, and none is logged.
"""

import time
from collections.abc import Callable

import cv2

from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.face_finder import FaceFinder, YuNet
from devices.drivers.frame_readers import Image
from devices.drivers.frame_source import FrameSource, Look, View, bounded
from devices.drivers.page_clean import even_light, straighten
from devices.drivers.page_finder import Page, at_full_size, find_page
from devices.drivers.page_quality import judge
from devices.drivers.portrait import PHOTO_DPI, crop, judge_faces
from devices.errors import Absent, Cancelled, MediaTrouble
from devices.registry import OpencvSettings
from devices.values import Advice, DeviceInfo, DeviceState, DeviceStatus, Frame, Picture, Shot

GOOD_FRAMES = 3
"""Good pictures in a row before one is taken: what is still being pushed into place is good for one or two."""
SETTLED_S = 0.6
"""And good for so long, however fast the camera is."""
HEARD_FRAMES = 2
"""Frames that ask for the same before it is said: advice that flickers helps nobody."""
_SEARCH_SIDE = 1280
_PAGE_QUALITY = 92
_PORTRAIT_QUALITY = 95
_DPI_STEP = 25
_LEAST_DPI = 75
_A4_LONG_MM, _CARD_LONG_MM = 297.0, 85.6
_MM_PER_INCH = 25.4


class OpencvCamera:
    """One camera."""

    def __init__(self, settings: OpencvSettings) -> None:
        self._settings = settings
        self._source = FrameSource(settings.source, View(settings.width, settings.height, settings.rotate))
        self._faces = YuNet(settings.face_model, settings.face_model_sha256)
        self._opened = False

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        return DeviceInfo(
            DeviceId(settings.id),
            settings.kind,
            settings.driver,
            "camera",
            capabilities={"document": True, "portrait": self._faces.fit, "preview": True, "dpi": settings.dpi},
        )

    def open(self) -> None:
        self.close()
        self._source.open()
        self._opened = True

    def close(self) -> None:
        self._opened = False
        self._source.close()

    def probe(self) -> DeviceStatus:
        self._check_opened()
        self._source.probe()
        return DeviceStatus(DeviceState.ONLINE)

    def capture(
        self, shot: Shot, until: Deadline, show: Callable[[Frame], None], say: Callable[[Advice | None], None]
    ) -> Picture:
        self._check_opened()
        until.check()
        finder = self._faces.ready() if shot is Shot.PORTRAIT else None
        if until.passed:
            raise MediaTrouble("camera.no_picture", "no time")
        with self._source.look(show) as look:
            watch = _Watch(until, say)
            return self._person(look, finder, watch) if finder else self._document(look, watch)

    def _document(self, look: Look, watch: "_Watch") -> Picture:
        page: Page | None = None
        while (seen := look.newest(watch.until)) is not None:
            if not seen.settled:
                continue
            # However fine the camera, a page shows at this size, and a withdrawal must not wait for a search.
            image = bounded(seen.image, _SEARCH_SIDE)
            before, page = page, find_page(image, page)
            judged = judge(image, page, before)
            if watch.good(judged.advice) and page is not None:
                return self._sheet(seen.image, at_full_size(seen.image, page), watch)
        raise watch.nothing()

    def _sheet(self, image: Image, page: Page, watch: "_Watch") -> Picture:
        watch.take()
        coarse = straighten(image, page, _LEAST_DPI)
        # No finer than the camera saw it: more pixels would be made up, and stored for years.
        seen_dpi = page.height / (_CARD_LONG_MM if coarse.card else _A4_LONG_MM) * _MM_PER_INCH
        dpi = max(_LEAST_DPI, min(self._settings.dpi, -(-int(seen_dpi * 1.15) // _DPI_STEP) * _DPI_STEP))
        sheet = even_light(straighten(image, page, dpi, self._settings.page_rotate))
        return _picture(Shot.DOCUMENT, sheet.image, sheet.dpi, _PAGE_QUALITY)

    def _person(self, look: Look, finder: FaceFinder, watch: "_Watch") -> Picture:
        while (seen := look.newest(watch.until)) is not None:
            if not seen.settled:
                continue
            faces = finder.find(seen.image)
            if watch.good(judge_faces(seen.image, faces)):
                watch.take()
                return _picture(Shot.PORTRAIT, crop(seen.image, faces[0]), PHOTO_DPI, _PORTRAIT_QUALITY)
        raise watch.nothing()

    def _check_opened(self) -> None:
        if not self._opened:
            raise Absent("camera.absent", "not open")


class _Watch:
    """What was said during one capture, and how long the picture has been good."""

    def __init__(self, until: Deadline, say: Callable[[Advice | None], None]) -> None:
        self.until = until
        self._say = say
        self._said: Advice | None = None
        self._asked: Advice | None = None
        self._asked_for = 0
        self._good_for = 0
        self._good_since = 0.0

    def good(self, advice: Advice | None) -> bool:
        """Take note of one frame's judgement; whether the picture was good for long enough now."""
        self.until.check()
        if advice is None:
            self._asked_for = 0
            if not self._good_for:
                self._good_since = time.monotonic()
            self._good_for += 1
            return self._good_for >= GOOD_FRAMES and time.monotonic() - self._good_since >= SETTLED_S
        self._asked_for = self._asked_for + 1 if advice is self._asked else 1
        self._asked, self._good_for = advice, 0
        if self._asked_for >= HEARD_FRAMES and advice is not self._said:
            self._said = advice
            self._say(advice)
        return False

    def take(self) -> None:
        """Say that the picture is about to be taken."""
        self._say(None)

    def nothing(self) -> MediaTrouble:
        """Make the fault for a time that is up."""
        if self.until.cancelled:
            raise Cancelled
        return MediaTrouble("camera.no_picture", self._said or "nothing was asked for")


def _picture(shot: Shot, image: Image, dpi: int, quality: int) -> Picture:
    coded, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not coded:
        raise MediaTrouble("camera.no_picture", "could not be coded")
    return Picture(shot, jpeg.tobytes(), image.shape[1], image.shape[0], dpi)
