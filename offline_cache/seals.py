"""Keys that seal what a visit brings: one for each item and class of privacy, the case's once it is committed.

To forget is to destroy the key. What makes that final is that the row is overwritten (`secure_delete`) and
the write-ahead log emptied before anybody is told that it is gone; a file that lingers is noise. Keys leave
this package never, and no `repr` shows them.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from contract.ids import CaseId, VisitId, new_id
from contract.privacy import Privacy
from offline_cache.database import Database, Row

KEY_BYTES: Final = 32
_COLUMNS: Final = "seal_id, visit_id, item_id, privacy, case_id, key"


@dataclass(frozen=True, slots=True)
class Seal:
    """One key and what it is for; `case_id` is None while nothing was confirmed."""

    seal_id: str
    visit_id: VisitId
    item_id: str
    privacy: Privacy
    case_id: CaseId | None
    key: bytes = field(repr=False)

    def file_name(self, sha256: str) -> str:
        """Name the file of a content: the same content has the same name, which tells nobody without the key."""
        return f"{self.seal_id}-{hmac.new(self.key, sha256.encode(), hashlib.sha256).hexdigest()[:32]}"


class SealBox:
    """The table `seals`; writes need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def draft(self, visit_id: VisitId, item_id: str, privacy: Privacy) -> Seal | None:
        """Return the seal of a case that is still to be confirmed."""
        found = self._where(
            "visit_id = ? AND item_id = ? AND privacy = ? AND case_id IS NULL", visit_id, item_id, privacy.value
        )
        return found[0] if found else None

    def drafts(self) -> tuple[Seal, ...]:
        return self._where("case_id IS NULL")

    def drafts_for(self, visit_id: VisitId, item_id: str) -> tuple[Seal, ...]:
        return self._where("visit_id = ? AND item_id = ? AND case_id IS NULL", visit_id, item_id)

    def drafts_of(self, visit_id: VisitId) -> tuple[Seal, ...]:
        return self._where("visit_id = ? AND case_id IS NULL", visit_id)

    def of_case(self, case_id: CaseId) -> tuple[Seal, ...]:
        return self._where("case_id = ?", case_id)

    def all(self) -> tuple[Seal, ...]:
        return self._where("1")

    def make(self, visit_id: VisitId, item_id: str, privacy: Privacy) -> Seal:
        seal = Seal(new_id(), visit_id, item_id, privacy, None, secrets.token_bytes(KEY_BYTES))
        self._database.run(
            "INSERT INTO seals (seal_id, visit_id, item_id, privacy, key) VALUES (?, ?, ?, ?, ?)",
            *(seal.seal_id, visit_id, item_id, privacy.value, seal.key),
        )
        return seal

    def bind(self, seals: Iterable[Seal], case_id: CaseId) -> None:
        """Make drafts the seals of a case that is inserted already."""
        for seal in seals:
            self._database.run("UPDATE seals SET case_id = ? WHERE seal_id = ?", case_id, seal.seal_id)

    def destroy(self, seals: Iterable[Seal]) -> None:
        """Destroy keys with the rows of what they sealed. `Database.shrink_journal` has to follow the transaction."""
        for seal in seals:
            self._database.run("DELETE FROM blobs WHERE seal_id = ?", seal.seal_id)
            self._database.run("DELETE FROM seals WHERE seal_id = ?", seal.seal_id)

    def outlived(self, running: VisitId | None) -> tuple[Seal, ...]:
        """Return the seals of cases whose retention on the terminal has ended.

        Sensitive: as soon as central has the case's confirmation and every file of the seal. Everything else
        when central has all of the closed case, its files too, and its visit is over.
        """
        return self._where(
            "case_id IS NOT NULL AND NOT EXISTS"
            " (SELECT 1 FROM blobs WHERE blobs.seal_id = seals.seal_id AND delivered = 0)"
            " AND CASE privacy WHEN 'sensitive' THEN"
            # The first event that is remembered of a case is its confirmation, unless that was forgotten already.
            " EXISTS (SELECT 1 FROM cases WHERE cases.case_id = seals.case_id"
            "  AND coalesce(remembered_from, last_sequence) <= (SELECT acknowledged FROM installation))"
            " ELSE visit_id IS NOT ? AND EXISTS"
            " (SELECT 1 FROM cases WHERE cases.case_id = seals.case_id AND stage = 'closed'"
            "  AND last_sequence <= (SELECT acknowledged FROM installation)) END",
            running,
        )

    def _where(self, condition: str, *values: str | None) -> tuple[Seal, ...]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM seals WHERE {condition} ORDER BY rowid", *values)  # noqa: S608 - constants
        return tuple(map(_seal, rows))


def _seal(row: Row) -> Seal:
    seal_id, visit_id, item_id, privacy, case_id, key = row
    case = CaseId(case_id) if case_id is not None else None
    return Seal(seal_id, VisitId(visit_id), item_id, Privacy(privacy), case, bytes(key))
