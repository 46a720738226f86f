"""Finds the page in a photograph: its four corners to a fraction of a pixel, or nothing.

Several guesses (straight lines of light and of colour, outlines of regions) are weighed against each other by
`page_weight`; the best is then fitted to the edge itself at full size. It refuses to guess: a desk without a page,
or a page whose sides nothing shows, is None. Corners outside the picture are reckoned from the sides, so that
whoever judges the picture can tell a page that is cut. Pure, and safe from any thread.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.drivers.page_edges import WORK_SIDE, Image, Lines, Planes, Points, find_lines
from devices.drivers.page_quads import quads_from_lines, quads_from_regions
from devices.drivers.page_shapes import clockwise, completed, distinct, plausible
from devices.drivers.page_weight import weigh

LEAST_WEIGHT = 0.2
"""Less like a page than this is taken for the desk: nearly all pages of the corpus weigh more, empty desks less."""
FIT_SIDE = 1600
"""Edges are fitted at this size: more pixels than that are a lens's blur."""
_LEAST_SIDE = 32
"""Pixels; a smaller picture holds no page that anybody could read, and not enough to measure its noise by."""
_COMPLETED = 24
_LOOKED_AT = 24
_FITTED = 6
_RIVAL = 0.75
_APART_PX = 5.0
_FRAME = 0.9
_FRAME_INSET = 0.008
"""Of the page's height: a printed frame keeps farther from each of the sides. What shares a side with a larger
quadrilateral is no frame in it, and the larger no page, but one with a side on a tile or on the sheet beneath."""
_SAMPLES = 72
_Rounds = tuple[tuple[float, float], ...]
_ROUNDS: _Rounds = ((7.0, 3.0), (3.0, 2.0), (4.0, 0.75))
"""How far from the guess an edge is looked for, and the half width of the step, both in pixels at the size of work.

The last round asks for the sharpest edge: on a pale desk a page's soft shadow has more of one than the page."""
_FITS = ((_ROUNDS, 1.0), (_ROUNDS[1:], 0.95))
"""The second is for sides on faint edges, with something stronger within the first round's reach; it has to be
clearly better, for it knows less of how the page lies and bends."""
_SHARP_PX = 1.0
"""A half width below which any change of colour counts, not the side's usual one: shadow to paper is its opposite."""
_AGREED = 0.5
_STEPS = 2
"""Places a pixel."""
_TRUST_PX = 1.0
_GOOD_SIDES = 0.35
_MOVED = 0.02


@dataclass(frozen=True)
class Page:
    """A page in a picture: corners (4 × (x, y) in pixels, clockwise from the one nearest the top left), and weight."""

    corners: Points = field(repr=False)
    weight: float
    size: tuple[int, int]
    """Of the picture: width and height."""
    bow: float = 0.0
    """How far the most bent side's middle is off the straight line, as a share of the side."""

    @property
    def sides(self) -> NDArray[np.float64]:
        """Lengths in pixels: top, right, bottom, left."""
        return np.asarray(np.linalg.norm(np.roll(self.corners, -1, axis=0) - self.corners, axis=1))

    @property
    def height(self) -> float:
        """The longer sides' mean length in pixels."""
        sides = self.sides
        return float(max(sides[0] + sides[2], sides[1] + sides[3]) / 2)

    def moved(self, since: "Page") -> float:
        """Say how far the farthest corner is from where it was, as a share of the page's height."""
        return float(np.linalg.norm(self.corners - since.corners, axis=1).max() / self.height)


def find_page(image: Image, last: Page | None = None) -> Page | None:
    """Find the page in `image`, quicker when it lies where it was `last`; None when there is none."""
    if min(image.shape[:2]) < _LEAST_SIDE:
        return None
    planes = Planes.of(image)
    if last is not None and last.size == (image.shape[1], image.shape[0]):
        edges = Planes.for_fitting(image, FIT_SIDE)
        still = _fitted(edges, _scaled(last.corners, edges.scale), last.size)
        if still is not None and still.moved(last) < _MOVED:
            weight = float(weigh(planes, _scaled(still.corners, planes.scale)[None])[0])
            if weight > 0.9 * last.weight:
                return replace(still, weight=weight)
    return _search(image, planes)


