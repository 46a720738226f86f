"""Where each case stands: a fold over its events, kept beside them in the same transaction.

`fold` is pure and refuses an event that does not fit, which is the last guard against a second print
intent or a second outcome: only a failed print of a closed case is repeated, under an action of its own.
A row holds nothing about a person and outlives the event bodies: it is the ledger of receipts and prints.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from contract.cases import (
    CaseClosed,
    CaseCommitted,
    CaseRendered,
    CaseStage,
    EventBody,
    PrintIntended,
    PrintOutcome,
    PrintSettled,
    Receipt,
    VisitRated,
)
from contract.ids import ActionId, CaseId, VisitId
from offline_cache.database import Database, Row
from offline_cache.receipts import counter_of
from offline_cache.trouble import OutOfOrder


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What is known of a case without its content. `action_id` is set once a print was intended or settled."""

    case_id: CaseId
    visit_id: VisitId
    item_id: str
    receipt_number: str
    committed_at: str
    stage: CaseStage = CaseStage.COMMITTED
    action_id: ActionId | None = None
    outcome: PrintOutcome | None = None
    fault_code: str | None = None
    sheets: int = 0
    rated: bool = False
    reprints: int = 0

    @property
    def receipt(self) -> Receipt:
        return Receipt(case_id=self.case_id, receipt_number=self.receipt_number, committed_at=self.committed_at)

    @property
    def print_in_doubt(self) -> bool:
        """Whether a printer may have heard of it and nobody has written down how it ended."""
        return self.stage is CaseStage.PRINTING and self.outcome is None


def case_of(body: EventBody) -> CaseId:
    """Return the case an event belongs to."""
    match body:
        case CaseCommitted():
            return body.case.case_id
        case CaseRendered():
            return body.document.case_id
        case PrintIntended() | PrintSettled() | CaseClosed() | VisitRated():
            return body.case_id
        case _:
            assert_never(body)


def fold(record: CaseRecord | None, body: EventBody) -> CaseRecord:
    """Return the case after `body`.

    Raises:
        OutOfOrder: the event cannot follow what is already known.
    """
    if isinstance(body, CaseCommitted):
        if record is not None:
            raise OutOfOrder("a case is committed once")
        case = body.case
        return CaseRecord(case.case_id, case.visit_id, case.item_id, case.receipt_number, case.committed_at)
    if record is None:
        raise OutOfOrder(f"{body.kind} before the case was committed")
    if isinstance(body, VisitRated):
        if record.rated:
            raise OutOfOrder("a case is rated once")
        return replace(record, rated=True)
    return _move(record, body)


def _move(record: CaseRecord, body: CaseRendered | PrintIntended | PrintSettled | CaseClosed) -> CaseRecord:
    match body, record.stage:
        case CaseRendered(), CaseStage.COMMITTED:
            return replace(record, stage=CaseStage.RENDERED)
        case PrintIntended(reprint_of=None), CaseStage.RENDERED:
            return replace(record, stage=CaseStage.PRINTING, action_id=body.action_id, sheets=body.sheets)
        case PrintIntended(), CaseStage.CLOSED if body.reprint_of is not None:
            return _reprinted(record, body)
        case PrintSettled(), CaseStage.COMMITTED | CaseStage.RENDERED | CaseStage.PRINTING if record.outcome is None:
            if record.stage is CaseStage.PRINTING and body.action_id != record.action_id:
                raise OutOfOrder("the print that was settled is not the one that was intended")
            if record.stage is not CaseStage.PRINTING and body.outcome is not PrintOutcome.FAILED:
                raise OutOfOrder("a print that was never intended can only have failed")
            return replace(
                record,
                action_id=body.action_id,
                outcome=body.outcome,
                fault_code=body.fault_code,
                sheets=body.sheets,
            )
        case CaseClosed(), CaseStage.COMMITTED | CaseStage.RENDERED | CaseStage.PRINTING:
            if (record.outcome or PrintOutcome.NONE) is not body.outcome:
                raise OutOfOrder("a case closes with the outcome of its print")
            if record.print_in_doubt:
                raise OutOfOrder("a case cannot close while its print is in doubt")
            return replace(record, stage=CaseStage.CLOSED, outcome=body.outcome)
        case _:
            raise OutOfOrder(f"{body.kind} while {record.stage}")


def _reprinted(record: CaseRecord, body: PrintIntended) -> CaseRecord:
    """Open a closed case for another print: only a failed one is made good, and by an action of its own."""
    if record.outcome is not PrintOutcome.FAILED:
        raise OutOfOrder("only a print that failed is repeated")
    if body.reprint_of != record.action_id or body.action_id == record.action_id:
        raise OutOfOrder("a reprint repeats the print that came last")
    return replace(
        record,
        stage=CaseStage.PRINTING,
        action_id=body.action_id,
        outcome=None,
        fault_code=None,
        sheets=body.sheets,
        reprints=record.reprints + 1,
    )


_COLUMNS = (
    "case_id, visit_id, item_id, receipt_number, committed_at, stage, action_id, outcome, fault_code, sheets, rated,"
    " reprints"
)


