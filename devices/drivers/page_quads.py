"""Quadrilaterals that could be a page: where straight lines cross, and around what stands out as a whole.

Guesses only, many and cheap: the likeliest first, none of them trusted before `page_weight` weighed it. Pure.
"""

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.drivers.page_edges import Lines, Planes, Points
from devices.drivers.page_shapes import LEAST_AREA, Floats, area, clockwise, distinct, plausible

_KEPT = 160
_BEYOND_PX = 36


def quads_from_lines(lines: Lines, size: tuple[int, int]) -> Points:
    """Return the likeliest quadrilaterals between `lines`: number × 4 × 2, clockwise, the likeliest first."""
    pairs = np.array(list(combinations(range(len(lines.offsets)), 2)))
    cosine = np.abs(np.einsum("ij,ij->i", lines.normals[pairs[:, 0]], lines.normals[pairs[:, 1]]))
    opposite = pairs[cosine > np.cos(np.radians(33))]
    first, second = np.triu_indices(len(opposite), 1)
    mean = _mean_normal(lines.normals[opposite])
    crossing = np.abs(np.einsum("ij,ij->i", mean[first], mean[second])) < np.cos(np.radians(60))
    first, second = first[crossing], second[crossing]
    # Two sides of one pair lie opposite each other: a, b, a', b' go round.
    sides = np.stack([opposite[first, 0], opposite[second, 0], opposite[first, 1], opposite[second, 1]], axis=1)
    corners = np.stack([_meeting(lines, sides[:, one], sides[:, (one + 1) % 4]) for one in range(4)], axis=1)
    fits = plausible(corners, size)
    sides, corners = sides[fits], corners[fits]
    if not len(corners):
        return np.empty((0, 4, 2))
    # corners[:, i] is where side i meets side i + 1, so side i runs from corner i - 1 to corner i.
    covered = np.stack([_covered(lines, sides[:, one], corners[:, one - 1], corners[:, one]) for one in range(4)], 1)
    inside, beyond = covered[:, :, 0], covered[:, :, 1]
    weight = inside.mean(1) + 0.6 * inside.min(1) - 0.35 * beyond.mean(1) + 0.25 * np.sqrt(area(corners, size))
    best = np.argsort(-weight, kind="stable")[: _KEPT * 4]
    return distinct(clockwise(corners[best]))[:_KEPT]


def quads_from_regions(planes: Planes) -> Points:
    """Return the outlines of regions that stand out as a whole: the way to find a page with hardly a straight edge."""
    found = []
    for plane in planes.stack:
        low, high = np.percentile(plane, (1, 99))
        grey = np.clip((plane - low) * (255 / max(1e-6, high - low)), 0, 255).astype(np.uint8)
        level, _ = cv2.threshold(cv2.GaussianBlur(grey, (0, 0), 2), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        for at in (level, (level + 255) / 2, level / 2):
            for turned in (grey > at, grey <= at):
                found += _outlines(turned.astype(np.uint8), planes.size)
    return np.array(found).reshape(-1, 4, 2)


def _mean_normal(normals: Points) -> Points:
    first, second = normals[:, 0], normals[:, 1]
    same = np.sign(np.einsum("ij,ij->i", first, second))[:, None]
    mean = first + same * second
    return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True))


def _meeting(lines: Lines, one: NDArray[np.int_], other: NDArray[np.int_]) -> Points:
    first, second = lines.normals[one], lines.normals[other]
    cross = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (lines.offsets[one] * second[:, 1] - lines.offsets[other] * first[:, 1]) / cross
        y = (first[:, 0] * lines.offsets[other] - second[:, 0] * lines.offsets[one]) / cross
    return np.stack([x, y], axis=1)


def _covered(lines: Lines, line: NDArray[np.int_], start: Points, end: Points) -> Floats:
    """Return which share of the side has an edge, and which share of the line just beyond its corners has."""
    normal = lines.normals[line]
    direction = np.stack([-normal[:, 1], normal[:, 0]], axis=1)
    ends = np.sort(np.stack([(start * direction).sum(1), (end * direction).sum(1)], 1), axis=1) + lines.reach
    low, high = ends[:, 0], ends[:, 1]

    def share(since: Floats, to: Floats) -> Floats:
        at = np.clip(np.stack([since, to], 1).round().astype(int), 0, 2 * lines.reach)
        counted = lines.cover[line[:, None], at]
        return np.asarray((counted[:, 1] - counted[:, 0]) / np.maximum(1, to - since))

    beyond = (share(low - _BEYOND_PX, low - 5) + share(high + 5, high + _BEYOND_PX)) / 2
    inside = share(low, high)
    frame = line >= len(lines.offsets) - 4
    return np.stack([np.where(frame, 0.45, inside), np.where(frame, 0.0, beyond)], 1)


def _outlines(mask: NDArray[np.uint8], size: tuple[int, int]) -> list[Points]:
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8)), np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
        if cv2.contourArea(contour) < LEAST_AREA * size[0] * size[1]:
            break
        hull = cv2.convexHull(contour)
        if len(hull) < 4:
            continue
        quad = cv2.approxPolyN(hull, 4).reshape(-1, 4, 2).astype(np.float64)
        if plausible(quad, size)[0]:
            found.append(clockwise(quad)[0])
    return found