def at_full_size(image: Image, page: Page) -> Page:
    """Carry a page that was found in a smaller picture over to the same picture as the camera took it."""
    size = (image.shape[1], image.shape[0])
    if size == page.size:
        return page
    edges = Planes.for_fitting(image, FIT_SIDE)
    fitted = _fitted(edges, _scaled(page.corners, edges.size[0] / page.size[0]), size)
    if fitted is None:
        return replace(page, corners=_scaled(page.corners, size[0] / page.size[0]), size=size)
    return replace(fitted, weight=page.weight)


def _search(image: Image, planes: Planes) -> Page | None:
    size = (image.shape[1], image.shape[0])
    lines: Lines = find_lines(planes)
    crossed = quads_from_lines(lines, planes.size)
    guesses = [crossed, quads_from_regions(planes), completed(crossed[:_COMPLETED], planes.size)]
    quads = np.concatenate(guesses)
    if not len(quads):
        return None
    weights = weigh(planes, quads)
    order = np.argsort(-weights, kind="stable")[:_LOOKED_AT]
    if not weights[order[0]] >= LEAST_WEIGHT:
        return None
    # The best guess may have one side on a tile or a printed frame; its rivals are fitted too, and weighed again. So
    # is what is close by only: a printed frame within reach draws the fit away from a page's fainter edge.
    rivals = distinct(quads[order[weights[order] >= _RIVAL * weights[order[0]]]], _APART_PX)[:_FITTED]
    edges = Planes.for_fitting(image, FIT_SIDE)
    guessed = _scaled(rivals, edges.scale / planes.scale)
    fits = [(_fitted(edges, one, size, rounds), trust) for rounds, trust in _FITS for one in guessed]
    pages = [page for page, _ in fits if page is not None]
    if not pages:
        return Page(_scaled(quads[order[0]], 1 / planes.scale), float(weights[order[0]]), size)
    anew = weigh(planes, np.array([_scaled(page.corners, planes.scale) for page in pages]))
    anew *= [trust for page, trust in fits if page is not None]
    best = int(np.argmax(anew))
    for one, page in enumerate(pages):
        # What fits almost as well and has the best well within it is the page, and the best its printed frame.
        if anew[one] > _FRAME * anew.max() and _contains(page.corners, pages[best].corners, page.height * _FRAME_INSET):
            best = one
    return replace(pages[best], weight=float(max(anew[best], weights[order[0]])))


def _contains(outer: Points, inner: Points, inset: float) -> bool:
    """Whether `inner` lies in `outer`, at least `inset` pixels from each of its sides."""
    contour = outer.astype(np.float32).reshape(-1, 1, 2)
    return all(cv2.pointPolygonTest(contour, (float(x), float(y)), True) > inset for x, y in inner)


def _fitted(planes: Planes, quad: Points, size: tuple[int, int], rounds: _Rounds = _ROUNDS) -> Page | None:
    """Move each side of `quad`, in the pixels of `planes`, onto the edge beside it; None when that makes no page.

    `size` is the original's, `rounds` as in `_ROUNDS`. The page has no weight yet.
    """
    unit = max(1.0, max(planes.size) / WORK_SIDE)
    bow = 0.0
    for reach, half in rounds:
        look = _Look(reach * unit, half * unit, half < _SHARP_PX)
        lines = [_side(planes, quad[one], quad[(one + 1) % 4], look) for one in range(4)]
        quad = np.array([_crossing(lines[one - 1], lines[one]) for one in range(4)])
        bow = max(line.bow for line in lines)
        if not np.isfinite(quad).all() or not plausible(quad[None], planes.size)[0]:
            return None
    found = clockwise(_scaled(quad, 1 / planes.scale)[None])[0]
    return Page(found, 0.0, size, bow)


@dataclass(frozen=True)
class _Look:
    """How an edge is looked for: how far away, half how wide it may be, and whether any change of colour counts."""

    reach: float
    half: float
    any_way: bool


@dataclass(frozen=True)
class _Line:
    """``normal · point = offset``, and the bow of what was fitted."""

    normal: Points
    offset: float
    bow: float = 0.0


