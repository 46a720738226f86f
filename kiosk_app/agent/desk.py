"""`LocalDesk`: the agent in the screen's own process, behind the link's interface.

Cheap to import and to make; the loop's thread makes the rest. No call here blocks, and none runs on the
caller's thread. A listener that raises is logged and heard no worse than the others; it cannot hurt a case.
"""

import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from contract.cases import Receipt
from contract.catalogue import Catalogue
from contract.ids import CaseId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from devices.hub import DeviceHub
from kiosk_app.agent.loop import LoopThread
from kiosk_app.base.clock import Clock, SystemClock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.base.machine_settings import Settings
from kiosk_app.link.desk import (
    AttachmentPiece,
    CommitRequest,
    DeskEvent,
    DeskListener,
    Interrupted,
    Rating,
    Reprint,
    Screenshot,
)

if TYPE_CHECKING:
    from kiosk_app.agent.counter import Counter, Timing
    from kiosk_app.agent.paperwork import DocumentMaker

Result = TypeVar("Result")
_WIND_UP_S = 8.0


class LocalDesk:
    """The case desk with the agent behind it. Calls made before `start` wait for it."""

    def __init__(
        self,
        settings: Settings,
        hub: DeviceHub,
        clock: Clock | None = None,
        *,
        timing: "Timing | None" = None,
        renderer: "DocumentMaker | None" = None,
        restart: Callable[[], None] | None = None,
        loaded: Callable[[], None] = lambda: None,
    ) -> None:
        """`restart` ends the terminal's processes, this one last; None where nobody would start them again.

        `loaded` is called on another thread when everything that is slow to load was loaded and nobody is here.
        """
        self._restart = restart
        self._loaded = loaded
        self._settings = settings
        self._hub = hub
        self._clock = clock if clock is not None else SystemClock()
        self._timing = timing
        self._renderer = renderer
        self._loop = LoopThread("agent")
        self._counter: Counter | None = None
        self._lock = threading.Lock()
        self._listeners: list[DeskListener] = []
        self._closed = False

    def start(self) -> None:
        """Start the agent's thread; it opens the store and, when the screen is up, talks to central."""
        self._loop.start()
        self._ask(_nothing)

    def catalogue(self) -> "Future[Catalogue]":
        return self._ask(lambda counter: counter.catalogue())

    def subscribe(self, listener: DeskListener) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return unsubscribe

    def resume(self) -> "Future[Interrupted | None]":
        return self._ask(lambda counter: counter.resume())

    def begin_visit(self, visit_id: VisitId) -> "Future[None]":
        return self._ask(lambda counter: counter.begin_visit(visit_id))

    def end_visit(self, visit_id: VisitId) -> "Future[None]":
        return self._ask(lambda counter: counter.end_visit(visit_id))

    def look_up(self, request: LookupRequest) -> "Future[LookupAnswer]":
        return self._ask(lambda counter: counter.look_up(request))

    def attach(self, piece: AttachmentPiece) -> "Future[int]":
        return self._ask(lambda counter: counter.attach(piece))

    def commit(self, request: CommitRequest) -> "Future[Receipt]":
        return self._ask(lambda counter: counter.commit(request))

    def cancel_print(self, case_id: CaseId) -> "Future[None]":
        return self._ask(lambda counter: counter.cancel_print(case_id))

    def reprint(self, request: Reprint) -> "Future[None]":
        return self._ask(lambda counter: counter.reprint(request))

    def rate(self, rating: Rating) -> "Future[None]":
        return self._ask(lambda counter: counter.rate(rating))

    def screenshot(self, picture: Screenshot) -> "Future[None]":
        return self._ask(lambda counter: counter.screenshot(picture))

    def tell(self, case_id: CaseId) -> "Future[None]":
        """Publish how a case stands to a screen that may have missed it, and go on with it if nobody did."""
        return self._ask(lambda counter: counter.tell(case_id))

    def screens(self, there: bool) -> None:
        """Hear that a screen came, or that the last one went."""
        self._ask(lambda counter: counter.screens(there=there))

    def turn(self) -> "Future[None]":
        """Return a future that is done when the agent's loop came round, which shows that it does."""
        return self._loop.call(_turned)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._loop.started:
            with suppress(Exception):  # whatever keeps it from winding up, the threads end
                self._ask(lambda counter: counter.wind_up()).result(_WIND_UP_S)
        self._loop.stop()
        if self._counter is not None:
            self._counter.close()

    def _ask(self, work: "Callable[[Counter], Coroutine[Any, Any, Result]]") -> "Future[Result]":
        async def at_the_counter() -> Result:
            return await work(self._open_counter())

        return self._loop.call(at_the_counter)

    def _open_counter(self) -> "Counter":
        """Return the counter, on the loop's thread, which is the only one that makes it."""
        if self._counter is None:
            from kiosk_app.agent.counter import Counter, Timing  # noqa: PLC0415 - the caller's thread stays light

            self._counter = Counter(
                self._settings,
                self._hub,
                self._clock,
                self._publish,
                timing=self._timing if self._timing is not None else Timing(),
                renderer=self._renderer,
                restart=self._restart,
                loaded=self._loaded,
            )
        return self._counter

    def _publish(self, event: DeskEvent) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except Exception as error:  # noqa: BLE001 - one deaf listener must not stop a case
                log(LogEvent.BUG, error=type(error).__name__, where=where(error))


async def _turned() -> None:
    """The loop came round."""


async def _nothing(_: "Counter") -> None:
    """Asked once at the start, so that there is a counter."""
