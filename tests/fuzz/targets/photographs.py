"""A photograph of a desk: any pixels of any size give a page with four sound corners, advice, or nothing.

Small pictures, so that many are seen: the first bytes say how large and how the rest repeats.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from devices.drivers.page_clean import straighten
from devices.drivers.page_edges import Image
from devices.drivers.page_finder import find_page
from devices.drivers.page_quality import judge
from tests.camera_rig import empty_desk, page_on_desk

LONGEST = 10_000
FEWEST_RUNS = 10
"""Each looks for a page, which takes a tenth of a second."""
_HEAD = 4
_DPI = 30


def check(data: bytes) -> None:
    image = _picture(data)
    if image is None:
        return
    page = find_page(image)
    judged = judge(image, page, page)
    if page is None:
        assert judged.advice is not None
        return
    assert np.isfinite(page.corners).all()
    assert page.size == (image.shape[1], image.shape[0])
    assert page.height > 0
    assert straighten(image, page, dpi=_DPI).image.size > 0


def _picture(data: bytes) -> Image | None:
    """Make a picture of 1 to 128 pixels a side from the bytes, repeated as a pattern or blown up as coarse pixels."""
    if len(data) < _HEAD + 3:
        return None
    high, wide, coarse = 1 + data[0] // 2, 1 + data[1] // 2, 1 + data[2] % 4
    rows, columns = -(-high // coarse), -(-wide // coarse)
    pixels = np.resize(np.frombuffer(data[_HEAD:], np.uint8), (rows, columns, 3))
    return np.ascontiguousarray(np.kron(pixels, np.ones((coarse, coarse, 1), np.uint8))[:high, :wide])


def _bytes(image: Image, coarse: int) -> bytes:
    """Return the bytes that `_picture` makes something like `image` from."""
    small = cv2.resize(image, (128 // coarse, 96 // coarse), interpolation=cv2.INTER_AREA)
    return bytes((191, 255, coarse - 1, 0)) + small.tobytes()


def seeds() -> Iterator[bytes]:
    yield _bytes(page_on_desk().image, 2)
    yield _bytes(empty_desk(), 4)
    yield bytes((191, 255, 0, 0)) + b"\xff\xff\xff"
    yield bytes((0, 0, 0, 0)) + b"\x00\x80\xff"
    yield bytes((255, 2, 0, 0)) + bytes(range(256))
