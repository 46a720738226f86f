"""Papers: what is on them, read back from the bytes that go to the printer."""

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
import zxingcpp

from contract.codes import is_wellformed, normalise
from contract.documents import DocumentTemplate
from kiosk_app.documents.marks import new_verification_code, verification_address
from kiosk_app.documents.render import DocumentFailed
from tests.unit.documents import CODE, ORDINARY, VERIFY_URL, case_of, catalogue, facts_of, people, render

ITEMS = [item.id for item in catalogue().items if item.steps[-1].kind == "commit"]
A4_MM = (210, 297)

BARE = """<document filename="x">
<template><pageTemplate id="p"><frame id="f" x1="50" y1="50" width="480" height="740"/></pageTemplate></template>
<stylesheet><paraStyle name="s" fontName="Sans" fontSize="12" wordWrap="CJK"/></stylesheet>
<story>{story}</story></document>"""


def text_of(pdf: bytes) -> str:
    document = pdfium.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def flowing(text: str) -> str:
    """The text without line ends and spaces: a name may be wrapped anywhere."""
    return re.sub(r"\s", "", text)


def template_with(story: str) -> DocumentTemplate:
    return catalogue().template("insurance-certificate").model_copy(update={"rml": BARE.format(story=story)})


def render_story(story: str, facts: dict[str, object] | None = None) -> bytes:
    return render(case_of("zhang-wei", "insurance-certificate", facts=facts), template_with(story)).pdf


@pytest.mark.parametrize("item_id", ITEMS)
@pytest.mark.parametrize("person", ORDINARY)
def test_an_ordinary_certificate_is_one_a4_page_that_can_be_read_back(person: str, item_id: str) -> None:
    made = render(case_of(person, item_id))
    document = pdfium.PdfDocument(made.pdf)
    assert made.pages == len(document) == 1
    assert tuple(round(points / 72 * 25.4) for points in document[0].get_size()) == A4_MM
    text = flowing(text_of(made.pdf))
    assert people()[person]["card"]["name"] in text
    assert people()[person]["card"]["number"] in text
    assert "7K3M-9Q2X-H5T8-B4NC" in text
    assert "第1页共1页" in text
    assert "2026年11月21日" in text
    assert "D0001-20261121-0007" in text


@pytest.mark.parametrize("item_id", ITEMS)
def test_the_qr_leads_to_the_verification_page(item_id: str) -> None:
    made = render(case_of("zhang-wei", item_id))
    image = pdfium.PdfDocument(made.pdf)[0].render(scale=150 / 72).to_pil()
    codes = zxingcpp.read_barcodes(image)
    assert [code.text for code in codes] == [f"{VERIFY_URL}?code={CODE}"]


@pytest.mark.parametrize("item_id", ITEMS)
@pytest.mark.parametrize("person", ["zhao-hong", "sun-desheng"])
def test_every_face_is_embedded_as_a_subset(person: str, item_id: str) -> None:
    pdf = pikepdf.open(BytesIO(render(case_of(person, item_id)).pdf))
    fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
    assert fonts
    for font in fonts:
        assert re.match(r"/[A-Z]{6}\+", str(font.BaseFont))
        assert "/FontFile2" in font.FontDescriptor


def test_a_long_list_goes_on_with_its_heading_and_counts_its_pages() -> None:
    made = render(case_of("sun-desheng", "insurance-certificate"))
    pages = [flowing(page.get_textpage().get_text_range()) for page in pdfium.PdfDocument(made.pdf)]
    assert made.pages == len(pages) > 1
    for number, text in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in text
        assert "单位名称" in text
        assert "7K3M-9Q2X-H5T8-B4NC" in text
    rows = facts_of("sun-desheng", "insurance-certificate")["schemes"]
    assert "".join(pages).count("企业职工基本养老保险") == sum(row["scheme"] == "110" for row in rows)


def test_the_same_case_gives_the_same_bytes_in_every_process() -> None:
    here = render(case_of("zhao-hong", "insurance-certificate"))
    assert render(case_of("zhao-hong", "insurance-certificate")).pdf == here.pdf
    render(case_of("maimaiti", "tax-certificate"))  # what was printed in between changes nothing
    assert render(case_of("zhao-hong", "insurance-certificate")).pdf == here.pdf
    program = (
        "from tests.unit.documents import case_of, render\n"
        "print(render(case_of('zhao-hong', 'insurance-certificate')).sha256)"
    )
    root = Path(__file__).resolve().parents[2]
    elsewhere = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert elsewhere.stdout.strip() == here.sha256


def test_metadata_names_the_document_and_nobody() -> None:
    made = render(case_of("zhang-wei", "insurance-certificate"))
    pdf = pikepdf.open(BytesIO(made.pdf))
    assert str(pdf.docinfo["/Title"]) == "社会保险参保证明"
    assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261121020304")
    assert str(pdf.Root.Lang) == "zh-CN"
    told = "".join(str(value) for value in pdf.docinfo.values())
    assert people()["zhang-wei"]["card"]["name"] not in told
    assert people()["zhang-wei"]["card"]["number"] not in told


def test_verification_facts_are_masked() -> None:
    made = render(case_of("maimaiti", "insurance-certificate"))
    values = [fact.value for fact in made.facts]
    assert values[:2] == ["买******·*******", "210104********9975"]
    assert values[2:] == ["正常参保", "沈阳示范餐饮服务有限公司", "90 个月", "2026年11月20日"]


