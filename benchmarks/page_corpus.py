"""Document photographs by the hundred, by seed: sheets on desks, with what makes them hard to find.

Each photograph has one of `TROUBLES`, several of them mild besides, on any desk, light or dark. The whole
sheet is in the picture, its true corners are known, and the order is the same on every machine.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.sim import desk
from devices.sim.desk import Corners, Image, Photograph, Place
from devices.sim.paper import KINDS, sheet

SIZE = (1280, 960)
_LIGHT = ((222, 224, 226), (205, 214, 220), (235, 235, 235), (190, 205, 214))
_DARK = ((52, 50, 48), (70, 84, 110), (60, 62, 90), (80, 60, 40), (45, 70, 60), (90, 105, 120))
_THINGS = ((30, 30, 30), (170, 60, 40), (40, 40, 170), (60, 130, 60), (225, 225, 228), (60, 170, 220))
_SKIN = ((140, 170, 215), (95, 130, 185), (60, 85, 130))


@dataclass(frozen=True)
class Case:
    """One photograph of the corpus."""

    trouble: str
    kind: str
    image: Image = field(repr=False)
    corners: Corners = field(repr=False)

    @property
    def height(self) -> float:
        """The page's height in pixels: its longer sides' mean."""
        sides = np.linalg.norm(self.corners - np.roll(self.corners, -1, 0), axis=1)
        return float(max(sides[0] + sides[2], sides[1] + sides[3]) / 2)


Random = np.random.Generator
Change = Callable[[Random, Photograph], Image]


def corpus(count: int, seed: int = 20260601) -> Iterator[Case]:
    """Yield `count` photographs, the troubles in turn."""
    for number in range(count):
        random = np.random.default_rng((seed, number))
        yield photograph(random, list(TROUBLES)[number % len(TROUBLES)])


def photograph(random: Random, trouble: str) -> Case:
    """Take one photograph with this trouble."""
    kinds = list(KINDS)
    kind = kinds[int(random.integers(len(kinds)))]
    light = trouble == "light desk" or (trouble != "dark desk" and random.random() < 0.35)
    palette = _LIGHT if light else _DARK
    desks = [name for name in desk.DESKS if name != "cloth"]
    below = "cloth" if trouble == "pattern" else desks[int(random.integers(len(desks)))]
    ground = desk.DESKS[below](random, SIZE, palette[int(random.integers(len(palette)))])
    page = sheet(kind, random)
    place = _place(random, trouble, page)
    if trouble == "clutter":
        _clutter(random, ground, int(random.integers(5, 12)))
    elif random.random() < 0.25:
        _clutter(random, ground, int(random.integers(1, 3)))
    laid = desk.lay(ground, page, place, shadow=random.uniform(0.72, 0.93))
    image = TROUBLES[trouble](random, laid)
    if trouble not in ("uneven light", "glare") and random.random() < 0.5:
        image = _uneven(random, Photograph(image, laid.corners), 0.18)
    return Case(trouble, kind, _sensor(random, image, 4.0 if trouble == "low light" else 2.0), laid.corners)


def _place(random: Random, trouble: str, page: Image) -> Place:
    """Find a place where the whole sheet is in the picture, with a little room."""
    width, height = SIZE
    card = page.shape[1] > page.shape[0]
    while True:
        tilt = random.uniform(12, 32) if trouble == "perspective" else random.uniform(0, 12)
        turn = random.uniform(-180, 180) if trouble == "turned" else random.normal(0, 6) + 90 * random.integers(4)
        size = random.uniform(0.25, 0.42) if card else random.uniform(0.5, 0.96)
        at = (random.uniform(0.35, 0.65), random.uniform(0.38, 0.62))
        place = Place(size, turn, tilt, random.uniform(0, 360), at)
        corners = desk.corners_of(page, SIZE, place)
        if (corners > 8).all() and (corners < np.array([width - 9, height - 9])).all():
            return place


def _clutter(random: Random, ground: Image, count: int) -> None:
    """Put pens, boxes, telephones and other papers on the desk; the sheet goes on top of them."""
    height, width = ground.shape[:2]
    for _ in range(count):
        middle = (random.uniform(0, width), random.uniform(0, height))
        long, broad = random.uniform(90, 420), random.uniform(12, 260)
        colour = _THINGS[int(random.integers(len(_THINGS)))]
        if min(colour) > 200:  # a receipt: of two pale things in a page's shape either could be the page
            broad = min(broad, 0.4 * long)
        box = cv2.boxPoints((middle, (long, min(long, broad)), random.uniform(0, 180))).astype(np.int32)
        cover = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(cover, box + 4, 255, cv2.LINE_AA)
        ground[:] = (ground * (1 - 0.25 * cv2.GaussianBlur(cover, (0, 0), 4)[:, :, None] / 255.0)).astype(np.uint8)
        cv2.fillConvexPoly(ground, box, colour, cv2.LINE_AA)
        if random.random() < 0.3:
            cv2.polylines(ground, [box], True, tuple(min(255, part + 60) for part in colour), 2, cv2.LINE_AA)


def _nothing(_: Random, laid: Photograph) -> Image:
    return laid.image


def _uneven(random: Random, laid: Photograph, fall: float | None = None) -> Image:
    """Light from one side."""
    height, width = laid.image.shape[:2]
    fall = fall if fall is not None else random.uniform(0.35, 0.6)
    turn = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    ramp = ((x / width - 0.5) * np.cos(turn) + (y / height - 0.5) * np.sin(turn)) + 0.5
    return _scaled(laid.image, 1 - fall * np.clip(ramp, 0, 1))


def _shadow(random: Random, laid: Photograph) -> Image:
    """The hard-edged shadow of an arm or the camera, across the sheet."""
    height, width = laid.image.shape[:2]
    cover = np.zeros((height, width), np.float32)
    middle = laid.corners.mean(0) + random.normal(0, 120, 2)
    box = cv2.boxPoints(
        ((float(middle[0]), float(middle[1])), (1800.0, random.uniform(150, 420)), random.uniform(0, 180))
    )
    cv2.fillConvexPoly(cover, box.astype(np.int32), 1.0)
    return _scaled(laid.image, 1 - random.uniform(0.3, 0.55) * cv2.GaussianBlur(cover, (0, 0), random.uniform(3, 20)))


def _glare(random: Random, laid: Photograph) -> Image:
    """A lamp's reflection, also over an edge."""
    height, width = laid.image.shape[:2]
    shine = np.zeros((height, width), np.float32)
    for _ in range(int(random.integers(1, 3))):
        share = random.uniform(0, 1)
        side = int(random.integers(4))
        at = laid.corners[side] * share + laid.corners[(side + 1) % 4] * (1 - share)
        at = at * 0.7 + laid.corners.mean(0) * 0.3
        axes = (int(random.uniform(25, 80)), int(random.uniform(20, 60)))
        cv2.ellipse(shine, tuple(np.round(at).astype(int).tolist()), axes, random.uniform(0, 180), 0, 360, 1.0, -1)
    return _image(laid.image + cv2.GaussianBlur(shine, (0, 0), 12)[:, :, None] * 260.0)


