"""Judges whether a picture of a page can be used, and says the one thing that would help most.

Each threshold says what it is a measure of and why it stands where it stands. It judges what can be seen: light,
glare, sharpness, corners, size, stillness. It refuses to judge the page's content, and keeps nothing. Pure.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.drivers.page_edges import Image
from devices.drivers.page_finder import Page
from devices.values import Advice

CUT_PX = 2.0
"""A corner nearer the picture's border may be cut off, and cannot be told from one that is."""
STILL = 0.004
"""Farthest that a corner may move from one frame to the next, as a share of the page's height: 1.2 mm of A4."""
LEAST_HEIGHT_PX = 340
"""Fewer pixels along the page's longer side show no print of usual size."""
FLAT = 0.006
"""How far a side's middle may be off the line, as a share of the side: 1.8 mm of an A4 page's length."""
DARK = 62.0
"""The paper's brightness (of 255) below which a usual camera's noise drowns fine print."""
BRIGHT = 0.7
"""Share of the page in which every colour is burnt out. Dark print outlives that, pale print and stamps do not."""
GLARE = 0.004
"""Share of the page in burnt-out spots clearly brighter than the paper next to them: 1.6 × 1.6 cm of A4."""
GLARE_STEP = 8.0
GLARE_LARGEST = 0.15
"""A larger burnt-out part is no lamp's reflection but too much light."""
SHARP = 0.08
"""See `sharp`. Generated print in focus has 0.10 to 0.25; out of focus by one pixel (standard deviation) 0.08 to 0.13,
by two at most 0.07; smeared over nine pixels at most 0.08. Neither noise nor dim light moves that much."""
_SPAN_PX = 15
"""Wider than a smear that is to be noticed."""
_LEAST_SPAN = 16.0
"""Levels of grey between print and paper; a camera's noise has half as many over so few pixels."""
_LEAST_PRINT = 0.0005
SHOWN = 0.3
"""How much of the other sides' change of colour the weakest side has to show: else the paper goes on behind it, and
what was taken for a page is a part of one that is cut off. A page on a desk of its own colour has all sides weak."""
_BESIDE = (0.012, 0.03)
"""How far beside a side the colours are compared, as shares of the page's height."""
_BURNT = 250
"""Of 255, in all three colours, after noise was taken off: a sensor that is full says 255 give or take its noise."""
_LOOK_SIDE = 1100


@dataclass(frozen=True)
class Judgement:
    """What was measured of one picture; `advice` is None when it can be used."""

    advice: Advice | None
    sharpness: float = 0.0
    brightness: float = 0.0
    glare: float = 0.0


def judge(image: Image, page: Page | None, before: Page | None) -> Judgement:
    """Judge a picture in which `page` was found, after one in which `before` was.

    What keeps a page from being seen at all comes first, what only spoils it last.
    """
    if page is None:
        dark = float(np.percentile(image[::8, ::8].max(axis=2), 90)) < DARK
        return Judgement(Advice.MORE_LIGHT if dark else Advice.PUT_PAGE_DOWN)
    width, height = page.size
    margin = np.minimum(page.corners, np.array([width - 1, height - 1]) - page.corners).min()
    if margin < CUT_PX or page.height < LEAST_HEIGHT_PX:
        return Judgement(Advice.MOVE_INTO_VIEW)
    if _weakest_side(image, page) < SHOWN:
        return Judgement(Advice.MOVE_INTO_VIEW)
    if page.bow > FLAT:
        return Judgement(Advice.FLATTEN)
    flat = _cut_out(image, page)
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)
    brightness = float(np.percentile(flat.max(axis=2), 75))
    burnt = np.asarray(cv2.blur(flat, (5, 5)), np.uint8).min(axis=2) >= _BURNT
    glare = _glare(burnt, flat)
    sharpness = sharp(np.asarray(grey, np.uint8))
    moving = before is None or before.size != page.size or page.moved(before) > STILL
    return Judgement(_worst(brightness, float(burnt.mean()), glare, sharpness, moving), sharpness, brightness, glare)


