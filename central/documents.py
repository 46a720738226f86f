"""What anybody with a document's code may know of it: masked facts, and who issued it when.

Whoever holds the paper holds the code; nothing is told here that the paper does not say. A code that
was mistyped is told apart from one that is unknown, since only the second may come true later.
"""

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.catalogue import CatalogueShelf
from central.models import CaseRow, DocumentRow, Installation, PrintActionRow
from central.problems import Kind, Refused
from central.rates import RateLimit
from central.store import Store
from contract import codes
from contract.cases import PrintOutcome
from contract.documents import VerifiedFact
from contract.model import Value
from contract.text import Text


class PublicDocument(Value):
    """An issued document as its code opens it. `print` is how the terminal says that printing ended."""

    verification_code: str
    title: Text
    facts: tuple[VerifiedFact, ...]
    issued_at: str
    pages: int
    sha256: str
    hall: Text | None
    issued_by: Text | None
    kiosk: str
    demonstration: bool
    print: Literal["sent", "failed", "unknown", "none"]


class DocumentDesk:
    """Finds issued documents by code."""

    def __init__(self, store: Store, shelf: CatalogueShelf, limit: RateLimit) -> None:
        self._store = store
        self._shelf = shelf
        self._limit = limit

    def find(self, typed: str, address: str) -> PublicDocument:
        """Return the document whose code somebody typed at `address`.

        Raises:
            Refused: too many questions, a code that cannot be right, or one that is not known.
        """
        if not self._limit.allows(address):
            raise Refused(Kind.TOO_MANY)
        code = codes.normalise(typed)
        if not codes.is_wellformed(code):
            raise Refused(Kind.MALFORMED_CODE, "16 characters, the last of which is a check: look for a typing error")
        found = self.issued(code)
        if found is None:
            raise Refused(Kind.UNKNOWN_DOCUMENT, "mistyped, or its terminal has not delivered it yet")
        return found

    def issued(self, typed: str) -> PublicDocument | None:
        """Return the document of a code for somebody who is known and need not be slowed down, or None."""
        with self._store.reading() as session:
            row = session.get(DocumentRow, codes.normalise(typed))
            return None if row is None else self._public(session, row)

    def _public(self, session: Session, row: DocumentRow) -> PublicDocument:
        case = session.get_one(CaseRow, row.case_id)
        catalogue = self._shelf.of_version(session, case.catalogue_version)
        issuer = None
        if catalogue is not None:
            departments = {item.id: item.department for item in catalogue.items}
            titles = {department.id: department.title for department in catalogue.departments}
            issuer = titles.get(departments.get(case.item_id or "", ""))
        return PublicDocument(
            verification_code=row.verification_code,
            title=Text.model_validate(row.title),
            facts=tuple(VerifiedFact.model_validate(fact) for fact in row.facts),
            issued_at=row.issued_at,
            pages=row.pages,
            sha256=row.sha256,
            hall=None if catalogue is None else catalogue.hall.title,
            issued_by=issuer,
            kiosk=session.get_one(Installation, case.installation_id).kiosk_id,
            demonstration=catalogue is not None and catalogue.hall.demonstration,
            print=_print(session, case),
        )


def _print(session: Session, case: CaseRow) -> Literal["sent", "failed", "unknown", "none"]:
    """How the case's prints ended: the best of them, since one good paper is a paper."""
    outcomes = set(session.scalars(select(PrintActionRow.outcome).where(PrintActionRow.case_id == case.id)))
    if PrintOutcome.SENT in outcomes:
        return "sent"
    if PrintOutcome.UNKNOWN in outcomes or None in outcomes:
        return "unknown"
    return "failed" if PrintOutcome.FAILED in outcomes else "none"
