"""Finds faces in a picture with a model that the site provides: YuNet (ONNX), by path and checksum.

No package index carries the model, and whoever takes portraits has to answer for what finds the faces; so its
absence is a visible capability (``portrait: false``) and the fault ``camera.model_missing``, never a quiet guess.
A file with another checksum is not loaded, since a model is code that runs over everybody's face.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.drivers.frame_readers import Image
from devices.errors import NeedsHelp

MOST_BYTES = 64 * 1024 * 1024
_LONG_SIDE = 640
_SURE = 0.75
_OVERLAP = 0.3
_MOST_FACES = 20


@dataclass(frozen=True)
class Face:
    """One face, in pixels: its box (left, top, width, height), and the points that tell how it is held.

    Left and right are the picture's, not the person's.
    """

    box: tuple[float, float, float, float] = field(repr=False)
    left_eye: tuple[float, float] = field(repr=False)
    right_eye: tuple[float, float] = field(repr=False)
    nose: tuple[float, float] = field(repr=False)
    mouth: tuple[float, float] = field(repr=False)
    """The middle between its corners."""


class FaceFinder(Protocol):
    """Whatever finds faces."""

    def find(self, image: Image) -> list[Face]:
        """Return the faces, the largest first."""


class YuNet:
    """OpenCV's face detector with its model from `path`; not loaded before it is needed."""

    def __init__(self, path: str, sha256: str) -> None:
        self._path = path
        self._sha256 = sha256
        self._detector: cv2.FaceDetectorYN | None = None

    @property
    def fit(self) -> bool:
        """Whether a model is configured and there; whether it is the right one shows when it is loaded."""
        return bool(self._path) and Path(self._path).is_file()

    def ready(self) -> "YuNet":
        """Load the model.

        Raises:
            NeedsHelp: ``camera.model_missing``: none is configured, it is not there, or it is another one.
        """
        if self._detector is None:
            model = np.frombuffer(self._checked(), np.uint8)
            try:
                self._detector = cv2.FaceDetectorYN.create(
                    "onnx", model, np.empty(0, np.uint8), (_LONG_SIDE, _LONG_SIDE), _SURE, _OVERLAP, _MOST_FACES
                )
            except cv2.error:
                raise NeedsHelp("camera.model_missing", "the face model cannot be loaded") from None
        return self

    def find(self, image: Image) -> list[Face]:
        detector = self.ready()._detector  # noqa: SLF001 - its own
        assert detector is not None  # noqa: S101 - `ready` made it
        scale = min(1.0, _LONG_SIDE / max(image.shape[:2]))
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        detector.setInputSize(size)
        _, found = detector.detect(small)
        faces = [_face(np.asarray(row, np.float64) / scale) for row in (found if found is not None else [])]
        return sorted(faces, key=lambda face: -face.box[2] * face.box[3])

    def _checked(self) -> bytes:
        if not self._path:
            raise NeedsHelp("camera.model_missing", "no face model is configured")
        try:
            path = Path(self._path)
            model = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
        except OSError as error:
            raise NeedsHelp("camera.model_missing", f"{self._path}: {type(error).__name__}") from None
        if hashlib.sha256(model).hexdigest() != self._sha256:
            raise NeedsHelp("camera.model_missing", f"{self._path}: another checksum")
        return model


def _face(row: NDArray[np.float64]) -> Face:
    """Read YuNet's row: box, right eye, left eye, nose, right and left corner of the mouth (the person's), score."""
    points = [(float(row[at]), float(row[at + 1])) for at in range(4, 14, 2)]
    left, right = sorted(points[:2])
    corners = points[3:5]
    mouth = ((corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2)
    return Face((float(row[0]), float(row[1]), float(row[2]), float(row[3])), left, right, points[2], mouth)
