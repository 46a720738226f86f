"""The visit that runs: a mark on the disk, so that a crash in it can be owned up to.

There is one at most. It is not about a person, and goes with the visit.
"""

from contract.ids import VisitId
from offline_cache.database import Database


class RunningVisit:
    """The table `running_visit`; writes need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, visit_id: VisitId, at: str) -> None:
        self._database.run(
            "INSERT INTO running_visit (one, visit_id, began_at) VALUES (1, ?, ?) ON CONFLICT (one)"
            " DO UPDATE SET visit_id = excluded.visit_id, began_at = excluded.began_at",
            *(visit_id, at),
        )

    def end(self, visit_id: VisitId) -> None:
        """Take the mark away if it is still that visit's."""
        self._database.run("DELETE FROM running_visit WHERE visit_id = ?", visit_id)

    def now(self) -> VisitId | None:
        row = self._database.row("SELECT visit_id FROM running_visit")
        return VisitId(row[0]) if row else None
