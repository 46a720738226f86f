"""The catalogues that central holds: the newest is in force, older ones explain older documents.

A catalogue is stored as it was checked and parsed once per content; nothing here edits one.
"""

import hashlib
import threading
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from central.clock import instant, utc_now
from central.models import CatalogueRow
from contract.catalogue import Catalogue

Row = TypeVar("Row")

_KEPT = 4
"""Parsed catalogues kept in memory: the one in force and the last few before it."""


class CatalogueShelf:
    """Parsed catalogues by content. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parsed: dict[str, Catalogue] = {}

    def current_version(self, session: Session) -> int:
        """Return the version in force, or 0 when no catalogue was ever loaded."""
        return session.scalar(_NEWEST_VERSION) or 0

    def current(self, session: Session) -> Catalogue | None:
        return self._take(session, _newest(select(CatalogueRow.sha256)))

    def of_version(self, session: Session, version: int | None) -> Catalogue | None:
        """Return the catalogue of `version`, else the one in force."""
        exact = self._take(session, select(CatalogueRow.sha256).where(CatalogueRow.version == version))
        return exact or self.current(session)

    def _take(self, session: Session, wanted: Select[str]) -> Catalogue | None:
        digest = session.scalar(wanted)
        if digest is None:
            return None
        with self._lock:
            found = self._parsed.get(digest)
        if found is None:
            text = session.scalars(select(CatalogueRow.document).where(CatalogueRow.sha256 == digest)).first()
            found = Catalogue.model_validate_json(text or "")
            with self._lock:
                self._parsed[digest] = found
                while len(self._parsed) > _KEPT:
                    del self._parsed[next(iter(self._parsed))]
        return found


def load(session: Session, catalogue: Catalogue) -> bool:
    """Store the catalogue under its version and tell whether that changed anything."""
    document = catalogue.model_dump_json()
    digest = hashlib.sha256(document.encode()).hexdigest()
    row = session.get(CatalogueRow, catalogue.version)
    if row is not None and row.sha256 == digest:
        return False
    if row is None:
        row = CatalogueRow(version=catalogue.version)
        session.add(row)
    row.sha256, row.document, row.loaded_at = digest, document, instant(utc_now())
    return True


def _newest(query: Select[Row]) -> Select[Row]:
    return query.order_by(CatalogueRow.version.desc()).limit(1)


_NEWEST_VERSION = _newest(select(CatalogueRow.version))
