"""Four corners as a shape: whether a page can look like this, and what the flat paper's proportions are.

Quadrilaterals are number × 4 × (x, y), clockwise on the screen. Sizes are width and height of the picture. Pure.
"""

import numpy as np
from numpy.typing import NDArray

from devices.drivers.page_edges import Points

Floats = NDArray[np.float64]

LEAST_AREA = 0.025
"""Of the picture: an identity card in a picture made for A4 has 0.04."""
OUTSIDE = 0.08
"""How far a corner may lie outside the picture, of its longer side, and still be reckoned from its sides."""
SHAPES = (297 / 210, 85.6 / 54)
"""Long by short: A4 (and all of its series), and an identity card (ISO/IEC 7810 ID-1)."""
_LEAST_ANGLE = np.cos(np.radians(52))
_LEAST_SHARE = 0.6
_FOCAL = 1.2
"""Of a camera's lens, in the picture's longer sides: 45 degrees, between document and web cameras."""


def plausible(quads: Points, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Say which quadrilaterals have a page's angles, sides and size, and lie in the picture or nearly."""
    width, height = size
    slack = OUTSIDE * max(size)
    bounds = np.array([width - 1, height - 1])
    near = ((quads > -slack) & (quads < bounds + slack)).all(axis=(1, 2))
    edges = np.roll(quads, -1, axis=1) - quads
    lengths = np.linalg.norm(edges, axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        before = np.roll(edges, 1, axis=1)
        cosine = np.abs((edges * before).sum(2)) / (lengths * np.roll(lengths, 1, axis=1))
        cross = edges[:, :, 0] * before[:, :, 1] - edges[:, :, 1] * before[:, :, 0]
        convex = (np.sign(cross) == np.sign(cross[:, :1])).all(1)
        aspect = _aspect(quads)
        opposite = np.minimum(lengths[:, :2], lengths[:, 2:]) / np.maximum(lengths[:, :2], lengths[:, 2:])
        right = (cosine < _LEAST_ANGLE).all(1) & (opposite > 0.5).all(1) & (aspect > 1.02) & (aspect < 2.1)
    large = (area(quads, size) > LEAST_AREA) & (lengths.min(1) > 0.08 * min(size))
    return np.asarray(near & convex & right & large & np.isfinite(quads).all(axis=(1, 2)))


def clockwise(quads: Points) -> Points:
    """Order corners clockwise on the screen, from the one nearest the top left."""
    middle = quads.mean(axis=1, keepdims=True)
    turn = np.arctan2(quads[:, :, 1] - middle[:, :, 1], quads[:, :, 0] - middle[:, :, 0])
    ordered = np.take_along_axis(quads, np.argsort(turn, axis=1)[:, :, None], axis=1)
    first = np.argmin(ordered.sum(2), axis=1)
    return np.asarray(np.take_along_axis(ordered, ((first[:, None] + np.arange(4)) % 4)[:, :, None], axis=1))


def distinct(quads: Points, apart_px: float = 4.0) -> Points:
    """Leave out quadrilaterals that are almost one before them; for hundreds, as each is compared with each."""
    close = np.ones((len(quads), len(quads)), np.bool_)
    for part in quads.reshape(-1, 8).astype(np.float32).T:
        close &= np.abs(part[:, None] - part) <= apart_px
    left = np.ones(len(quads), np.bool_)
    for one in range(len(quads)):
        if left[one]:
            left[one + 1 :] &= ~close[one, one + 1 :]
    return np.asarray(quads[left]).reshape(-1, 4, 2)


def area(quads: Points, size: tuple[int, int]) -> Floats:
    x, y = quads[:, :, 0], quads[:, :, 1]
    twice = (x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(1)
    return np.asarray(np.abs(twice) / 2 / (size[0] * size[1]))


def _aspect(quads: Points) -> Floats:
    lengths = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2)
    pair = np.stack([lengths[:, 0] + lengths[:, 2], lengths[:, 1] + lengths[:, 3]], 1)
    return np.asarray(pair.max(1) / np.maximum(1e-9, pair.min(1)))


def true_aspect(quads: Points, size: tuple[int, int]) -> Floats:
    """Return long side by short side of the flat rectangle that a camera of usual focal length sees as each.

    A wrong focal length matters little: it scales only what the tilt did.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = _proportion(quads, size)
        return np.asarray(np.maximum(ratio, 1 / ratio))


def completed(quads: Points, size: tuple[int, int]) -> Points:
    """Return each quadrilateral with one side moved to where the paper has a known shape, for each side and shape.

    For a page of which three sides show and the fourth does not, or less than a tile's or a printed frame's.
    """
    made = []
    for side in range(4):
        turned = np.roll(quads, -side, axis=1)
        for shape in (*SHAPES, *(1 / one for one in SHAPES)):
            share = np.ones(len(quads))
            moved = turned.copy()
            for _ in range(3):  # the tilt makes it not quite proportional
                with np.errstate(invalid="ignore", divide="ignore"):
                    share = np.clip(share * _proportion(moved, size) / shape, 0.2, 5)
                moved[:, 2] = turned[:, 1] + share[:, None] * (turned[:, 2] - turned[:, 1])
                moved[:, 3] = turned[:, 0] + share[:, None] * (turned[:, 3] - turned[:, 0])
            made.append(moved[(share > _LEAST_SHARE) & (share < 1 / _LEAST_SHARE) & (np.abs(share - 1) > 0.01)])
    found = np.concatenate(made) if made else np.empty((0, 4, 2))
    return clockwise(found[plausible(found, size)]) if len(found) else found


def _proportion(quads: Points, size: tuple[int, int]) -> Floats:
    """Return the first side by the last of the flat rectangle that is seen as each."""
    middle = (np.array(size) - 1) / 2
    a, b, c, d = np.moveaxis((quads - middle) / (_FOCAL * max(size)), 1, 0)
    # The square's own corners to these four, in closed form (Heckbert 1989).
    across, down, rest = b - c, d - c, a - b + c - d
    cross = across[:, 0] * down[:, 1] - down[:, 0] * across[:, 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        g = (rest[:, 0] * down[:, 1] - down[:, 0] * rest[:, 1]) / cross
        h = (across[:, 0] * rest[:, 1] - rest[:, 0] * across[:, 1]) / cross
        first = np.concatenate([b - a + g[:, None] * b, g[:, None]], axis=1)
        second = np.concatenate([d - a + h[:, None] * d, h[:, None]], axis=1)
        return np.asarray(np.linalg.norm(first, axis=1) / np.linalg.norm(second, axis=1))
