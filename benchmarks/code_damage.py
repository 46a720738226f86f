"""What happens to a code between the paper and the camera: damage to a picture, drawn from a seed.

Each function takes a picture (grey, 720p, float32 from 0 to 255) or a flat code, and a generator, and gives
the damaged one back. `t` runs from 0 to 1 over a clip: a hand and a reflection move on from frame to frame.
Guards against a benchmark that flatters: strengths reach to where the first decoders give up, and beyond.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]
Flat = NDArray[np.uint8]
HEIGHT, WIDTH = 720, 1280
_YY, _XX = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)


def as_picture(values: NDArray[np.generic]) -> Picture:
    return np.asarray(np.clip(values, 0, 255), np.float32)


def defocused(picture: Picture, sigma: float) -> Picture:
    """Blur as a lens that looks too near; `sigma` in pixels."""
    return as_picture(cv2.GaussianBlur(picture, (0, 0), sigma))


def shaken(picture: Picture, length: float, angle: float) -> Picture:
    """Blur along a straight way of `length` pixels at `angle` radians, as of a moving hand."""
    size = 2 * int(np.ceil(length / 2)) + 3
    kernel = np.zeros((size, size), np.float32)
    middle = size / 2 - 0.5
    way = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = ((middle + sign * way) * 256 for sign in (-1, 1))
    cv2.line(kernel, start.astype(int).tolist(), end.astype(int).tolist(), 1.0, 1, cv2.LINE_AA, 8)
    return as_picture(cv2.filter2D(picture, -1, kernel / kernel.sum()))


def noisy(picture: Picture, sigma: float, rng: np.random.Generator) -> Picture:
    """Add the noise of a sensor: its own, and that of the light that falls on it."""
    own = rng.standard_normal((HEIGHT, WIDTH), np.float32) * sigma
    return as_picture(picture + own * (0.6 + 0.4 * np.sqrt(np.maximum(picture, 0) / 160)))


def dark(picture: Picture, light: float, sigma: float, rng: np.random.Generator) -> Picture:
    """Leave `light` of the light (0 to 1); what the sensor adds stays, blotchy as after a webcam's own smoothing."""
    blotches = cv2.resize(rng.standard_normal((HEIGHT // 3, WIDTH // 3), np.float32), (WIDTH, HEIGHT)) * sigma
    return as_picture(
        np.round(picture * light + 4 + rng.standard_normal((HEIGHT, WIDTH), np.float32) * sigma + blotches)
    )


def glaring(picture: Picture, centre: tuple[float, float], radius: float, power: float) -> Picture:
    """Lay the reflection of a lamp over the picture, burnt out in its middle."""
    distance = ((_XX - centre[0]) / radius) ** 2 + ((_YY - centre[1]) / (radius * 0.6)) ** 2
    return as_picture(picture + 255 * power * np.exp(-distance))


def faded(picture: Picture, contrast: float, level: float) -> Picture:
    """Keep `contrast` of the contrast around a grey `level`: old thermal paper."""
    return as_picture(level + (picture - 128) * contrast)


def unevenly_lit(picture: Picture, edge: float, slope: float, shadow: float, soft: float) -> Picture:
    """Let a shadow's edge fall across the picture; `edge` in pixels from its middle, `shadow` what light is left."""
    side = (_XX - WIDTH / 2) * np.cos(slope) + (_YY - HEIGHT / 2) * np.sin(slope) - edge
    lit = shadow + (1 - shadow) / (1 + np.exp(-np.clip(side / soft, -30, 30)))
    return as_picture(picture * lit * (0.75 + 0.5 * _XX / WIDTH))


def squeezed(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Send the picture through JPEG."""
    _, sent = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(sent, cv2.IMREAD_COLOR), np.uint8)


def on_a_grid(picture: Picture, period: float, angle: float, depth: float) -> Picture:
    """Lay a screen's grid of `period` pixels over the picture: against the sensor's own grid it beats."""
    along, across = _XX * np.cos(angle) + _YY * np.sin(angle), _YY * np.cos(angle) - _XX * np.sin(angle)
    grid = (1 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * along / period))) * (
        1 - depth * (0.5 + 0.5 * np.cos(2 * np.pi * across / period))
    )
    return as_picture(picture * grid / (1 - depth / 2) ** 2)


def curved(flat: Flat, bend: float, upright: bool) -> Flat:
    """Wrap a flat code around a can; `bend` is half the angle that it covers, in radians."""
    height, width = flat.shape
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    if upright:
        xx, yy = yy, xx
    size, depth_of = (height, width) if upright else (width, height)
    across = (xx / size * 2 - 1) * np.sin(bend)
    source = (np.arcsin(np.clip(across, -1, 1)) / bend + 1) / 2 * (size - 1)
    lift = (1 - np.cos(np.arcsin(np.clip(across, -1, 1)))) * depth_of * 0.25
    across_map, down_map = (yy - lift, source) if upright else (source, yy - lift)
    wrapped = cv2.remap(
        flat,
        across_map.astype(np.float32),
        down_map.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(wrapped, np.uint8)


def crumpled(flat: Flat, strength: float, rng: np.random.Generator) -> Flat:
    """Push a flat code's paper about, by up to `strength` pixels."""
    height, width = flat.shape
    yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
    pushes = [
        cv2.resize(rng.standard_normal((5, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]
    moved = cv2.remap(
        flat, xx + strength * pushes[0], yy + strength * pushes[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def covered(flat: Flat, share: float, rng: np.random.Generator) -> Flat:
    """Lay a finger or a sticker over `share` of a side, from a corner or an edge, never over all of it."""
    height, width = flat.shape
    cover = flat.copy()
    reach = int(share * min(height, width))
    below, beside = int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.5, 1) * height)
    where = (below, height) if rng.random() < 0.6 else (width, beside)
    axes = (reach, int(reach * rng.uniform(0.8, 1.3)))
    cv2.ellipse(cover, where, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(60, 200)), -1, cv2.LINE_AA)
    return cover


def crowded(flat: Flat, margin: int, rng: np.random.Generator) -> Flat:
    """Print into the quiet zone of `margin` pixels: rules, a frame and letters that touch the code."""
    height, width = flat.shape
    busy = flat.copy()
    gap = int(margin * rng.uniform(0.55, 0.8))
    for _ in range(60):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        letter = chr(int(rng.integers(65, 91)))
        cv2.putText(busy, letter, (x, y), cv2.FONT_HERSHEY_SIMPLEX, margin / 30, 0.0, max(1, margin // 12), cv2.LINE_AA)
    busy[margin : height - margin, margin : width - margin] = flat[margin : height - margin, margin : width - margin]
    cv2.rectangle(busy, (gap, gap), (width - gap, height - gap), 0.0, max(2, margin // 8))
    return busy
