"""Events that an earlier release set aside, tried again by this one; run after every migration.

They come late, so only what does not contradict the later ones has an effect: projections never take a
case back. What still cannot be used stays set aside with its reason.
"""

from dataclasses import dataclass

from sqlalchemy import select, tuple_

from central import keys
from central.applying import settle
from central.clock import Clock, instant
from central.incoming import Came
from central.models import InboxEvent, Installation
from central.store import Store

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Reapplied:
    """How many events can be used now, and how many still cannot."""

    applied: int
    set_aside: int


def reapply(store: Store, clock: Clock) -> Reapplied:
    """Try every set-aside event again, a few hundred in each transaction."""
    after: tuple[str, int] = ("", 0)
    applied = still = 0
    while True:
        with store.writing() as session:
            place = tuple_(InboxEvent.installation_id, InboxEvent.sequence)
            query = (
                select(InboxEvent)
                .where(InboxEvent.state == "set-aside", InboxEvent.body != "", place > after)
                .order_by(InboxEvent.installation_id, InboxEvent.sequence)
                .limit(_AT_ONCE)
            )
            rows = session.scalars(query).all()
            for row in rows:
                installation = session.get_one(Installation, row.installation_id)
                keys.lock_kiosk(session, installation.kiosk_id)
                event = Came(row.sequence, row.event_id, row.at, row.kind, row.body)
                used = settle(session, installation, [event], instant(clock()))
                applied, still = applied + used, still + 1 - used
                after = (row.installation_id, row.sequence)
        if len(rows) < _AT_ONCE:
            return Reapplied(applied, still)
