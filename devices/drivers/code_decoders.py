"""What reads codes out of one picture: zxing-cpp and zbar, and the renderings of a picture that help them.

Each gives readings in the picture's own pixels; nothing here remembers a frame. zbar guesses encodings, so what
it reads counts only where there is nothing to guess; OpenCV's own decoders read nothing in the benchmark's
corpus that these did not. Guards against wrong text: lengths below which a linear code is texture are dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pyzbar import pyzbar
from zxingcpp import BarcodeFormat, BarcodeFormats, Binarizer, TextMode

from devices.drivers.code_text import IDENTIFIERS, read_text
from devices.drivers.scan_codec import Heard
from devices.values import Code, Symbology

Grey = NDArray[np.uint8]
"""Rows × columns."""
Corners = tuple[tuple[int, int], ...]
"""Across and down, in pixels of the picture."""

_MATRIX = frozenset({Symbology.QR, Symbology.DATA_MATRIX, Symbology.GS1_DATA_MATRIX, Symbology.PDF417, Symbology.AZTEC})
"""Codes with error correction, which proves what is read. A linear code has one check digit, or none."""
_QR = (BarcodeFormat.QRCode, BarcodeFormat.MicroQRCode, BarcodeFormat.RMQRCode)
ALL = BarcodeFormats(
    [
        *_QR,
        BarcodeFormat.DataMatrix,
        BarcodeFormat.PDF417,
        BarcodeFormat.Aztec,
        BarcodeFormat.Code128,
        BarcodeFormat.Code39,
        BarcodeFormat.Code93,
        BarcodeFormat.Codabar,
        BarcodeFormat.ITF,
        BarcodeFormat.EAN13,
        BarcodeFormat.EAN8,
        BarcodeFormat.UPCE,
    ]
)
QR = BarcodeFormats(list(_QR))

_SHORTEST = {Symbology.CODABAR: 6, Symbology.CODE_39: 4}
"""Characters, with Codabar's start and stop. Any few of their characters between two that begin and end are a
code, without a check digit: zxing-cpp finds ``C86A`` in noise. Interleaved 2 of 5 has six in both decoders."""
_BY_FORMAT = {
    BarcodeFormat.QRCode: Symbology.QR,
    BarcodeFormat.DataMatrix: Symbology.DATA_MATRIX,
    BarcodeFormat.PDF417: Symbology.PDF417,
    BarcodeFormat.Aztec: Symbology.AZTEC,
    BarcodeFormat.Code128: Symbology.CODE_128,
    BarcodeFormat.Code39: Symbology.CODE_39,
    BarcodeFormat.Code93: Symbology.CODE_93,
    BarcodeFormat.Codabar: Symbology.CODABAR,
    BarcodeFormat.ITF: Symbology.INTERLEAVED_2_OF_5,
    BarcodeFormat.EANUPC: Symbology.EAN_13,
}
SYMBOLOGIES = frozenset(IDENTIFIERS)
"""What can be read. QR includes Micro QR and rMQR, EAN-13 includes UPC."""
_GS1 = {Symbology.CODE_128: Symbology.GS1_128, Symbology.DATA_MATRIX: Symbology.GS1_DATA_MATRIX}
_ZBAR_KINDS = {
    "QRCODE": Symbology.QR,
    "CODE128": Symbology.CODE_128,
    "CODE39": Symbology.CODE_39,
    "CODE93": Symbology.CODE_93,
    "CODABAR": Symbology.CODABAR,
    "I25": Symbology.INTERLEAVED_2_OF_5,
    "EAN13": Symbology.EAN_13,
    "EAN8": Symbology.EAN_8,
}
"""Without PDF417 and DataBar, where zbar writes assertions to standard error. DataBar is read by neither decoder
here: both find one in texture now and then, and its check (modulo 79 or 211) does not tell."""
_ZBAR_SYMBOLS = [pyzbar.ZBarSymbol[name] for name in _ZBAR_KINDS]
_EXTENDED = frozenset("$%/+")
"""In Code 39 these may stand for the character after them; zbar does not say whether they do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One code as one decoder read it once."""

    heard: Heard = field(repr=False)
    symbology: Symbology
    corners: Corners
    decoder: str
    proven: bool
    """Whether one reading is enough; else it may be another text than what is printed."""


def with_zxing(
    image: NDArray[np.uint8], formats: BarcodeFormats, scale: float = 1.0, binarizer: Binarizer = Binarizer.LocalAverage
) -> list[Reading]:
    """Read with zxing-cpp. `scale` is what the picture was enlarged by."""
    found = zxingcpp.read_barcodes(image, formats=formats, binarizer=binarizer, text_mode=TextMode.HexECI)
    readings = (_of_zxing(barcode, scale) for barcode in found)
    return [reading for reading in readings if reading is not None]


def _of_zxing(barcode: zxingcpp.Barcode, scale: float) -> Reading | None:
    symbology = _BY_FORMAT[barcode.symbology]
    if symbology is Symbology.EAN_13 and barcode.format == BarcodeFormat.EAN8:
        symbology = Symbology.EAN_8
    if barcode.content_type == zxingcpp.ContentType.GS1:
        symbology = _GS1.get(symbology, symbology)
    heard = read_text(symbology, barcode.bytes, bytes.fromhex(barcode.text))
    if heard is None or _too_short(symbology, heard):
        return None
    # The smallest Micro QR codes detect errors only, or correct none without doubt (ISO/IEC 18004, table 9).
    proven = symbology in _MATRIX and barcode.format != BarcodeFormat.MicroQRCode
    place = barcode.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    where = tuple((round(at.x / scale), round(at.y / scale)) for at in corners)
    return Reading(heard, symbology, where, "zxing-cpp", proven)


def with_zbar(grey: Grey, scale: float = 1.0) -> list[Reading]:
    """Read with zbar, which takes dark codes on light only, and is only believed in ASCII."""
    readings: list[Reading] = []
    for symbol in pyzbar.decode(np.ascontiguousarray(grey), symbols=_ZBAR_SYMBOLS):
        symbology = _ZBAR_KINDS.get(symbol.type)
        text = symbol.data.decode("ascii", "replace")
        if symbology is None or not text.isascii() or not text.isprintable() or not text:
            continue  # a control character may be a separator, of a code that zbar does not call GS1
        if symbology is Symbology.CODE_39 and not _EXTENDED.isdisjoint(text):
            continue
        heard = Code(text, symbology)
        if not _too_short(symbology, heard):
            corners = tuple((round(at.x / scale), round(at.y / scale)) for at in symbol.polygon)
            readings.append(Reading(heard, symbology, corners, "zbar", symbology in _MATRIX))
    return readings


def _too_short(symbology: Symbology, heard: Heard) -> bool:
    return isinstance(heard, Code) and len(heard.text) < _SHORTEST.get(symbology, 1)


def sharpened(grey: Grey, by: float, radius: int, largest: int) -> tuple[Grey, float]:
    """Enlarge a picture, by up to two, and sharpen it; returns how much it was enlarged.

    For codes that are small, out of focus or noisy: `by` is how much of the difference to its blurred self
    (of `radius` pixels) is added. No side becomes longer than `largest` by it.
    """
    scale = min(2.0, max(1.0, largest / max(grey.shape)))
    large = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR) if scale > 1 else grey
    soft = cv2.blur(cv2.blur(large, (radius, radius)), (radius, radius))  # two boxes are near a Gaussian, and fast
    return np.asarray(cv2.addWeighted(large, 1 + by, soft, -by, 0), np.uint8), scale


def levelled(grey: Grey, reach: int) -> Grey:
    """Make black and white of a picture, cut half way between the darkest and lightest within `reach` pixels.

    For a screen's grid, noise and poor contrast. Four times coarser than the picture, as light is.
    """
    height, width = grey.shape
    smooth = cv2.GaussianBlur(grey, (0, 0), 1.0)
    size = (max(1, width // 4), max(1, height // 4))
    coarse = cv2.resize(smooth, size, interpolation=cv2.INTER_AREA)
    side = (reach // 4) | 1
    square = np.ones((side, side), np.uint8)
    low, high = (cv2.blur(change(coarse, square), (side, side)) for change in (cv2.erode, cv2.dilate))
    middle = cv2.resize(cv2.addWeighted(low, 0.5, high, 0.5, 0), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.compare(smooth, middle, cv2.CMP_GT), np.uint8)


def equalised(grey: Grey) -> Grey:
    """Stretch contrast place by place (CLAHE): for shadows and reflections."""
    return np.asarray(cv2.createCLAHE(3.0, (8, 8)).apply(grey), np.uint8)


Rung = Callable[[Grey], list[Reading]]
"""One way to look again at a frame that may hold more than the first look found."""
