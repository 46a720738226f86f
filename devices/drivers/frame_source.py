"""Frames of a V4L2 device, a file (picture, folder or video) or a stream address: the newest one only.

A camera is looked through only while somebody asks: no light burns and nobody is filmed between orders, and
two drivers may name one camera as long as they take turns. A thread of the look's own reads as fast as frames
come and keeps the last, so that nobody judges a picture that lay in a buffer; a read that stalls is noticed
by the clock and never waited for. Keeps no frame after the look and names no stream's password.
"""

import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import cv2
import numpy as np

from devices.addresses import told
from devices.deadline import Deadline
from devices.drivers.frame_readers import (
    READ_MS,
    Capture,
    Image,
    Reader,
    Settling,
    Stills,
    Video,
    kind_of,
    pictures,
)
from devices.errors import Absent, DeviceError, Silent
from devices.hotplug import node_of
from devices.values import Frame

LONGEST_SIDE = 4608
"""Wider or higher frames are scaled down: a broken driver must not fill the memory. 16 Mpx cameras fit."""
PREVIEW_SIDE = 960

_FIRST_S = 5.0
"""For opening and the first frame together; USB cameras with many modes take one to two seconds."""
_STALL_S = 2.5
"""Without a new frame a running camera counts as stalled. Above `READ_MS`, so that the library may say it first."""
_SHOW_S = 1 / 16
"""Between previews: smooth enough to see one's own hand move, at half of what all frames would cost."""
_SLICE_S = 0.02
_JOIN_S = 0.25
_REACH_S = 1.0
_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322, "tcp": 0}
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True)
class View:
    """How to look: the size to ask the camera for (0: its own choice), and how far to turn what it shows."""

    width: int = 0
    height: int = 0
    rotate: Literal[0, 90, 180, 270] = 0


@dataclass(frozen=True, slots=True)
class SourceFaults:
    """The fault codes of whoever looks: a camera's, or those of a scanner that looks through one."""

    absent: str = "camera.absent"
    stalled: str = "camera.stalled"


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame. Not `settled`: the camera still adapts to the light, so show it but do not judge it."""

    number: int
    image: Image = field(repr=False)
    settled: bool = True


def preview(seen: Seen, longest_side: int = PREVIEW_SIDE) -> Frame:
    """Make the preview of a frame, scaled down to fit the frame channel."""
    image = bounded(seen.image, longest_side)
    height, width = image.shape[:2]
    return Frame(seen.number, width, height, image.tobytes())


def bounded(image: Image, longest_side: int) -> Image:
    """Scale `image` down so that no side is longer; never up."""
    height, width = image.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


class FrameSource:
    """One camera. Not for several threads; `look` may not be nested."""

    def __init__(self, source: str, view: View | None = None, faults: SourceFaults | None = None) -> None:
        self._source = source
        self._view = view or View()
        self._faults = faults or SourceFaults()
        self._kind = kind_of(source)
        self._late: Look | None = None
        self._doubted = False

    def open(self) -> None:
        """See one frame, so that what is called open is known to work.

        Raises:
            Absent: there is no such device, file or server.
            Silent: it is there and shows nothing.
        """
        self._reach()
        with self.look() as look:
            if look.newest(Deadline(_FIRST_S)) is None:
                raise self._stalled("no frame after opening")
        self._doubted = False

    def close(self) -> None:
        """Let go of a capture that was left in a stalled read. Safe twice."""
        self._settle_late(READ_MS / 1000 + _JOIN_S)

    def probe(self) -> None:
        """Say whether the camera is there, without looking through it unless it stalled last time.

        Raises:
            Absent: it is not there.
            Silent: it still shows nothing.
        """
        if self._doubted:
            self.open()
        else:
            self._reach()

    @contextmanager
    def look(self, show: Callable[[Frame], None] | None = None) -> Iterator["Look"]:
        """Look through the camera for as long as the block lasts.

        `show` hears previews as they come, on the look's thread, so that what a citizen sees moves also while a
        frame is being judged; none after the block.

        Raises:
            Silent: the camera is still held by a read that stalled.
        """
        self._settle_late(READ_MS / 1000 + _JOIN_S)
        if self._late is not None:
            raise self._stalled("an earlier read did not come back")
        look = Look(self, show)
        try:
            yield look
        finally:
            if not look.end(_JOIN_S):  # Its read will come back by itself; nobody waits for it now.
                self._late = look

    def lost(self, why: str) -> DeviceError:
        """Make the error for a camera that shows nothing any more; it is looked at before it is believed again."""
        self._doubted = True
        try:
            self._reach()
        except Absent as gone:
            return gone
        return self._stalled(why)

    def reader(self, stop: threading.Event) -> Reader:
        """Open the source; called on the look's thread. Raises OSError when it cannot be opened."""
        match self._kind:
            case "stills":
                return Stills(pictures(Path(self._source)), stop)
            case "video":
                return Video(self._source, stop)
            case "v4l2":
                return Capture(str(self._node().resolve()), cv2.CAP_V4L2, self._view.width, self._view.height)
            case "stream":
                return Capture(self._source, cv2.CAP_FFMPEG)

    @property
    def live(self) -> bool:
        """Whether there is a camera behind it, with an exposure that has to settle."""
        return self._kind in ("v4l2", "stream")

    @property
    def turn(self) -> int:
        return self._view.rotate

    def _stalled(self, why: str) -> Silent:
        return Silent(self._faults.stalled, f"{self._name()}: {why}")

    def _settle_late(self, seconds: float) -> None:
        if self._late is not None and self._late.end(seconds):
            self._late = None

    def _reach(self) -> None:
        """Raise `Absent` unless there is something to open."""
        try:
            match self._kind:
                case "stream":
                    parts = urlsplit(self._source)
                    port = parts.port or _PORTS.get(parts.scheme, 0)
                    socket.create_connection((parts.hostname or "", port), _REACH_S).close()
                case "v4l2":
                    if not stat.S_ISCHR(os.stat(self._node()).st_mode):  # noqa: PTH116 - follows by-id links
                        raise OSError("no device")
                case "stills" | "video":
                    if not Path(self._source).exists():
                        raise FileNotFoundError("no such file")
        except (OSError, ValueError) as error:  # ValueError: a port that is no number
            raise Absent(self._faults.absent, f"{self._name()}: {type(error).__name__}") from None

    def _node(self) -> Path:
        """Where the camera is now, also one that is named by its serial number or its socket."""
        return Path(node_of(self._source, "video4linux"))

    def _name(self) -> str:
        """Name the source without what may be a password in a stream's address."""
        return told(self._source)


