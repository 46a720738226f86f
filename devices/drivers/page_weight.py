"""Weighs how much a quadrilateral in a photograph is like a page.

A page has another colour than what lies around it all along four sides that end at its corners, is one pale and
light paper inside them, mostly printed on, and has the shape of A4 or of an identity card. Each of these alone is
fooled by tables, tiles, printed frames or telephones; the weight asks for all of them. Pure.
"""

import numpy as np

from devices.drivers.page_edges import Planes, Points
from devices.drivers.page_shapes import SHAPES, Floats, area, true_aspect

_SAMPLES = 40
_NEAR = np.array([2.0, 4.0, 6.0])
"""Pixels beside an edge, at the size of work, that tell the colour on its side."""
_WIDE = np.array([9.0, 13.0, 17.0])
_STRONG_CHROMA = 0.8
"""Lab's chroma by its lightness. Tinted paper has 0.2, under a lamp's cast 0.4; boxes and covers have 0.8 and more."""
_CHROMA_FALL = 0.3
_PATTERN = 2.0
_INK = 5.0
"""Noises that a stroke is darker than its paper."""
_WRITTEN = 0.35
_UNEVEN = 0.15
_BEYOND = 0.8
_ENDS = 2.2
"""So many of the eight ends that go on beyond their corners are as bad as all: half a page already has two."""
_SURE = 2.0
"""So many noises are a change to rely on, if most of a side shows it."""
_UNDONE = 0.2
"""Of a side's change: less than this farther off, and the same paper lies on both sides."""
_SHAPE_SLACK, _SHAPE, _SHAPE_SHARE = 0.03, 10.0, 0.7


def weigh(planes: Planes, quads: Points) -> Floats:
    """Say how much each quadrilateral is like a page: from 0 to about 1."""
    if not len(quads):
        return np.empty(0)
    step, beyond, paper = _steps(planes, quads)
    aspect = true_aspect(quads, planes.size)
    unlike = np.minimum.reduce([np.abs(np.log(aspect / one)) for one in SHAPES])
    shape = np.exp(-np.maximum(0, unlike - _SHAPE_SLACK) * _SHAPE)
    size = np.sqrt(np.clip(area(quads, planes.size), 0, 0.5) / 0.5)
    weakest = np.sort(step, axis=1)
    support = 0.5 * step.mean(1) + 0.3 * weakest[:, :2].mean(1) + 0.2 * weakest[:, 0]
    return np.asarray(
        support * (1 - _BEYOND * beyond) * paper * (1 - _SHAPE_SHARE + _SHAPE_SHARE * shape) * (0.75 + 0.25 * size)
    )


def _steps(planes: Planes, quads: Points) -> tuple[Floats, Floats, Floats]:
    """Compare what lies on both sides of each side of each quadrilateral.

    Returns:
        number × 4: how surely and how evenly the colour changes across the side, 0 to 1.
        number: how much the same change goes on beyond the corners, where a page has ended, 0 to 1.
        number: how much the paper inside is one colour, and light and pale as paper is, 0 to 1.
    """
    start, end = quads, np.roll(quads, -1, axis=1)
    along = np.linspace(0.04, 0.96, _SAMPLES)
    near, wide = _across(planes, start, end, np.broadcast_to(along, (*quads.shape[:2], _SAMPLES)))
    near, wide = _eased(near), _eased(wide)
    change, kept = near[..., 1, :] - near[..., 0, :], wide[..., 1, :] - wide[..., 0, :]
    parted = near[..., 1, :] - wide[..., 0, :]
    size = np.linalg.norm(change, axis=3)
    usual = np.median(change, axis=2)
    one_way = np.linalg.norm(usual, axis=2)
    heading = usual / np.maximum(1e-9, one_way)[..., None]

    def towards(change: Floats) -> Floats:
        return np.asarray(np.einsum("qsnp,qsp->qsn", change, heading))

    # A printed frame changes the colour too, but behind it the paper goes on: there the change is undone. What is
    # printed a little farther in says nothing against the edge, as long as it is not the colour of what lies around.
    undone = np.linalg.norm(kept, axis=3) < _UNDONE * one_way[..., None]
    same_way = (np.minimum(towards(change), towards(parted) * 1.6) > 0.3 * one_way[..., None]) & ~undone
    # On tiles a page is lighter than one and darker than the next, but stays itself.
    paper = np.median(near[..., 1, :], axis=2, keepdims=True)
    itself = np.maximum(
        np.linalg.norm(near[..., 1, :] - paper, axis=3), 0.8 * np.linalg.norm(wide[..., 1, :] - paper, axis=3)
    )
    stays = (size > 4.0) & (itself < 0.55 * size) & (np.linalg.norm(kept, axis=3) > 0.4 * size)
    strength = np.maximum(one_way, np.median(np.where(stays, size, 0), axis=2))
    sure = strength / (strength + _SURE)
    even = np.clip((np.maximum(same_way.mean(2), stays.mean(2)) - 0.3) / 0.5, 0, 1)
    even *= 1 - _UNEVEN + _UNEVEN * (itself < 0.6 * size + 3.0).mean(2)
    lengths = np.linalg.norm(end - start, axis=2)
    past = np.linspace(10, 30, 6) / np.maximum(1.0, lengths)[..., None]
    outer, _ = _across(planes, start, end, np.concatenate([-past, 1 + past], axis=2))
    # The side's own change, not any: on a table cloth or a grain something changes beyond every corner.
    on = towards(outer[..., 1, :] - outer[..., 0, :]).reshape(*quads.shape[:2], 2, -1)
    gone_on = np.clip(np.median(on, axis=3) / np.maximum(1.0, strength)[..., None] - 0.3, 0, 0.7) / 0.7
    beyond = np.minimum(1, gone_on.sum((1, 2)) / _ENDS)
    return np.asarray(sure * even), beyond, _paper(planes, quads, near, strength)


