"""Who this disk is to central: one row, made once, made anew when the disk turns out to be another's copy.

`turn` is the last word that central gave with an acknowledgement, kept in the same transaction, so that a
disk that was copied or set back gives itself away. Says nothing about a person.
"""

from contract.ids import InstallationId, new_id
from offline_cache.database import Database
from offline_cache.receipts import new_tag


class Installation:
    """The table `installation`; writes need an open transaction."""

    def __init__(self, database: Database, at: str) -> None:
        """Read who we are, or begin a new installation."""
        self._database = database
        if database.row("SELECT 1 FROM installation") is None:
            with database.transaction():
                database.run(
                    "INSERT INTO installation (one, installation_id, tag, began_at) VALUES (1, ?, ?, ?)",
                    *(new_id(), new_tag(), at),
                )
        self._read()

    @property
    def turn(self) -> str | None:
        """Central's last word to this installation."""
        row = self._database.row("SELECT turn FROM installation")
        return row[0] if row else None

    @property
    def verdict_cursor(self) -> int | None:
        """Up to where central's verdicts were heard."""
        row = self._database.row("SELECT verdict_cursor FROM installation")
        return row[0] if row else None

    @property
    def machine(self) -> str | None:
        """The machine that this disk was last used on; None before any was noted."""
        row = self._database.row("SELECT machine FROM installation")
        return row[0] if row else None

    def on_machine(self, machine: str) -> None:
        self._database.run("UPDATE installation SET machine = ?", machine)

    def heard(self, turn: str | None, verdict_cursor: int | None) -> None:
        """Note what central said; None is nothing new."""
        self._database.run(
            "UPDATE installation SET turn = coalesce(?, turn), verdict_cursor = coalesce(?, verdict_cursor)",
            *(turn, verdict_cursor),
        )

    def begin_anew(self, at: str) -> None:
        """Become a new installation: another id, another tag, numbers that go on after what central has."""
        with self._database.transaction():
            self._database.run(
                "UPDATE installation SET installation_id = ?, tag = ?, began_at = ?,"
                " first_sequence = acknowledged + 1, turn = NULL, verdict_cursor = NULL",
                *(new_id(), new_tag(), at),
            )
        self._read()

    def _read(self) -> None:
        row = self._database.row("SELECT installation_id, tag, first_sequence FROM installation")
        assert row is not None, "made a moment ago"  # noqa: S101 - guards against our own bugs
        self.id = InstallationId(row[0])
        self.tag = str(row[1])
        self.first_sequence = int(row[2])
