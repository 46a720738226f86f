"""What goes to central next: the journal's tail in its order, packed before its turn where that can be known.

While central works on one batch, the next is read and packed. It is sent only when it still begins where the
terminal stands after the answer; else it is thrown away, and what stands there is read. Batches halve when one
fails on its way, and double when one passes.

An event that central refuses does not block the line: it stays in the journal, later ones are sent past it, and
it is tried again from time to time and after each start, since the next release of either side may take it.
"""

from kiosk_app.agent import mailbag
from kiosk_app.agent.batch import Batch, Place, pack
from kiosk_app.agent.mailbag import Standing
from kiosk_app.agent.pace import Pace
from kiosk_app.agent.store import Store
from kiosk_app.base.clock import Clock
from kiosk_app.link.desk import DeskFault
from offline_cache.cache import Cache


class Outbox:
    """Chooses and packs batches. Used on the agent's loop, one request at a time."""

    def __init__(self, store: Store, clock: Clock, pace: Pace) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._most = pace.batch_events
        self._refused: frozenset[int] = frozenset()
        self._refused_until = 0.0
        self._past = 0
        """Up to where events were sent past a refused one."""
        self._ahead: Batch | None = None
        self._files_first = False
        """Whether files have to go ahead of the batch that was packed ahead."""

    @property
    def refuses(self) -> bool:
        """Whether there are events that central does not take."""
        return bool(self._refused)

    async def next_batch(self) -> tuple[Standing, Batch | None]:
        """Read where the terminal stands, and what goes next unless that was packed ahead."""
        if self._refused and self._clock.monotonic() >= self._refused_until:
            self.start_over()
        past, without, most = self._past, self._refused, self._most
        ahead, self._ahead = self._ahead, None

        def look(cache: Cache) -> tuple[Standing, Batch | None]:
            stands = mailbag.standing(cache)
            place = Place(stands.installation, max(stands.acknowledged, past), without)
            if ahead is not None and ahead.place == place and ahead.count <= most:
                return stands, ahead
            return stands, self._read(cache, place, most)

        return await self._store.call(look)

    async def pack_ahead(self, stands: Standing, batch: Batch | None) -> None:
        """Pack what follows the batch that is on its way, if anything does."""
        if batch is None or batch.last >= stands.last:
            return
        place, most = batch.following, self._most

        def look(cache: Cache) -> tuple[Batch | None, bool]:
            return self._read(cache, place, most), bool(cache.blobs.to_send(1))

        try:
            self._ahead, self._files_first = await self._store.call(look)
        except DeskFault:
            return  # the store logged it

    def at_once(self, batch: Batch) -> Batch | None:
        """Return what was packed behind `batch`, if it may go now that central has that one."""
        ahead = self._ahead
        if ahead is None or ahead.place != batch.following or ahead.count > self._most:
            return None
        if self._files_first or self._refused:
            return None
        self._ahead = None
        return ahead

    async def has_more(self) -> bool:
        """Tell whether there is something to send that was not tried."""
        past, without = self._past, self._refused
        return self._ahead is not None or bool(await self._store.call(lambda cache: cache.tail(past, 1, 1, without)))

    def taken(self, batch: Batch | None, acknowledged: int, moved: int) -> None:
        """Hear that central took a batch, up to where it has everything now, and how far that moved."""
        self._most = min(self._pace.batch_events, self._most * 2)
        if self._refused and batch is not None:
            self._past = max(self._past, batch.last)
        if moved > 0:
            self._refused = frozenset(sequence for sequence in self._refused if sequence > acknowledged)
        elif moved < 0:
            self.start_over()

    def failed(self, batch: Batch | None, *, unsent: bool = False) -> None:
        """Hear that a batch did not go through; one that was never sent was not too large."""
        self._ahead = None
        if not unsent:
            self._most = max(1, min(self._most, batch.count if batch is not None else 0) // 2)

    def refused(self, batch: Batch) -> None:
        """Hear that central does not take the one event of a batch."""
        self._refused |= {batch.sequence}
        self._refused_until = self._clock.monotonic() + self._pace.refused_again_s

    def start_over(self) -> None:
        """Try everything again that central does not have."""
        self._refused, self._past = frozenset(), 0

    def _read(self, cache: Cache, place: Place, most: int) -> Batch | None:
        return pack(place, cache.tail(place.after, most, self._pace.batch_bytes, place.without))