def _across(planes: Planes, start: Points, end: Points, along: Floats) -> tuple[Floats, Floats]:
    """Return the colours out and in, near a side and a little farther off: … × samples × (out, in) × planes."""
    on = start[:, :, None] * (1 - along[..., None]) + end[:, :, None] * along[..., None]
    direction = (end - start) / np.maximum(1e-9, np.linalg.norm(end - start, axis=2, keepdims=True))
    inward = np.stack([-direction[:, :, 1], direction[:, :, 0]], axis=2)  # clockwise with y downwards
    offsets = np.concatenate([-_NEAR, _NEAR, -_WIDE, _WIDE])
    points = on[:, :, :, None] + inward[:, :, None, None] * offsets[:, None]
    values = planes.at(points).astype(np.float64).reshape(*points.shape[:3], 4, len(_NEAR), -1)
    values = _middle(values[..., 0, :], values[..., 1, :], values[..., 2, :])
    # Outside the picture nothing is known, and nothing changes; close to its end what lies there goes on.
    nearest = points[:, :, :, :: len(_NEAR)]
    there = ((nearest > -0.5) & (nearest < np.array(planes.size) - 0.5)).all(-1)
    there[..., 2:] = there[..., :2]
    values = np.where(there[..., None], values, values[..., 1:2, :])
    return values[..., :2, :], values[..., 2:, :]


def _eased(values: Floats) -> Floats:
    """Average neighbours along each side, for dim pictures, where one sample is mostly noise."""
    eased = values.copy()
    eased[:, :, 1:-1] = (values[:, :, :-2] + values[:, :, 1:-1] + values[:, :, 2:]) / 3
    return eased


def _middle(first: Floats, second: Floats, third: Floats) -> Floats:
    """Return the middle one of three, so that one on a stroke or a printed frame does not count."""
    return np.asarray(np.maximum(np.minimum(first, second), np.minimum(np.maximum(first, second), third)))


def _paper(planes: Planes, quads: Points, near: Floats, strength: Floats) -> Floats:
    """Say how much what lies inside is one paper, lighter and paler than most things on a desk."""
    colour = np.median(near[..., 1, :], axis=2)
    unlike = np.linalg.norm((colour - colour.mean(1, keepdims=True))[..., 1:], axis=2).mean(1)
    contrast = strength.mean(1)
    one = contrast / (contrast + unlike + 1.0)
    lighter = np.clip(np.median(near[..., 1, 0] - near[..., 0, 0], axis=2).mean(1) / (contrast + 1.0) + 0.6, 0, 1)
    plain = np.median(colour, axis=1) / planes.units
    chroma = np.linalg.norm(plain[:, 1:], axis=1) / (plain[:, 0] / 2.55 + 5)
    pale = np.clip((_STRONG_CHROMA - chroma) / _CHROMA_FALL, 0.4, 1)
    bright = float(np.percentile(planes.stack[0, ::8, ::8], 90)) / planes.units[0]
    dark = np.clip((plain[:, 0] / max(1.0, bright) - 0.15) / 0.25, 0.3, 1)
    inside = _within(planes, quads)
    spread = np.linalg.norm(np.median(np.abs(inside), axis=1), axis=1)
    whole = contrast / (contrast + _PATTERN * spread + 1.0)
    return np.asarray(_printed(planes, quads) * (0.3 + 0.25 * one + 0.2 * lighter + 0.25 * whole) * pale * dark)


def _printed(planes: Planes, quads: Points) -> Floats:
    """Say how much is printed inside: one for a printed page, a little less for what nobody wrote on."""
    share = np.linspace(0.08, 0.92, 22)
    v, u = (part.reshape(1, -1, 1) for part in np.meshgrid(share, share, indexing="ij"))
    a, b, c, d = (quads[:, one, None] for one in range(4))
    places = (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v
    rows, columns = planes.ink.shape
    x = np.clip(places[..., 0].round().astype(int), 0, columns - 1)
    y = np.clip(places[..., 1].round().astype(int), 0, rows - 1)
    return np.asarray(1 - _WRITTEN * (1 - np.clip((planes.ink[y, x] > _INK).mean(1) / 0.06, 0, 1)))


def _within(planes: Planes, quads: Points) -> Floats:
    """Return how a grid of places inside differs from an even fall of light over them: number × places × planes."""
    share = np.linspace(0.1, 0.9, 9)
    v, u = (part.reshape(1, -1, 1) for part in np.meshgrid(share, share, indexing="ij"))
    a, b, c, d = (quads[:, one, None] for one in range(4))
    values = planes.at((a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v).astype(np.float64)
    fall = np.stack([np.ones(u.size), u.ravel(), v.ravel()], axis=1)
    return np.asarray(values - fall @ (np.linalg.pinv(fall) @ values))
