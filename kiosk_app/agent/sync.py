"""The sync engine: the one loop that carries events to central and brings back what central changed.

Sends the journal's tail in order, as it was written; an event is delivered when central acknowledges its
sequence, and never before. Central names the pace while it answers; while it does not, the loop backs off
with jitter up to a ceiling. Batches halve when one fails and double when one passes.

An event that central refuses (HTTP 400, 409, 413 or 422 for it alone, while an empty request passes) does
not block the line: it stays in the journal, is reported, later ones are sent past it, and it is tried
again from time to time and after each start, since the next release of either side may take it.
"""

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from contract.fault import Fault
from contract.ids import KioskId
from contract.sync import SyncReply, SyncRequest
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.store import Store
from kiosk_app.agent.upkeep import Upkeep
from kiosk_app.agent.worker import in_thread
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.base.settings import CentralSection
from kiosk_app.link.desk import CaseDelivered, CentralSeen, DeskEvent, DeskFault
from offline_cache.journal import OutgoingEvent

if TYPE_CHECKING:
    from kiosk_app.agent.central import CentralTrouble

_REFUSES_CONTENT: Final = frozenset({400, 409, 413, 422})
_SOONEST_S: Final = 1.0
_LATEST_S: Final = 3600.0
_CHANCE: Final = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds of the loop. `refused_again_s` is how long a refused event rests."""

    floor_s: float = 1.0
    ceiling_s: float = 60.0
    batch_events: int = 100
    batch_bytes: int = 512 * 1024
    request_s: float = 30.0
    refused_again_s: float = 900.0


class SyncEngine:
    """Runs until it is cancelled."""

    def __init__(
        self,
        kiosk: KioskId,
        settings: CentralSection,
        *,
        store: Store,
        catalogues: CatalogueDesk,
        upkeep: Upkeep,
        publish: Callable[[DeskEvent], None],
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._kiosk = kiosk
        self._settings = settings
        self._store = store
        self._catalogues = catalogues
        self._upkeep = upkeep
        self._publish = publish
        self._clock = clock
        self._pace = pace
        self._wake = asyncio.Event()
        self._batch = pace.batch_events
        self._failures = 0
        self._answered = False
        self._lost_at: float | None = None
        self._seen: CentralSeen | None = None
        self._refused: set[int] = set()
        self._refused_until = 0.0
        self._past = 0
        """Up to where events were sent past a refused one."""

    def appended(self, count: int) -> None:
        """Hear that there is something to send. While central does not answer, the back-off stands."""
        if self._failures == 0:
            self._wake.set()
        elif self._seen is not None:
            self._say(CentralSeen(self._seen.reachable, self._seen.undelivered + count))

    def heard(self, answered: bool) -> None:
        """Hear from a lookup whether central answers; a change is looked into at once."""
        if self._seen is None or answered != self._seen.reachable:
            self._wake.set()

    async def run(self) -> None:
        """Sync, wait, again."""
        while True:
            self._wake.clear()
            try:
                delay_s = await self._once()
            except DeskFault:
                delay_s = self._back_off()  # the store logged it
            except Exception as error:  # noqa: BLE001 - the line to central must not die of one bug
                log(LogEvent.BUG, error=type(error).__name__, where=where(error))
                delay_s = self._back_off()
            await self._sleep(delay_s)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _once(self) -> float:
        """Send one request; return how long to wait before the next."""
        events = await self._next_batch()
        undelivered = await self._store.call(lambda cache: cache.journal.undelivered)
        try:
            reply = await self._exchange(events, undelivered)
            delivered = await self._take(events, reply)
        except Refusal as refusal:
            return await self._shrink(events, refusal.trouble, undelivered)
        if events and not delivered and not self._refused:
            # Central answered and took nothing: asking faster will not help.
            self._tell(Fault.of("central.broken", "nothing was acknowledged"), undelivered)
            return self._back_off()
        self._failures, self._answered = 0, True
        self._batch = min(self._pace.batch_events, self._batch * 2)
        left = await self._store.call(lambda cache: cache.journal.undelivered)
        self._tell(None, left)
        waiting = await self._store.call(lambda cache: cache.tail(self._past, 1, 1, self._refused))
        if waiting:
            return 0.0
        # With a refused event central sees a gap and asks for more soon; there is no more.
        soonest_s = self._settings.sync_every_s if self._refused else _SOONEST_S
        return min(max(reply.next_delay_s, soonest_s), _LATEST_S)

    async def _next_batch(self) -> tuple[OutgoingEvent, ...]:
        pace = self._pace
        if self._refused and self._clock.monotonic() >= self._refused_until:
            self._refused, self._past = set(), 0
        return await self._store.call(
            lambda cache: cache.tail(self._past, self._batch, pace.batch_bytes, frozenset(self._refused))
        )

    async def _exchange(self, events: tuple[OutgoingEvent, ...], undelivered: int) -> SyncReply:
        installation = await self._store.call(lambda cache: cache.installation)
        head = SyncRequest(
            kiosk=self._kiosk,
            installation=installation,
            catalogue_version=self._catalogues.version_from_central,
            health=self._upkeep.health(undelivered),
        ).model_dump(mode="json", exclude={"events"})
        # The events go as the bytes that were written, never decoded and encoded again on the way.
        body = f'{json.dumps(head)[:-1]},"events":[{",".join(event.json for event in events)}]}}'.encode()
        settings, pace = self._settings, self._pace

        def ask() -> "bytes | CentralTrouble":
            from kiosk_app.agent.central import Central, CentralTrouble  # noqa: PLC0415 - requests loads off the loop

            try:
                return Central(settings).post("/v1/sync", body, seconds=pace.request_s, packed=True).json
            except CentralTrouble as trouble:
                return trouble

        answer = await asyncio.wrap_future(in_thread("agent-sync", ask))
        if not isinstance(answer, bytes):
            raise Refusal(answer)
        return await self._read(answer)

    async def _read(self, answer: bytes) -> SyncReply:
        """Read a reply. The catalogue is read apart: a bad one must not cost the acknowledgement."""
        from kiosk_app.agent.central import CentralTrouble  # noqa: PLC0415 - loaded by the exchange

        try:
            raw: Any = json.loads(answer)
            catalogue = raw.pop("catalogue", None) if isinstance(raw, dict) else None
            reply = SyncReply.model_validate(raw)
        except (ValidationError, ValueError):
            raise Refusal(CentralTrouble("central.broken", "not a sync reply")) from None
        if catalogue is not None:
            await self._catalogues.offer(catalogue)
        return reply

    async def _take(self, events: tuple[OutgoingEvent, ...], reply: SyncReply) -> bool:
        """Note what central has; return whether that moved anything."""
        from kiosk_app.agent.central import CentralTrouble  # noqa: PLC0415 - loaded by the exchange

        before = await self._store.call(lambda cache: cache.journal.acknowledged)
        try:
            delivered = await self._store.call(lambda cache: cache.acknowledge(reply.acknowledged))
        except ValueError:
            # This disk was copied or set back: what central holds under these numbers is something else.
            raise Refusal(CentralTrouble("central.broken", "acknowledged beyond the journal's end")) from None
        if self._refused and events:
            self._past = max(self._past, events[-1].sequence)
        if reply.acknowledged <= before:
            return False
        self._refused = {sequence for sequence in self._refused if sequence > reply.acknowledged}
        log(LogEvent.SYNC_DELIVERED, acknowledged=reply.acknowledged, events=reply.acknowledged - before)
        await self._store.call(lambda cache: cache.forget_delivered())
        for case_id in delivered:
            self._publish(CaseDelivered(case_id))
        return True

    async def _shrink(self, events: tuple[OutgoingEvent, ...], trouble: "CentralTrouble", undelivered: int) -> float:
        refuses = trouble.status in _REFUSES_CONTENT
        self._batch = max(1, min(self._batch, len(events)) // 2)
        if refuses and len(events) > 1:
            return 0.0
        if refuses and events and await self._passes_empty(undelivered):
            event = events[0]
            log(LogEvent.SYNC_REFUSED, sequence=event.sequence, kind=event.kind)
            self._refused.add(event.sequence)
            self._refused_until = self._clock.monotonic() + self._pace.refused_again_s
            return 0.0
        self._tell(trouble.fault, undelivered)
        return self._back_off()

    async def _passes_empty(self, undelivered: int) -> bool:
        """Tell whether central takes a request without events: then it is the event that it refuses."""
        try:
            await self._exchange((), undelivered)
        except Refusal:
            return False
        return True

    def _back_off(self) -> float:
        self._failures += 1
        # The exponent is bounded too: an outage of days must not overflow a float.
        ceiling_s = self._pace.ceiling_s
        if not self._answered:
            ceiling_s = min(ceiling_s, self._settings.sync_every_s)
        limit_s = min(ceiling_s, self._pace.floor_s * 2.0 ** min(self._failures - 1, 30))
        return _CHANCE.uniform(0.5, 1.0) * limit_s

    def _tell(self, fault: Fault | None, undelivered: int) -> None:
        """Publish how central is seen when that changed; log loss once and recovery once."""
        now = self._clock.monotonic()
        if fault is not None and self._lost_at is None:
            self._lost_at = now
            log(LogEvent.CENTRAL_LOST, fault=fault.code, detail=fault.detail or None)
        if fault is None and self._lost_at is not None:
            log(LogEvent.CENTRAL_BACK, seconds=round(now - self._lost_at, 1))
            self._lost_at = None
        self._say(CentralSeen(fault is None, undelivered))

    def _say(self, seen: CentralSeen) -> None:
        if seen != self._seen:
            self._seen = seen
            self._publish(seen)


class Refusal(Exception):
    """Central did not answer as it should; `trouble` says how."""

    def __init__(self, trouble: "CentralTrouble") -> None:
        super().__init__(str(trouble))
        self.trouble = trouble
