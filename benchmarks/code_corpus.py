"""Codes before a camera: short clips of 720p frames in twenty-one kinds of damage, made from a seed.

A clip is what a scanner gets: some frames of one code (or two) in a hand that is not quite still, in one kind
of trouble that lasts. What each frame shows differs as in life: place, turn, noise, shake, where the lamp
reflects. Nothing is stored, and the same seed makes the same pixels on the same libraries.
"""

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import zxingcpp

from benchmarks import code_damage as damage
from benchmarks.code_damage import HEIGHT, WIDTH
from benchmarks.code_film import MODULE, QUIET, Frame, Scene, draw, film, plain_scene, token


@dataclass(frozen=True, slots=True)
class Clip:
    """What a camera saw: `texts` are all that stood on the codes, `frames` are 720 × 1280 × 3, blue green red."""

    kind: str
    texts: frozenset[str]
    frames: tuple[Frame, ...] = field(repr=False)


def clips(per_kind: int, frames: int, seed: int = 20260601, kinds: tuple[str, ...] = ()) -> Iterator[Clip]:
    """Make `per_kind` clips of `frames` frames of each kind, one at a time."""
    for number, (kind, change) in enumerate(KINDS.items()):
        for index in range(per_kind if not kinds or kind in kinds else 0):
            rng = np.random.default_rng([seed, number, index])
            scene = plain_scene(rng)
            change(scene)
            yield Clip(kind, frozenset(scene.texts), tuple(film(scene, frames)))


def _rotated(scene: Scene) -> None:
    scene.turn = scene.rng.uniform(-np.pi, np.pi)
    scene.module_px = scene.rng.uniform(1.9, 4.0)
    scene.tilt = scene.rng.uniform(0.1, 0.5)


def _perspective(scene: Scene) -> None:
    scene.tilt = scene.rng.uniform(0.75, 1.2)
    scene.module_px = scene.rng.uniform(3.5, 5.5)


def _defocus(scene: Scene) -> None:
    scene.module_px = scene.rng.uniform(3.0, 5.0)
    scene.sigma_blur = scene.module_px * scene.rng.uniform(0.35, 0.62)


def _motion(scene: Scene) -> None:
    scene.module_px = scene.rng.uniform(3.0, 5.0)
    scene.shake = scene.module_px * scene.rng.uniform(1.0, 2.2)


def _noise(scene: Scene) -> None:
    scene.module_px = scene.rng.uniform(2.5, 4.0)
    scene.sigma_noise = scene.rng.uniform(20, 60)


def _low_light(scene: Scene) -> None:
    light, sigma = scene.rng.uniform(0.05, 0.15), scene.rng.uniform(1.0, 4.0)
    scene.spoil.append(lambda picture, _: damage.dark(picture, light, sigma, scene.rng))
    scene.sigma_noise = 0.5


def _glare(scene: Scene) -> None:
    radius, power = scene.rng.uniform(40, 110), scene.rng.uniform(0.8, 2.2)
    start = np.array([WIDTH / 2, HEIGHT / 2]) + scene.rng.normal(0, 50, 2)
    way = scene.rng.normal(0, 90, 2)
    scene.spoil.append(
        lambda picture, t: damage.glaring(picture, tuple((start + way * (t - 0.5)).tolist()), radius, power)
    )


