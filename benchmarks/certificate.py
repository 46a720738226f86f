"""How long a certificate takes once everything is warm, against WeasyPrint on the same page.

Both make the A4 page of the 参保证明 of an ordinary person from the same facts: the same words, faces,
table, QR and lines under the text. Both fill a template that is compiled already, and both have made a
page and loaded their faces before. Rounds alternate, so that a busy machine is unfair to neither; the
median counts. It refuses to compare pages that do not say the same.
"""

import base64
import gc
import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2 as pdfium
import zxingcpp
from jinja2 import Environment

import assets
from contract.cases import Case
from contract.catalogue import Catalogue
from contract.ids import CaseId, VisitId
from contract.persons import RESIDENT_CARD, Applicant
from kiosk_app.documents import wording
from kiosk_app.documents.marks import verification_address, written_code
from kiosk_app.documents.render import Renderer

ROUNDS = 15
TARGET = 8.0
"""Times faster than WeasyPrint, at least."""
ITEM = "insurance-certificate"
CODE = "7K3M9Q2XH5T8B4NC"
VERIFY_URL = "https://fuwu.example.gov.cn/verify"
ISSUED_AT = "2026-11-21T02:03:04.000Z"
SAID = ("企业职工基本养老保险", "参保缴费", "DEMONSTRATION", "咨询电话12345", "第1页共1页")


def run() -> dict[str, Any]:
    """Measure; return figure and baseline in milliseconds, their ratio and the least it may be."""
    catalogue, case = Catalogue.model_validate(assets.seed_catalogue()), _case()
    renderer = Renderer("demo-0001")
    renderer.warm()

    def ours() -> bytes:
        return renderer.render(
            catalogue.template(ITEM),
            case,
            catalogue.hall,
            catalogue.codes,
            verification_code=CODE,
            verify_url=VERIFY_URL,
            issued_at=ISSUED_AT,
        ).pdf

    theirs = _weasyprint(catalogue, case)
    _must_say_the_same(ours(), theirs(), case)
    figures, baselines = [], []
    for _ in range(ROUNDS):
        figures.append(_milliseconds(ours))
        baselines.append(_milliseconds(theirs))
    figure, baseline = median(figures), median(baselines)
    return {
        "name": "certificate",
        "unit": "ms",
        "figure": round(figure, 1),
        "baseline": round(baseline, 1),
        "baseline_name": "WeasyPrint, the same page",
        "ratio": round(baseline / figure, 1),
        "target": TARGET,
        "better": "higher",
        "met": baseline / figure >= TARGET,
        "rounds": ROUNDS,
    }


def _case() -> Case:
    person = assets.demonstration_people()[0]
    card = person["card"]
    return Case(
        case_id=CaseId("01JD000000000000000000CASE"),
        visit_id=VisitId("01JD00000000000000000VISIT"),
        receipt_number="D0001-20261121-0007",
        item_id=ITEM,
        item_code="",
        catalogue_version=1,
        language="zh",
        committed_at=ISSUED_AT,
        applicant=Applicant(
            name=card["name"], document_type=RESIDENT_CARD, document_number=card["number"], read_by="benchmark"
        ),
        facts=person["registers"]["social-insurance.participation"],
        template=ITEM,
    )


def _weasyprint(catalogue: Catalogue, case: Case) -> Callable[[], bytes]:
    from weasyprint import HTML  # noqa: PLC0415  # the one benchmark that needs it
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    environment = Environment(autoescape=True)
    environment.filters["day"] = lambda value: wording.day(value, "zh")
    environment.filters["month"] = lambda value: wording.month(value, "zh")
    environment.filters["code"] = lambda value, table: wording.code(value, catalogue.codes[table], "zh")
    page = environment.from_string(Path(__file__).with_suffix(".html").read_text("utf-8"))
    rosette = _rosette()
    # One for all rounds: WeasyPrint by itself would load its faces again for each document.
    faces = FontConfiguration()

    def make() -> bytes:
        html = page.render(
            facts=case.facts,
            case=case,
            hall=catalogue.hall.title.pick("zh"),
            phone=catalogue.hall.phone,
            regular=assets.SANS_REGULAR.as_uri(),
            bold=assets.SANS_BOLD.as_uri(),
            rosette=rosette,
            qr=_qr(),
            code=written_code(CODE),
            verify_url=VERIFY_URL,
            issued_at=ISSUED_AT,
        )
        pdf: bytes = HTML(string=html).write_pdf(font_config=faces)
        return pdf

    return make


def _qr() -> str:
    address = verification_address(VERIFY_URL, CODE)
    code = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return base64.b64encode(code.to_svg(add_quiet_zones=True).encode()).decode()


def _rosette() -> str:
    """Return the curves that `kiosk_app.documents.marks` draws under the text, as SVG."""
    curves = []
    for curve in range(9):
        ring = []
        for step in range(192):
            angle = 2 * math.pi * step / 192
            reach = 202 * (0.86 + 0.14 * math.sin(12 * angle + 2 * math.pi * curve / 9))
            ring.append(f"{297.6 + reach * math.cos(angle):.1f} {421 + reach * math.sin(angle):.1f}")
        curves.append(f"M{'L'.join(ring)}Z")
    return "".join(curves)


def _must_say_the_same(ours: bytes, theirs: bytes, case: Case) -> None:
    for pdf in (ours, theirs):
        document = pdfium.PdfDocument(pdf)
        assert len(document) == 1
        text = re.sub(r"\s", "", document[0].get_textpage().get_text_range())
        for said in (case.applicant.name, case.applicant.document_number, written_code(CODE), *SAID):
            assert said in text, f"one of the pages lacks {said}"


def _milliseconds(work: Callable[[], object]) -> float:
    gc.collect()  # each clears up after itself, not after the other
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
