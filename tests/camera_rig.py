"""What tests of the camera share: settings, what lies before it, and a model that finds drawn faces."""

import hashlib
import threading
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from contract.ids import DeviceId
from devices.registry import OpencvSettings
from devices.sim import desk
from devices.sim.desk import Photograph, Place
from devices.sim.face_model import face_model
from devices.sim.paper import sheet

Image = NDArray[np.uint8]
CAMERA = DeviceId("document-camera")
SIZE = (960, 720)
DARK_WOOD = (62, 74, 96)


def camera_settings(source: Path | str, **changes: object) -> OpencvSettings:
    entry = {"id": CAMERA, "kind": "camera", "driver": "opencv", "source": str(source)}
    return OpencvSettings.model_validate({**entry, **changes})


def with_faces(folder: Path) -> dict[str, str]:
    """Write the model of drawn faces into `folder`; return the settings that name it."""
    model = face_model()
    path = folder / "faces.onnx"
    path.write_bytes(model)
    return {"face_model": str(path), "face_model_sha256": hashlib.sha256(model).hexdigest()}


@cache
def empty_desk() -> Image:
    return desk.wood(np.random.default_rng(4), SIZE, DARK_WOOD)


@cache
def page_on_desk(kind: str = "letter", place: Place | None = None) -> Photograph:
    """A sheet that lies well, unless `place` says otherwise."""
    # Nobody's paper is whiter than a camera that sets its exposure by it makes it.
    paper = (sheet(kind, np.random.default_rng(7), height=1100) * 0.9).astype(np.uint8)
    return desk.lay(empty_desk(), paper, place or Place(0.84, 3, 4, 30))


def smeared(image: Image, pixels: int) -> Image:
    """As if it had moved while it was exposed."""
    return np.asarray(cv2.blur(image, (pixels, 1)), np.uint8)


def spot(image: Image, at: tuple[float, float], radius: int) -> Image:
    """With a lamp's reflection at a place."""
    shine = np.zeros(image.shape[:2], np.float32)
    cv2.circle(shine, (round(at[0]), round(at[1])), radius, 1.0, -1)
    lit = image + cv2.GaussianBlur(shine, (0, 0), 4)[:, :, None] * 300
    return np.asarray(np.clip(lit, 0, 255).astype(np.uint8))


def looks() -> int:
    """How many threads look through a camera."""
    return sum(thread.name.startswith("camera-look") for thread in threading.enumerate())