class Look:
    """One stay at the camera: its thread reads, `newest` takes."""

    def __init__(self, source: FrameSource, show: Callable[[Frame], None] | None = None) -> None:
        self._source = source
        self._show = show
        self._shown = 0.0
        self._bug: Exception | None = None
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._newest: Seen | None = None
        self._ended: str | None = None
        self._taken = 0
        self._last = time.monotonic()
        self._thread = threading.Thread(target=self._read, name="camera-look", daemon=True)
        self._thread.start()

    def newest(self, until: Deadline) -> Seen | None:
        """Wait for a frame that was not handed out yet; None when `until` passes first.

        Raises:
            Cancelled: the order was withdrawn.
            Absent: the camera is gone.
            Silent: it stalled or broke off; look anew to go on.
        """
        while not until.passed:
            until.check()
            with self._changed:
                self._changed.wait_for(self._something, min(_SLICE_S, until.left_s))
                if self._newest is not None and self._newest.number > self._taken:
                    self._taken = self._newest.number
                    return self._newest
                if self._bug is not None:
                    raise self._bug
                if self._ended is not None:
                    raise self._source.lost(self._ended)
                if time.monotonic() - self._last > (_STALL_S if self._newest else _FIRST_S):
                    raise self._source.lost("no frame in time")
        until.check()
        return None

    def end(self, seconds: float) -> bool:
        """Stop reading; False when the thread is still in a read after so many seconds."""
        self._stop.set()
        self._thread.join(seconds)
        with self._changed:
            self._newest = None
        return not self._thread.is_alive()

    def _something(self) -> bool:
        return self._ended is not None or (self._newest is not None and self._newest.number > self._taken)

    def _read(self) -> None:
        why = "ended"
        try:
            reader = self._source.reader(self._stop)
            try:
                self._keep_newest(reader)
            finally:
                reader.close()
        except (OSError, cv2.error) as error:
            why = type(error).__name__
        except Exception as error:  # noqa: BLE001 - raised again on the thread that asked for the frames
            self._bug = error
        with self._changed:
            self._ended = why
            self._changed.notify_all()

    def _keep_newest(self, reader: Reader) -> None:
        settling = Settling() if self._source.live else None
        number = 0
        while not self._stop.is_set() and (image := reader.read()) is not None:
            number += 1
            image = bounded(image, LONGEST_SIDE)
            if self._source.turn:
                image = np.asarray(cv2.rotate(image, _TURNS[self._source.turn]), np.uint8)
            settled = settling is None or settling.done(image)
            seen = Seen(number, image, settled)
            with self._changed:
                self._newest = seen
                self._last = time.monotonic()
                self._changed.notify_all()
            if self._show is not None and time.monotonic() - self._shown >= _SHOW_S and not self._stop.is_set():
                self._shown = time.monotonic()
                self._show(preview(seen))
