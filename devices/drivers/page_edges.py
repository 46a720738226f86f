"""What a photograph offers to a search for a page: even planes of light and colour, and the straight lines in them.

Everything is measured in multiples of the picture's own noise, so that a dim picture and a pale page on a pale
desk count as much as a bright one. Text is closed over first: it has more edges than any page. Pure.
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]
Points = NDArray[np.float64]
"""… × 2: x, y; the middle of the first pixel is (0, 0)."""

WORK_SIDE = 640
"""Lines are looked for at this size: text is a grey haze there, and a page's edge is not."""
MAX_LINES = 44
_TEXT_PX = 9
"""Wider than a stroke and its gap at `WORK_SIDE`, so that closing turns text into paper."""
_COLOUR_WEIGHT = 1.6
_LOCAL_PX = 24
_SHORTEST_PX = 22
_APART_PX = 3.0
_APART_COSINE = np.cos(np.radians(4.0))
_COARSE = 0.3
_LEAST_NOISE = 0.8
_ROW = 4096
_LSD_STEP = 4.0
"""How many grey levels one noise becomes before lines are looked for; the detector wants five for an edge."""


@dataclass(frozen=True)
class Lines:
    """Straight lines: ``normals · point = offsets``. `cover` counts, along each, the pixels with an edge so far.

    `cover` has one column a pixel along the direction (normal turned by a right angle), from `-reach` to `reach`.
    """

    normals: Points
    offsets: NDArray[np.float64]
    cover: NDArray[np.float64]
    reach: int


