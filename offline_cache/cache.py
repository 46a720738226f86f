"""The cache as a whole: opened, set aside when it is broken, and its writes as whole transactions.

A database that the key does not open or that is damaged is moved away under another name, complete and
untouched, and a new installation begins; a newer release's database, a key that is withheld and a disk that
refuses are left alone and reported. New cases are refused while the disk still has room to finish the open
ones.
"""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from contract.cases import Case, CaseCommitted, CaseRendered, EventBody, Receipt
from contract.documents import IssuedDocument
from contract.ids import CaseId, InstallationId, KioskId, LookupId, VisitId
from contract.sync import Verdict
from offline_cache.aside import SetAside, set_aside
from offline_cache.blobs import BlobStore, Piece
from offline_cache.cases import CaseLedger, CaseRecord, case_of, fold
from offline_cache.catalogue_store import CatalogueStore, Source, StoredCatalogue
from offline_cache.database import Database
from offline_cache.envelope import unlock
from offline_cache.installation import Installation
from offline_cache.journal import Journal, OutgoingEvent
from offline_cache.keys import KeySource
from offline_cache.lookup_cache import KeptAnswer, LookupCache, Moment
from offline_cache.numbers import NumberStock
from offline_cache.orders import OrderLedger
from offline_cache.prints import PrintLedger
from offline_cache.receipts import NumberMark, receipt_number
from offline_cache.room import RESERVE_BYTES, refuse_when_nearly_full
from offline_cache.running import RunningVisit
from offline_cache.trouble import CacheBroken, OutOfOrder, StorageTrouble, os_trouble
from offline_cache.verdicts import VerdictBook

STORE: Final = "store"
DATABASE: Final = "agent.db"
BLOBS: Final = "blobs"
KEY: Final = "database.key"
_SPARE_NUMBERS: Final = 64
"""So many receipt numbers are marked before a visit begins, so that no confirmation waits for the mark."""


