"""The faces of the paper: one family of names that draws every Han character somebody is called by.

`FallbackFont` is a face of ReportLab that borrows from rarer faces the characters it lacks, for every
way of drawing text, and writes ToUnicode maps that stay right beyond the basic plane. The rare faces
are read when the first character needs them. Hazard guarded: a name printed with a hole, or printed
right and copied wrong; a character that no face holds is refused, never drawn as a box.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts

import assets

SANS = "Sans"
SANS_BOLD = "Sans-Bold"
NAMES = frozenset({SANS, SANS_BOLD, assets.RARE_A.stem, assets.RARE_B.stem})
"""Every face a document may hold; all of them embedded."""

_SUBSETS_OF_ONE_FACE = 4096
"""Subset numbers below belong to the face itself, then come blocks of the borrowed faces, in order."""
_BFCHARS_IN_A_BLOCK = 100  # PDF 32000-1 §9.10.3 by way of Adobe Technical Note 5014


class UndrawableCharacter(Exception):
    """No face holds a character. Names its code point only, which by itself says nothing about a person."""

    def __init__(self, code_point: int) -> None:
        super().__init__(f"U+{code_point:04X}")
        self.code_point = code_point


class _Window:
    """The part of a font file that is one table. ReportLab would copy all outlines for each subset."""

    def __init__(self, whole: bytes, start: int) -> None:
        self._whole = whole
        self._start = start

    def __getitem__(self, part: slice) -> bytes:
        return self._whole[self._start + part.start : self._start + part.stop]


class _Face(ttfonts.TTFontFace):
    _ttf_data: bytes

    def get_table(self, tag: str) -> Any:
        start, length = self.get_table_pos(tag)
        return _Window(self._ttf_data, start) if tag == "glyf" else self._ttf_data[start : start + length]


class EmbeddedFont(ttfonts.TTFont):
    """A TrueType face, embedded as subsets whose text can be extracted whatever the plane."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path), asciiReadable=False, shapable=False)
        face: Any = self.face
        face.__class__ = _Face
        face.glyphToChar = {}  # for shaping only; thirty thousand lists a face

    def holds(self, code_point: int) -> bool:
        return code_point in self.face.charToGlyph

    def addObjects(self, doc: Any) -> None:  # noqa: N802  # ReportLab's name
        subsets = self.state[doc].subsets
        names = [self.getSubsetInternalName(n, doc)[1:] for n in range(len(subsets))]
        super().addObjects(doc)
        held = doc.idToObject
        for name, subset in zip(names, subsets, strict=True):
            font = held["BasicFonts"].dict[name]
            # ReportLab writes code points, but a ToUnicode map holds UTF-16BE.
            held[font.ToUnicode.name].content = _to_unicode_map(subset)
            # Outlines lose a quarter of their size to zlib, and a document a twentieth of its speed.
            held[held[font.FontDescriptor.name].dict["FontFile2"].name].filters = None


class FallbackFont(EmbeddedFont):
    """A face that borrows what it lacks. `adopt` what a document holds before it is laid out."""

    def __init__(self, name: str, path: Path, rarer: Sequence[Path]) -> None:
        super().__init__(name, path)
        self._rarer = tuple(rarer)
        self._lenders: dict[int, int] = {}
        """Borrowed code point → place of its lender in `_rarer`."""

    def lacks(self, characters: set[str]) -> set[str]:
        """Return those of `characters` that neither the face nor a lender is known to hold."""
        held = self.face.charToGlyph
        return {each for each in characters if ord(each) not in held and ord(each) not in self._lenders}

    def adopt(self, characters: Iterable[str]) -> None:
        """Find a lender for each of the characters, which the face lacks.

        Raises:
            UndrawableCharacter: there is none.
        """
        for character in characters:
            code_point = ord(character)
            if character.isspace():
                continue
            if unicodedata.category(character) == "Co":
                # A private-use character means something to the one who wrote it only.
                raise UndrawableCharacter(code_point)
            for place, path in enumerate(self._rarer):
                lender = _rare(path)
                if lender.holds(code_point):
                    self._lenders[code_point] = place
                    # Widths are looked up in one table only, by several of ReportLab's layers.
                    self.face.charWidths[code_point] = lender.face.charWidths[code_point]
                    break
            else:
                raise UndrawableCharacter(code_point)

    def splitString(self, text: str | bytes, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802
        written = text.decode(encoding) if isinstance(text, bytes) else text
        if self._lenders.keys().isdisjoint(map(ord, written)):
            return list(super().splitString(written, doc))
        pieces: list[tuple[int, bytes]] = []
        for place, run in groupby(written, lambda character: self._lenders.get(ord(character))):
            if place is None:
                pieces += super().splitString("".join(run), doc)
            else:
                offset = (place + 1) * _SUBSETS_OF_ONE_FACE
                lent = _rare(self._rarer[place]).splitString("".join(run), doc)
                pieces += [(offset + subset, codes) for subset, codes in lent]
        return pieces

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802
        place, own = divmod(subset, _SUBSETS_OF_ONE_FACE)
        if place:
            return str(_rare(self._rarer[place - 1]).getSubsetInternalName(own, doc))
        return str(super().getSubsetInternalName(own, doc))


@cache
def _rare(path: Path) -> EmbeddedFont:
    return EmbeddedFont(path.stem, path)


@cache
def faces() -> tuple[FallbackFont, FallbackFont]:
    """Return the regular and the bold face, known to ReportLab under `SANS` and `SANS_BOLD` from then on."""
    rarer = (assets.RARE_A, assets.RARE_B)
    regular = FallbackFont(SANS, assets.SANS_REGULAR, rarer)
    bold = FallbackFont(SANS_BOLD, assets.SANS_BOLD, rarer)
    for font in (regular, bold):
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(SANS, normal=SANS, bold=SANS_BOLD, italic=SANS, boldItalic=SANS_BOLD)
    return regular, bold


def adopt(text: str) -> None:
    """Make both faces ready for every character of `text`.

    Raises:
        UndrawableCharacter: no face holds one of them.
    """
    characters = set(text)
    for font in faces():
        font.adopt(font.lacks(characters))


def _to_unicode_map(subset: Sequence[int]) -> str:
    """Write the ToUnicode map of one subset: places that hold a character, and which."""
    pairs = [
        f"<{place:02X}> <{chr(code).encode('utf-16-be').hex().upper()}>" for place, code in enumerate(subset) if code
    ]
    blocks = [pairs[start : start + _BFCHARS_IN_A_BLOCK] for start in range(0, len(pairs), _BFCHARS_IN_A_BLOCK)]
    lines = [
        "/CIDInit /ProcSet findresource begin",
        "12 dict begin",
        "begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def",
        "/CMapType 2 def",
        "1 begincodespacerange",
        "<00> <FF>",
        "endcodespacerange",
    ]
    for block in blocks:
        lines += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    return "\n".join([*lines, "endcmap", "CMapName currentdict /CMap defineresource pop", "end", "end"])
