"""Codes in a picture from a file, for whoever tries a camera or a page: looked at in every way there is.

Refuses a file that is no picture, or is cut short, or so large that only unpacking it would do harm, before it
is unpacked: a small file can hold a picture that fills the memory. Nothing is written anywhere.
"""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from devices.drivers.code_finder import MOST_PIXELS, CodeFinder, FoundCode

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF", "PPM")
MOST_BYTES = 256 * 1024 * 1024


class NoPicture(ValueError):
    """The file holds no picture that can be looked at; the message says why."""


def codes_in(path: Path) -> list[FoundCode]:
    """Return every code found in the picture at `path`.

    Raises:
        NoPicture: it is none, cut short, or too large.
        OSError: the file cannot be read.
    """
    return CodeFinder().look_hard(_grey(path))


def _grey(path: Path) -> NDArray[np.uint8]:
    if path.stat().st_size > MOST_BYTES:
        raise NoPicture(f"larger than {MOST_BYTES // 1024**2} MiB")
    with path.open("rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of large pictures, for one, which are measured here before they are unpacked
        try:
            with Image.open(file, formats=FORMATS) as picture:
                width, height = picture.size
                if not 0 < width * height <= MOST_PIXELS:
                    raise NoPicture(f"a picture of {width} × {height} pixels is too large")
                return np.asarray(_on_white(ImageOps.exif_transpose(picture)).convert("L"), np.uint8)
        except NoPicture:
            raise
        except UnidentifiedImageError:
            raise NoPicture("not a picture") from None
        except Image.DecompressionBombError:
            raise NoPicture("a picture that is far too large") from None
        except Exception as error:  # noqa: BLE001 - Pillow's readers raise anything on broken bytes, struct.error too
            raise NoPicture(f"a damaged picture ({type(error).__name__})") from None


def _on_white(picture: Image.Image) -> Image.Image:
    """Lay what is transparent on white, and make eight bits of sixteen."""
    if picture.mode.startswith(("I", "F")):
        deep = np.asarray(picture, np.float64)
        return Image.fromarray((deep / max(1.0, float(deep.max())) * 255).clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    return picture