def _side(planes: Planes, start: Points, end: Points, look: _Look) -> _Line:
    """Fit a line to the edge near the one from `start` to `end`; that one where there is no edge."""
    direction = (end - start) / max(1e-9, float(np.linalg.norm(end - start)))
    normal = np.array([-direction[1], direction[0]])
    on = start + np.linspace(0.03, 0.97, _SAMPLES)[:, None] * (end - start)
    places = np.arange(-look.reach - look.half, look.reach + look.half + 1e-9, 1 / _STEPS)
    profile = planes.at(on[:, None] + normal * places[:, None]).astype(np.float64)
    width = max(1, round(look.half * _STEPS))
    total = np.cumsum(np.concatenate([np.zeros((_SAMPLES, 1, profile.shape[2])), profile], axis=1), axis=1)
    at = np.arange(width, len(places) - width)
    inner = total[:, at + 1 + width] - total[:, at + 1]
    outer = total[:, at] - total[:, at - width]
    step = (inner - outer) / width
    middle = len(at) // 2
    near = step[:, max(0, middle - width) : middle + width + 1]
    usual = np.median(near[np.arange(_SAMPLES), np.argmax(np.linalg.norm(near, axis=2), axis=1)], axis=0)
    along = np.linalg.norm(step, axis=2)
    if not look.any_way and np.linalg.norm(usual) > 1e-6:
        # Mostly the change that the whole side shows; a finger's or a pen's is another.
        along = 0.3 * along + np.maximum(0, step @ (usual / np.linalg.norm(usual)))
    peak = np.argmax(along, axis=1)
    inside = np.clip(peak, 1, len(at) - 2)
    rows = np.arange(_SAMPLES)
    before, here, after = along[rows, inside - 1], along[rows, inside], along[rows, inside + 1]
    bend = np.minimum(before - 2 * here + after, -1e-9)
    shift = np.where(peak == inside, np.clip((before - after) / (2 * bend), -1, 1), 0)
    # The step between two places lies half a place before the second.
    offsets = places[at[inside]] + shift / _STEPS
    return _robust(on + normal * offsets[:, None], here, start, normal, _AGREED if look.any_way else _GOOD_SIDES)


def _robust(points: Points, strength: NDArray[np.float64], start: Points, normal: Points, least: float) -> _Line:
    """Fit a line through points of which many may lie elsewhere: the pair that most agree with, then its like."""
    weight = np.clip(strength / max(1e-9, float(np.percentile(strength, 80))), 0, 1)
    third = len(points) // 3
    first = np.repeat(np.arange(0, third, 2), len(range(third)) // 3)
    second = np.tile(np.arange(len(points) - third, len(points), 3)[: third // 3], len(range(0, third, 2)))
    along = points[second] - points[first]
    across = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(1e-9, np.linalg.norm(along, axis=1))[:, None]
    away = np.abs(across @ points.T - (across * points[first]).sum(1)[:, None])
    votes = (weight * (away < 1.5 * _TRUST_PX)).sum(1)
    most = int(np.argmax(votes))
    if votes[most] < least * weight.sum():
        return _Line(normal, float(start @ normal))
    best = _Line(across[most], float(across[most] @ points[first[most]]))
    for _ in range(3):
        trust = weight * np.clip(1 - ((points @ best.normal - best.offset) / (3 * _TRUST_PX)) ** 2, 0, 1) ** 2 + 1e-9
        middle = np.average(points, axis=0, weights=trust)
        spread = (points - middle) * trust[:, None] ** 0.5
        fresh = np.linalg.eigh(spread.T @ spread)[1][:, 0]
        best = _Line(fresh, float(middle @ fresh))
    return replace(best, bow=_bow(points, weight, best))


def _bow(points: Points, weight: NDArray[np.float64], line: _Line) -> float:
    """Say how far the middle of the edge lies off the line through its ends, as a share of its length."""
    off = points @ line.normal - line.offset
    third = len(points) // 6
    clear = weight > 0.5
    places = (slice(None, third), slice(-third, None), slice(2 * third, -2 * third))
    parts = [off[place][clear[place]] for place in places]
    if min(len(part) for part in parts) < third // 2:
        return 0.0
    left, right, middle = (float(np.median(part)) for part in parts)
    return abs(middle - (left + right) / 2) / max(1.0, float(np.linalg.norm(points[-1] - points[0])))


def _crossing(one: _Line, other: _Line) -> Points:
    matrix = np.array([one.normal, other.normal])
    if abs(np.linalg.det(matrix)) < 1e-6:
        return np.full(2, np.nan)
    return np.asarray(np.linalg.solve(matrix, np.array([one.offset, other.offset])))


def _scaled(points: Points, by: float) -> Points:
    """Carry points to a picture `by` times as large; (0, 0) is the middle of the first pixel in both."""
    return np.asarray((points + 0.5) * by - 0.5)
