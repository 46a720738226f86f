"""What central made of cases, by case: kept with the cursor that says up to where verdicts were heard.

A later verdict replaces an earlier one, since a case may be decided anew. Nothing here is about a person.
"""

from collections.abc import Iterable

from contract.ids import CaseId
from contract.sync import Verdict
from offline_cache.database import Database


class VerdictBook:
    """The table `verdicts`; writes need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, verdicts: Iterable[Verdict]) -> None:
        self._database.run_each(
            "INSERT INTO verdicts (case_id, verdict, at) VALUES (?, ?, ?) ON CONFLICT (case_id)"
            " DO UPDATE SET verdict = excluded.verdict, at = excluded.at",
            [(verdict.case_id, verdict.verdict, verdict.at) for verdict in verdicts],
        )

    def of(self, case_id: CaseId) -> str | None:
        """Return what central made of the case, as far as it was heard."""
        row = self._database.row("SELECT verdict FROM verdicts WHERE case_id = ?", case_id)
        return str(row[0]) if row else None