def _worst(brightness: float, burnt: float, glare: float, sharpness: float, moving: bool) -> Advice | None:
    if brightness < DARK:
        return Advice.MORE_LIGHT
    if glare > GLARE:
        return Advice.TURN_FROM_GLARE
    if burnt > BRIGHT:
        return Advice.LESS_LIGHT
    return Advice.HOLD_STILL if moving or sharpness < SHARP else None


def sharp(grey: NDArray[np.uint8]) -> float:
    """Measure how steep print's edges are: how much they bend, by their contrast, along the worse of the two axes.

    From 0 to about 0.4; 1 where there is too little print to tell. More light changes nothing, since both measures
    grow with contrast; noise hardly does, since only the strongest contrasts count.
    """
    even = np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.7), np.float32)
    found = []
    for across in (True, False):
        kernel = np.ones((1, _SPAN_PX) if across else (_SPAN_PX, 1), np.uint8)
        span = np.asarray(cv2.dilate(even, kernel) - cv2.erode(even, kernel), np.float32)
        bend = np.asarray(cv2.Sobel(even, cv2.CV_32F, 2 * across, 2 * (not across), ksize=1), np.float32)
        printed = span > max(_LEAST_SPAN, 0.4 * float(np.percentile(span, 99.5)))
        if printed.mean() > _LEAST_PRINT:
            found.append(float(bend[printed].std() / span[printed].mean()))
    return min(found, default=1.0)


def _weakest_side(image: Image, page: Page) -> float:
    """Return how much the colour changes across the side where it changes least, as a share of what it usually does."""
    lab = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.0), cv2.COLOR_BGR2Lab).astype(np.float32)
    along = np.linspace(0.06, 0.94, 60)[:, None]
    beside = np.linspace(*_BESIDE, 4)[:, None, None] * page.height
    steps = []
    for one in range(4):
        start, end = page.corners[one], page.corners[(one + 1) % 4]
        on = start + along * (end - start)
        direction = (end - start) / max(1e-9, float(np.linalg.norm(end - start)))
        inward = np.array([-direction[1], direction[0]])  # clockwise, with y downwards
        inner, outer = _colours(lab, on + beside * inward), _colours(lab, on - beside * inward)
        steps.append(float(np.linalg.norm(np.median(inner - outer, axis=0))))
    return min(steps) / max(1.0, float(np.median(steps)))


def _colours(lab: NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the middle colour of each column of points (rows × columns × 2): columns × 3."""
    at = points.astype(np.float32)
    found = cv2.remap(lab, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(np.median(found, axis=0), np.float32)


def _cut_out(image: Image, page: Page) -> Image:
    """Cut the page out as it lies, about as large as it is in the picture, without its outermost edge."""
    sides = page.sides
    scale = min(1.0, _LOOK_SIDE / page.height)
    width, height = (max(8, round(side * scale)) for side in (max(sides[0], sides[2]), max(sides[1], sides[3])))
    rim = 0.012 * max(width, height)
    target = np.array(
        [(-rim, -rim), (width + rim, -rim), (width + rim, height + rim), (-rim, height + rim)], np.float32
    )
    matrix = cv2.getPerspectiveTransform(page.corners.astype(np.float32), target)
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)


def _glare(burnt: NDArray[np.bool_], flat: Image) -> float:
    """Return which share of the page lies in burnt-out spots with clearly darker paper around them."""
    mask = cv2.morphologyEx(burnt.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    # Without the print, which is darker than any paper.
    light = cv2.morphologyEx(flat.min(axis=2), cv2.MORPH_CLOSE, np.ones((13, 13), np.uint8))
    spots = 0.0
    for label in range(1, count):
        area = float(stats[label, cv2.CC_STAT_AREA])
        if not 0.2 * GLARE * mask.size < area < GLARE_LARGEST * mask.size:
            continue
        spot = (labels == label).astype(np.uint8)
        reach = max(9, round(0.4 * area**0.5)) | 1  # narrow: light that falls off slowly is none
        around = cv2.dilate(spot, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))) > 0
        ring = light[around & (mask == 0)]
        if ring.size and float(np.median(ring)) < _BURNT - GLARE_STEP:
            spots += area
    return spots / mask.size