@pytest.mark.parametrize(
    "name", ["<b>&", "A&amp;B", '<img src="file:///etc/passwd"/>', "</para><nextPage/>", "{{ 7*7 }}"]
)
def test_markup_in_a_name_is_text(name: str) -> None:
    facts = facts_of("zhang-wei", "insurance-certificate")
    facts = {**facts, "person": {**facts["person"], "name": name}}
    made = render(case_of("zhang-wei", "insurance-certificate", facts=facts))
    assert made.pages == 1
    text = flowing(text_of(made.pdf))
    assert text.count(flowing(name)) == 2  # in the sentence and in the table
    assert "<para" not in text


def test_plain_cells_and_headings_show_markup_as_text_too() -> None:
    story = """<blockTable><blockTableStyle id="t"><blockFont name="Sans" size="9"/></blockTableStyle>
    <tr><td>{{ facts.person.name }}</td></tr></blockTable>"""
    facts: dict[str, object] = {"person": {"name": "<i>&你"}}
    assert "<i>&你" in text_of(render_story(story, facts))


@pytest.mark.parametrize(
    "story",
    [
        '<img src="/etc/hostname.png"/>',
        '<para style="s"><img src="http://127.0.0.1/x.png"/></para>',
        '<para style="s"><a href="http://127.0.0.1/">x</a></para>',
        '<para style="s"><evalString>1+1</evalString></para>',
        '<codesnippet src="/etc/passwd"/>',
        '<includePdfPages filename="/etc/x.pdf"/>',
        '<plugInFlowable module="os" function="getcwd">x</plugInFlowable>',
        '<log level="ERROR">x</log>',
        '<illustration width="1" height="1"><image file="/etc/x.png" x="0" y="0"/></illustration>',
        '<para style="s" bulletText="x">x</para>',
    ],
)
def test_a_template_that_reaches_beyond_the_page_is_refused(story: str) -> None:
    with pytest.raises(DocumentFailed, match="RefusedTemplate <"):
        render_story(story)


def test_a_template_cannot_have_xml_read_a_file() -> None:
    rml = '<!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + BARE.format(
        story='<para style="s">&x;</para>'
    )
    template = catalogue().template("insurance-certificate").model_copy(update={"rml": rml})
    with pytest.raises(DocumentFailed, match="doctype"):
        render(case_of("zhang-wei", "insurance-certificate"), template)


@pytest.mark.parametrize(
    "story",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ facts.__class__.__base__.__subclasses__() }}",
        "{% include '/etc/hostname' %}",
        "{{ facts.update({'a': 1}) }}",
    ],
)
def test_a_template_cannot_reach_into_the_program(story: str) -> None:
    with pytest.raises(DocumentFailed):
        render_story(f'<para style="s">{story}</para>')


def test_a_fact_that_is_not_there_stops_the_paper_and_names_the_line() -> None:
    facts = {key: value for key, value in facts_of("zhang-wei", "insurance-certificate").items() if key != "unit"}
    with pytest.raises(DocumentFailed, match=r"UndefinedError at line \d+ of the template"):
        render(case_of("zhang-wei", "insurance-certificate", facts=facts))


def test_a_fact_that_the_register_leaves_empty_is_a_dash() -> None:
    facts = {**facts_of("zhang-wei", "insurance-certificate"), "unit": None, "as_of": None}
    assert "参保单位—" in flowing(text_of(render(case_of("zhang-wei", "insurance-certificate", facts=facts)).pdf))


def test_a_fact_of_the_wrong_kind_stops_the_paper() -> None:
    facts = {**facts_of("zhang-wei", "housing-fund-certificate"), "balance_fen": "12.50"}
    with pytest.raises(DocumentFailed, match="TypeError"):
        render(case_of("zhang-wei", "housing-fund-certificate", facts=facts))


def test_facts_of_another_person_never_reach_the_paper() -> None:
    with pytest.raises(DocumentFailed, match="another person"):
        render(case_of("zhang-wei", "insurance-certificate", facts=facts_of("wang-yan", "insurance-certificate")))


def test_a_failure_tells_nothing_about_the_person() -> None:
    name = people()["zhang-wei"]["card"]["name"]
    with pytest.raises(DocumentFailed) as failed:
        render_story('<para style="s"><font size="{{ facts.person.name }}">x</font></para>')
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
    assert name not in str(failed.value)


def test_a_style_without_a_face_of_ours_is_refused_because_it_would_print_boxes() -> None:
    with pytest.raises(DocumentFailed, match="face Helvetica"):
        render_story("<para>中文</para>")


def test_a_tag_in_the_wrong_place_is_refused_not_left_out() -> None:
    with pytest.raises(DocumentFailed):
        render_story('<tr><td>x</td></tr><para style="s">y</para>')


def test_only_a_demonstration_says_that_it_proves_nothing() -> None:
    assert "不作证明使用" in text_of(render(case_of("zhang-wei", "insurance-certificate")).pdf)
    from tests.unit.documents import ISSUED_AT, renderer  # noqa: PLC0415

    hall = catalogue().hall.model_copy(update={"demonstration": False})
    made = renderer().render(
        catalogue().template("insurance-certificate"),
        case_of("zhang-wei", "insurance-certificate"),
        hall,
        catalogue().codes,
        verification_code=CODE,
        verify_url=VERIFY_URL,
        issued_at=ISSUED_AT,
    )
    assert "不作证明使用" not in text_of(made.pdf)


def test_codes_cannot_be_guessed_and_survive_being_typed() -> None:
    codes = {new_verification_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert is_wellformed(code)
        typed = "-".join(code[at : at + 4] for at in range(0, 16, 4)).lower().replace("0", "o")
        assert normalise(f" {typed} ") == code
        assert verification_address("https://x/verify?lang=zh", code) == f"https://x/verify?lang=zh&code={code}"
