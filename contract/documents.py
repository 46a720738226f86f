"""Documents: the template that makes one, and what is known of one that was issued.

A template is data: RML with Jinja2 marks. The same template and facts give the same bytes.
"""

from typing import Literal

from contract.ids import CaseId
from contract.model import Personal, Value
from contract.text import Text

Mask = Literal["none", "name", "number"]
"""How a fact is shortened for eyes that need not see all of it."""


class ShownFact(Value):
    """A fact of the answer with its label, the path to it, how to write it and how to mask it.

    `path` is dotted, from the root of the answer's facts (``person.name``). `codes` names a code
    table of the catalogue when the fact is a code. `unit` follows a count; a language with a form of
    its own for one writes both, the one first (``month|months``). ``words`` are a text that the
    register holds by language; a ``moment`` is an instant, written with its minute in China.
    """

    label: Text
    path: str
    kind: Literal["text", "words", "date", "moment", "month", "money", "count", "number", "code"] = "text"
    codes: str | None = None
    unit: Text | None = None
    mask: Mask = "none"


class DocumentTemplate(Value):
    """How a document looks and what its verification page tells."""

    id: str
    version: int
    title: Text
    rml: str
    shown_on_verify: tuple[ShownFact, ...] = ()


class VerifiedFact(Value):
    """A line of the verification page, already masked."""

    label: Text
    value: Personal


class IssuedDocument(Value):
    """What stays known of a document once it was rendered; holds masked facts only."""

    case_id: CaseId
    template: str
    template_version: int
    title: Text
    verification_code: str
    sha256: str
    pages: int
    issued_at: str
    facts: tuple[VerifiedFact, ...] = ()
