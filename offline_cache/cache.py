"""The cache as a whole: opened, set aside when it is broken, and its writes as whole transactions.

A database that the key does not open or that is damaged is moved away under another name, complete and
untouched, and a new installation begins; a newer release's database and a disk that refuses are left
alone and reported. New cases are refused while the disk still has room to finish the open ones.
"""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contract.cases import Case, CaseCommitted, EventBody, Receipt
from contract.ids import CaseId, InstallationId, KioskId, VisitId, new_id
from offline_cache.cases import CaseLedger, CaseRecord, case_of, fold
from offline_cache.catalogue_store import CatalogueStore, Source, StoredCatalogue
from offline_cache.database import Database
from offline_cache.journal import Journal, OutgoingEvent
from offline_cache.keys import read_or_make_key, sync_folder
from offline_cache.receipts import new_tag, receipt_number
from offline_cache.trouble import BrokenReason, CacheBroken, OutOfOrder, StorageFull, os_trouble

STORE: Final = "store"
DATABASE: Final = "agent.db"
KEY: Final = "database.key"
RESERVE_BYTES: Final = 32 * 1024 * 1024
"""Room that is kept for finishing what is open; a case and its events take some tens of kilobytes."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A database that was moved away, and why."""

    path: Path
    reason: BrokenReason


class Cache:
    """Everything the agent keeps on disk. Made and used on one thread."""

    def __init__(self, database: Database, folder: Path, kiosk: KioskId, at: str, set_aside: SetAside | None) -> None:
        self._database = database
        self._folder = folder
        self._kiosk = kiosk
        self.set_aside = set_aside
        self.journal = Journal(database)
        self.cases = CaseLedger(database)
        self._catalogues = CatalogueStore(database)
        row = database.row("SELECT installation_id, tag FROM installation")
        if row is None:
            row = (new_id(), new_tag())
            with database.transaction():
                database.run(
                    "INSERT INTO installation (one, installation_id, tag, began_at) VALUES (1, ?, ?, ?)", *row, at
                )
        self.installation = InstallationId(row[0])
        self._tag = str(row[1])

    def close(self) -> None:
        self._database.close()

    # Cases

    def commit_case(
        self, case: Case, *, lookup_id: str, verification_code: str, at: str, reserve_bytes: int = RESERVE_BYTES
    ) -> tuple[Case, bool]:
        """Make `case` durable under the next receipt number.

        Returns:
            The case with its number, and whether it is new; the same confirmation again returns the case id
            and number of the first.

        Raises:
            StorageTrouble: nothing was written.
        """
        earlier = self.cases.confirmed(case.visit_id, case.item_id, lookup_id)
        if earlier is not None:
            known = {"case_id": earlier.case_id, "receipt_number": earlier.receipt_number}
            return case.model_copy(update=known | {"committed_at": earlier.committed_at}), False
        self._refuse_when_nearly_full(reserve_bytes)
        with self._database.transaction():
            self._database.run("UPDATE installation SET receipts_made = receipts_made + 1")
            row = self._database.row("SELECT receipts_made FROM installation")
            number = receipt_number(self._kiosk, self._tag, int(row[0]) if row else 0)
            case = case.model_copy(update={"receipt_number": number})
            committed = CaseCommitted(case=case)
            self.cases.insert(fold(None, committed), lookup_id, verification_code, self.journal.last + 1)
            self.journal.append(committed, at)
        return case, True

    def receipt_of(self, visit_id: VisitId, item_id: str, lookup_id: str) -> Receipt | None:
        """Return the receipt of a confirmation that was already made durable."""
        found = self.cases.confirmed(visit_id, item_id, lookup_id)
        return found.receipt if found is not None else None

    def record(self, bodies: tuple[EventBody, ...], at: str) -> None:
        """Append events of committed cases and move the cases, in one transaction.

        Raises:
            OutOfOrder: one does not fit its case.
            StorageTrouble: nothing was written.
        """
        with self._database.transaction():
            for body in bodies:
                record = self.cases.find(case_of(body))
                if record is None:
                    raise OutOfOrder(f"{body.kind} for a case that is not here")
                moved = fold(record, body)
                self.cases.update(moved, self.journal.append(body, at).sequence)

    # Delivery

    def tail(self, after: int, count: int, size: int, without: Collection[int] = ()) -> tuple[OutgoingEvent, ...]:
        return self.journal.tail(after, count, size, without)

    def acknowledge(self, sequence: int) -> tuple[CaseId, ...]:
        """Note what central has; return the closed cases that are now delivered whole.

        Raises:
            ValueError: central acknowledges what this installation never wrote.
        """
        before = self.journal.acknowledged
        if sequence <= before:
            return ()
        with self._database.transaction():
            self.journal.acknowledge(sequence)
        return self.cases.closed_between(before, sequence)

    def forget_delivered(self) -> int:
        """Forget what central holds of closed cases; return how many events became tombstones."""
        with self._database.transaction():
            forgotten = self.journal.forget_delivered()
        if forgotten:
            self._database.shrink_journal()
        return forgotten

    # Catalogue

    def catalogue(self, source: Source) -> StoredCatalogue | None:
        return self._catalogues.load(source)

    def put_catalogue(self, stored: StoredCatalogue) -> None:
        with self._database.transaction():
            self._catalogues.store(stored)

    # The visit that runs

    def begin_visit(self, visit_id: VisitId, at: str) -> None:
        with self._database.transaction():
            self._database.run(
                "INSERT INTO running_visit (one, visit_id, began_at) VALUES (1, ?, ?) ON CONFLICT (one)"
                " DO UPDATE SET visit_id = excluded.visit_id, began_at = excluded.began_at",
                *(visit_id, at),
            )

    def end_visit(self, visit_id: VisitId) -> None:
        """Take the mark away if it is still that visit's."""
        with self._database.transaction():
            self._database.run("DELETE FROM running_visit WHERE visit_id = ?", visit_id)

    def running_visit(self) -> VisitId | None:
        row = self._database.row("SELECT visit_id FROM running_visit")
        return VisitId(row[0]) if row else None

    def newest_case_of(self, visit_id: VisitId) -> CaseRecord | None:
        found = self.cases.of_visit(visit_id)
        return found[-1] if found else None

    def _refuse_when_nearly_full(self, reserve_bytes: int) -> None:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise os_trouble(error, self._folder.name) from None
        if free < reserve_bytes:
            raise StorageFull(f"{free // 1024} KiB left, {reserve_bytes // 1024} KiB are kept for open cases")


