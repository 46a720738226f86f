"""What central told this terminal to do, and how far each order got: the ledger that keeps one from being done twice.

An order is written down as begun before anything is done, and what ended stays as it ended; the database
itself sees to that. Whether central heard of it is noted apart. Verifies nothing and does nothing.
"""

from contract.fleet import CommandAnswer, CommandKind
from offline_cache.database import Database, Row

_COLUMNS = "command_id, state, at, detail, blob_sha256"


class OrderLedger:
    """The table `orders`, and whether the terminal is in service. Every write is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def in_service(self) -> bool:
        row = self._database.row("SELECT in_service FROM installation")
        return row is None or bool(row[0])

    def find(self, command_id: str) -> CommandAnswer | None:
        """Return how far an order got; None for one that was never taken up."""
        row = self._database.row(f"SELECT {_COLUMNS} FROM orders WHERE command_id = ?", command_id)  # noqa: S608 - constant
        return _answer(row) if row else None

    def take_up(self, kind: CommandKind, answer: CommandAnswer) -> bool:
        """Write an order down for the first time; False when it was written down before."""
        with self._database.transaction():
            return self._insert(kind, answer)

    def end(self, answer: CommandAnswer) -> None:
        """Write down how an order that was begun ended."""
        with self._database.transaction():
            self._database.run(
                "UPDATE orders SET state = ?, at = ?, detail = ?, blob_sha256 = ?, told = 0"
                " WHERE command_id = ? AND state = 'begun'",
                *(answer.state.value, answer.at, answer.detail, answer.blob_sha256, answer.command_id),
            )

    def serve(self, kind: CommandKind, answer: CommandAnswer, *, in_service: bool) -> bool:
        """Take the terminal out of service or back, and write the order down as done, in one; False as `take_up`."""
        with self._database.transaction():
            fresh = self._insert(kind, answer)
            if fresh:
                self._database.run("UPDATE installation SET in_service = ?", int(in_service))
            return fresh

    def begun(self) -> tuple[tuple[CommandKind, CommandAnswer], ...]:
        """Return what an earlier process was doing when it ended."""
        rows = self._database.rows(f"SELECT kind, {_COLUMNS} FROM orders WHERE state = 'begun' ORDER BY rowid")  # noqa: S608 - constant
        return tuple((CommandKind(kind), _answer(row)) for kind, *row in rows)

    def untold(self, count: int) -> tuple[CommandAnswer, ...]:
        """Return what central has to hear, the oldest first."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} FROM orders INDEXED BY untold_orders WHERE told = 0 ORDER BY rowid LIMIT ?",  # noqa: S608 - constant
            count,
        )
        return tuple(map(_answer, rows))

    def told(self, answers: tuple[CommandAnswer, ...]) -> None:
        """Note that central heard these, where nothing newer has happened since."""
        with self._database.transaction():
            for answer in answers:
                self._database.run(
                    "UPDATE orders SET told = 1 WHERE command_id = ? AND state = ?",
                    *(answer.command_id, answer.state.value),
                )

    def tell_again(self, command_id: str) -> None:
        """Note that central asks again for what it was told, as one does that was restored from a backup."""
        with self._database.transaction():
            self._database.run("UPDATE orders SET told = 0 WHERE command_id = ?", command_id)

    def _insert(self, kind: CommandKind, answer: CommandAnswer) -> bool:
        return (
            self._database.run(
                f"INSERT INTO orders (kind, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608 - constant
                *(kind.value, answer.command_id, answer.state.value, answer.at, answer.detail, answer.blob_sha256),
            )
            > 0
        )


def _answer(row: "Row | list[object]") -> CommandAnswer:
    command_id, state, at, detail, blob = row
    return CommandAnswer.model_validate(
        {"command_id": command_id, "state": state, "at": at, "detail": detail, "blob_sha256": blob}
    )
