"""Photographs of identity cards, where the site has the closed library of its reader's maker.

There is no open decoder for them. The library runs in a process of its own for each card, only when its
checksum is the configured one; whatever it does, the card is read, at worst without its photograph.
Guards the reader against a binary that nobody can look into. Keeps no photograph, writes none down.
"""

import io
import subprocess
import sys
from contextlib import suppress
from typing import Self

from PIL import Image

from devices.deadline import Deadline
from devices.drivers import wlt_child
from devices.drivers.wlt_child import BMP_BYTES, Outcome
from devices.registry import SdtSettings

WIDTH, HEIGHT = 102, 126
_ROW = WIDTH * 3
_PADDED_ROW = (_ROW + 3) // 4 * 4
_BMP_HEAD = BMP_BYTES - _PADDED_ROW * HEIGHT
_PATIENCE_S = 2.0
_SLICE_S = 0.05
_FAILURES = 3
"""Cards in a row without a photograph after which no further citizen is kept waiting for one."""
_TURNS = {
    "flip": Image.Transpose.FLIP_TOP_BOTTOM,
    "mirror": Image.Transpose.FLIP_LEFT_RIGHT,
    "half": Image.Transpose.ROTATE_180,
}
_WORDS: dict[int, str] = {
    Outcome.CHECKSUM: "checksum differs",
    Outcome.NOT_LOADED: "cannot be loaded",
    Outcome.NO_SUCH_CALL: "has no such call",
    Outcome.REFUSED: "refused the photograph",
}


class WltDecoder:
    """The library of one reader. `trouble` says for technicians what is wrong with it, "" when nothing is."""

    def __init__(self, library: str, sha256: str, call: str, turn: str) -> None:
        self._arguments = [library, sha256, call]
        self._turn = turn
        self._failures = 0
        self.state = "unchecked"
        """Whether cards come with photographs: ``png``, or ``refused`` when the library may not be used."""
        self.trouble = ""

    @classmethod
    def of(cls, settings: SdtSettings) -> Self | None:
        """Return the decoder that `settings` name, or None."""
        if not settings.wlt_library:
            return None
        return cls(settings.wlt_library, settings.wlt_sha256, settings.wlt_call, settings.wlt_turn)

    def check(self, until: Deadline) -> None:
        """See whether the library is the configured one and loads; the outcome is `state` and `trouble`.

        Raises:
            Cancelled: `until` was withdrawn.
        """
        _, self.trouble = self._run(b"", until)
        self.state, self._failures = "refused" if self.trouble else "png", 0

    def png(self, photo: bytes, until: Deadline) -> bytes:
        """Return the photograph of a card, upright, as PNG; empty when there is none to be had.

        Args:
            photo: 1,024 bytes as they stand on the card.
            until: the order's; the library never gets more than two seconds of it.

        Raises:
            Cancelled: `until` was withdrawn.
        """
        if not photo or self.state != "png" or self._failures >= _FAILURES:
            return b""
        picture, self.trouble = self._run(photo, until)
        image = None if self.trouble else _picture(picture)
        if image is None:
            self.trouble = self.trouble or f"gave {len(picture)} bytes that are no picture"
            self._failures += 1
            return b""
        self._failures = 0
        return _png(image.transpose(_TURNS[self._turn]) if self._turn in _TURNS else image)

    def _run(self, photo: bytes, until: Deadline) -> tuple[bytes, str]:
        """Run the library once; returns what it made, and what went wrong."""
        try:
            child = subprocess.Popen(
                [*_program(), *self._arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
            )
        except OSError as error:
            return b"", f"cannot be run: {type(error).__name__} {error.errno}"
        with child:
            try:
                made = _wait_for(child, photo, until)
            finally:
                child.kill()
        if made is None:
            return b"", f"took more than {_PATIENCE_S:.0f} s"
        if child.returncode < 0:
            return b"", f"crashed with signal {-child.returncode}"
        return made, _WORDS.get(child.returncode, "" if child.returncode == Outcome.DONE else "failed")


def _wait_for(child: "subprocess.Popen[bytes]", photo: bytes, until: Deadline) -> bytes | None:
    """Return what `child` made of `photo`, None when it takes too long."""
    patience = Deadline(_PATIENCE_S)
    given: bytes | None = photo
    while not patience.passed:
        until.check()
        with suppress(subprocess.TimeoutExpired):
            return child.communicate(given, timeout=_SLICE_S)[0]
        given = None  # is kept by the call that timed out
    return None


def _program() -> list[str]:
    if getattr(sys, "frozen", False):  # one program, which has the child as a command
        return [sys.executable, "wlt-child"]
    return [sys.executable, "-I", "-S", wlt_child.__file__]


def _picture(made: bytes) -> Image.Image | None:
    """Understand what a library gave, by its size: a BMP file, padded rows, or packed rows."""
    if made[:2] == b"BM" and len(made) > _PADDED_ROW * HEIGHT:
        width, height = (int.from_bytes(made[at : at + 4], "little", signed=True) for at in (18, 22))
        if (width, abs(height)) != (WIDTH, HEIGHT):
            return None
        # A BMP's rows run upwards, unless its height is negative.
        pixels, row, direction = made[_BMP_HEAD:], _PADDED_ROW, -1 if height > 0 else 1
    else:
        # The last bytes may be what the buffer held before by chance, or padding that nobody wrote.
        pixels, row, direction = made, _ROW if len(made) <= _ROW * HEIGHT else _PADDED_ROW, 1
    if not row * (HEIGHT - 1) < len(pixels) <= row * HEIGHT:
        return None
    pixels = pixels.ljust(row * HEIGHT, b"\0")
    return Image.frombytes("RGB", (WIDTH, HEIGHT), pixels, "raw", "BGR", row, direction)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()
