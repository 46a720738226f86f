"""The ledger of paper: every print that was intended or settled, its sheets, its outcome, what it repeats.

Follows the events in their transaction, outlives their bodies, and holds nothing about a person: it is what
an auditor of paper and toner may read. It judges nothing; `fold` does.
"""

from dataclasses import dataclass

from contract.cases import EventBody, PrintIntended, PrintOutcome, PrintSettled
from contract.ids import ActionId, CaseId
from offline_cache.database import Database, Row


@dataclass(frozen=True, slots=True)
class PrintRecord:
    """One physical print. `sheets_intended` is None when it failed before it came to a printer."""

    action_id: ActionId
    case_id: CaseId
    reprint_of: ActionId | None
    sheets_intended: int | None
    outcome: PrintOutcome | None
    fault_code: str | None
    sheets: int


class PrintLedger:
    """The table `prints`; writes need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def follow(self, body: EventBody) -> None:
        """Note what an event says about paper, if it says anything."""
        if isinstance(body, PrintIntended):
            self._database.run(
                "INSERT INTO prints (action_id, case_id, reprint_of, sheets_intended) VALUES (?, ?, ?, ?)",
                *(body.action_id, body.case_id, body.reprint_of, body.sheets),
            )
        elif isinstance(body, PrintSettled):
            self._database.run(
                "INSERT INTO prints (action_id, case_id, outcome, fault_code, sheets) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (action_id) DO UPDATE SET outcome = excluded.outcome,"
                " fault_code = excluded.fault_code, sheets = excluded.sheets",
                *(body.action_id, body.case_id, body.outcome.value, body.fault_code, body.sheets),
            )

    def find(self, action_id: ActionId) -> PrintRecord | None:
        found = self._where("action_id = ?", action_id)
        return found[0] if found else None

    def of_case(self, case_id: CaseId) -> tuple[PrintRecord, ...]:
        """Return the case's prints, oldest first."""
        return self._where("case_id = ? ORDER BY rowid", case_id)

    def newest(self, count: int) -> tuple[PrintRecord, ...]:
        """Return the newest prints, newest first."""
        return self._where("1 ORDER BY rowid DESC LIMIT ?", count)

    def _where(self, condition: str, *values: str | int) -> tuple[PrintRecord, ...]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM prints WHERE {condition}", *values)  # noqa: S608 - constants
        return tuple(map(_record, rows))


_COLUMNS = "action_id, case_id, reprint_of, sheets_intended, outcome, fault_code, sheets"


def _record(row: Row) -> PrintRecord:
    action, case_id, reprint_of, intended, outcome, fault_code, sheets = row
    return PrintRecord(
        ActionId(action),
        CaseId(case_id),
        ActionId(reprint_of) if reprint_of is not None else None,
        intended,
        PrintOutcome(outcome) if outcome is not None else None,
        fault_code,
        sheets,
    )