class CaseLedger:
    """The rows of `cases`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, case_id: CaseId) -> CaseRecord | None:
        row = self._database.row(f"SELECT {_COLUMNS} FROM cases WHERE case_id = ?", case_id)  # noqa: S608 - constant
        return _record(row) if row else None

    def of_visit(self, visit_id: VisitId) -> tuple[CaseRecord, ...]:
        """Return the visit's cases, oldest first."""
        return self._where("visit_id = ? ORDER BY counter", visit_id)

    def all(self) -> tuple[CaseRecord, ...]:
        """Return every case there ever was, oldest first."""
        return self._where("1 ORDER BY counter")

    def open(self) -> tuple[CaseRecord, ...]:
        """Return every case that is not closed, oldest first."""
        # The sign keeps SQLite from walking through every case there ever was in the order that is asked for.
        return self._where("stage <> 'closed' ORDER BY +counter")

    def confirmed(self, visit_id: VisitId, item_id: str, lookup_id: str) -> CaseRecord | None:
        """Return the case that this confirmation already made."""
        found = self._where("visit_id = ? AND item_id = ? AND lookup_id = ?", visit_id, item_id, lookup_id)
        return found[0] if found else None

    @property
    def receipts_made(self) -> int:
        """The counter of the receipt that was made last; 0 before the first."""
        row = self._database.row("SELECT coalesce(max(counter), 0) FROM cases")
        return int(row[0]) if row else 0

    def verification_code(self, case_id: CaseId) -> str:
        row = self._database.row("SELECT verification_code FROM cases WHERE case_id = ?", case_id)
        return str(row[0]) if row else ""

    def read_ahead(self) -> None:
        """Have those pages in memory that the next case will be written to."""
        self._database.row(
            "SELECT (SELECT max(counter) FROM cases), (SELECT max(case_id) FROM cases),"
            " (SELECT max(visit_id) FROM cases), (SELECT max(case_id) FROM cases WHERE stage <> 'closed')"
        )

    def insert(self, record: CaseRecord, lookup_id: str, verification_code: str, sequence: int) -> None:
        self._database.run(
            "INSERT INTO cases (counter, case_id, visit_id, item_id, lookup_id, receipt_number, committed_at,"
            " verification_code, stage, remembered_from, last_sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *(counter_of(record.receipt_number), record.case_id, record.visit_id, record.item_id, lookup_id),
            *(record.receipt_number, record.committed_at, verification_code, record.stage.value, sequence, sequence),
        )

    def update(self, record: CaseRecord, sequence: int) -> None:
        self._database.run(
            "UPDATE cases SET stage = ?, action_id = ?, outcome = ?, fault_code = ?, sheets = ?, rated = ?,"
            " reprints = ?, remembered_from = coalesce(remembered_from, ?), last_sequence = ? WHERE case_id = ?",
            *(record.stage.value, record.action_id, record.outcome and record.outcome.value, record.fault_code),
            *(record.sheets, int(record.rated), record.reprints, sequence, sequence, record.case_id),
        )

    def closed_between(self, after: int, upto: int) -> tuple[CaseId, ...]:
        """Return the closed cases, not forgotten yet, whose last event lies in that stretch of the journal."""
        rows = self._database.rows(
            "SELECT case_id FROM cases WHERE stage = 'closed' AND remembered_from IS NOT NULL"
            " AND last_sequence > ? AND last_sequence <= ? ORDER BY last_sequence",
            *(after, upto),
        )
        return tuple(CaseId(row[0]) for row in rows)

    def done_with(self, running: VisitId | None) -> list[tuple[CaseId, int, int]]:
        """Return the cases that are done with and not forgotten, each with its first and last event that is kept.

        Done with is a case that is closed, that central has all of, its files too, and whose visit is over:
        until then its citizen may have a failed print repeated.
        """
        return self._database.rows(
            "SELECT case_id, remembered_from, last_sequence FROM cases"
            " WHERE stage = 'closed' AND remembered_from IS NOT NULL"
            " AND last_sequence <= (SELECT acknowledged FROM installation) AND visit_id IS NOT ?"
            " AND NOT EXISTS (SELECT 1 FROM seals JOIN blobs USING (seal_id)"
            " WHERE seals.case_id = cases.case_id AND delivered = 0)",
            running,
        )

    def forgotten(self, cases: Iterable[CaseId]) -> None:
        """Note that nothing of these cases' events is kept any more."""
        self._database.run_each(
            "UPDATE cases SET remembered_from = NULL WHERE case_id = ?", [(case_id,) for case_id in cases]
        )

    def _where(self, condition: str, *values: str) -> tuple[CaseRecord, ...]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM cases WHERE {condition}", *values)  # noqa: S608 - constants
        return tuple(map(_record, rows))


def _record(row: Row) -> CaseRecord:
    case_id, visit_id, item_id, receipt, committed_at, stage, action, outcome, fault_code, sheets, rated, *more = row
    return CaseRecord(
        CaseId(case_id),
        VisitId(visit_id),
        item_id,
        receipt,
        committed_at,
        CaseStage(stage),
        ActionId(action) if action is not None else None,
        PrintOutcome(outcome) if outcome is not None else None,
        fault_code,
        sheets,
        bool(rated),
        *more,
    )
