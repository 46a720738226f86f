"""Where frames come from: a capture behind OpenCV, a video file, pictures on disk.

A reader blocks until its next frame and is used by one thread. Its library's own time-outs are set, because a
read in C cannot be interrupted; and its messages are off, because they may hold an address with its password.
"""

import os
import threading
import time
from collections import deque
from pathlib import Path
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""Rows × columns × (blue, green, red)."""
Kind = Literal["stream", "v4l2", "stills", "video"]

OPEN_MS = 3000
READ_MS = 2000
PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff"})
_STILL_PAUSE_S = 0.1
_STEADY_FRAMES = 4
_STEADY_LEVELS = 3.0
"""Of 256: automatic exposure counts as settled when the mean brightness of so few frames stays within this."""
_SETTLE_S = 3.0
"""Flickering light never settles; after this the picture is used as it is."""


class Reader(Protocol):
    def read(self) -> Image | None:
        """Wait for the next frame; None when there will be none."""

    def close(self) -> None: ...


class Capture:
    """A running camera behind OpenCV."""

    def __init__(self, name: str, backend: int, width: int = 0, height: int = 0) -> None:
        _be_quiet()
        # The V4L2 backend knows no read time-out but this, in seconds.
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(READ_MS // 1000))
        # Without this a multipart stream is analysed for five seconds before its first frame.
        os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "fflags;nobuffer|analyzeduration;0|rtsp_transport;tcp")
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, OPEN_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, READ_MS]
        self._capture = cv2.VideoCapture(name, backend, limits if backend == cv2.CAP_FFMPEG else [])
        if not self._capture.isOpened():
            self._capture.release()
            raise ConnectionError("cannot be opened")
        if backend == cv2.CAP_V4L2:
            self._ask(width, height)

    def read(self) -> Image | None:
        there, image = self._capture.read()
        return np.asarray(image, np.uint8) if there and image is not None and image.ndim == 3 else None

    def close(self) -> None:
        self._capture.release()

    def _ask(self, width: int, height: int) -> None:
        """Ask a V4L2 device for what is wanted; it gives the nearest it has."""
        # Compressed on the wire: uncompressed, USB 2 carries full HD at five frames a second.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        if width and height:
            self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)


class Video:
    """A video file at its own speed, over and over."""

    def __init__(self, name: str, stop: threading.Event) -> None:
        self._name = name
        self._stop = stop
        self._capture = self._begin()
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._pause_s = 1 / rate if 1 <= rate <= 120 else _STILL_PAUSE_S

    def read(self) -> Image | None:
        self._stop.wait(self._pause_s)
        there, image = self._capture.read()
        if not there:
            self._capture.release()
            self._capture = self._begin()
            there, image = self._capture.read()
        return np.asarray(image, np.uint8) if there and image is not None else None

    def close(self) -> None:
        self._capture.release()

    def _begin(self) -> cv2.VideoCapture:
        _be_quiet()
        capture = cv2.VideoCapture(self._name, cv2.CAP_FFMPEG)
        if not capture.isOpened():
            raise ConnectionError("cannot be opened")
        return capture


class Stills:
    """Pictures in the order of their names, over and over, as a slow camera would show them."""

    def __init__(self, paths: list[Path], stop: threading.Event) -> None:
        self._paths = paths
        self._stop = stop
        self._next = 0
        self._kept: Image | None = None

    def read(self) -> Image | None:
        self._stop.wait(_STILL_PAUSE_S if self._next else 0)
        if self._kept is None or len(self._paths) > 1:
            path = self._paths[self._next % len(self._paths)]
            image = cv2.imread(str(path), cv2.IMREAD_COLOR)
            if image is None:
                raise ConnectionError("not a picture")
            self._kept = np.asarray(image, np.uint8)
        self._next += 1
        return self._kept

    def close(self) -> None:
        self._kept = None


class Settling:
    """Whether automatic exposure has come to rest since the camera was opened. Once done, always done."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._means: deque[float] = deque(maxlen=_STEADY_FRAMES)
        self._done = False

    def done(self, image: Image) -> bool:
        if not self._done:
            self._means.append(float(image[::16, ::16].mean()))
            steady = len(self._means) == _STEADY_FRAMES and max(self._means) - min(self._means) < _STEADY_LEVELS
            self._done = steady or time.monotonic() - self._since > _SETTLE_S
        return self._done


def _be_quiet() -> None:
    """Keep the libraries from writing to standard error: what they write may be an address with its password."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def kind_of(source: str) -> Kind:
    """Say what kind of source a configuration names."""
    if "://" in source:
        return "stream"
    if source.startswith(("/dev/", "usb:", "usb-path:")):
        return "v4l2"
    path = Path(source)
    return "stills" if path.is_dir() or path.suffix.lower() in PICTURES else "video"


def pictures(path: Path) -> list[Path]:
    """List the pictures of a folder, or the one that is named. Raises FileNotFoundError when there is none."""
    found = sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURES) if path.is_dir() else [path]
    if not found:
        raise FileNotFoundError("no picture in it")
    return found
