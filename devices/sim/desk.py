"""A desk as a camera above it sees it, with or without a sheet on it, in a light and with things around.

Pictures come with the true corners of the sheet, so that a finder can be measured. Everything follows from
the random generator that is handed in; nothing here knows how pages are looked for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Corners = NDArray[np.float64]
"""4 × (x, y): the sheet's own top left, top right, bottom right, bottom left."""
_PAPER_SHADOW = 0.82
_FINER = 4


@dataclass(frozen=True)
class Place:
    """How a sheet lies: its height as a share of the picture's, its turn in degrees, and how it is tilted away."""

    size: float = 0.8
    turn: float = 0.0
    tilt: float = 0.0
    tilt_turn: float = 0.0
    at: tuple[float, float] = (0.5, 0.5)


@dataclass(frozen=True)
class Photograph:
    """A picture and where the sheet's corners really are in it."""

    image: Image = field(repr=False)
    corners: Corners


def plain(random: np.random.Generator, size: tuple[int, int], colour: tuple[int, int, int]) -> Image:
    """A painted desk: one colour with a little grain."""
    width, height = size
    coarse = random.normal(0, 1.5, (height // 8 + 1, width // 8 + 1)).astype(np.float32)
    grain = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)[:, :, None]
    return _image(np.array(colour, np.float32) + grain)


def wood(random: np.random.Generator, size: tuple[int, int], colour: tuple[int, int, int]) -> Image:
    """A wooden desk: long grain and the joints of its boards."""
    height = size[1]
    base = random.normal(0, 1, (height // 3 + 1, 8)).astype(np.float32)
    wide = np.asarray(cv2.resize(base, size, interpolation=cv2.INTER_CUBIC), np.float32)
    rings = wide / max(1e-6, float(np.abs(wide).max())) * random.uniform(8, 22)
    desk = np.array(colour, np.float32) + rings[:, :, None] * np.array([0.8, 0.9, 1.0], np.float32)
    board = int(height * random.uniform(0.2, 0.45))
    for y in range(int(random.integers(10, board)), height, board):
        desk[y : y + 2] *= 0.6
    return _image(desk)


def cloth(random: np.random.Generator, size: tuple[int, int], colour: tuple[int, int, int]) -> Image:
    """A checked table cloth: straight edges everywhere."""
    width, height = size
    step = int(random.integers(28, 80))
    y, x = np.mgrid[0:height, 0:width]
    checks = ((x // step) % 2).astype(np.float32) + ((y // step) % 2)
    desk = np.array(colour, np.float32) * (0.75 + 0.18 * checks[:, :, None])
    return _image(desk)


def stone(random: np.random.Generator, size: tuple[int, int], colour: tuple[int, int, int]) -> Image:
    """Speckled stone."""
    width, height = size
    total = np.zeros((height, width), np.float32)
    for cell, strength in ((64, 10), (16, 8), (4, 8), (1, 5)):
        noise = random.normal(0, strength, (height // cell + 1, width // cell + 1)).astype(np.float32)
        total += cv2.resize(noise, size, interpolation=cv2.INTER_LINEAR)
    return _image(np.array(colour, np.float32) + total[:, :, None])


def mat(random: np.random.Generator, size: tuple[int, int], colour: tuple[int, int, int]) -> Image:
    """A desk with a mat whose printed frame shows where to put the page."""
    desk = plain(random, size, colour)
    width, height = size
    light = tuple(int(min(255, part + 70)) for part in colour)
    inset = int(min(size) * random.uniform(0.01, 0.03))
    cv2.rectangle(desk, (inset, inset), (width - inset, height - inset), light, 3, cv2.LINE_AA)
    return desk


DESKS: dict[str, Callable[[np.random.Generator, tuple[int, int], tuple[int, int, int]], Image]] = {
    "plain": plain,
    "wood": wood,
    "cloth": cloth,
    "stone": stone,
    "mat": mat,
}


def corners_of(sheet: Image, size: tuple[int, int], place: Place) -> Corners:
    """Where a sheet put down like this has its corners, seen by a camera above the middle of the desk."""
    width, height = size
    wide = sheet.shape[1] / sheet.shape[0]
    flat = np.array([(-wide, -1), (wide, -1), (wide, 1), (-wide, 1)]) / 2
    turn, tilt, axis = np.radians([place.turn, place.tilt, place.tilt_turn])
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = np.c_[flat @ spin.T, np.zeros(4)] * place.size
    about = np.array([np.cos(axis), np.sin(axis), 0.0])
    cross = np.array([[0, -about[2], about[1]], [about[2], 0, -about[0]], [-about[1], about[0], 0]])
    rotation = np.eye(3) + np.sin(tilt) * cross + (1 - np.cos(tilt)) * (cross @ cross)
    points = points @ rotation.T
    distance = 1.8  # of the camera, in heights of the picture: a lens of about 31 degrees upwards
    seen = points[:, :2] * (distance / (distance + points[:, 2:]))
    return np.asarray(seen * height + np.array([place.at[0] * width, place.at[1] * height]))


def lay(desk: Image, sheet: Image, place: Place, shadow: float = _PAPER_SHADOW) -> Photograph:
    """Put a sheet on the desk; its thickness throws a narrow shadow (1: none)."""
    height, width = desk.shape[:2]
    corners = corners_of(sheet, (width, height), place)
    rows, columns = sheet.shape[:2]
    own = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32) - 0.5
    shrunk = cv2.GaussianBlur(sheet, (0, 0), max(0.1, 0.35 * rows / (place.size * height)))
    matrix = cv2.getPerspectiveTransform(own, corners.astype(np.float32))
    laid = cv2.warpPerspective(shrunk, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    cover = _cover(corners, width, height)
    share = cover[:, :, None].astype(np.float32) / 255
    cast = cv2.GaussianBlur(np.roll(cover, (3, 2), (0, 1)), (0, 0), 3)[:, :, None].astype(np.float32) / 255
    under = desk.astype(np.float32) * (1 - (1 - shadow) * cast)
    image = under * (1 - share) + laid.astype(np.float32) * share
    return Photograph(_image(image), corners)


def _cover(corners: Corners, width: int, height: int) -> Image:
    """Draw which share of each pixel the sheet covers: larger first, for OpenCV draws half a pixel too wide."""
    large = np.zeros((height * _FINER, width * _FINER), np.uint8)
    at = (corners + 0.5) * _FINER - 0.5
    cv2.fillConvexPoly(large, np.round(at * 16).astype(np.int32), 255, cv2.LINE_8, 4)
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _image(values: NDArray[np.float64] | NDArray[np.float32]) -> Image:
    return np.asarray(np.clip(values, 0, 255).astype(np.uint8))