def _fingers(random: Random, laid: Photograph) -> Image:
    """Fingers that hold the sheet down over one or two of its sides, not over a corner."""
    image = laid.image.copy()
    colour = _SKIN[int(random.integers(len(_SKIN)))]
    for side in random.permutation(4)[: int(random.integers(1, 3))]:
        first, second = laid.corners[side], laid.corners[(side + 1) % 4]
        inward = laid.corners.mean(0) - (first + second) / 2
        inward /= np.linalg.norm(inward)
        along = (second - first) / np.linalg.norm(second - first)
        start = random.uniform(0.25, 0.6)
        for finger in range(int(random.integers(1, 4))):
            tip = first + (second - first) * start + along * finger * 34 + inward * random.uniform(15, 45)
            ends = [tuple(np.round(point).astype(int).tolist()) for point in (tip, tip - inward * 160)]
            cv2.line(image, ends[0], ends[1], colour, 30, cv2.LINE_AA)
            cv2.line(image, ends[0], ends[1], tuple(min(255, part + 14) for part in colour), 16, cv2.LINE_AA)
    return image


def _dim(random: Random, laid: Photograph) -> Image:
    return _image(laid.image * random.uniform(0.28, 0.45))


def _defocus(random: Random, laid: Photograph) -> Image:
    return np.asarray(cv2.GaussianBlur(laid.image, (0, 0), random.uniform(1.5, 3.2)), np.uint8)


def _tinted(random: Random, laid: Photograph) -> Image:
    """A lamp's colour that the camera did not balance."""
    cast = np.array(((0.7, 0.9, 1.0), (1.0, 0.92, 0.8), (0.85, 1.0, 0.9))[int(random.integers(3))])
    return _image(laid.image * cast)


def _beneath(random: Random, laid: Photograph) -> Image:
    """Another sheet sticks out from beneath; the one on top is what is wanted."""
    # Most of it is hidden: of two sheets that both lie open nobody could say which one is meant.
    middle, high = laid.corners.mean(0), float(np.ptp(laid.corners[:, 1]))
    turn, away = random.uniform(0, 2 * np.pi), random.uniform(0.15, 0.35) * high
    at = ((middle[0] + away * np.cos(turn)) / SIZE[0], (middle[1] + away * np.sin(turn)) / SIZE[1])
    place = Place(random.uniform(0.75, 1.0) * high / SIZE[1], random.uniform(-30, 30), at=at)
    under = desk.lay(desk.plain(random, SIZE, (90, 105, 120)), sheet("letter", random), place)
    cover = np.zeros(laid.image.shape[:2], np.uint8)
    cv2.fillConvexPoly(cover, np.round(under.corners).astype(np.int32), 255)
    top = np.zeros_like(cover)
    cv2.fillConvexPoly(top, np.round(laid.corners * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    cast = cv2.GaussianBlur(np.roll(top, (3, 2), (0, 1)), (0, 0), 3)
    image = laid.image.copy()
    seen = (cover > 0) & (top < 128)
    image[seen] = (under.image * (1 - 0.25 * cast[:, :, None] / 255.0)).astype(np.uint8)[seen]
    return image


TROUBLES: dict[str, Change] = {
    "none": _nothing,
    "light desk": _nothing,
    "dark desk": _nothing,
    "pattern": _nothing,
    "clutter": _nothing,
    "perspective": _nothing,
    "turned": _nothing,
    "uneven light": _uneven,
    "shadow": _shadow,
    "glare": _glare,
    "fingers": _fingers,
    "low light": _dim,
    "defocus": _defocus,
    "colour cast": _tinted,
    "sheet beneath": _beneath,
}


def _scaled(image: Image, by: NDArray[Any]) -> Image:
    return _image(image * by[:, :, None])


def _image(values: NDArray[Any]) -> Image:
    return np.asarray(np.clip(values, 0, 255).astype(np.uint8))


def _sensor(random: Random, image: Image, noise: float) -> Image:
    """A lens that is never quite sharp, a sensor's noise, and JPEG, as a USB camera sends it."""
    soft = cv2.GaussianBlur(image, (0, 0), random.uniform(0.4, 0.9))
    grain = random.normal(0, noise, image.shape).astype(np.float32)
    noisy = np.clip(soft.astype(np.float32) + grain, 0, 255).astype(np.uint8)
    coded = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(75, 93))])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