class Cache:
    """Everything the agent keeps on disk. Made and used on one thread."""

    def __init__(self, database: Database, folder: Path, kiosk: KioskId, at: str, set_aside: SetAside | None) -> None:
        self._database = database
        self._folder = folder
        self._kiosk = kiosk
        self.set_aside = set_aside
        self.journal = Journal(database)
        self.cases = CaseLedger(database)
        self.prints = PrintLedger(database)
        self.blobs = BlobStore(database, folder / BLOBS)
        self.life = Installation(database, at)
        self.orders = OrderLedger(database)
        self.numbers = NumberStock(database)
        self.verdicts = VerdictBook(database)
        self._running = RunningVisit(database)
        self._answers = LookupCache(database)
        self._catalogues = CatalogueStore(database)
        self._mark = NumberMark(folder)
        self._receipts = max(self.cases.receipts_made, self._mark.upto)
        running = self.running_visit()
        self.blobs.sweep(running)
        self._wipe_answers(running)

    @property
    def installation(self) -> InstallationId:
        return self.life.id

    def close(self) -> None:
        self.blobs.close()
        with suppress(StorageTrouble):
            self._mark.settle(self._receipts)
        self._database.close()

    # Cases

    def commit_case(
        self,
        case: Case,
        *,
        lookup_id: str,
        verification_code: str,
        at: str,
        attachments: Collection[str] = (),
        reserve_bytes: int = RESERVE_BYTES,
    ) -> tuple[Case, bool]:
        """Make `case` durable under the next receipt number, with the held files that `attachments` names by hash.

        Returns:
            The case with its number, and whether it is new; the same confirmation again returns the case id
            and number of the first.

        Raises:
            AttachmentMissing: a file is not held; nothing was written.
            StorageTrouble: nothing was written.
        """
        earlier = self.cases.confirmed(case.visit_id, case.item_id, lookup_id)
        if earlier is not None:
            known = {"case_id": earlier.case_id, "receipt_number": earlier.receipt_number}
            return case.model_copy(update=known | {"committed_at": earlier.committed_at}), False
        refuse_when_nearly_full(self._folder, reserve_bytes)
        counter = self._receipts + 1
        self._mark.cover(counter)
        number = receipt_number(self._kiosk, self.life.tag, counter)
        held = self.blobs.drafted(case.visit_id, case.item_id, attachments)
        case = case.model_copy(update={"receipt_number": number, "attachments": held})
        committed = CaseCommitted(case=case)
        with self._database.transaction():
            self.cases.insert(fold(None, committed), lookup_id, verification_code, self.journal.last + 1)
            left = self.blobs.keep(case.case_id, case.visit_id, case.item_id, attachments)
            self._answers.consume(case.visit_id, lookup_id)
            self.journal.append(committed, at)
        self._receipts = counter
        self.blobs.unlink(left)
        return case, True

    def receipt_of(self, visit_id: VisitId, item_id: str, lookup_id: str) -> Receipt | None:
        """Return the receipt of a confirmation that was already made durable."""
        found = self.cases.confirmed(visit_id, item_id, lookup_id)
        return found.receipt if found is not None else None

    def case(self, case_id: CaseId) -> Case | None:
        """Return a case as it was committed, while its content is still kept."""
        found = (body.case for body in self.journal.bodies(case_id) if isinstance(body, CaseCommitted))
        return next(found, None)

    def document(self, case_id: CaseId) -> IssuedDocument | None:
        """Return what is recorded of a case's document, while it is still kept."""
        found = (body.document for body in self.journal.bodies(case_id) if isinstance(body, CaseRendered))
        return next(found, None)

    def record(self, bodies: tuple[EventBody, ...], at: str) -> None:
        """Append events of committed cases and move the cases and the ledger of prints, in one transaction.

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
                self.prints.follow(body)
                self.cases.update(moved, self.journal.append(body, at))

    def attach(self, piece: Piece, *, reserve_bytes: int = RESERVE_BYTES) -> int:
        """Take a piece of a file; return how many bytes of it are held. Raises as `BlobStore.receive`."""
        refuse_when_nearly_full(self._folder, reserve_bytes)
        return self.blobs.receive(piece)

    # Delivery

    def tail(self, after: int, count: int, size: int, without: Collection[int] = ()) -> tuple[OutgoingEvent, ...]:
        return self.journal.tail(after, count, size, without)

    def acknowledge(
        self,
        sequence: int,
        turn: str | None = None,
        verdict_cursor: int | None = None,
        verdicts: Collection[Verdict] = (),
    ) -> tuple[CaseId, ...]:
        """Note what central has and said; return the closed cases that are now delivered whole.

        Raises:
            ValueError: central acknowledges what this installation never wrote.
        """
        before = self.journal.acknowledged
        if sequence <= before and turn is None and verdict_cursor is None and not verdicts:
            return ()
        with self._database.transaction():
            self.journal.acknowledge(sequence)
            self.life.heard(turn, verdict_cursor)
            self.verdicts.note(verdicts)
        return self.cases.closed_between(before, sequence)

    def acknowledge_back(self, sequence: int) -> tuple[tuple[int, int], ...]:
        """Note that central lost what came after `sequence`; return the stretches that are forgotten here too."""
        with self._database.transaction():
            return self.journal.go_back(sequence)

    def begin_anew(self, at: str) -> InstallationId:
        """Become a new installation, as a disk that was copied or set back has to."""
        self.life.begin_anew(at)
        return self.installation

    def move_in(self, machine: str, at: str) -> bool:
        """Note on which machine this disk is; return whether it came from another and is a new installation now."""
        before = self.life.machine
        if before == machine:
            return False
        if before is not None:
            self.life.begin_anew(at)
        with self._database.transaction():
            self.life.on_machine(machine)
        return before is not None

    def forget_delivered(self) -> int:
        """Forget cases that are done with, and destroy keys whose retention has ended.

        Returns:
            How many events became tombstones.
        """
        running = self.running_visit()
        with self._database.transaction():
            done = self.cases.done_with(running)
            forgotten = self.journal.forget(done)
            self.cases.forgotten(case_id for case_id, _first, _last in done)
        if forgotten:
            self._database.shrink_journal()
        self.blobs.forget_outlived(running)
        return forgotten

    # Catalogue

    def catalogue(self, source: Source) -> StoredCatalogue | None:
        return self._catalogues.load(source)

    def put_catalogue(self, stored: StoredCatalogue) -> None:
        with self._database.transaction():
            self._catalogues.store(stored)

    # The visit that runs

    def begin_visit(self, visit_id: VisitId, at: str) -> None:
        """Mark the visit that runs, and forget what an earlier one left, whose end nobody heard of."""
        with self._database.transaction():
            self._running.begin(visit_id, at)
        self._mark.cover(self._receipts + 1, spare=_SPARE_NUMBERS)
        self.blobs.forget_drafts_but(visit_id)
        self._wipe_answers(visit_id)
        # What a confirmation would wait for, done while its citizen looks for what they came for.
        self._database.lay_out_log()
        self.cases.read_ahead()
        self.journal.read_ahead()
        self.blobs.read_ahead(visit_id)
        self._answers.read_ahead(visit_id)

    def end_visit(self, visit_id: VisitId) -> None:
        """Take the mark away if it is still that visit's; forget what it did not confirm."""
        with self._database.transaction():
            self._running.end(visit_id)
            self._answers.wipe(visit_id)
        self.blobs.forget_visit(visit_id)
        self.forget_delivered()
        # Also for what a confirmation took away, which did not stop to empty the log.
        self._database.shrink_journal()

    def running_visit(self) -> VisitId | None:
        return self._running.now()

    def newest_case_of(self, visit_id: VisitId) -> CaseRecord | None:
        found = self.cases.of_visit(visit_id)
        return found[-1] if found else None

    def keep_answer(self, visit_id: VisitId, lookup_id: LookupId, answer: KeptAnswer) -> None:
        """Keep an answer for the visit that runs; for any other it is not kept."""
        with self._database.transaction():
            if self.running_visit() == visit_id:
                self._answers.keep(visit_id, lookup_id, answer)

    def kept_answer(self, visit_id: VisitId, lookup_id: LookupId, now: Moment) -> KeptAnswer | None:
        return self._answers.find(visit_id, lookup_id, now)

    def _wipe_answers(self, running: VisitId | None) -> None:
        with self._database.transaction():
            wiped = self._answers.wipe_all_but(running)
        if wiped:
            self._database.shrink_journal()


