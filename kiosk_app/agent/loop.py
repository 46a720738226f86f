"""The agent's asyncio loop in its own thread, and the way in from other threads.

`call` may be used before the loop runs: what comes early waits for it. Only `DeskFault` leaves a call;
anything else is logged as a bug by type and place and becomes ``agent.bug``. asyncio itself is imported
on the thread, because the screen's first frame does not wait for it.
"""

import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from contract.fault import Fault
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.desk import DeskFault

if TYPE_CHECKING:
    import asyncio

Result = TypeVar("Result")
Work = Callable[[], Coroutine[Any, Any, Result]]


class LoopThread:
    """Runs calls on one loop until it is stopped."""

    def __init__(self, name: str) -> None:
        self._lock = threading.Lock()
        self._early: list[Callable[[asyncio.AbstractEventLoop], None]] = []
        self._waiting: list[Future[Any]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def started(self) -> bool:
        return self._thread.ident is not None

    def start(self) -> None:
        self._thread.start()

    def call(self, work: "Work[Result]") -> "Future[Result]":
        """Run `work` on the loop; calls begin in the order they were made."""
        future: Future[Result] = Future()

        def begin(loop: "asyncio.AbstractEventLoop") -> None:
            task = loop.create_task(_settle(future, work))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        with self._lock:
            if self._stopped:
                future.set_exception(_closed())
            elif self._loop is None:
                self._early.append(begin)
                self._waiting.append(future)
            else:
                self._loop.call_soon_threadsafe(begin, self._loop)
        return future

    def stop(self, *, wait_s: float = 15.0) -> None:
        """Cancel what still runs, end the loop and its thread. Safe twice, safe when never started."""
        with self._lock:
            first, self._stopped = not self._stopped, True
            loop = self._loop
            waiting, self._waiting = self._waiting, []
            if loop is not None and first:
                loop.call_soon_threadsafe(loop.stop)
        for future in waiting:
            future.set_exception(_closed())
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(wait_s)

    def _run(self) -> None:
        import asyncio  # noqa: PLC0415 - see the module's docstring

        self._tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.new_event_loop()
        try:
            with self._lock:
                if self._stopped:
                    return
                early, self._early = self._early, []
                self._waiting = []
                for begin in early:
                    begin(loop)
                self._loop = loop
            loop.run_forever()
            pending = asyncio.all_tasks(loop)
            for task in pending:
                task.cancel()
            if pending:
                loop.run_until_complete(asyncio.wait(pending, timeout=10))
        finally:
            loop.close()


async def _settle(future: "Future[Result]", work: "Work[Result]") -> None:
    """Complete `future` in the same breath as `work` ends, so that its outcome is told before what follows."""
    import asyncio  # noqa: PLC0415 - loaded by now

    if not future.set_running_or_notify_cancel():
        return
    try:
        result = await work()
    except DeskFault as fault:
        future.set_exception(fault)
    except asyncio.CancelledError:
        future.set_exception(_closed())
    except Exception as error:  # noqa: BLE001 - the last line before the screen
        log(LogEvent.BUG, error=type(error).__name__, where=where(error))
        future.set_exception(DeskFault(Fault.of("agent.bug", type(error).__name__)))
    else:
        future.set_result(result)


def _closed() -> DeskFault:
    return DeskFault(Fault.of("visit.interrupted", "the visit or the agent ended first"))
