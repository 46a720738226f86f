"""Leases of ticket numbers: each number of a queue's day is given to one terminal, once, for ever.

Nothing is given back and nothing given twice: a lease that ran out leaves a hole. The same request gets
the same lease, because a reply can be lost. A terminal says which leases it holds, so that a central
that was restored from an older backup learns of those it forgot, and counts on behind them.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from central.clock import instant
from central.fleet_models import Marker, NumberLease, NumberPool
from central.logs import LogEvent, log
from central.models import Kiosk
from contract.ids import new_id
from contract.ranges import RangeHeld, RangeLease, RangeRequest

GRACE = timedelta(hours=12)
"""A lease ends this long after its day ended in UTC, so that no time zone's evening is cut off."""
AHEAD = timedelta(days=7)
"""How far from central's today a leased day may lie; a terminal's clock may be wrong."""
NUMBERS_A_DAY = 20_000
"""Numbers of one queue that one terminal may lease for one day."""
JUMP = 10_000
"""How far counting goes ahead after a restore: more than was leased of a queue's day since the backup."""
RESTORED = "restored_at"
_HIGHEST = 2**31 - 1


def lease(session: Session, kiosk: Kiosk, requests: Iterable[RangeRequest], now: datetime) -> tuple[RangeLease, ...]:
    """Return the leases that were asked for. The terminal's row must be locked.

    Pools are locked in one order, so that two terminals never wait for each other.
    """
    granted = []
    for request in sorted(requests, key=lambda wanted: (wanted.queue, wanted.day, wanted.request_id)):
        known = select(NumberLease).where(
            NumberLease.kiosk_id == kiosk.id, NumberLease.request_id == request.request_id
        )
        row = session.scalars(known).one_or_none() or _grant(session, kiosk, request, now)
        if row is not None:
            granted.append(_shown(row))
    return tuple(granted)


def note_held(session: Session, kiosk: Kiosk, held: Iterable[RangeHeld], now: datetime) -> None:
    """Write down how far each lease was used, and learn of leases that a restored backup forgot."""
    for said in sorted(held, key=lambda lease: (lease.queue, lease.day, lease.lease_id)):
        row = session.get(NumberLease, said.lease_id)
        if row is None:
            _remember(session, kiosk, said, now)
        elif row.kiosk_id == kiosk.id:
            row.next_number = max(row.next_number, min(said.next, row.last_number + 1))


def _grant(session: Session, kiosk: Kiosk, request: RangeRequest, now: datetime) -> NumberLease | None:
    end = _end_of(request.day)
    if end is None or not now - GRACE < end < now + AHEAD or _overdrawn(session, kiosk, request):
        log(LogEvent.RANGE_REFUSED, kiosk=kiosk.id, queue=request.queue, day=request.day)
        return None
    pool = _locked_pool(session, request.queue, request.day)
    first = pool.next_number
    if first + request.count > _HIGHEST:
        return None
    pool.next_number = first + request.count
    row = NumberLease(
        id=new_id(),
        kiosk_id=kiosk.id,
        request_id=request.request_id,
        queue=request.queue,
        day=request.day,
        first_number=first,
        last_number=first + request.count - 1,
        next_number=first,
        leased_at=instant(now),
        expires_at=instant(end),
    )
    session.add(row)
    session.flush()
    log(LogEvent.RANGE_LEASED, kiosk=kiosk.id, queue=request.queue, day=request.day, first=first, last=row.last_number)
    return row


def _overdrawn(session: Session, kiosk: Kiosk, request: RangeRequest) -> bool:
    """Tell whether the terminal has more numbers of the queue's day than a hall could give out."""
    query = select(NumberLease.first_number, NumberLease.last_number).where(
        NumberLease.kiosk_id == kiosk.id, NumberLease.queue == request.queue, NumberLease.day == request.day
    )
    return sum(last - first + 1 for first, last in session.execute(query)) + request.count > NUMBERS_A_DAY


def _remember(session: Session, kiosk: Kiosk, said: RangeHeld, now: datetime) -> None:
    end = _end_of(said.day)
    if end is None or said.last < said.first or said.last - said.first >= 500 or end < now:
        return
    pool = _locked_pool(session, said.queue, said.day)
    if said.last > pool.next_number + JUMP or _taken(session, said):
        log(LogEvent.RANGE_OVERLAPS, kiosk=kiosk.id, queue=said.queue, day=said.day, first=said.first, last=said.last)
        return
    pool.next_number = max(pool.next_number, said.last + 1)
    session.add(
        NumberLease(
            id=said.lease_id,
            kiosk_id=kiosk.id,
            request_id=said.lease_id,
            queue=said.queue,
            day=said.day,
            first_number=said.first,
            last_number=said.last,
            next_number=min(said.next, said.last + 1),
            leased_at=instant(now),
            expires_at=instant(end),
        )
    )
    session.flush()
    log(LogEvent.RANGE_REMEMBERED, kiosk=kiosk.id, queue=said.queue, day=said.day, first=said.first, last=said.last)


def jump_ahead(session: Session, now: datetime) -> None:
    """After a restore: count on behind whatever was leased since the backup, known here or not."""
    session.merge(Marker(name=RESTORED, value=instant(now)))
    session.execute(update(NumberPool).values(next_number=NumberPool.next_number + JUMP))


def _first_number(session: Session, day: str) -> int:
    """A day that could be leased from before the restore may have leases that nobody here knows of."""
    restored = session.get(Marker, RESTORED)
    if restored is None:
        return 1
    before = datetime.fromisoformat(restored.value) + AHEAD
    return JUMP if day <= f"{before:%Y-%m-%d}" else 1


def _taken(session: Session, said: RangeHeld) -> bool:
    query = select(NumberLease.id).where(
        NumberLease.queue == said.queue,
        NumberLease.day == said.day,
        NumberLease.first_number <= said.last,
        NumberLease.last_number >= said.first,
    )
    return session.scalars(query.limit(1)).first() is not None


def _locked_pool(session: Session, queue: str, day: str) -> NumberPool:
    query = select(NumberPool).where(NumberPool.queue == queue, NumberPool.day == day)
    locked = query.with_for_update().execution_options(populate_existing=True)
    pool = session.scalars(locked).one_or_none()
    if pool is None:
        try:
            with session.begin_nested():
                session.add(NumberPool(queue=queue, day=day, next_number=_first_number(session, day)))
        except IntegrityError:
            log(LogEvent.POOL_SHARED, queue=queue, day=day)  # another terminal asked first
        pool = session.scalars(locked).one()
    return pool


def _end_of(day: str) -> datetime | None:
    try:
        begin = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None  # such as the 31st of February
    return begin + timedelta(days=1) + GRACE


def _shown(row: NumberLease) -> RangeLease:
    return RangeLease(
        lease_id=row.id,
        request_id=row.request_id,
        queue=row.queue,
        day=row.day,
        first=row.first_number,
        last=row.last_number,
        expires_at=row.expires_at,
    )
