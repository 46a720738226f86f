"""Answers of registers, kept for the visit that runs so that it outlives an agent that was killed.

Only for items that allow it (`LookupStep.keep`), as the bytes that came, signature and all. An answer is
served to the visit that asked and until it expires, counted on a clock that nobody can set and that a
restart of the machine ends; at the visit's end it is destroyed. It decides nothing about signatures.
"""

from dataclasses import dataclass, field

from contract.ids import LookupId, VisitId
from offline_cache.database import Database


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of one boot: `boot_id` as the kernel names it, `seconds` of its ``CLOCK_BOOTTIME``."""

    boot_id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a register answered, byte for byte, and until when it may be used."""

    item_id: str
    until: Moment
    body: bytes = field(repr=False)


class LookupCache:
    """The table `answers`; writes need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, visit_id: VisitId, lookup_id: LookupId, answer: KeptAnswer) -> None:
        self._database.run(
            "INSERT INTO answers (visit_id, lookup_id, item_id, boot_id, until_s, body) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET item_id = excluded.item_id, boot_id = excluded.boot_id,"
            " until_s = excluded.until_s, body = excluded.body",
            *(visit_id, lookup_id, answer.item_id, answer.until.boot_id, answer.until.seconds, answer.body),
        )

    def find(self, visit_id: VisitId, lookup_id: LookupId, now: Moment) -> KeptAnswer | None:
        """Return the visit's answer while it is good; None afterwards, and for every other visit."""
        row = self._database.row(
            "SELECT item_id, boot_id, until_s, body FROM answers"
            " WHERE visit_id = ? AND lookup_id = ? AND boot_id = ? AND until_s > ?",
            *(visit_id, lookup_id, now.boot_id, now.seconds),
        )
        return KeptAnswer(row[0], Moment(row[1], row[2]), bytes(row[3])) if row else None

    def read_ahead(self, visit_id: VisitId) -> None:
        """Have the page in memory that tells which answers a visit has."""
        self._database.rows("SELECT lookup_id FROM answers WHERE visit_id = ?", visit_id)

    def consume(self, visit_id: VisitId, lookup_id: str) -> None:
        """Destroy an answer that is in a case now."""
        self._database.run("DELETE FROM answers WHERE visit_id = ? AND lookup_id = ?", visit_id, lookup_id)

    def wipe(self, visit_id: VisitId) -> int:
        """Destroy a visit's answers; return how many there were."""
        return self._database.run("DELETE FROM answers WHERE visit_id = ?", visit_id)

    def wipe_all_but(self, visit_id: VisitId | None) -> int:
        """Destroy the answers of every visit but the one that runs."""
        return self._database.run("DELETE FROM answers WHERE visit_id IS NOT ?", visit_id)
