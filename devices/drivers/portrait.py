"""Judges whether a person sits well for an identity photograph, and cuts the photograph out.

The photograph is 26 × 32 mm, 358 × 441 pixels, head and shoulders, face forward (GA 461, photographs for the
resident identity card). It judges where the face is and how it is held, nothing else: not who it is, nor how they
look. Nothing about the face is changed. Pure.
"""

import math

import cv2
import numpy as np

from devices.drivers.face_finder import Face
from devices.drivers.frame_readers import Image
from devices.values import Advice

PHOTO_PX = (358, 441)
PHOTO_DPI = 350
"""441 pixels on 32 mm."""
EYES_AT = 0.43
"""Height of the eyes from the photograph's top, as a share of it."""
EYE_DISTANCE = 0.235
"""Between the pupils, as a share of the photograph's width: a head of about 20 mm."""
SMALLEST_PX = 60.0
"""Between the pupils in the camera's picture. The photograph has 84; fewer than this would be blown up."""
LARGEST = 0.17
"""Between the pupils, as a share of the camera's picture's shorter side; nearer, and the lens distorts the face."""
MIDDLE = 0.12
"""How far the face may be from the middle, as a share of the picture's width and height."""
LEVEL_DEG = 6.0
TURNED = 0.18
"""How far the nose may be from midway between the eyes, as a share of their distance: about 12 degrees."""
NODDED = (0.32, 0.75)
"""Where the nose is between eyes and mouth: outside, the head is raised or bowed."""
OTHER_FACE = 0.4
"""A second face counts from this share of the first one's width: somebody far behind is nobody's trouble."""
DARK, BRIGHT = 60.0, 225.0
"""The face's median brightness, of 255, for every skin between them under even light."""


def judge_faces(image: Image, faces: list[Face]) -> Advice | None:
    """Say the one thing that would help most; None when the photograph can be taken. `faces` is largest first."""
    if not faces:
        return Advice.LOOK_HERE
    face = faces[0]
    if any(other.box[2] > OTHER_FACE * face.box[2] for other in faces[1:]):
        return Advice.ONE_PERSON_ONLY
    height, width = image.shape[:2]
    apart = math.dist(face.left_eye, face.right_eye)
    if apart < SMALLEST_PX:
        return Advice.COME_CLOSER
    if apart > LARGEST * min(width, height):
        return Advice.STEP_BACK
    left, top, right, bottom = frame_of(face)
    x = (face.left_eye[0] + face.right_eye[0]) / 2
    inside = left >= 0 and top >= 0 and right <= width and bottom <= height
    if not inside or abs(x / width - 0.5) > MIDDLE:
        return Advice.MOVE_TO_MIDDLE
    return _held(face, apart) or _lit(image, face)


def frame_of(face: Face) -> tuple[float, float, float, float]:
    """Return the photograph's frame around a face: left, top, right, bottom in the picture's pixels."""
    apart = math.dist(face.left_eye, face.right_eye)
    width = apart / EYE_DISTANCE
    height = width * PHOTO_PX[1] / PHOTO_PX[0]
    x, y = ((one + other) / 2 for one, other in zip(face.left_eye, face.right_eye, strict=True))
    top = y - EYES_AT * height
    return x - width / 2, top, x + width / 2, top + height


def crop(image: Image, face: Face) -> Image:
    """Cut the photograph out: `PHOTO_PX`, eyes level, nothing else changed."""
    apart = math.dist(face.left_eye, face.right_eye)
    middle = (np.array(face.left_eye) + np.array(face.right_eye)) / 2
    tilt = math.atan2(face.right_eye[1] - face.left_eye[1], face.right_eye[0] - face.left_eye[0])
    scale = EYE_DISTANCE * PHOTO_PX[0] / apart
    matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), math.degrees(tilt), scale)
    matrix[:, 2] += np.array([PHOTO_PX[0] / 2, EYES_AT * PHOTO_PX[1]]) - middle
    soft = cv2.GaussianBlur(image, (0, 0), 0.4 / scale) if scale < 0.8 else image
    cut = cv2.warpAffine(soft, matrix, PHOTO_PX, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _held(face: Face, apart: float) -> Advice | None:
    """Whether the head is held straight, seen from the front."""
    across = (face.right_eye[0] - face.left_eye[0], face.right_eye[1] - face.left_eye[1])
    level = abs(math.degrees(math.atan2(across[1], across[0]))) <= LEVEL_DEG
    eyes = ((face.left_eye[0] + face.right_eye[0]) / 2, (face.left_eye[1] + face.right_eye[1]) / 2)
    unit = (across[0] / apart, across[1] / apart)
    aside = (face.nose[0] - eyes[0]) * unit[0] + (face.nose[1] - eyes[1]) * unit[1]
    down = max(1e-6, math.dist(eyes, face.mouth))
    nose = ((face.nose[1] - eyes[1]) * unit[0] - (face.nose[0] - eyes[0]) * unit[1]) / down
    forward = abs(aside) / apart <= TURNED and NODDED[0] <= nose <= NODDED[1]
    return None if level and forward else Advice.FACE_FORWARD


def _lit(image: Image, face: Face) -> Advice | None:
    left, top, width, height = face.box
    part = image[max(0, int(top)) : int(top + height), max(0, int(left)) : int(left + width)]
    if part.size == 0:
        return Advice.MOVE_TO_MIDDLE
    light = float(np.median(part.max(axis=2)))
    if light < DARK:
        return Advice.MORE_LIGHT
    return Advice.LESS_LIGHT if light > BRIGHT else None
