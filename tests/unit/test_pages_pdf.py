"""Several pages in one document: whole, bounded, the same each time, and nothing else in it."""

from io import BytesIO

import numpy as np
import pikepdf
import pytest
from PIL import Image

from devices.drivers.pages_pdf import PagesRefused, pages_pdf
from devices.values import Picture, Shot

A4_AT_100 = (827, 1169)


def page(seed: int, dpi: int = 100, size: tuple[int, int] = A4_AT_100, exif: bytes = b"", mode: str = "RGB") -> Picture:
    """A page full of fine detail, which is what makes JPEGs large."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1], size[0], 3), np.uint8)
    out = BytesIO()
    Image.fromarray(noise).convert(mode).save(out, "JPEG", quality=90, exif=exif)
    return Picture(Shot.DOCUMENT, out.getvalue(), *size, dpi)


def test_every_page_is_there_in_order_and_in_its_size() -> None:
    pages = [page(1), page(2, dpi=300, size=(1011, 638)), page(3, mode="L")]
    made = pages_pdf(pages, 50_000_000)
    with pikepdf.open(BytesIO(made)) as pdf:
        boxes = [[float(side) for side in one.mediabox] for one in pdf.pages]
        images = [bytes(one.Resources.XObject.P.read_raw_bytes()) for one in pdf.pages]
    assert boxes == [
        [0, 0, pytest.approx(595.3, abs=0.3), pytest.approx(841.9, abs=0.3)],
        [0, 0, pytest.approx(242.6, abs=0.1), pytest.approx(153.1, abs=0.1)],
        [0, 0, pytest.approx(595.3, abs=0.3), pytest.approx(841.9, abs=0.3)],
    ]
    assert images == [one.jpeg for one in pages]  # as they came: coding anew would only cost quality


def test_the_same_pages_give_the_same_bytes() -> None:
    pages = [page(1), page(2)]
    assert pages_pdf(pages, 50_000_000) == pages_pdf(pages, 50_000_000)


@pytest.mark.parametrize("share", [0.6, 0.35, 0.2])
def test_pages_that_are_too_large_are_coded_smaller_until_they_fit(share: float) -> None:
    pages = [page(1, dpi=300), page(2, dpi=300)]
    limit = int(sum(len(one.jpeg) for one in pages) * share)
    made = pages_pdf(pages, limit)
    assert len(made) <= limit
    with pikepdf.open(BytesIO(made)) as pdf:
        for one in pdf.pages:
            assert float(one.mediabox[3]) == pytest.approx(1169 * 72 / 300, abs=0.1)  # no smaller on paper
            picture = Image.open(BytesIO(one.Resources.XObject.P.read_raw_bytes()))
            assert list(picture.size) == [int(one.Resources.XObject.P.Width), int(one.Resources.XObject.P.Height)]


def test_what_does_not_fit_legibly_is_refused() -> None:
    with pytest.raises(PagesRefused, match="do not fit"):
        pages_pdf([page(1)], 20_000)


def test_no_time_no_name_and_no_camera_are_in_it() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x013B] = "MAKER OF CAMERAS", "2026:01:02 03:04:05", "SOMEBODY"
    made = pages_pdf([page(1, exif=exif.tobytes())], 50_000_000)
    assert b"MAKER" not in made
    assert b"SOMEBODY" not in made
    assert b"2026:01" not in made
    with pikepdf.open(BytesIO(made)) as pdf:
        assert "/Info" not in pdf.trailer
        assert "/Metadata" not in pdf.Root
        assert b"Exif" not in pdf.pages[0].Resources.XObject.P.read_raw_bytes()


def test_what_is_no_page_is_refused_and_not_told() -> None:
    for pages in (
        [],
        [Picture(Shot.DOCUMENT, b"ZHANG SAN", 1, 1)],
        [Picture(Shot.DOCUMENT, page(1).jpeg[:2000], 1, 1)],
    ):
        with pytest.raises(PagesRefused) as raised:
            pages_pdf(pages, 1_000_000)
        assert "ZHANG" not in str(raised.value)


def test_a_picture_that_would_fill_the_memory_is_refused_unopened() -> None:
    out = BytesIO()
    Image.new("L", (9000, 5000)).save(out, "JPEG", quality=10)
    with pytest.raises(PagesRefused, match="too large"):
        pages_pdf([Picture(Shot.DOCUMENT, out.getvalue(), 9000, 5000)], 50_000_000)
