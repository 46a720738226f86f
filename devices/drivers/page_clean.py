"""Makes a sheet out of a page in a photograph: straightened, to scale, evenly lit, and nothing else.

Colour is kept, because a red seal is what makes a paper a document; nothing is sharpened, thresholded or redrawn.
Which way is up is not guessed: A4 stands and a card lies, each with the edge that was on top or on the left in
the picture on top, and whoever knows how pages are laid under this camera sets `rotate`. Pure.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.drivers.page_edges import Image, Points
from devices.drivers.page_finder import Page
from devices.drivers.page_shapes import clockwise, true_aspect

A4_MM = (210.0, 297.0)
CARD_MM = (85.6, 54.0)
DPI = 200
"""Enough for text of 8 points to be read by people and by machines."""
MAX_DPI = 400
_MM_PER_INCH = 25.4
_CARD_ASPECT = (85.6 / 54 + 297 / 210) / 2
_LIGHT_SIDE = 320
_PAPER_SHARE = 0.06
"""How large, of the sheet's height, the largest thing may be that is not taken for light: a seal, a heading."""
_DEEPEST = 0.28
"""Light below this share of the sheet's best is not brightened further: noise would be all there is to see."""
_TARGET = 248.0
"""What the paper comes out as, of 255: white, with room for what is whiter still."""


@dataclass(frozen=True)
class Sheet:
    """A straightened sheet at `dpi`; `card` for one with the shape of an identity card, else A4."""

    image: Image = field(repr=False)
    dpi: int
    card: bool


def seen_dpi(page: Page) -> int:
    """Say how many dots an inch the picture has of the sheet: more than that would only be blown up."""
    _, high_mm = CARD_MM[::-1] if _is_card(page) else A4_MM
    return round(page.height / high_mm * _MM_PER_INCH)


def straighten(image: Image, page: Page, dpi: int = DPI, rotate: int = 0) -> Sheet:
    """Cut the page out, seen from straight above, `rotate` degrees (0, 90, 180, 270) clockwise from how it lies."""
    corners = clockwise(page.corners[None])[0]
    card = _is_card(page)
    wide_mm, high_mm = CARD_MM if card else A4_MM
    width, height = (round(side / _MM_PER_INCH * dpi) for side in (wide_mm, high_mm))
    corners = np.roll(corners, _first_corner(corners, upright=not card, quarter_turns=rotate // 90), axis=0)
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    # Where many pixels of the picture become one, the plain way would leave some out and text would crumble.
    shrink = page.height / max(width, height)
    source = cv2.GaussianBlur(image, (0, 0), 0.4 * shrink) if shrink > 1.2 else image
    flat = cv2.warpPerspective(source, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Sheet(np.asarray(flat, np.uint8), dpi, card)


def even_light(sheet: Sheet) -> Sheet:
    """Take shadows and the fall of light off an A4 sheet; leave a card, whose background is printed, as it is."""
    if sheet.card:
        return sheet
    image = sheet.image
    scale = min(1.0, _LIGHT_SIDE / max(image.shape[:2]))
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    light = _light(small)
    best = np.percentile(light.reshape(-1, 3), 90, axis=0)
    # One factor for all three colours, so that tinted paper keeps its tint.
    share = np.clip((light / np.maximum(1.0, best)).mean(axis=2, keepdims=True), _DEEPEST, 1.5).astype(np.float32)
    gain = _TARGET / float(max(1.0, best.max())) / share
    full = cv2.resize(gain, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)[:, :, None]
    return Sheet(np.clip(image.astype(np.float32) * full, 0, 255).astype(np.uint8), sheet.dpi, sheet.card)


def _is_card(page: Page) -> bool:
    return bool(true_aspect(clockwise(page.corners[None]), page.size)[0] > _CARD_ASPECT)


def _light(small: Image) -> NDArray[np.float32]:
    """Estimate how bright and of what colour the bare paper is at each place: rows × columns × 3."""
    side = max(3, round(max(small.shape[:2]) * _PAPER_SHARE) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    # Closing takes strokes away; the medians before and after, what noise it brightened and what is still printed.
    bare = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    return cv2.GaussianBlur(cv2.medianBlur(bare, min(side, 31)), (0, 0), side / 4).astype(np.float32)


def _first_corner(corners: Points, upright: bool, quarter_turns: int) -> int:
    """Say how far to roll the corners so that the sheet's own top left comes first."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    long_on_top = sides[0] + sides[2] > sides[1] + sides[3]
    lies_across = long_on_top if upright else not long_on_top
    # Across, what is on the left becomes the top: the way a page is turned by whoever slides it in from the side.
    return (int(lies_across) + quarter_turns) % 4
