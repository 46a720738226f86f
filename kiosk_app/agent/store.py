"""The agent's side of the cache: one thread that alone touches it, and calls that the loop can await.

Trouble with the disk becomes a `DeskFault` and one log line each time it changes. A cache that could not
be opened is tried again with the next call, because a disk may come back. `now` stamps records only.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from contract.cases import EventBody
from contract.ids import KioskId
from kiosk_app.agent.machine import machine_digest
from kiosk_app.agent.worker import Worker
from kiosk_app.base.clock import Clock, instant
from kiosk_app.base.database_key import handed_over
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.base.settings import KioskSection
from kiosk_app.link.desk import DeskFault
from offline_cache.cache import Cache, open_cache
from offline_cache.keys import KeySource
from offline_cache.trouble import StorageTrouble

Result = TypeVar("Result")


class Store:
    """The cache behind its thread."""

    def __init__(self, kiosk: KioskSection, clock: Clock) -> None:
        self._settings = kiosk
        self._clock = clock
        self._worker = Worker("agent-store")
        self._cache: Cache | None = None
        self._trouble = ""
        self.on_append: Callable[[int], None] = lambda _: None
        """Called on the loop after so many events were appended."""

    def now(self) -> str:
        return instant(self._clock.now())

    async def call(self, work: Callable[[Cache], Result]) -> Result:
        """Run `work` on the store's thread.

        Raises:
            DeskFault: ``storage.full`` or ``storage.broken``; nothing of `work` is kept.
        """
        # Shielded: a call that was begun is finished, whoever stopped waiting for it.
        return await asyncio.shield(asyncio.wrap_future(self._worker.submit(lambda: self._on_thread(work))))

    async def record(self, *bodies: EventBody) -> None:
        """Append events in one transaction."""
        at = self.now()
        await self.call(lambda cache: cache.record(bodies, at))
        self.on_append(len(bodies))

    def let_go(self) -> None:
        """Close the file unless a visit runs, after what was taken; the next call opens it again. Returns at once."""
        self._worker.submit(self._let_go_on_thread)

    def close(self) -> None:
        """Write what was taken, then let go of the file."""
        self._worker.close(self._close_on_thread)

    def _on_thread(self, work: Callable[[Cache], Result]) -> Result:
        try:
            if self._cache is None:
                self._cache = self._open()
            result = work(self._cache)
        except StorageTrouble as trouble:
            if self._trouble != trouble.fault.code:
                self._trouble = trouble.fault.code
                log(LogEvent.STORAGE_FAULT, fault=trouble.fault.code, detail=trouble.fault.detail)
            raise DeskFault(trouble.fault) from None
        self._trouble = ""
        return result

    def _open(self) -> Cache:
        settings = self._settings
        keeper = settings.database_key
        source = KeySource(handed_over(), None if keeper == "auto" else keeper)
        cache = open_cache(settings.state_dir, KioskId(settings.id), self.now(), source)
        if cache.set_aside is not None:
            log(LogEvent.CACHE_SET_ASIDE, path=cache.set_aside.path.name, reason=cache.set_aside.reason)
        machine = machine_digest()
        if machine is not None and cache.move_in(machine, self.now()):
            log(LogEvent.INSTALLATION_RENEWED, installation=cache.installation, reason="another machine")
        return cache

    def _let_go_on_thread(self) -> None:
        if self._cache is not None and self._cache.running_visit() is None:
            self._close_on_thread()

    def _close_on_thread(self) -> None:
        if self._cache is not None:
            self._cache.close()
            self._cache = None