def open_cache(state_dir: Path, kiosk: KioskId, at: str, keys: KeySource = KeySource()) -> Cache:  # noqa: B008 - frozen
    """Open the cache below `state_dir`, on the thread that will use it.

    `at` is an RFC 3339 instant; it names what has to be set aside.

    Raises:
        StorageTrouble: it cannot be used now; nothing was changed.
    """
    store = state_dir / STORE
    try:
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        store.mkdir(exist_ok=True, mode=0o700)
        try:
            return _open(state_dir, kiosk, at, keys)
        except CacheBroken as broken:
            aside = set_aside(store, broken.reason, at)
            store.mkdir(mode=0o700)
            return _open(state_dir, kiosk, at, keys, aside)
    except OSError as error:
        raise os_trouble(error, state_dir.name) from None


def _open(state_dir: Path, kiosk: KioskId, at: str, keys: KeySource, aside: SetAside | None = None) -> Cache:
    store = state_dir / STORE
    unlocked = unlock(store, store / DATABASE, state_dir / KEY, keys)
    database = Database(store / DATABASE, unlocked.key)
    try:
        with suppress(OSError):  # the old envelope opens it as before; the next start tries again
            unlocked.settle()
        return Cache(database, store, kiosk, at, aside)
    except BaseException:
        database.close()
        raise