def open_cache(state_dir: Path, kiosk: KioskId, at: str) -> Cache:
    """Open the cache below `state_dir`, on the thread that will use it.

    `at` is an RFC 3339 instant; it names what has to be set aside.

    Raises:
        StorageTrouble: it cannot be used now; nothing was changed.
    """
    store = state_dir / STORE
    aside: SetAside | None = None
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        key, key_is_new = read_or_make_key(state_dir / KEY)
        if key_is_new and (store / DATABASE).exists():
            aside = _set_aside(store, "key-missing", at)
        store.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise os_trouble(error, state_dir.name) from None
    try:
        database = Database(store / DATABASE, key)
    except CacheBroken as broken:
        aside = _set_aside(store, broken.reason, at)
        store.mkdir(mode=0o700)
        database = Database(store / DATABASE, key)
    try:
        return Cache(database, store, kiosk, at, aside)
    except BaseException:
        database.close()
        raise


def _set_aside(store: Path, reason: BrokenReason, at: str) -> SetAside:
    """Move the whole store folder: one rename, so that file and write-ahead log are never parted."""
    stamp = at.replace(":", "").replace(".", "")
    path = store.with_name(f"{store.name}-{reason}-{stamp}-{new_id()}")
    try:
        store.rename(path)
        sync_folder(store.parent)
    except OSError as error:
        raise os_trouble(error, store.name) from None
    return SetAside(path, reason)
