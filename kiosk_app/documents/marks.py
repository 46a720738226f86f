"""Marks that let a paper be checked: verification code, its address and QR, and the lines under the text.

A code is 75 random bits with a check character; it leads to central, which alone knows what was issued.
The lines are decoration that a copier coarsens, no proof. Nothing here imitates the seal of an authority.
Hazard guarded: a demonstration paper taken for a real one.
"""

import math
import secrets
from functools import cache
from itertools import groupby
from typing import Any
from urllib.parse import quote

import zxingcpp

from contract.codes import ALPHABET, BODY_LENGTH, check_character, group

_PALE = (0.915, 0.94, 0.962)
_WATERMARK = (0.93, 0.93, 0.938)
_INK = 0
_QR_QUIET_MODULES = 4  # ISO/IEC 18004 §6.3.8


def new_verification_code() -> str:
    """Return a code nobody can guess, as it is stored: 16 characters without separators."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY_LENGTH))
    return body + check_character(body)


def verification_address(verify_url: str, verification_code: str) -> str:
    """Return what the QR holds: the page that shows what was issued under the code."""
    joint = "&" if "?" in verify_url else "?"
    return f"{verify_url}{joint}code={quote(verification_code, safe='')}"


def written_code(verification_code: str) -> str:
    """Write a code for people to read and type."""
    return group(verification_code)


class _Drawn:
    """A path as the operators it is written with, which ReportLab else would format anew each time."""

    def __init__(self, code: str) -> None:
        self._code = code

    def getCode(self) -> str:  # noqa: N802  # what a canvas asks of a path
        return self._code


def draw_qr(canvas: Any, address: str, x: float, y: float, size: float) -> None:
    """Draw the QR of `address` with its quiet zone into the square of `size` at `x`, `y`."""
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    rows: Any = memoryview(image).tolist()
    modules = len(rows) + 2 * _QR_QUIET_MODULES
    runs: list[str] = []
    for down, row in enumerate(rows):
        bottom = modules - down - 1 - _QR_QUIET_MODULES
        across = _QR_QUIET_MODULES
        # One rectangle a run, not a module: fewer edges for a printer to round apart.
        for shade, run in groupby(row):
            length = len(tuple(run))
            if shade == _INK:
                runs.append(f"{across} {bottom} {length} 1 re")
            across += length
    canvas.saveState()
    canvas.setFillColorRGB(1, 1, 1)
    canvas.rect(x, y, size, size, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.translate(x, y)
    canvas.scale(size / modules, size / modules)
    canvas.drawPath(_Drawn(" ".join(runs)), stroke=0, fill=1)
    canvas.restoreState()


def draw_paper(canvas: Any, width: float, height: float, *, demonstration: bool) -> None:
    """Draw what lies under the text of a page: a rosette of fine lines, and on demonstrations the word."""
    canvas.saveState()
    canvas.setStrokeColorRGB(*_PALE)
    canvas.setLineWidth(0.35)
    canvas.drawPath(_rosette(round(width), round(height)), stroke=1, fill=0)
    canvas.restoreState()
    if demonstration:
        canvas.saveState()
        canvas.translate(width / 2, height / 2)
        canvas.rotate(38)
        canvas.setFillColorRGB(*_WATERMARK)
        canvas.setFont("Sans-Bold", 76)
        canvas.drawCentredString(0, 12, "演示样张")
        canvas.setFont("Sans-Bold", 33)
        canvas.drawCentredString(0, -34, "DEMONSTRATION")
        canvas.setFont("Sans", 15)
        canvas.drawCentredString(0, -62, "不作证明使用  ·  NOT VALID AS PROOF")
        canvas.restoreState()


@cache
def _rosette(width: int, height: int) -> _Drawn:
    """Return closed curves around the page's middle, each turned a little further than the one before."""
    code: list[str] = []
    curves, petals, steps = 9, 12, 192
    for curve in range(curves):
        turn = 2 * math.pi * curve / curves
        for step in range(steps):
            angle = 2 * math.pi * step / steps
            reach = 0.34 * width * (0.86 + 0.14 * math.sin(petals * angle + turn))
            x, y = width / 2 + reach * math.cos(angle), height / 2 + reach * math.sin(angle)
            code.append(f"{x:.1f} {y:.1f} {'l' if step else 'm'}")
        code.append("h")
    return _Drawn(" ".join(code))