def _dense(scene: Scene) -> None:
    text = token(scene.rng, int(scene.rng.integers(350, 1000)))
    scene.flats, scene.texts = [draw(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")], [text]
    scene.module_px, scene.sigma_blur = 9.0, scene.rng.uniform(0.8, 1.7)
    scene.tilt = scene.rng.uniform(0.0, 0.45)


def _inverted(scene: Scene) -> None:
    scene.flats = [np.asarray(255 - flat, np.uint8) for flat in scene.flats]
    scene.module_px = scene.rng.uniform(2.0, 3.5)
    scene.sigma_blur = scene.module_px * scene.rng.uniform(0.25, 0.55)


def _occluded(scene: Scene) -> None:
    scene.flats = [draw(scene.texts[0], zxingcpp.BarcodeFormat.QRCode, ec_level="H")]
    scene.flats = [damage.covered(scene.flats[0], scene.rng.uniform(0.1, 0.36), scene.rng)]


def _curved(scene: Scene) -> None:
    scene.flats = [damage.curved(scene.flats[0], scene.rng.uniform(0.3, 0.75), bool(scene.rng.integers(2)))]


def _crumpled(scene: Scene) -> None:
    scene.flats = [damage.crumpled(scene.flats[0], scene.rng.uniform(0.15, 0.45) * MODULE, scene.rng)]


def _small(scene: Scene) -> None:
    scene.module_px, scene.sigma_blur = scene.rng.uniform(1.3, 2.2), 0.5


def _low_contrast(scene: Scene) -> None:
    contrast, level = scene.rng.uniform(0.05, 0.2), scene.rng.uniform(80, 200)
    scene.spoil.append(lambda picture, _: damage.faded(picture, contrast, level))
    scene.sigma_noise = scene.rng.uniform(1.0, 3.5)


def _jpeg(scene: Scene) -> None:
    scene.jpeg = int(scene.rng.integers(3, 12))
    scene.module_px = scene.rng.uniform(2.5, 4.0)


def _screen_grid(scene: Scene) -> None:
    period, angle = scene.rng.uniform(2.2, 5.0), scene.rng.uniform(0.02, 0.4)
    depth = scene.rng.uniform(0.25, 0.7)
    scene.spoil.append(lambda picture, t: damage.on_a_grid(picture, period, angle + 0.02 * t, depth))
    scene.module_px = scene.rng.uniform(2.6, 4.5)


def _uneven(scene: Scene) -> None:
    rng = scene.rng
    edge, slope, shadow, soft = rng.normal(0, 30), rng.uniform(0, np.pi), rng.uniform(0.05, 0.2), rng.uniform(2, 12)
    scene.spoil.append(lambda picture, t: damage.unevenly_lit(picture, edge + 15 * t, slope, shadow, soft))
    scene.module_px = rng.uniform(2.2, 4.5)


def _crowded(scene: Scene) -> None:
    scene.flats = [damage.crowded(scene.flats[0], QUIET, scene.rng)]
    scene.module_px = scene.rng.uniform(2.2, 3.5)


def _phone(scene: Scene) -> None:
    rng = scene.rng
    scene.tint = [(1.0, 0.75, 0.6), (0.55, 0.8, 1.0), (0.7, 1.0, 0.6)][int(rng.integers(3))]
    period, angle = rng.uniform(2.0, 3.0), rng.uniform(0, 0.3)
    centre, radius = (rng.uniform(400, 880), rng.uniform(200, 520)), rng.uniform(120, 320)
    level, contrast = rng.uniform(60, 180), rng.uniform(0.2, 0.5)
    scene.spoil.append(lambda picture, _: damage.on_a_grid(picture, period, angle, 0.5))
    scene.spoil.append(lambda picture, _: damage.faded(picture, contrast, level))
    scene.spoil.append(lambda picture, t: damage.glaring(picture, (centre[0] + 60 * t, centre[1]), radius, 0.45))


_OTHERS: tuple[tuple[str, str], ...] = (
    ("DataMatrix", string.ascii_uppercase + string.digits),
    ("Aztec", string.ascii_uppercase + string.digits),
    ("PDF417", string.ascii_uppercase + string.digits),
    ("Code128", string.ascii_letters + string.digits),
    ("Code39", string.ascii_uppercase + string.digits),
    ("Code93", string.ascii_uppercase + string.digits),
    ("ITF", string.digits),
    ("EAN13", string.digits),
    ("Codabar", string.digits),
)


def _symbologies(scene: Scene) -> None:
    name, letters = _OTHERS[int(scene.rng.integers(len(_OTHERS)))]
    text = "".join(scene.rng.choice(list(letters), 12))
    if name == "EAN13":
        text = "690" + text[3:]
        text += str(-sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(text)) % 10)
    if name == "Codabar":
        text = f"A{text}B"
    scene.flats, scene.texts = [draw(text, zxingcpp.BarcodeFormat[name])], [text]
    scene.module_px = scene.rng.uniform(2.0, 3.2)
    scene.sigma_blur = scene.module_px * scene.rng.uniform(0.2, 0.42)
    scene.turn = scene.rng.uniform(-0.6, 0.6)


def _two(scene: Scene) -> None:
    other = token(scene.rng)
    scene.texts.append(other)
    scene.flats.append(draw(other, zxingcpp.BarcodeFormat.QRCode, ec_level="M"))
    scene.module_px = scene.rng.uniform(2.2, 3.8)
    scene.sigma_blur = scene.module_px * scene.rng.uniform(0.2, 0.5)


KINDS: dict[str, Callable[[Scene], None]] = {
    "rotated": _rotated,
    "perspective": _perspective,
    "defocus": _defocus,
    "motion": _motion,
    "noise": _noise,
    "low light": _low_light,
    "glare": _glare,
    "dense": _dense,
    "inverted": _inverted,
    "occluded": _occluded,
    "curved": _curved,
    "crumpled": _crumpled,
    "small": _small,
    "low contrast": _low_contrast,
    "jpeg": _jpeg,
    "screen grid": _screen_grid,
    "uneven light": _uneven,
    "quiet zone": _crowded,
    "phone": _phone,
    "symbologies": _symbologies,
    "two codes": _two,
}
"""The kinds of damage."""
