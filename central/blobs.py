"""``/v1/blobs/{sha256}``: files of cases and of orders, uploaded in parts by the terminal that has them.

A part begins where the held bytes end, so that an upload goes on after a cut at any byte. A blob counts
when it is whole and its hash is right, and then at once for every case that waits for it. Nobody learns
from here what another terminal delivered.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from central import verdicts
from central.blob_store import Arriving, BlobStore
from central.clock import Clock, instant
from central.fleet_models import BlobRow
from central.keys import lock_kiosk
from central.known import KnownCases
from central.logs import LogEvent, log
from central.models import AttachmentRow, CaseRow, Kiosk
from central.problems import Kind, Refused
from central.store import Store
from contract.ids import KioskId

BLOB_LIMIT = 32 * 1024 * 1024
"""Bytes of one blob."""
KIOSK_LIMIT = 20 * 1024 * 1024 * 1024
"""Bytes of all blobs of one terminal."""
WANTED_AT_ONCE = 100
"""Hashes of one sync reply."""

_OWNER = select(CaseRow.kiosk_id).where(CaseRow.id == AttachmentRow.case_id).scalar_subquery()
_WANTED = (
    select(AttachmentRow.sha256)
    # Written out, and the case looked up for each: else SQLite goes through the terminal's cases, all there ever were.
    .where(AttachmentRow.state == literal_column("'wanted'"), bindparam("kiosk") == _OWNER)
    .order_by(AttachmentRow.case_id, AttachmentRow.sha256)
    .limit(WANTED_AT_ONCE)
)
_RANGE = re.compile(r"bytes (?:(\d{1,12})-(\d{1,12})|\*)/(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both included, of a blob of `total` bytes; none behind them all, when all were sent."""

    first: int
    last: int
    total: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @classmethod
    def read(cls, content_range: str) -> "Part":
        """Read a ``Content-Range``.

        Raises:
            Refused: it is not one, or the blob would be too large.
        """
        given = _RANGE.fullmatch(content_range)
        if given is None:
            raise Refused(Kind.NOT_UNDERSTOOD, "Content-Range is not `bytes FIRST-LAST/TOTAL` or `bytes */TOTAL`")
        first, last, total = given[1], given[2], int(given[3])
        part = cls(total, total - 1, total) if first is None else cls(int(first), int(last), total)
        if first is not None and not part.first <= part.last < part.total:
            raise Refused(Kind.NOT_UNDERSTOOD, "Content-Range contradicts itself")
        if part.total > BLOB_LIMIT:
            raise Refused(Kind.TOO_LARGE, f"at most {BLOB_LIMIT} bytes")
        return part


class BlobDesk:
    """Takes blobs in."""

    def __init__(self, store: Store, files: BlobStore, clock: Clock) -> None:
        self._store = store
        self.files = files
        self._clock = clock

    def held(self, kiosk: KioskId, sha256: str) -> tuple[int, bool]:
        """Return how many bytes are held, and whether that is all.

        Raises:
            Refused: nothing is held.
        """
        with self._store.reading() as session:
            row = session.get(BlobRow, (kiosk, sha256))
        whole = self.files.whole(kiosk, sha256)
        if whole is not None:
            if row is None:  # a crash came between the file's name and its row
                self.count(kiosk, sha256, whole)
            return whole, True
        size = self.files.held(kiosk, sha256)
        if size is None:
            raise Refused(Kind.UNKNOWN_BLOB)
        return size, False

    def check(self, kiosk: KioskId, part: Part) -> None:
        """Make sure that there is room.

        Raises:
            Refused: there is none.
        """
        with self._store.reading() as session:
            used = session.scalar(select(func.sum(BlobRow.size)).where(BlobRow.kiosk_id == kiosk)) or 0
        if used + part.total > KIOSK_LIMIT or not self.files.has_room(part.total):
            raise Refused(Kind.NO_SPACE)

    def finish(self, kiosk: KioskId, sha256: str, arriving: Arriving) -> None:
        """Check a blob whose last byte came, and let it count.

        Raises:
            Refused: it is not what its hash says.
        """
        size = arriving.size
        if not arriving.finish(sha256):
            log(LogEvent.BLOB_WRONG, kiosk=kiosk, size=size)
            raise Refused(Kind.WRONG_HASH)
        self.count(kiosk, sha256, size)
        log(LogEvent.BLOB_HELD, kiosk=kiosk, size=size)

    def count(self, kiosk: KioskId, sha256: str, size: int) -> None:
        """Let a whole blob count for the cases that wait for it."""
        now = instant(self._clock())
        with self._store.writing() as session:
            lock_kiosk(session, kiosk)
            if session.get(BlobRow, (kiosk, sha256)) is None:
                session.add(BlobRow(kiosk_id=kiosk, sha256=sha256, size=size, held_at=now))
            _settle(session, kiosk, {sha256}, "held", now)


def give_up(session: Session, kiosk: Kiosk, lost: Iterable[str], now: str) -> None:
    """Hear that the terminal has these no more. The terminal's row must be locked."""
    given_up = _settle(session, kiosk.id, set(lost), "lost", now)
    if given_up:
        log(LogEvent.BLOB_LOST, kiosk=kiosk.id, blobs=given_up)


def wanted(session: Session, kiosk: Kiosk) -> tuple[str, ...]:
    """Return hashes that the terminal's cases wait for, those of the oldest case first."""
    return tuple(dict.fromkeys(session.scalars(_WANTED, {"kiosk": kiosk.id})))


def _settle(session: Session, kiosk: str, hashes: set[str], state: str, now: str) -> int:
    if not hashes:
        return 0
    query = (
        select(AttachmentRow.case_id)
        .join(CaseRow, CaseRow.id == AttachmentRow.case_id)
        .where(CaseRow.kiosk_id == kiosk, AttachmentRow.sha256.in_(hashes))
        .where(AttachmentRow.state.not_in(["held", state]))
        .order_by(CaseRow.id)
    )
    cases = list(dict.fromkeys(session.scalars(query)))
    if not cases:
        return 0
    known = KnownCases(session)
    known.read(cases)
    found = [row for row in known.attachments if row["sha256"] in hashes and row["state"] not in {"held", state}]
    for row in found:
        row["state"] = state
    verdicts.decide(known, session.get_one(Kiosk, kiosk), cases, now)
    known.write()
    return len(found)