@dataclass(frozen=True)
class Planes:
    """A photograph at the size of work: planes × rows × columns, in multiples of noise; `scale` is work ÷ original."""

    stack: Plane
    scale: float
    units: NDArray[np.float64]
    """What one of Lab's units came to in each plane."""
    ink: Plane
    """Rows × columns: how much darker the finest things are than what is around them, in multiples of noise."""

    @classmethod
    def of(cls, image: Image) -> "Planes":
        """Prepare `image` for looking for a page: text closed over, everything in multiples of noise."""
        scale = min(1.0, WORK_SIDE / max(image.shape[:2]))
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
        # Lightness stretched to 255, so that all three count alike.
        planes = [lab[:, :, 0] * 2.55, lab[:, :, 1], lab[:, :, 2]]
        made, units = [], []
        ink = np.zeros((1, 1), np.float32)
        for number, wild in enumerate(planes):
            plane = np.asarray(wild, np.float32)
            even = np.asarray(cv2.GaussianBlur(plane, (0, 0), 0.8), np.float32)
            units.append((1.0 if number == 0 else _COLOUR_WEIGHT) / max(_LEAST_NOISE, _noise(plane)))
            closed = _closed(even) if number == 0 else cv2.medianBlur(even, 5)
            made.append(closed * np.float32(units[-1]))
            if number == 0:
                ink = made[0] - even * np.float32(units[0])
        return cls(np.stack(made).astype(np.float32), scale, np.array(units), ink)

    @classmethod
    def for_fitting(cls, image: Image, longest_side: int) -> "Planes":
        """Prepare `image` for places along edges only: text stays, noise is not reckoned. Units are Lab's in a byte."""
        scale = min(1.0, longest_side / max(image.shape[:2]))
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
        lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2Lab), (0, 0), 0.9).astype(np.float32)
        return cls(lab.transpose(2, 0, 1), scale, np.ones(3), np.zeros((1, 1), np.float32))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.stack.shape[2], self.stack.shape[1]

    def at(self, points: Points) -> Plane:
        """Sample every plane at `points` (any shape × 2); the result is that shape × planes."""
        flat = points.reshape(-1, 2).astype(np.float32)
        rows = -(-len(flat) // _ROW)  # in rows, because no side of a map may have more than 32,767 places
        x, y = np.zeros((2, rows * _ROW), np.float32)
        x[: len(flat)], y[: len(flat)] = flat[:, 0], flat[:, 1]
        found = cv2.remap(
            self._interleaved,
            x.reshape(rows, _ROW),
            y.reshape(rows, _ROW),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(found, np.float32).reshape(rows * _ROW, -1)[: len(flat)].reshape(*points.shape[:-1], -1)

    @cached_property
    def _interleaved(self) -> Plane:
        return np.ascontiguousarray(self.stack.transpose(1, 2, 0))


def _closed(plane: Plane) -> Plane:
    """Turn text into paper, but not what lies between a light frame and the picture's end: that is desk."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_TEXT_PX, _TEXT_PX))
    wider = cv2.copyMakeBorder(plane, _TEXT_PX, _TEXT_PX, _TEXT_PX, _TEXT_PX, cv2.BORDER_REPLICATE)
    inner = slice(_TEXT_PX, -_TEXT_PX)
    return np.asarray(cv2.morphologyEx(wider, cv2.MORPH_CLOSE, kernel)[inner, inner], np.float32)


def _noise(plane: Plane) -> float:
    """Estimate the noise: the spread of a second difference, which slopes and most edges do not have."""
    rows = plane[:: max(1, plane.shape[0] // 120)]
    second = rows[:, :-2] - 2 * rows[:, 1:-1] + rows[:, 2:]
    return float(np.median(np.abs(second)) / (0.6745 * np.sqrt(6)))


def find_lines(planes: Planes) -> Lines:
    """Find the straight lines, those with the most edge first, and the frame's four sides last."""
    # Refined, an edge that bends where another sheet comes out from beneath becomes two lines, not one in between.
    fine = np.concatenate([_segments(plane, _LOCAL_PX, cv2.LSD_REFINE_STD) for plane in planes.stack])
    # Once more at half the size: noise goes down by half, and what is out of focus or dim becomes an edge. What noise
    # frays is not refined, or only pieces were left of it.
    halves = [np.asarray(cv2.resize(one, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)) for one in planes.stack]
    coarse = np.concatenate([_segments(half * 2, _LOCAL_PX / 2, cv2.LSD_REFINE_NONE) for half in halves]) * 2 + 0.5
    segments = np.concatenate([fine, coarse])
    trust = np.concatenate([_length(fine), _length(coarse) * _COARSE])
    width, height = planes.size
    reach = int(np.hypot(width, height)) + 2
    normals: list[Points] = []
    offsets: list[float] = []
    cover: list[Points] = []
    order = np.argsort(-trust, kind="stable")
    long_first, trust = segments[order], trust[order]
    while len(long_first) and len(normals) < MAX_LINES:
        ends = _with_its_like(long_first)
        normal, offset, along = _fitted(long_first[ends], trust[ends])
        covered = np.zeros(2 * reach + 1)
        for first, second in np.sort(along, axis=1).round().astype(int) + reach:
            covered[max(0, first) : max(0, second)] = 1
        normals.append(normal)
        offsets.append(offset)
        cover.append(np.cumsum(covered))
        long_first, trust = long_first[~ends], trust[~ends]
    order = np.argsort([-covered[-1] for covered in cover], kind="stable")
    frame_normals = list(np.array([(1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 1.0)]))
    frame_offsets = [0.0, width - 1.0, 0.0, height - 1.0]
    return Lines(
        np.array([normals[one] for one in order] + frame_normals),
        np.array([offsets[one] for one in order] + frame_offsets),
        np.array([cover[one] for one in order] + [np.zeros(2 * reach + 1)] * 4),
        reach,
    )


def _segments(plane: Plane, around_px: float, refine: int) -> Points:
    """Return the straight edges of a plane, `refine` as OpenCV's detector knows it: number × 2 ends × (x, y)."""
    local = plane - cv2.GaussianBlur(plane, (0, 0), around_px)
    grey = np.clip(128 + local * _LSD_STEP, 0, 255).astype(np.uint8)
    found = cv2.createLineSegmentDetector(refine).detect(grey)[0]
    if found is None:
        return np.empty((0, 2, 2))
    segments = np.asarray(found, np.float64).reshape(-1, 2, 2)
    return np.asarray(segments[_length(segments) >= _SHORTEST_PX])


def _length(segments: Points) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1))


def _with_its_like(segments: Points) -> NDArray[np.bool_]:
    """Choose the first segment and all that lie on its line."""
    direction = (segments[0, 1] - segments[0, 0]) / _length(segments[:1])[0]
    normal = np.array([-direction[1], direction[0]])
    away = np.abs((segments - segments[0, 0]) @ normal)
    along = segments[:, 1] - segments[:, 0]
    parallel = np.abs(along @ direction) >= _APART_COSINE * _length(segments)
    return np.asarray((away < _APART_PX).all(axis=1) & parallel)


def _fitted(segments: Points, trust: NDArray[np.float64]) -> tuple[Points, float, NDArray[np.float64]]:
    """Fit a line through segments; return normal, offset, and where each begins and ends along it."""
    weights = np.repeat(trust, 2)
    points = segments.reshape(-1, 2)
    middle = np.average(points, axis=0, weights=weights)
    spread = (points - middle) * weights[:, None] ** 0.5
    _, vectors = np.linalg.eigh(spread.T @ spread)
    normal = vectors[:, 0]
    direction = np.array([-normal[1], normal[0]])
    return normal, float(middle @ normal), segments @ direction
