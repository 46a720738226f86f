"""The sync engine: the one loop that carries events to central and brings back what central says.

Files of cases go ahead, then the journal's tail in its order; an event is delivered when central acknowledges
its sequence, and never before; no clock decides about order. There is one request at a time, and the next goes
when the answer to the last is durable; in the midst of a long queue, where answers say how far central is and no
more, it goes meanwhile. A disk that central knows as another's copy goes on as a new installation
with all it holds. HTTP 400, 413 or 422 for one event alone, while an empty request passes, is a refusal of it.

While central works on a request, the next is prepared (`kiosk_app.agent.outbox`), and then what the answer before
lets the terminal forget is forgotten (`kiosk_app.agent.forgetting`).
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from contract.ids import CaseId, KioskId
from contract.sync import SyncReply, Verdict
from kiosk_app.agent import mailbag
from kiosk_app.agent.batch import Batch, without_events
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.commands import OrderDesk
from kiosk_app.agent.exchange import Answer, CentralTrouble, Kept
from kiosk_app.agent.forgetting import Forgetting
from kiosk_app.agent.keyring import Keyring
from kiosk_app.agent.line import Line
from kiosk_app.agent.mailbag import NotAReply, Standing, Taken
from kiosk_app.agent.outbox import Outbox
from kiosk_app.agent.pace import BackOff, Pace, Rest, bounded, rest
from kiosk_app.agent.parcels import Parcels
from kiosk_app.agent.seen import CentralWatch
from kiosk_app.agent.store import Store
from kiosk_app.agent.upkeep import Upkeep
from kiosk_app.base.clock import Clock, instant
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.desk import CaseDelivered, DeskEvent, DeskFault

__all__ = ["Pace", "SyncEngine", "SyncParts"]

_REFUSES_CONTENT: Final = frozenset({400, 413, 422})
_COPIED: Final = frozenset({"copied-installation", "sequence-conflict"})
_MANY_VERDICTS: Final = 1000


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
        self._outbox = Outbox(parts.store, clock, pace)
        self._back_off = BackOff(pace, parts.line.settings.sync_every_s)
        self._keyring = Keyring(parts.line, pace.request_s)
        self._watch = CentralWatch(publish, clock)
        self._under_way = asyncio.Event()
        """Set when the present request was sent, or will not be, or files go ahead of it."""
        self._untold: tuple[Verdict | CaseId, ...] = ()
        """Verdicts that were heard and cases that were delivered, of which nobody was told yet."""
        self._forgetting = Forgetting(parts.store)
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
        try:
            await self._run()
        finally:
            self._forgetting.stop()

    async def _run(self) -> None:
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
                await self._tell()
                await self._forgetting.finish()
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
        stands, batch = await self._outbox.next_batch()
        turn, keeping = stands.turn, None  # what is said of our turn; the last answer on its way to the disk
        try:
            with Kept() as kept:
                while True:
                    reply = await self._round(replace(stands, turn=turn), batch, keeping, kept)
                    ahead = self._goes_at_once(stands, batch, reply)
                    if ahead is None or batch is None:
                        taken = await self._take(stands, batch, reply)
                        break
                    # Until the new turn is durable, the one before it is said, which central takes as well.
                    keeping, turn = self._keep(stands, batch, reply), stands.turn
                    stands, batch = mailbag.standing_after(stands, reply, ahead.last), ahead
        except CentralTrouble as trouble:
            return await self._after(trouble, stands, batch)
        if batch is not None and taken.moved == 0 and not self._outbox.refuses:
            # Central answered and took nothing: asking faster will not help.
            return await self._after(CentralTrouble("central.broken", "nothing was acknowledged"), stands, batch)
        self._back_off.answered()
        self._watch.saw(None, taken.undelivered)
        if reply.rotate_key:
            await self._keyring.rotate()
        return await self._next_delay_s(reply, taken)

    async def _round(
        self, stands: Standing, batch: Batch | None, keeping: Coroutine[Any, Any, None] | None, kept: Kept
    ) -> SyncReply:
        """Send a batch and return what central says, while the answer before it is made durable by `keeping`.

        Raises:
            CentralTrouble: central did not answer as it should.
            DeskFault: the disk did not take the answer before; what came of the batch is heard again.
        """
        behind = [] if keeping is None else [keeping]
        sending = self._send(stands, batch, kept, files_first=not behind)
        # All are waited for, whatever becomes of one: there is one request at a time.
        done = await asyncio.gather(sending, *behind, self._meanwhile(stands, batch), return_exceptions=True)
        in_turn = (*done[1:-1], done[0], done[-1])
        trouble = next((outcome for outcome in in_turn if isinstance(outcome, BaseException)), None)
        if trouble is None:
            return cast("SyncReply", done[0])
        try:
            raise trouble
        finally:
            del done, in_turn, trouble, behind, sending  # an exception in a circle with its frame would keep the batch

    async def _keep(self, stands: Standing, batch: Batch, reply: SyncReply) -> None:
        """Make durable what central says in the midst of a long queue, once the next request is out."""
        await self._under_way.wait()
        taken = await self._take(stands, batch, reply)
        self._back_off.answered()
        self._watch.saw(None, taken.undelivered)

    def _goes_at_once(self, stands: Standing, batch: Batch | None, reply: SyncReply) -> Batch | None:
        """Return the batch that may go while the answer to this one is made durable, if there is one.

        Only when the answer says nothing but how far central is, and nothing but events is to be said: whatever
        was lost or asked for, on either side, is settled before anything else is said.
        """
        if batch is None or reply.acknowledged != batch.last or reply.turn is None or reply.verdict_cursor is None:
            return None
        says = reply.commands or reply.ranges or reply.blobs_wanted or reply.rotate_key
        asks = stands.lost or stands.answers or stands.range_requests or self._parcels.gone
        return None if says or asks else self._outbox.at_once(batch)

    async def _meanwhile(self, stands: Standing, batch: Batch | None) -> None:
        """Do what can be done while central works; not before, since it would hold up the request."""
        await self._under_way.wait()
        await asyncio.gather(self._outbox.pack_ahead(stands, batch), self._tell())
        self._forgetting.begin()

    async def _tell(self) -> None:
        """Tell of cases what the last answer changed: while central works, since a long queue's cases are many."""
        untold, self._untold = self._untold, ()
        for told in untold:
            if isinstance(told, Verdict):
                log(LogEvent.VERDICT_HEARD, case=told.case_id, verdict=told.verdict)
            else:
                self._publish(CaseDelivered(told))

    async def _next_delay_s(self, reply: SyncReply, taken: Taken) -> float:
        more = taken.undelivered > 0 and await self._outbox.has_more()
        if more or taken.moved < 0 or len(reply.verdicts) >= _MANY_VERDICTS:
            return 0.0
        # With a refused event central sees a gap and asks for more soon; there is no more.
        if self._outbox.refuses:
            return bounded(reply.next_delay_s, self._line.settings.sync_every_s)
        return bounded(reply.next_delay_s)

    async def _send(self, stands: Standing, batch: Batch | None, kept: Kept, *, files_first: bool) -> SyncReply:
        """Send files, which go ahead of the cases that name them, then the events."""
        self._under_way.clear()
        try:
            if files_first and await self._parcels.deliver(self._under_way.set):
                self._forgetting.owe()
            return await self._exchange(stands, batch, kept)
        finally:
            self._under_way.set()

    async def _exchange(self, stands: Standing, batch: Batch | None, kept: Kept | None = None) -> SyncReply:
        members = mailbag.members(
            self._kiosk,
            stands,
            self._catalogues.version_from_central,
            self._upkeep.health(stands.undelivered, self._line.time.skew_s, in_service=stands.in_service),
            rejected=tuple(self.orders.rejected.values()) if self.orders is not None else (),
            blobs_lost=self._parcels.gone,
        )
        packed = batch is not None
        body = batch.closed_by(members) if batch is not None else without_events(members)
        loop = asyncio.get_running_loop()

        def under_way() -> None:
            loop.call_soon_threadsafe(self._under_way.set)

        answer = await self._line.ask(
            lambda central: central.post(
                "/v1/sync", body, seconds=self._pace.request_s, packed=packed, on_sent=under_way, kept=kept
            ),
            thread="agent-sync",
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

    async def _take(self, stands: Standing, batch: Batch | None, reply: SyncReply) -> Taken:
        """Make durable what central says; return what that changed."""
        now = instant(self._line.time.now())
        if reply.acknowledged > stands.acknowledged:
            self._forgetting.owe()
        try:
            taken = await self._store.call(lambda cache: mailbag.take(cache, stands, reply, now))
        except NotAReply as wrong:
            raise CentralTrouble("central.broken", str(wrong)) from None
        self._outbox.taken(batch, reply.acknowledged, taken.moved)
        if taken.moved > 0:
            log(LogEvent.SYNC_DELIVERED, acknowledged=reply.acknowledged, events=taken.moved)
        elif taken.moved < 0:
            log(LogEvent.SYNC_WENT_BACK, acknowledged=reply.acknowledged, events=-taken.moved)
        if taken.ranges:
            log(LogEvent.NUMBERS_LEASED, ranges=taken.ranges)
        self._untold += (*reply.verdicts, *taken.delivered)
        await self._parcels.wanted(reply.blobs_wanted)
        if self.orders is not None:
            await self.orders.hear(reply.commands)
        return taken

    async def _after(self, trouble: CentralTrouble, stands: Standing, batch: Batch | None) -> float:
        """Do what the trouble allows at once, and return 0; else tell of it and raise it again."""
        if trouble.problem.word in _COPIED:
            await self._begin_anew(trouble.problem.word)
            return 0.0
        if trouble.problem.word == "unknown-key" and await self._keyring.fall_back():
            return 0.0
        refuses = trouble.status in _REFUSES_CONTENT
        self._outbox.failed(batch, unsent=trouble.unsent)
        if refuses and batch is not None and batch.count > 1:
            return 0.0
        if refuses and batch is not None and await self._passes_empty(stands):
            log(LogEvent.SYNC_REFUSED, sequence=batch.sequence, kind=batch.kind)
            self._outbox.refused(batch)
            return 0.0
        self._watch.saw(trouble.fault, await self._undelivered())
        raise trouble

    async def _begin_anew(self, reason: str) -> None:
        at = self._store.now()
        installation = await self._store.call(lambda cache: cache.begin_anew(at))
        self._outbox.start_over()
        log(LogEvent.INSTALLATION_RENEWED, installation=installation, reason=reason)

    async def _passes_empty(self, stands: Standing) -> bool:
        """Tell whether central takes a request without events: then it is the event that it refuses."""
        try:
            await self._exchange(stands, None)
        except CentralTrouble:
            return False
        return True

    async def _undelivered(self) -> int:
        return await self._store.call(lambda cache: cache.journal.undelivered)
