"""``POST /v1/sync``: takes a terminal's batch and answers only when all of it is durable.

The inbox, its projections and the acknowledgement are one transaction, so that the same batch sent
again finds everything in place and gets the same answer. Central sets the pace of every terminal.
A terminal speaks for itself alone: its name and its installation must be its key's. A terminal of a
release from before turns, known by its missing cursor, hears nothing that it would not understand.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import JsonValue
from pydantic_core import from_json
from sqlalchemy import select
from sqlalchemy.orm import Session

from central import blobs, health, lives, orders, ranges, verdicts
from central.applying import advance
from central.catalogue import CatalogueShelf
from central.clock import Clock, instant
from central.inbox import note_lost, take_in
from central.incoming import Came, Delivery, IncomingBatch
from central.keys import KnownKey, lock_kiosk
from central.logs import LogEvent, log
from central.models import CaseRow, Installation, Kiosk
from central.problems import Kind, Refused
from central.store import Store
from contract.ids import CaseId
from contract.sync import SYNC_PROTOCOL, SyncReply, Verdict

GAP_DELAY_S = 2.0
"""When to come back while events wait behind a gap, or more is to be told."""

_CASE_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class SyncDesk:
    """Takes batches in and answers them."""

    def __init__(self, store: Store, shelf: CatalogueShelf, clock: Clock, delay_s: float) -> None:
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._delay_s = delay_s

    def receive(self, caller: KnownKey, delivery: Delivery) -> SyncReply:
        """Make the batch durable and return the reply.

        Raises:
            Refused: the batch is not the caller's, or contradicts what is held.
        """
        batch = delivery.batch
        if batch.kiosk != caller.kiosk:
            raise Refused(Kind.WRONG_KIOSK)
        if batch.protocol != SYNC_PROTOCOL:
            raise Refused(Kind.WRONG_PROTOCOL, f"protocol {SYNC_PROTOCOL} is spoken here")
        now = self._clock()
        with self._store.writing() as session:
            kiosk = lock_kiosk(session, caller.kiosk)
            kiosk.last_seen_at, kiosk.catalogue_version = instant(now), batch.catalogue_version
            installation = lives.installation_of(session, kiosk, batch, now)
            if isinstance(installation, Installation):
                fresh, reply = self._take(session, kiosk, installation, delivery, now)
                if batch.verdict_cursor is not None:
                    told = _told(session, installation, batch, fresh, now)
                    due = caller.renew_at <= instant(now)
                    reply = reply.model_copy(update=told | {"rotate_key": due})
                    if len(reply.verdicts) == verdicts.TOLD_AT_ONCE:
                        reply = reply.model_copy(update={"next_delay_s": min(GAP_DELAY_S, self._delay_s)})
        if isinstance(installation, Refused):
            raise installation
        if fresh:
            log(
                LogEvent.SYNC_TAKEN_IN,
                kiosk=caller.kiosk,
                installation=batch.installation,
                events=fresh,
                acknowledged=reply.acknowledged,
            )
        return reply

    def _take(
        self, session: Session, kiosk: Kiosk, installation: Installation, delivery: Delivery, now: datetime
    ) -> tuple[int, SyncReply]:
        """Take in what the batch carries; return how many events were new, and the reply that every release reads."""
        at, batch = instant(now), delivery.batch
        health.note(session, kiosk, batch, now)
        fresh = take_in(session, installation, delivery, at)
        note_lost(session, installation, batch.lost, at)
        missing = advance(session, installation, at)
        blobs.give_up(session, kiosk, batch.blobs_lost, at)
        orders.answered(session, kiosk, batch.command_answers, now)
        newer = self._shelf.current_version(session) > batch.catalogue_version
        return fresh, SyncReply(
            acknowledged=installation.acknowledged,
            # A terminal with a cursor is told by that.
            verdicts=() if batch.verdict_cursor is not None else _named_verdicts(session, kiosk, delivery.events),
            catalogue=self._shelf.current(session) if newer else None,
            next_delay_s=self._delay_s if missing is None else min(GAP_DELAY_S, self._delay_s),
            server_time=at,
        )


def _told(
    session: Session, installation: Installation, batch: IncomingBatch, fresh: int, now: datetime
) -> dict[str, object]:
    """Return what only a terminal with a cursor is told."""
    kiosk = session.get_one(Kiosk, installation.kiosk_id)
    ranges.note_held(session, kiosk, batch.ranges_held, now)
    told, cursor = verdicts.after(session, kiosk, max(batch.verdict_cursor or 0, installation.verdicts_from))
    return {
        "verdicts": told,
        "verdict_cursor": cursor,
        "turn": lives.next_turn(installation, batch.turn, fresh),
        "commands": orders.waiting(session, kiosk, now),
        "ranges": ranges.lease(session, kiosk, batch.range_requests, now),
        "blobs_wanted": blobs.wanted(session, kiosk),
    }


def _named_verdicts(session: Session, kiosk: Kiosk, events: Iterable[Came]) -> tuple[Verdict, ...]:
    """Return the verdicts of the cases that events speak of."""
    named = {case_id for event in events if (case_id := _case_of(from_json(event.body))) is not None}
    query = (
        select(CaseRow.id, CaseRow.verdict, CaseRow.verdict_at)
        .where(CaseRow.id.in_(named), CaseRow.kiosk_id == kiosk.id, CaseRow.verdict.is_not(None))
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
