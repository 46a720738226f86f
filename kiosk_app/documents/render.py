"""`Renderer`: a template of the catalogue and a case become a PDF.

Deterministic: the same input gives the same bytes, on any machine, in any process. It reads no clock and
no file but the release's own faces and layouts. Hazard guarded: a paper with a hole where a fact belongs,
or with another person's facts: both fail, and failures name a place in the template and never a value.
"""

import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from contract.cases import Case
from contract.catalogue import Hall
from contract.documents import DocumentTemplate, VerifiedFact
from contract.text import FIRST_LANGUAGE, Text
from kiosk_app.documents.wording import Codes, word

if TYPE_CHECKING:
    from kiosk_app.documents.typesetting import Typesetting

TEMPLATE_FRAME = "<template>"
"""The file name that Jinja2 gives to a template's frames."""

_PRESS = threading.Lock()
"""ReportLab keeps faces and colours in module globals: one document at a time."""


class DocumentFailed(Exception):
    """A document could not be made: fault ``document.failed``. Holds no personal data."""

    def __init__(self, template_id: str, reason: str) -> None:
        super().__init__(f"{template_id}: {reason}")
        self.template_id = template_id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """A finished document, and what its verification page will show of it."""

    pdf: bytes = field(repr=False)
    sha256: str
    pages: int
    facts: tuple[VerifiedFact, ...]


class Renderer:
    """Makes documents, one at a time; may be called from any thread. `terminal` is named on the paper."""

    def __init__(self, terminal: str = "") -> None:
        self._terminal = terminal
        self._typesetting: Typesetting | None = None

    def warm(self) -> None:
        """Load faces and libraries, so that the first citizen does not wait for them."""
        with _PRESS:
            self._ready().warm()

    def render(
        self,
        template: DocumentTemplate,
        case: Case,
        hall: Hall,
        codes: Mapping[str, Mapping[str, Text]],
        *,
        verification_code: str,
        verify_url: str,
        issued_at: str,
    ) -> RenderedDocument:
        """Make the document of `case`.

        Raises:
            DocumentFailed: the template is wrong, a fact it needs is not there, no face holds a character,
                or the facts are about somebody else than the applicant.
        """
        _refuse_facts_of_others(template, case)
        with _PRESS:
            try:
                pdf, pages = self._ready().typeset(
                    template,
                    case,
                    hall,
                    codes,
                    verification_code=verification_code,
                    verify_url=verify_url,
                    issued_at=datetime.fromisoformat(issued_at),
                    terminal=self._terminal,
                )
            except Exception as error:  # noqa: BLE001  # a template is data from elsewhere and may break anything
                # Not chained: messages of the libraries quote the text they stumbled over.
                raise DocumentFailed(template.id, _reason(error)) from None
        return RenderedDocument(pdf, sha256(pdf).hexdigest(), pages, verified_facts(template, case, codes))

    def _ready(self) -> "Typesetting":
        if self._typesetting is None:
            # Half a second of libraries, which the first frame must not wait for.
            from kiosk_app.documents.typesetting import Typesetting  # noqa: PLC0415

            self._typesetting = Typesetting()
        return self._typesetting


def verified_facts(template: DocumentTemplate, case: Case, codes: Codes) -> tuple[VerifiedFact, ...]:
    """Return the masked lines of the verification page, in the documents' language."""
    return tuple(
        VerifiedFact(label=fact.label, value=word(fact, case.facts, codes, FIRST_LANGUAGE))
        for fact in template.shown_on_verify
    )


def _refuse_facts_of_others(template: DocumentTemplate, case: Case) -> None:
    person = case.facts.get("person")
    number = person.get("number") if isinstance(person, dict) else None
    if number is not None and number != case.applicant.document_number:
        raise DocumentFailed(template.id, "the facts are of another person than the applicant")


def _reason(error: BaseException) -> str:
    """Name the kind of `error` and the line of the template, or the place in the code."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == TEMPLATE_FRAME]
    if lines:
        return f"{type(error).__name__} at line {lines[-1]} of the template"
    told = str(error) if _tells_no_value(error) else ""
    return f"{type(error).__name__} {told}".strip()


def _tells_no_value(error: BaseException) -> bool:
    return type(error).__name__ in ("RefusedTemplate", "UndrawableCharacter")


__all__ = ["DocumentFailed", "RenderedDocument", "Renderer", "verified_facts"]
