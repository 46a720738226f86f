"""``POST /v1/sync``: takes a terminal's batch and answers only when all of it is durable.

The inbox, its projections and the acknowledgement are one transaction, so that the same batch sent
again finds everything in place and gets the same answer. Central sets the pace of every terminal.
A terminal speaks for itself alone: its name and its installation must be its token's.
"""

import re
from collections.abc import Iterable, Mapping

from pydantic import JsonValue, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from central.catalogue import CatalogueShelf
from central.clock import Clock, instant
from central.inbox import IncomingBatch, advance, take_in
from central.logs import LogEvent, log
from central.models import CaseRow, Installation, Kiosk
from central.problems import Kind, Refused
from central.store import Store
from contract.fleet import Health
from contract.ids import CaseId, KioskId
from contract.sync import SYNC_PROTOCOL, SyncReply, Verdict

GAP_DELAY_S = 2.0
"""When to come back while events wait behind a gap."""

_CASE_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class SyncDesk:
    """Takes batches in and answers them."""

    def __init__(self, store: Store, shelf: CatalogueShelf, clock: Clock, delay_s: float) -> None:
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._delay_s = delay_s

    def receive(self, caller: KioskId, batch: IncomingBatch) -> SyncReply:
        """Make the batch durable and return the reply.

        Raises:
            Refused: the batch is not the caller's, or contradicts what is held.
        """
        if batch.kiosk != caller:
            raise Refused(Kind.WRONG_KIOSK)
        if batch.protocol != SYNC_PROTOCOL:
            raise Refused(Kind.WRONG_PROTOCOL, f"protocol {SYNC_PROTOCOL} is spoken here")
        now = instant(self._clock())
        with self._store.writing() as session:
            # The terminal's row is locked, so that two requests of one terminal follow each other.
            kiosk = session.get_one(Kiosk, caller, with_for_update=True)
            kiosk.last_seen_at, kiosk.catalogue_version = now, batch.catalogue_version
            kiosk.health = _health(batch) or kiosk.health
            installation = _installation(session, batch, now)
            fresh = take_in(session, batch, now)
            missing = advance(session, installation, now)
            newer = self._shelf.current_version(session) > batch.catalogue_version
            reply = SyncReply(
                acknowledged=installation.acknowledged,
                verdicts=_verdicts(session, installation, (event.body for event in batch.events)),
                catalogue=self._shelf.current(session) if newer else None,
                next_delay_s=self._delay_s if missing is None else min(GAP_DELAY_S, self._delay_s),
                server_time=now,
            )
        if fresh:
            acknowledged = reply.acknowledged
            log(
                LogEvent.SYNC_TAKEN_IN,
                kiosk=caller,
                installation=batch.installation,
                events=fresh,
                acknowledged=acknowledged,
            )
        return reply


def _health(batch: IncomingBatch) -> dict[str, JsonValue] | None:
    if batch.health is None:
        return None
    try:
        return Health.model_validate(batch.health).model_dump(mode="json")
    except ValidationError:
        log(LogEvent.HEALTH_NOT_UNDERSTOOD, kiosk=batch.kiosk)
        return None


def _installation(session: Session, batch: IncomingBatch, now: str) -> Installation:
    found = session.get(Installation, batch.installation)
    if found is None:
        found = Installation(id=batch.installation, kiosk_id=batch.kiosk, acknowledged=0, first_seen_at=now)
        session.add(found)
        session.flush()
    if found.kiosk_id != batch.kiosk:
        raise Refused(Kind.WRONG_INSTALLATION)
    return found


def _verdicts(
    session: Session, installation: Installation, bodies: Iterable[Mapping[str, JsonValue]]
) -> tuple[Verdict, ...]:
    """Return the verdicts of the cases that the batch speaks of."""
    named = {case_id for case_id in map(_case_of, bodies) if case_id is not None}
    query = (
        select(CaseRow.id, CaseRow.verdict, CaseRow.verdict_at)
        .where(CaseRow.id.in_(named), CaseRow.installation_id == installation.id, CaseRow.verdict.is_not(None))
        .order_by(CaseRow.id)
    )
    return tuple(
        Verdict(case_id=CaseId(case_id), verdict=verdict or "", at=at or "")
        for case_id, verdict, at in session.execute(query).tuples()
    )


def _case_of(body: Mapping[str, JsonValue]) -> str | None:
    match body:
        case {"case": {"case_id": str(case_id)}} | {"document": {"case_id": str(case_id)}} | {"case_id": str(case_id)}:
            return case_id if _CASE_ID.fullmatch(case_id) else None
        case _:
            return None
