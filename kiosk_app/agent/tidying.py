"""Tidying: what libraries keep of a citizen's data is let go of soon after they have gone, not some day.

Parsed messages, exceptions and links that ended lie in circles with what they held, and Python's collector
comes for them when enough else was made, which on a quiet terminal takes hours. SQLite keeps the first pages
that it ever read, decrypted, for as long as the connection lives.
"""

import asyncio
import gc
from typing import Final

from kiosk_app.agent.store import Store
from kiosk_app.agent.worker import Closed, Worker

SOON_S: Final = 2.0
"""Until whatever ended has really ended, its thread too."""


class Tidying:
    """Lets go once, a moment after it was last needed. Used on the agent's loop."""

    def __init__(self, store: Store, worker: Worker) -> None:
        self._store = store
        self._worker = worker
        self._due: asyncio.TimerHandle | None = None
        self._asked_at = 0.0

    def soon(self) -> None:
        """Let go in a moment; asked again meanwhile, the moment begins anew."""
        loop = asyncio.get_running_loop()
        self._asked_at = loop.time()
        if self._due is None:  # asked for each case of a long queue, it is one timer all the same
            self._due = loop.call_later(SOON_S, self._now)

    def stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _now(self) -> None:
        self._due = None
        loop = asyncio.get_running_loop()
        left_s = self._asked_at + SOON_S - loop.time()
        if left_s > 0:
            self._due = loop.call_later(left_s, self._now)
            return
        try:
            self._store.let_go()
            self._worker.submit(gc.collect)
        except Closed:
            return  # the process ends, and all of its memory with it
