"""The sync engine: the one loop that carries events to central and brings back what central says.

Files of cases go ahead, then the journal's tail in its order; an event is delivered when central acknowledges
its sequence, and never before. Batches halve when one fails and double when one passes; no clock decides
about order. A disk that central knows as another's copy goes on as a new installation with all it holds.

What an acknowledgement lets the terminal forget is forgotten while central works on the next request, or before
the rest when there is none: after every batch, since putting it off would spare little and keep citizens' data.

An event that central refuses (HTTP 400, 413 or 422 for it alone, while an empty request passes) does not
block the line: it stays in the journal, is reported, later ones are sent past it, and it is tried again from
time to time and after each start, since the next release of either side may take it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from contract.ids import KioskId
from contract.sync import SyncReply
from kiosk_app.agent import mailbag
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.commands import OrderDesk
from kiosk_app.agent.exchange import Answer, CentralTrouble
from kiosk_app.agent.keyring import Keyring
from kiosk_app.agent.line import Line
from kiosk_app.agent.mailbag import NotAReply, Standing, Taken
from kiosk_app.agent.pace import BackOff, Pace, Rest, bounded, rest
from kiosk_app.agent.parcels import Parcels
from kiosk_app.agent.seen import CentralWatch
from kiosk_app.agent.store import Store
from kiosk_app.agent.upkeep import Upkeep
from kiosk_app.base.clock import Clock, instant
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.desk import CaseDelivered, DeskEvent, DeskFault
from offline_cache.journal import OutgoingEvent

__all__ = ["Pace", "SyncEngine", "SyncParts"]

_REFUSES_CONTENT: Final = frozenset({400, 413, 422})
_COPIED: Final = frozenset({"copied-installation", "sequence-conflict"})
_MANY_VERDICTS: Final = 500


@dataclass(frozen=True, slots=True)
class SyncParts:
    """Whom the engine turns to."""

    store: Store
    line: Line
    catalogues: CatalogueDesk
    upkeep: Upkeep
    parcels: Parcels


class SyncEngine:
    """Runs until it is cancelled."""

    def __init__(
        self,
        kiosk: KioskId,
        parts: SyncParts,
        *,
        publish: Callable[[DeskEvent], None],
        clock: Clock,
        pace: Pace,
        rest: Rest = rest,
    ) -> None:
        self._kiosk = kiosk
        self._store, self._line, self._parcels = parts.store, parts.line, parts.parcels
        self._catalogues = parts.catalogues
        self._upkeep = parts.upkeep
        self._publish = publish
        self._clock = clock
        self._pace = pace
        self._rest = rest
        self._wake = asyncio.Event()
        self._batch = pace.batch_events
        self._back_off = BackOff(pace, parts.line.settings.sync_every_s)
        self._keyring = Keyring(parts.line, pace.request_s)
        self._watch = CentralWatch(publish, clock)
        self._refused: set[int] = set()
        self._refused_until = 0.0
        self._past = 0
        """Up to where events were sent past a refused one."""
        self._owes = True
        """Whether there may be something to forget; at the start too, where an earlier process may have left it."""
        self.orders: OrderDesk | None = None
        """Who hears orders of central, when somebody does."""

    def appended(self, count: int) -> None:
        """Hear that there is something to send. While central does not answer, the back-off stands."""
        if self._back_off.failures == 0:
            self._wake.set()
        else:
            self._watch.more(count)

    def heard(self, answered: bool) -> None:
        """Hear from a lookup whether central answers; a change is looked into at once."""
        if self._watch.would_change(answered):
            self._wake.set()

    def now(self) -> None:
        """Sync at once: there is something to say to central or to hear from it."""
        self._wake.set()

    async def run(self) -> None:
        """Sync, wait, again."""
        while True:
            self._wake.clear()
            shut_out = False
            try:
                delay_s = await self._once()
            except CentralTrouble as trouble:
                shut_out = trouble.shut_out
                delay_s = self._back_off.rest_s(shut_out=shut_out)
            except DeskFault:
                delay_s = self._back_off.rest_s()  # the store logged it
            except Exception as error:  # noqa: BLE001 - the line to central must not die of one bug
                log(LogEvent.BUG, error=type(error).__name__, where=where(error))
                delay_s = self._back_off.rest_s()
            if delay_s > 0:
                await self._forget()
            await (self._rest_shut_out(delay_s) if shut_out else self._rest(self._wake, delay_s))

    async def _rest_shut_out(self, seconds: float) -> None:
        """Rest, but not past the moment at which somebody enrols the terminal."""
        stamp = self._line.identity.stamp
        while seconds > 0 and not self._wake.is_set() and self._line.identity.stamp == stamp:
            await self._rest(self._wake, min(seconds, self._pace.look_s))
            seconds -= self._pace.look_s

    async def _once(self) -> float:
        """Send what there is to send once; return how long to wait before the next time.

        Raises:
            CentralTrouble: central did not answer as it should, which was told; the back-off decides.
        """
        stands, events = await self._next_batch()
        try:
            reply, _ = await asyncio.gather(self._send(stands, events), self._forget())
            taken = await self._take(stands, events, reply)
        except CentralTrouble as trouble:
            return await self._after(trouble, stands, events)
        if events and taken.moved == 0 and not self._refused:
            # Central answered and took nothing: asking faster will not help.
            return await self._after(CentralTrouble("central.broken", "nothing was acknowledged"), stands, events)
        self._back_off.answered()
        self._batch = min(self._pace.batch_events, self._batch * 2)
        self._watch.saw(None, taken.undelivered)
        if reply.rotate_key:
            await self._keyring.rotate()
        return await self._next_delay_s(reply, taken)

    async def _forget(self) -> None:
        """Forget cases that central has whole."""
        if self._owes:
            self._owes = False
            try:
                await self._store.call(lambda cache: cache.forget_delivered())
            except DeskFault:
                self._owes = True  # the store logged it

    async def _next_delay_s(self, reply: SyncReply, taken: Taken) -> float:
        more = taken.undelivered > 0 and bool(
            await self._store.call(lambda cache: cache.tail(self._past, 1, 1, self._refused))
        )
        if more or taken.moved < 0 or len(reply.verdicts) >= _MANY_VERDICTS:
            return 0.0
        # With a refused event central sees a gap and asks for more soon; there is no more.
        if self._refused:
            return bounded(reply.next_delay_s, self._line.settings.sync_every_s)
        return bounded(reply.next_delay_s)

    async def _next_batch(self) -> tuple[Standing, tuple[OutgoingEvent, ...]]:
        """Read where the terminal stands and what goes next."""
        if self._refused and self._clock.monotonic() >= self._refused_until:
            self._refused, self._past = set(), 0
        after, count, size, without = self._past, self._batch, self._pace.batch_bytes, frozenset(self._refused)
        return await self._store.call(lambda cache: (mailbag.standing(cache), cache.tail(after, count, size, without)))

    async def _send(self, stands: Standing, events: tuple[OutgoingEvent, ...]) -> SyncReply:
        """Send files, which go ahead of the cases that name them, then the events."""
        if await self._parcels.deliver():
            self._owes = True
        return await self._exchange(stands, events)

    async def _exchange(self, stands: Standing, events: tuple[OutgoingEvent, ...]) -> SyncReply:
        body = mailbag.packed(
            self._kiosk,
            stands,
            self._catalogues.version_from_central,
            self._upkeep.health(stands.undelivered, self._line.time.skew_s, in_service=stands.in_service),
            events,
            rejected=tuple(self.orders.rejected.values()) if self.orders is not None else (),
            blobs_lost=self._parcels.gone,
        )
        answer = await self._line.ask(
            lambda central: central.post("/v1/sync", body, seconds=self._pace.request_s), thread="agent-sync"
        )
        return await self._read(answer)

    async def _read(self, answer: Answer) -> SyncReply:
        """Read a reply. The catalogue is read apart: a bad one must not cost the acknowledgement."""
        try:
            reply, catalogue = mailbag.unpacked(answer.json)
            self._line.time.heard(reply.server_time, answer.asked, answer.answered)
        except (NotAReply, ValueError):
            raise CentralTrouble("central.broken", "not a sync reply", answer.status) from None
        self._watch.clock(self._line.time.skew_s)
        if catalogue is not None:
            await self._catalogues.offer(catalogue)
        return reply

    async def _take(self, stands: Standing, events: tuple[OutgoingEvent, ...], reply: SyncReply) -> Taken:
        """Make durable what central says; return what that changed."""
        now = instant(self._line.time.now())
        self._owes |= reply.acknowledged > stands.acknowledged
        try:
            taken = await self._store.call(lambda cache: mailbag.take(cache, stands, reply, now))
        except NotAReply as wrong:
            raise CentralTrouble("central.broken", str(wrong)) from None
        if self._refused and events:
            self._past = max(self._past, events[-1].sequence)
        if taken.moved > 0:
            self._refused = {sequence for sequence in self._refused if sequence > reply.acknowledged}
            log(LogEvent.SYNC_DELIVERED, acknowledged=reply.acknowledged, events=taken.moved)
        elif taken.moved < 0:
            self._refused, self._past = set(), 0
            log(LogEvent.SYNC_WENT_BACK, acknowledged=reply.acknowledged, events=-taken.moved)
        for verdict in reply.verdicts:
            log(LogEvent.VERDICT_HEARD, case=verdict.case_id, verdict=verdict.verdict)
        if taken.ranges:
            log(LogEvent.NUMBERS_LEASED, ranges=taken.ranges)
        for case_id in taken.delivered:
            self._publish(CaseDelivered(case_id))
        await self._parcels.wanted(reply.blobs_wanted)
        if self.orders is not None:
            await self.orders.hear(reply.commands)
        return taken

    async def _after(self, trouble: CentralTrouble, stands: Standing, events: tuple[OutgoingEvent, ...]) -> float:
        """Do what the trouble allows at once, and return 0; else tell of it and raise it again."""
        if trouble.problem.word in _COPIED:
            await self._begin_anew(trouble.problem.word)
            return 0.0
        if trouble.problem.word == "unknown-key" and await self._keyring.fall_back():
            return 0.0
        refuses = trouble.status in _REFUSES_CONTENT
        self._batch = max(1, min(self._batch, len(events)) // 2)
        if refuses and len(events) > 1:
            return 0.0
        if refuses and events and await self._passes_empty(stands):
            event = events[0]
            log(LogEvent.SYNC_REFUSED, sequence=event.sequence, kind=event.kind)
            self._refused.add(event.sequence)
            self._refused_until = self._clock.monotonic() + self._pace.refused_again_s
            return 0.0
        self._watch.saw(trouble.fault, await self._undelivered())
        raise trouble

    async def _begin_anew(self, reason: str) -> None:
        at = self._store.now()
        installation = await self._store.call(lambda cache: cache.begin_anew(at))
        self._refused, self._past = set(), 0
        log(LogEvent.INSTALLATION_RENEWED, installation=installation, reason=reason)

    async def _passes_empty(self, stands: Standing) -> bool:
        """Tell whether central takes a request without events: then it is the event that it refuses."""
        try:
            await self._exchange(stands, ())
        except CentralTrouble:
            return False
        return True

    async def _undelivered(self) -> int:
        return await self._store.call(lambda cache: cache.journal.undelivered)
