"""A code in a hand before a camera: laid into a hall, turned, tilted, shaken, and taken frame by frame.

A `Scene` says how; what it leaves open (place, turn, noise, shake of each frame) is drawn from its generator.
"""

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from benchmarks import code_damage as damage
from benchmarks.code_damage import HEIGHT, WIDTH, Flat, Picture

Frame = NDArray[np.uint8]
MODULE = 12
"""Pixels a module of a flat code, before it is laid into the picture."""
QUIET = 4 * MODULE


@dataclass(slots=True)
class Scene:
    """How one clip is taken; a kind of damage changes what it needs."""

    rng: np.random.Generator
    flats: list[Flat]
    texts: list[str]
    module_px: float
    """Pixels a module in the frame."""
    turn: float
    """Radians in the plane."""
    tilt: float = 0.1
    """Radians out of the plane."""
    sigma_blur: float = 0.7
    sigma_noise: float = 3.0
    shake: float = 0.6
    """Pixels that the hand moves while the shutter is open, on average."""
    spoil: list[Callable[[Picture, float], Picture]] = field(default_factory=list)
    """What happens to the picture: called with where in the clip a frame is, from 0 to 1."""
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    jpeg: int = 92


def plain_scene(rng: np.random.Generator) -> Scene:
    text = token(rng)
    level = "LMMQ"[int(rng.integers(4))]
    flat = draw(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    return Scene(rng, [flat], [text], rng.uniform(3.2, 5.5), rng.uniform(-0.35, 0.35))


def token(rng: np.random.Generator, length: int = 0) -> str:
    letters = list(string.ascii_letters + string.digits)
    count = length or int(rng.integers(24, 60))
    return "https://fuwu.example.gov.cn/q/" + "".join(rng.choice(letters, count))


def draw(text: str, symbology: zxingcpp.BarcodeFormat, **options: str) -> Flat:
    """Draw a code with its quiet zone, dark on white."""
    made = zxingcpp.create_barcode(text, symbology, **options)
    return np.array(zxingcpp.write_barcode_to_image(made, scale=MODULE), np.uint8)


def film(scene: Scene, frames: int) -> Iterator[Frame]:
    rng = scene.rng
    back = _background(rng)
    places = _places(len(scene.flats), rng)
    spin = rng.uniform(0, 2 * np.pi)
    drift = rng.normal(0, 4, 2)
    for index in range(frames):
        t = index / max(1, frames - 1)
        picture = back.copy()
        for flat, place in zip(scene.flats, places, strict=True):
            at = np.array(place) + drift * index + rng.normal(0, 2, 2)
            _lay(picture, flat, scene, (at[0], at[1]), spin)
        if scene.sigma_blur > 0:
            picture = damage.defocused(picture, scene.sigma_blur * rng.uniform(0.9, 1.15))
        length = scene.shake * rng.uniform(0.4, 1.6)
        if length > 0.8:
            picture = damage.shaken(picture, length, spin + rng.normal(0, 0.4))
        for spoil in scene.spoil:
            picture = spoil(picture, t)
        picture = damage.noisy(picture, scene.sigma_noise, rng)
        frame = np.clip(picture[:, :, None] * np.array(scene.tint, np.float32), 0, 255).astype(np.uint8)
        yield damage.squeezed(frame, scene.jpeg)


def _background(rng: np.random.Generator) -> Picture:
    """A hall out of focus, with some lines of print on what is held."""
    blobs = cv2.resize(rng.integers(60, 190, (6, 10)).astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    for _ in range(14):
        where = (int(rng.integers(0, WIDTH - 200)), int(rng.integers(20, HEIGHT)))
        words = "".join(rng.choice(list(string.ascii_uppercase + " "), 14))
        cv2.putText(blobs, words, where, cv2.FONT_HERSHEY_SIMPLEX, rng.uniform(0.5, 1.2), 40.0, 2, cv2.LINE_AA)
    return damage.as_picture(blobs)


def _places(count: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    across = [WIDTH / 2] if count == 1 else [WIDTH * 0.28, WIDTH * 0.72]
    return [(x + rng.normal(0, 25), HEIGHT / 2 + rng.normal(0, 20)) for x in across]


def _lay(picture: Picture, flat: Flat, scene: Scene, at: tuple[float, float], spin: float) -> None:
    """Lay the flat code into the picture as a camera would see it, at twice the size first, against aliasing."""
    rng = scene.rng
    height, width = flat.shape
    scale = scene.module_px / MODULE * rng.uniform(0.98, 1.02)
    scale = min(scale, 0.94 * HEIGHT / np.hypot(height, width) if len(scene.flats) == 1 else 0.62 * HEIGHT / height)
    turn, tilt = scene.turn + rng.normal(0, 0.015), scene.tilt * rng.uniform(0.93, 1.05)
    corners = np.array([[-width, -height], [width, -height], [width, height], [-width, height]], np.float64) / 2 * scale
    spun = corners @ _rotation(turn).T
    axis = _rotation(spin)
    along = spun @ axis
    distance = 2.2 * max(height, width) * scale
    nearer = distance / (distance + along[:, 0] * np.sin(tilt))
    seen = np.stack([along[:, 0] * np.cos(tilt) * nearer, along[:, 1] * nearer], axis=1) @ axis.T + np.array(at)
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    low = np.floor(seen.min(axis=0)).astype(int) - 2
    size = np.ceil(seen.max(axis=0)).astype(int) + 3 - low
    matrix = cv2.getPerspectiveTransform(source, ((seen - low) * 2).astype(np.float32))
    large, small = (2 * size).tolist(), size.tolist()
    ink = cv2.warpPerspective(flat, matrix, large, flags=cv2.INTER_AREA, borderValue=0)
    mask = cv2.warpPerspective(np.full_like(flat, 255), matrix, large, flags=cv2.INTER_LINEAR, borderValue=0)
    ink, share = (cv2.resize(part, small, interpolation=cv2.INTER_AREA).astype(np.float32) for part in (ink, mask))
    first, last = np.maximum(low, 0), np.minimum(low + size, (WIDTH, HEIGHT))
    inner = tuple(slice(a, b) for a, b in zip((first - low)[::-1], (last - low)[::-1], strict=True))
    place = picture[first[1] : last[1], first[0] : last[0]]
    place *= 1 - share[inner] / 255
    place += (18 * share[inner] + 212 * ink[inner]) / 255


def _rotation(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
