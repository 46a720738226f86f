"""The register of what was issued: central's own documents, asked by the code that each carries.

It tells what the verification page tells and no more: masked facts, and who issued it when. A code that
is not well formed was never issued, so it is "no record" like any other unknown one.
"""

from pydantic import JsonValue

from central.connectors import DocumentCode, Facts, RegisterUnavailable, Subject
from central.documents import DocumentDesk, PublicDocument
from contract.text import Text

REGISTER = "issued-documents"


class IssuedDocuments:
    """Answers from central's documents."""

    def __init__(self, documents: DocumentDesk) -> None:
        self._documents = documents

    def serves(self, register_name: str) -> bool:
        return register_name == REGISTER

    def ask(self, register_name: str, subject: Subject, timeout_s: float) -> Facts | None:  # noqa: ARG002 - a local table needs no patience
        if not isinstance(subject, DocumentCode):
            raise RegisterUnavailable("it holds documents")
        found = self._documents.issued(subject.text)
        return None if found is None else _facts(found)


def _facts(found: PublicDocument) -> Facts:
    return {
        "title": _words(found.title),
        "facts": [{"label": _words(fact.label), "value": fact.value} for fact in found.facts],
        "issued_at": found.issued_at,
        "issued_by": _words(found.issued_by),
        "hall": _words(found.hall),
        "kiosk": found.kiosk,
        "pages": found.pages,
        "print": found.print,
        "standing": "demonstration" if found.demonstration else "official",
    }


def _words(text: Text | None) -> JsonValue:
    return None if text is None else dict[str, JsonValue](text.root)
