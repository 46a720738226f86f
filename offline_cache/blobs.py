"""Files of cases: taken in piece by piece, sealed while they come, handed out again for central.

A file counts when its bytes, its name and its row are durable, in this order; what a crash leaves of
anything else is swept at the next start. Content is never in memory beyond a segment and a piece, and
never on the disk in the clear. What central has of a file is central's word alone.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contract.cases import Attachment
from contract.ids import CaseId, VisitId
from contract.privacy import Privacy
from offline_cache.database import Database
from offline_cache.sealed_file import NotThatContent, SealBroken, SealedWriter, read_sealed
from offline_cache.seals import Seal, SealBox
from offline_cache.trouble import AttachmentMissing, AttachmentRefused, os_trouble

MOST_BYTES: Final = 32 * 1024 * 1024
"""The largest file, which is also what central takes."""
MOST_FILES: Final = 40
"""Files of one visit; also how many can be on their way at a time."""

_Place = tuple[VisitId, str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a file's plain content, and what the whole will be."""

    visit_id: VisitId
    item_id: str
    privacy: Privacy
    purpose: str
    media_type: str
    sha256: str
    size: int
    offset: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file of a committed case that central has `sent` bytes of."""

    case_id: CaseId
    sha256: str
    size: int
    media_type: str
    sent: int


class BlobStore:
    """The table `blobs` and the folder of sealed files."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._seals = SealBox(database)
        self._coming: dict[_Place, tuple[Seal, SealedWriter]] = {}

    # What a visit brings

    def receive(self, piece: Piece) -> int:
        """Take a piece; return how many bytes of the file are held. At `size` the file is durable.

        A piece that begins elsewhere is not taken: whoever sends goes on from what is returned, also after
        the agent was killed, and whatever was already heard may be said again.

        Raises:
            AttachmentRefused: the content is not what was announced, too large, or one file too many.
            StorageTrouble: the disk refuses; nothing of the file is kept.
        """
        if self._drafted(piece.visit_id, piece.item_id, piece.sha256) is not None:
            return piece.size
        place = (piece.visit_id, piece.item_id, piece.sha256)
        try:
            return self._take(place, piece)
        except OSError as error:
            self._drop(place)
            raise os_trouble(error, "an attachment") from None
        except NotThatContent as error:
            self._drop(place)
            raise AttachmentRefused(str(error)) from None
        except BaseException:
            self._drop(place)
            raise

    def drafted(self, visit_id: VisitId, item_id: str, hashes: Iterable[str]) -> tuple[Attachment, ...]:
        """Return the held files that a confirmation names.

        Raises:
            AttachmentMissing: one is not held, or not whole.
        """
        found = [self._drafted(visit_id, item_id, sha256) for sha256 in hashes]
        if None in found:
            raise AttachmentMissing
        return tuple(attachment for attachment in found if attachment is not None)

    def read_ahead(self, visit_id: VisitId) -> None:
        """Have those pages in memory that tell which files a confirmation brings."""
        self._seals.drafts_of(visit_id)

    def keep(self, case_id: CaseId, visit_id: VisitId, item_id: str, hashes: Iterable[str]) -> tuple[Path, ...]:
        """Make named files the case's and forget the others, within the caller's transaction.

        Returns:
            Files that belong to nothing once the transaction is durable.
        """
        for place in [place for place in self._coming if place[:2] == (visit_id, item_id)]:
            self._drop(place)
        named = frozenset(hashes)
        left: list[Path] = []
        for seal in self._seals.drafts_for(visit_id, item_id):
            held = [sha256 for (sha256,) in self._database.rows(_HASHES, seal.seal_id)]
            left += [self._folder / seal.file_name(sha256) for sha256 in held if sha256 not in named]
            for sha256 in held:
                if sha256 not in named:
                    self._database.run("DELETE FROM blobs WHERE seal_id = ? AND sha256 = ?", seal.seal_id, sha256)
            if named.isdisjoint(held):
                self._seals.destroy([seal])
            else:
                self._seals.bind([seal], case_id)
        return tuple(left)

    def forget_visit(self, visit_id: VisitId) -> None:
        """Destroy what a visit brought and did not confirm."""
        for place in [place for place in self._coming if place[0] == visit_id]:
            self._drop(place)
        self._forget(self._seals.drafts_of(visit_id))

    def forget_drafts_but(self, running: VisitId) -> None:
        """Destroy what visits other than the one that runs did not confirm."""
        for place in [place for place in self._coming if place[0] != running]:
            self._drop(place)
        self._forget(seal for seal in self._seals.drafts() if seal.visit_id != running)

    # What goes to central

    def to_send(self, count: int) -> tuple[Parcel, ...]:
        """Return the oldest files of committed cases that central does not have whole."""
        rows = self._database.rows(
            "SELECT case_id, sha256, size, media_type, sent FROM blobs JOIN seals USING (seal_id)"
            " WHERE delivered = 0 AND case_id IS NOT NULL ORDER BY blobs.rowid LIMIT ?",
            count,
        )
        return tuple(Parcel(CaseId(case_id), *rest) for case_id, *rest in rows)

    def read(self, case_id: CaseId, sha256: str, offset: int, length: int) -> bytes:
        """Return plain content of a case's file.

        Raises:
            AttachmentMissing: it is not here any more, or damaged: central has to be told so.
            StorageTrouble: the disk refuses for now.
        """
        for seal in self._seals.of_case(case_id):
            row = self._database.row("SELECT size FROM blobs WHERE seal_id = ? AND sha256 = ?", seal.seal_id, sha256)
            if row is None:
                continue
            path = self._folder / seal.file_name(sha256)
            try:
                return read_sealed(path, seal.key, sha256, int(row[0]), offset=offset, length=length)
            except (FileNotFoundError, SealBroken):
                raise AttachmentMissing from None
            except OSError as error:
                raise os_trouble(error, "an attachment") from None
        raise AttachmentMissing

    def sent(self, case_id: CaseId, sha256: str, upto: int) -> None:
        """Note how many bytes central has durably; all of them is delivered."""
        with self._database.transaction():
            self._database.run(
                "UPDATE blobs SET sent = min(?, size), delivered = (? >= size) WHERE sha256 = ? AND delivered = 0"
                " AND seal_id IN (SELECT seal_id FROM seals WHERE case_id = ?)",
                *(upto, upto, sha256, case_id),
            )

    def give_up(self, case_id: CaseId, sha256: str) -> None:
        """Let go of a file that is gone or damaged: its case can be forgotten, and nobody is promised it again."""
        seals = self._seals.of_case(case_id)
        with self._database.transaction():
            for seal in seals:
                self._database.run("DELETE FROM blobs WHERE seal_id = ? AND sha256 = ?", seal.seal_id, sha256)
        self.unlink(self._folder / seal.file_name(sha256) for seal in seals)

    def wanted(self, hashes: Collection[str]) -> tuple[str, ...]:
        """Have files sent once more that central asks for; return those that are not here any more."""
        gone: list[str] = []
        with self._database.transaction():
            for sha256 in hashes:
                again = self._database.run(
                    "UPDATE blobs SET delivered = 0, sent = CASE delivered WHEN 1 THEN 0 ELSE sent END"
                    " WHERE sha256 = ? AND seal_id IN (SELECT seal_id FROM seals WHERE case_id IS NOT NULL)",
                    sha256,
                )
                if not again:
                    gone.append(sha256)
        return tuple(gone)

    # Forgetting

    def forget_outlived(self, running: VisitId | None) -> int:
        """Destroy the keys of cases whose retention has ended, then their files; return how many keys."""
        return self._forget(self._seals.outlived(running))

    def sweep(self, running: VisitId | None) -> None:
        """Destroy what an earlier process left: drafts of visits that are over, and files that have no row.

        Raises:
            StorageTrouble: the disk refuses.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._forget(seal for seal in self._seals.drafts() if seal.visit_id != running)
            wanted = {
                seal.file_name(sha256)
                for seal in self._seals.all()
                for (sha256,) in self._database.rows(_HASHES, seal.seal_id)
            }
            for file in self._folder.iterdir():
                if file.name not in wanted:
                    file.unlink()
        except OSError as error:
            raise os_trouble(error, self._folder.name) from None

    def unlink(self, files: Iterable[Path]) -> None:
        """Remove files whose keys are gone. One that stays is noise, and swept at the next start."""
        for file in files:
            with suppress(OSError):
                file.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of files that are half here."""
        for place in tuple(self._coming):
            self._drop(place)

    def _take(self, place: _Place, piece: Piece) -> int:
        if place not in self._coming:
            if piece.offset != 0:
                return 0
            self._coming[place] = self._begin(piece)
        seal, writer = self._coming[place]
        if piece.offset == writer.received:
            writer.write(piece.data)
            if writer.received == piece.size:
                self._finish(piece, seal, writer)
                del self._coming[place]
        return writer.received

    def _begin(self, piece: Piece) -> tuple[Seal, SealedWriter]:
        if not 0 <= piece.size <= MOST_BYTES:
            raise AttachmentRefused(f"{piece.size} bytes")
        held = self._database.row(
            "SELECT count(*) FROM blobs JOIN seals USING (seal_id) WHERE visit_id = ?", piece.visit_id
        )
        if (int(held[0]) if held else 0) + len(self._coming) >= MOST_FILES:
            raise AttachmentRefused(f"more than {MOST_FILES} files")
        seal = self._seals.draft(piece.visit_id, piece.item_id, piece.privacy)
        if seal is None:
            with self._database.transaction():
                seal = self._seals.make(piece.visit_id, piece.item_id, piece.privacy)
        path = self._folder / seal.file_name(piece.sha256)
        return seal, SealedWriter(path, seal.key, piece.sha256, piece.size)

    def _finish(self, piece: Piece, seal: Seal, writer: SealedWriter) -> None:
        writer.finish()
        with self._database.transaction():
            self._database.run(
                "INSERT INTO blobs (seal_id, sha256, size, media_type, purpose) VALUES (?, ?, ?, ?, ?)",
                *(seal.seal_id, piece.sha256, piece.size, piece.media_type, piece.purpose),
            )

    def _drop(self, place: _Place) -> None:
        coming = self._coming.pop(place, None)
        if coming is not None:
            with suppress(OSError):
                coming[1].abandon()

    def _drafted(self, visit_id: VisitId, item_id: str, sha256: str) -> Attachment | None:
        row = self._database.row(
            "SELECT size, media_type, purpose FROM blobs JOIN seals USING (seal_id)"
            " WHERE visit_id = ? AND item_id = ? AND sha256 = ? AND case_id IS NULL",
            *(visit_id, item_id, sha256),
        )
        return Attachment(sha256=sha256, size=row[0], media_type=row[1], purpose=row[2]) if row else None

    def _forget(self, seals: Iterable[Seal]) -> int:
        doomed = tuple(seals)
        if not doomed:
            return 0
        files = [
            self._folder / seal.file_name(sha256)
            for seal in doomed
            for (sha256,) in self._database.rows(_HASHES, seal.seal_id)
        ]
        with self._database.transaction():
            self._seals.destroy(doomed)
        self._database.shrink_journal()
        self.unlink(files)
        return len(doomed)


_HASHES: Final = "SELECT sha256 FROM blobs WHERE seal_id = ?"
