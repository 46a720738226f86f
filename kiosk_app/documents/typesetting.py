"""Typesetting: Jinja2 fills a template, `rml` draws it. Heavy to import; `render` does so when it must.

A template sees the case's facts, a few words about the paper, and filters that write facts as people read
them; it sees no object with methods of ours. A fact that is not there stops it; a fact that is null is
written as a dash. Hazard guarded: markup in a name, which is text here and nothing else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

import assets
from contract.cases import Case
from contract.catalogue import Hall
from contract.documents import DocumentTemplate
from contract.text import FIRST_LANGUAGE
from kiosk_app.documents import fonts, marks, rml, wording
from kiosk_app.documents.wording import MISSING, Codes

_CHINA = timezone(timedelta(hours=8))
_LAYOUTS = assets.ROOT / "catalogue" / "layouts"
_TEMPLATES_KEPT = 64
_FIRST_PAGE = """<document filename="-">
<template><pageTemplate id="p">
  <pageGraphics><securityPaper/><verificationMark x="0" y="0" size="90"/></pageGraphics>
  <frame id="f" x1="0" y1="0" width="400" height="400"/>
</pageTemplate></template>
<stylesheet><paraStyle name="s" fontName="Sans" wordWrap="CJK"/></stylesheet>
<story><para style="s">暖<b>机</b></para></story>
</document>"""
"""Touches what every document needs: both faces, the subsets, the marks."""


class Typesetting:
    """The press with its type in place. Not for two threads at a time."""

    def __init__(self) -> None:
        layouts = {path.stem: path.read_text("utf-8") for path in sorted(_LAYOUTS.glob("*.rml"))}
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(layouts),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=lambda value: MISSING if value is None else value,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(_filters())
        self._compiled: Callable[[str], Template] = lru_cache(_TEMPLATES_KEPT)(self._environment.from_string)

    def warm(self) -> None:
        fonts.faces()
        paper = rml.Paper(title="", address="-", demonstration=False, issued_at=datetime.fromtimestamp(0, _CHINA))
        rml.press(rml.parse(_FIRST_PAGE), paper)

    def typeset(
        self,
        template: DocumentTemplate,
        case: Case,
        hall: Hall,
        codes: Codes,
        *,
        verification_code: str,
        verify_url: str,
        issued_at: datetime,
        terminal: str,
    ) -> tuple[bytes, int]:
        """Fill and draw; returns the PDF and its pages."""
        text = self._compiled(template.rml).render(
            facts=case.facts,
            codes=codes,
            title=template.title.pick("zh"),
            title_en=template.title.pick("en"),
            hall=hall.title.pick(FIRST_LANGUAGE),
            hall_phone=hall.phone,
            receipt_number=case.receipt_number,
            facts_as_of=case.facts_as_of,
            issued_on=wording.day(issued_at.isoformat(), FIRST_LANGUAGE),
            issued_time=issued_at.astimezone(_CHINA).strftime("%H:%M"),
            terminal=terminal,
            verification_code=marks.written_code(verification_code),
            verify_url=verify_url,
        )
        fonts.adopt(text)
        paper = rml.Paper(
            title=template.title.pick(FIRST_LANGUAGE),
            address=marks.verification_address(verify_url, verification_code),
            demonstration=hall.demonstration,
            issued_at=issued_at,
        )
        return rml.press(rml.parse(text), paper)


def _filters() -> dict[str, Callable[..., Any]]:
    """Return the filters a template may use. Each fails on what is not of its kind; null is a dash."""

    def dashed(write: Callable[..., str]) -> Callable[..., str]:
        return lambda value, *more: MISSING if value is None else write(value, *more)

    return {
        "day": dashed(lambda value: wording.day(value, FIRST_LANGUAGE)),
        "month": dashed(lambda value: wording.month(value, FIRST_LANGUAGE)),
        "money": dashed(wording.money),
        "amount": dashed(lambda value: wording.money(value).replace("¥", "")),
        "count": dashed(lambda value: wording.count(value, None, FIRST_LANGUAGE)),
        "code": dashed(lambda value, table: wording.code(value, table, FIRST_LANGUAGE)),
    }
