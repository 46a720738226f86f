"""Codes in frames: zxing-cpp looks at every one, and at every n-th another way of looking is tried as well.

The other ways (zbar, sharpened, levelled, equalised) take turns, so that no frame costs much more than another
and a code that stays before the camera has met all of them within a second. A text is only given out when it
can be trusted: error correction proves a matrix code, a linear code must be read alike twice. Keeps readings
as long as somebody looks, and shows none in a repr.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from zxingcpp import Binarizer

from devices.drivers import code_decoders as decoders
from devices.drivers.code_decoders import Corners, Grey, Reading, Rung
from devices.drivers.scan_codec import Unreadable
from devices.values import Code, Symbology

Image = NDArray[np.uint8]
"""Rows × columns × (blue, green, red), or rows × columns of grey."""

EVERY_NTH = 4
"""At 12 frames a second or more, all ways have had their turn within a second."""
MOST_PIXELS = 50_000_000
"""More than any camera or scanner of documents gives; a picture beyond it is refused before it costs memory."""
_LARGEST = 2880
"""The longer side up to which a picture is enlarged: 720p doubled plus a little."""
_REMEMBERED = 64
"""Codes that were read once and wait for their second reading. A hall's worth of print holds fewer."""


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code in a picture. `unreadable` says why there is no text; `position` are its corners in pixels."""

    text: str = field(repr=False)
    symbology: Symbology
    position: Corners
    decoder: str
    unreadable: str = ""


class CodeFinder:
    """Looks at the frames of one camera, one after another; for one citizen's order, then thrown away."""

    def __init__(self, every_nth: int = EVERY_NTH) -> None:
        self._every_nth = every_nth
        self._frame = 0
        self._once: OrderedDict[tuple[str, Symbology], tuple[int, str]] = OrderedDict()
        """Of each code that one reading does not prove: in which frame it was read first, and by which decoder."""

    @property
    def cycle(self) -> int:
        """Frames until every way of looking has had its turn."""
        return self._every_nth * len(RUNGS)

    def look(self, image: Image) -> list[FoundCode]:
        """Find what can be trusted by now. Codes that were found before are found again.

        Raises:
            ValueError: the picture has no pixels, or absurdly many.
        """
        grey = grey_of(image)
        self._frame += 1
        readings = decoders.with_zxing(grey, decoders.ALL)
        turn, rest = divmod(self._frame, self._every_nth)
        if rest == 0:
            readings += RUNGS[(turn - 1) % len(RUNGS)](grey)
        return self._trusted(readings)

    def look_hard(self, image: Image) -> list[FoundCode]:
        """Look at a picture that no other one follows, in every way there is. Raises as `look`."""
        grey = grey_of(image)
        # A linear code has to be read twice: the same bars in another size are other pixels.
        smaller = cv2.resize(grey, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA) if min(grey.shape) > 1 else grey
        found: list[FoundCode] = []
        for readings in (
            decoders.with_zxing(grey, decoders.ALL),
            decoders.with_zxing(np.asarray(smaller, np.uint8), decoders.ALL, smaller.shape[1] / grey.shape[1]),
            *(rung(grey) for rung in RUNGS),
        ):
            self._frame += 1
            found += self._trusted(readings)
        return list(_first_of_each(found))

    def _trusted(self, readings: list[Reading]) -> list[FoundCode]:
        return list(_first_of_each(_found(reading) for reading in readings if self._stands(reading)))

    def _stands(self, reading: Reading) -> bool:
        """Whether a reading is proven: by the code's error correction, or by an equal reading before it.

        The check digit of a linear code lets one misreading in ten pass (modulo 10), and three have none.
        Two misreadings of different pixels, or by different decoders, are hardly ever the same.
        """
        if reading.proven or isinstance(reading.heard, Unreadable):
            return True
        name, now = (reading.heard.text, reading.symbology), (self._frame, reading.decoder)
        before = self._once.setdefault(name, now)
        self._once.move_to_end(name)
        if len(self._once) > _REMEMBERED:
            self._once.popitem(last=False)
        return before != now


def grey_of(image: Image) -> Grey:
    """Make a picture grey. Raises ValueError when it has no pixels, or absurdly many."""
    if image.dtype != np.uint8 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
        raise ValueError("not a picture of bytes, grey or blue, green and red")
    if not 0 < image.shape[0] * image.shape[1] <= MOST_PIXELS:
        raise ValueError(f"a picture of {image.shape[1]} × {image.shape[0]} pixels")
    if image.ndim == 2:
        return np.ascontiguousarray(image)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _found(reading: Reading) -> FoundCode:
    match reading.heard:
        case Code(text, symbology):
            return FoundCode(text, symbology, reading.corners, reading.decoder)
        case Unreadable(why):
            return FoundCode("", reading.symbology, reading.corners, reading.decoder, why)


def _first_of_each(found: "Iterator[FoundCode] | list[FoundCode]") -> Iterator[FoundCode]:
    """Leave out what another decoder, or another way, found as well."""
    known: set[tuple[str, str]] = set()
    for code in found:
        if (code.text, code.unreadable) not in known:
            known.add((code.text, code.unreadable))
            yield code


def _sharpened(grey: Grey) -> list[Reading]:
    """Small codes, and such as are a little out of focus; and those on a screen whose pixels show."""
    sharp, scale = decoders.sharpened(grey, 2.0, 9, _LARGEST)
    flat = decoders.levelled(grey, 40)
    return decoders.with_zxing(sharp, decoders.QR, scale) + decoders.with_zxing(
        flat, decoders.QR, binarizer=Binarizer.FixedThreshold
    )


def _other_decoder(grey: Grey) -> list[Reading]:
    return decoders.with_zbar(grey)


def _sharpened_more(grey: Grey) -> list[Reading]:
    """Codes far out of focus, and those in shadow."""
    sharp, scale = decoders.sharpened(grey, 3.0, 9, _LARGEST)
    return decoders.with_zxing(sharp, decoders.QR, scale) + decoders.with_zxing(decoders.equalised(grey), decoders.ALL)


RUNGS: tuple[Rung, ...] = (_sharpened, _other_decoder, _sharpened_more)
"""In the order of what they find, by the time they take."""
