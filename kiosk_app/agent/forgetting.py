"""Forgetting what central has whole: behind the sending in a long queue, and before every rest.

One at a time, and nothing that is sent waits for it: what comes to be owed while it is under way is forgotten the
next time. Putting it off to the queue's end instead would spare little, and keep citizens' data.
"""

import asyncio

from kiosk_app.agent.store import Store
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.desk import DeskFault


class Forgetting:
    """Has the store forget. Used on the agent's loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._owes = True
        """Whether there may be something to forget; at the start too, where an earlier process may have left it."""
        self._under_way: asyncio.Task[None] | None = None

    def owe(self) -> None:
        """Hear that central has more than it had."""
        self._owes = True

    def begin(self) -> None:
        """Begin with what is owed, unless that is still under way. Returns at once."""
        if self._owes and (self._under_way is None or self._under_way.done()):
            self._under_way = asyncio.create_task(self._forget())

    async def finish(self) -> None:
        """Forget all that is owed, as far as the disk lets it."""
        if self._under_way is not None:
            await self._under_way
            self._under_way = None
        if self._owes:
            await self._forget()

    def stop(self) -> None:
        """Wait for nothing any more. What the store has begun it ends."""
        if self._under_way is not None:
            self._under_way.cancel()

    async def _forget(self) -> None:
        self._owes = False
        try:
            await self._store.call(lambda cache: cache.forget_delivered())
        except DeskFault:
            self._owes = True  # the store logged it
        except Exception as error:  # noqa: BLE001 - the line to central must not die of one bug
            log(LogEvent.BUG, error=type(error).__name__, where=where(error))
