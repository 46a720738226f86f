"""Synthetic sheets: letters, forms with tables, certificates with a red seal, cards. Nobody's, drawn by seed.

What a camera is shown in tests, in measurements and on the bench. Text is real Chinese with numbers, so that
strokes are as dense as on paper that citizens bring; the names in it belong to no one.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pil
from PIL import ImageDraw, ImageFont

Image = NDArray[np.uint8]
A4_MM = (210.0, 297.0)
ID1_MM = (85.6, 54.0)
"""ISO/IEC 7810."""
_FONTS = Path(__file__).resolve().parents[2] / "assets" / "fonts"
_TEXT = (
    "兹证明测试甲同志系虚构市样例区居民，现住模拟路一号，经审核材料齐全，符合办理条件。"
    "依照有关规定予以登记，请妥善保管本件，遗失不补。办理窗口：综合服务大厅三号。"
    "申请人应当如实填写各项内容，并对所提交材料的真实性负责。"
)
_RED, _INK = (40, 30, 200), (35, 30, 30)
_TINTS = ((255, 255, 255), (250, 252, 252), (225, 245, 252), (240, 235, 250), (250, 244, 232), (228, 240, 232))
"""White, off-white, cream, pink, pale blue, pale green; blue first."""


def sheet(kind: str, random: np.random.Generator, height: int = 1400) -> Image:
    """Draw a sheet of `kind` (one of `KINDS`), `height` pixels high."""
    wide, high = ID1_MM if kind == "card" else A4_MM
    size = (round(height * wide / high), height)
    page = Pil.new("RGB", size, _TINTS[int(random.integers(len(_TINTS)))][::-1])
    KINDS[kind](ImageDraw.Draw(page), size, random)
    drawn = np.asarray(page, np.uint8)[:, :, ::-1].copy()
    if kind in ("certificate", "letter"):
        _seal(drawn, random)
    return drawn


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = _FONTS / "NotoSansSC-Regular.ttf"
    return ImageFont.truetype(str(path), size) if path.exists() else ImageFont.load_default(size)


def _line(random: np.random.Generator, length: int) -> str:
    start = int(random.integers(len(_TEXT)))
    return (_TEXT[start:] + _TEXT * 3)[:length]


def _letter(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: np.random.Generator) -> None:
    width, height = size
    unit = height // 60
    draw.text((width // 2, 5 * unit), "关于办理事项的情况说明", _INK, _font(2 * unit), "mm")
    left, letter = 5 * unit, int(1.2 * unit)
    for row in range(int(random.integers(10, 24))):
        share = 0.4 if row % 6 == 5 else 1.0
        text = _line(random, int((width - 2 * left) / letter * share))
        draw.text((left, (9 + 2 * row) * unit), text, _INK, _font(letter))


def _form(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: np.random.Generator) -> None:
    width, height = size
    unit = height // 60
    draw.text((width // 2, 4 * unit), "社会保险个人参保情况表", _INK, _font(2 * unit), "mm")
    left, top, right = 3 * unit, 7 * unit, width - 3 * unit
    rows, columns = int(random.integers(8, 22)), int(random.integers(2, 6))
    bottom = top + rows * 2 * unit
    thick = max(1, unit // 10)
    for row in range(rows + 1):
        draw.line((left, top + row * 2 * unit, right, top + row * 2 * unit), _INK, thick)
    for column in range(columns + 1):
        x = left + column * (right - left) // columns
        draw.line((x, top, x, bottom), _INK, thick)
        for row in range(rows if column < columns else 0):
            text = _line(random, 4) if column % 2 == 0 else str(int(random.integers(10**5, 10**9)))
            draw.text((x + unit // 2, top + row * 2 * unit + unit // 3), text, _INK, _font(unit))


def _certificate(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: np.random.Generator) -> None:
    width, height = size
    unit = height // 60
    for inset, thick in ((2 * unit, unit // 2), (3 * unit, max(1, unit // 8))):
        draw.rectangle((inset, inset, width - inset, height - inset), outline=(170, 120, 60), width=thick)
    draw.text((width // 2, 10 * unit), "登记证明", (160, 30, 30), _font(4 * unit), "mm")
    for row in range(int(random.integers(4, 9))):
        draw.text((7 * unit, (18 + 3 * row) * unit), _line(random, 20), _INK, _font(int(1.4 * unit)))


def _card(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: np.random.Generator) -> None:
    width, height = size
    for row in range(height):
        draw.line((0, row, width, row), (215 + 25 * row // height, 228, 240 - 20 * row // height))
    unit = height // 12
    for row, label in enumerate(
        ("姓名  测试甲", "性别  男  民族  汉", "出生  1990 年 3 月 7 日", "住址  虚构市样例区")
    ):
        draw.text((unit, (1 + 2 * row) * unit), label, _INK, _font(unit))
    draw.text((unit, 10 * unit), "公民身份号码  " + str(int(random.integers(10**17, 9 * 10**17))), _INK, _font(unit))
    draw.rectangle((width - 5 * unit, unit, width - unit, 6 * unit), fill=(190, 200, 205))
    draw.ellipse((width - 4 * unit, 2 * unit, width - 2 * unit, 4 * unit), fill=(120, 140, 175))


def _blank(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: np.random.Generator) -> None:
    width, height = size
    unit = height // 60
    draw.text((width - 5 * unit, height - 3 * unit), f"第 {int(random.integers(1, 9))} 页", _INK, _font(unit), "mm")


KINDS: dict[str, Callable[[ImageDraw.ImageDraw, tuple[int, int], np.random.Generator], None]] = {
    "letter": _letter,
    "form": _form,
    "certificate": _certificate,
    "card": _card,
    "blank": _blank,
}


def _seal(page: Image, random: np.random.Generator) -> None:
    """Stamp the round red seal of an office that does not exist."""
    height, width = page.shape[:2]
    radius = round(height * 0.07)
    middle = (round(width * random.uniform(0.55, 0.75)), round(height * random.uniform(0.72, 0.85)))
    ink = np.zeros((height, width), np.uint8)
    cv2.circle(ink, middle, radius, 255, max(2, radius // 12), cv2.LINE_AA)
    star = [
        (middle[0] + r * np.sin(turn), middle[1] - r * np.cos(turn))
        for turn, r in ((i * np.pi / 5, radius * (0.4 if i % 2 == 0 else 0.16)) for i in range(10))
    ]
    cv2.fillPoly(ink, [np.round(star).astype(np.int32)], 255, cv2.LINE_AA)
    share = ink[:, :, None].astype(np.float32) / 255 * 0.85
    page[:] = (page * (1 - share) + np.array(_RED, np.float32) * share).astype(np.uint8)
