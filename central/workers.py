"""Several server processes on one address: as many as the machine has cores for.

The parent only watches: it starts its workers before anything else of the server exists in it, starts
one again that ended by itself, and passes the order to end on. Workers share the database and nothing
in memory; limits that are counted in memory are counted by each. None outlives a parent that was killed.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

from central.logs import LogEvent, log

_REST_S = 1.0
"""A worker that dies at once is not started again in a tight loop."""


def run(count: int, work: Callable[[Callable[[], None]], None], all_ready: Callable[[], None]) -> None:
    """Run `work` in `count` processes until SIGTERM or SIGINT; `all_ready` hears when each said so once.

    `work` is given what to call when it is ready. The parent must have no other thread.
    """
    crew = _Crew(count, work, all_ready)
    before = {number: signal.signal(number, crew.end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        crew.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Crew:
    def __init__(self, count: int, work: Callable[[Callable[[], None]], None], all_ready: Callable[[], None]) -> None:
        self._count = count
        self._work = work
        self._all_ready = all_ready
        self._workers: set[int] = set()
        self._lifeline, self._held = os.pipe()
        """The parent alone holds the end that is never written to; it closes when the parent is gone."""
        self._ending = False

    def end(self, *_: object) -> None:
        self._ending = True
        for worker in self._workers:
            os.kill(worker, signal.SIGTERM)

    def run(self) -> None:
        assert threading.active_count() == 1, "a fork would copy half of a thread's work"  # noqa: S101 - a bug of ours
        hears, says = os.pipe()
        for _ in range(self._count):
            self._start(says, hears)
        os.close(says)
        ready = 0
        while ready < self._count and (said := os.read(hears, self._count)):
            ready += len(said)
        os.close(hears)
        if ready == self._count and not self._ending:
            self._all_ready()
        self._watch()

    def _watch(self) -> None:
        while self._workers:
            worker, status = os.waitpid(-1, 0)
            self._workers.discard(worker)
            if not self._ending:
                log(LogEvent.WORKER_DIED, status=os.waitstatus_to_exitcode(status))
                time.sleep(_REST_S)
            if not self._ending:
                self._start(None, None)

    def _start(self, says: int | None, hears: int | None) -> None:
        # Until the worker has its own handlers, an order to end waits.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
        worker = os.fork()
        if worker == 0:
            self._be_worker(says, hears)
        self._workers.add(worker)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})

    def _be_worker(self, says: int | None, hears: int | None) -> None:
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
            if hears is not None:
                os.close(hears)
            os.close(self._held)
            threading.Thread(target=self._end_with_parent, name="lifeline", daemon=True).start()

            def ready() -> None:
                if says is not None:
                    os.write(says, b".")
                    os.close(says)

            self._work(ready)
            status = 0
        except BaseException as error:  # noqa: BLE001 - the process ends here, and must not run the parent's code
            log(LogEvent.BUG, error=type(error).__name__, where="worker")
        finally:
            os._exit(status)

    def _end_with_parent(self) -> None:
        os.read(self._lifeline, 1)
        os.kill(os.getpid(), signal.SIGTERM)
