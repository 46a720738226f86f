"""Names that few faces hold: drawn, and copied out of the paper as they were written."""

import pypdfium2 as pdfium
import pytest

from contract.cases import Case
from kiosk_app.documents import fonts
from kiosk_app.documents.render import DocumentFailed
from tests.unit.documents import case_of, facts_of, render

LENT_BY_A = "\uf907"
LENT_BY_B = "\U0002a6d6"
"""Noto Sans SC holds neither of the two."""


def case_named(name: str) -> Case:
    facts = facts_of("zhang-wei", "insurance-certificate")
    return case_of("zhang-wei", "insurance-certificate", facts={**facts, "person": {**facts["person"], "name": name}})


def text_of(pdf: bytes) -> str:
    """The text without line ends: PDFium puts one around a run of one character, such as a borrowed one."""
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(pdf))


@pytest.mark.parametrize("character", ["䶮", "𬭎", "堃", "㛃", LENT_BY_A, LENT_BY_B])
def test_a_rare_name_is_extracted_as_it_was_written(character: str) -> None:
    made = render(case_named(f"王{character}一"))
    assert text_of(made.pdf).count(f"王{character}一") == 2


@pytest.mark.parametrize("character", ["䶮", "𬭎", LENT_BY_B])
def test_a_rare_name_is_drawn_and_not_left_out(character: str) -> None:
    page = pdfium.PdfDocument(render(case_named(character)).pdf)[0]
    text = page.get_textpage()
    at = text.get_text_range().index(character)
    # PDFium counts UTF-16 units; everything before the name is in the basic plane.
    left, bottom, right, top = text.get_charbox(at)
    assert right - left > 5
    assert top - bottom > 5


def test_the_rare_face_is_not_read_for_names_that_do_not_need_it() -> None:
    regular, _bold = fonts.faces()
    for character in "张伟䶮𬭎":
        assert regular.holds(ord(character))
    assert not regular.holds(ord(LENT_BY_A))
    assert not regular.holds(ord(LENT_BY_B))


def test_a_borrowed_character_takes_its_width_so_that_nothing_overlaps() -> None:
    regular, _bold = fonts.faces()
    fonts.adopt(f"王{LENT_BY_B}ą")
    assert regular.stringWidth(f"王{LENT_BY_B}王", 10) == pytest.approx(30, rel=0.05)
    assert regular.stringWidth("ąą", 10) == pytest.approx(10, rel=0.05)  # half as wide, in the face that lends it


@pytest.mark.parametrize("character", ["\ue815", "\U000f0000", "\U0010fffd", "\u4db6"])
def test_a_character_that_no_face_holds_stops_the_paper(character: str) -> None:
    with pytest.raises(DocumentFailed, match="UndrawableCharacter U\\+"):
        render(case_named(f"王{character}"))


def test_many_characters_fill_several_subsets_and_all_of_them_are_extracted() -> None:
    several = [chr(code) for code in range(0x4E00, 0x4E00 + 700)]
    facts = facts_of("zhang-wei", "insurance-certificate")
    row = facts["schemes"][0]
    rows = [{**row, "unit": "".join(several[start : start + 20])} for start in range(0, len(several), 20)]
    made = render(case_of("zhang-wei", "insurance-certificate", facts={**facts, "schemes": rows}))
    text = text_of(made.pdf)
    assert [unit["unit"] for unit in rows if unit["unit"] not in text] == []
