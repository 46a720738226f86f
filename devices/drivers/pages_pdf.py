"""Several pages, as a camera took them, in one PDF of bounded size.

Quality and resolution go down step by step until it fits; what would not be legible is refused instead. The same
pages give the same bytes, and nothing but the pages is in them: no time, no name, no camera, no thumbnail. Needs
no camera library, so that whoever keeps documents can use it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import pikepdf
from PIL import Image, UnidentifiedImageError

from devices.values import Picture

MOST_PAGES = 200
MOST_PIXELS = 40_000_000
"""Of one page: A4 at 400 dots an inch has 15 million. More is refused before it is unpacked."""
_UNKNOWN_DPI = 150
_POINTS_PER_INCH = 72


@dataclass(frozen=True)
class Step:
    """One way to code the pages: no finer than `dpi`, as JPEG of `quality`."""

    dpi: int
    quality: int


STEPS = (Step(300, 88), Step(200, 85), Step(200, 72), Step(150, 75), Step(150, 60), Step(120, 55), Step(100, 50))
"""Tried in turn after the pages as they came. Below the last, print of 9 points cannot be read."""


class PagesRefused(ValueError):
    """The pages make no document; the message says why and holds nothing of theirs."""


@dataclass(frozen=True)
class _Coded:
    jpeg: bytes = field(repr=False)
    width: int
    height: int
    grey: bool
    size_pt: tuple[float, float]


def pages_pdf(pages: Sequence[Picture], most_bytes: int) -> bytes:
    """Put `pages` into one PDF of at most `most_bytes`.

    Raises:
        PagesRefused: there are none or too many, one is no JPEG or too large, or they do not fit legibly.
    """
    if not 0 < len(pages) <= MOST_PAGES:
        raise PagesRefused(f"{len(pages)} pages")
    opened = [_opened(page) for page in pages]
    for step in (None, *STEPS):
        coded = [
            (None if step else _as_it_came(page)) or _coded(page, image, step or STEPS[0])
            for page, image in zip(pages, opened, strict=True)
        ]
        if sum(len(one.jpeg) for one in coded) < most_bytes and len(made := _document(coded)) <= most_bytes:
            return made
    raise PagesRefused(f"{len(pages)} pages do not fit into {most_bytes} bytes")


def _opened(page: Picture) -> Image.Image:
    try:
        image = Image.open(BytesIO(page.jpeg), formats=("JPEG",))
        if image.width * image.height > MOST_PIXELS:
            raise PagesRefused("a page is too large")
        image.load()
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError):
        raise PagesRefused("a page is no picture") from None
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def _as_it_came(page: Picture) -> _Coded | None:
    """Take the JPEG without coding it anew; None when it has more in it than the picture."""
    at, jpeg = 2, page.jpeg
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        # 0xE0 is JFIF's own header; other application segments and comments (0xFE) hold what nobody asked for.
        if 0xE1 <= marker <= 0xEF or marker == 0xFE or (marker == 0xE0 and length != 16):
            return None
        at += 2 + length
    with Image.open(BytesIO(jpeg)) as image:
        if image.mode not in ("L", "RGB"):
            return None
        return _Coded(jpeg, image.width, image.height, image.mode == "L", _size_pt(page, image))


def _coded(page: Picture, image: Image.Image, step: Step) -> _Coded:
    shown = _size_pt(page, image)
    share = min(1.0, step.dpi / (page.dpi or _UNKNOWN_DPI))
    size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
    smaller = image.resize(size, Image.Resampling.LANCZOS) if share < 1 else image
    out = BytesIO()
    smaller.save(out, "JPEG", quality=step.quality, optimize=True)
    return _Coded(out.getvalue(), *smaller.size, smaller.mode == "L", shown)


def _size_pt(page: Picture, image: Image.Image) -> tuple[float, float]:
    dpi = page.dpi or _UNKNOWN_DPI
    return (
        round(image.width * _POINTS_PER_INCH / dpi, 2),
        round(image.height * _POINTS_PER_INCH / dpi, 2),
    )


def _document(pages: Sequence[_Coded]) -> bytes:
    with pikepdf.new() as pdf:
        for page in pages:
            picture = pikepdf.Stream(
                pdf,
                page.jpeg,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=page.width,
                Height=page.height,
                ColorSpace=pikepdf.Name.DeviceGray if page.grey else pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            width, height = page.size_pt
            draw = pikepdf.Stream(pdf, b"q %.2f 0 0 %.2f 0 0 cm /P Do Q" % (width, height))
            pdf.pages.append(
                pikepdf.Page(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Page,
                        MediaBox=[0, 0, width, height],
                        Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=picture)),
                        Contents=draw,
                    )
                )
            )
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return out.getvalue()
