"""One daemon thread that does one thing at a time, such as everything that touches the database.

A pool of one would do, but the interpreter waits for pool threads when it ends, and a name look-up that
hangs must not keep a terminal from restarting. Refuses work after it was closed; what was taken is done.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")


class Closed(Exception):
    """The worker takes nothing any more."""


class Worker:
    """A thread and its queue; starts with the first work."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, work: Callable[[], Result]) -> "Future[Result]":
        """Do `work` after what was submitted before.

        Raises:
            Closed: `close` was called.
        """
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise Closed(self._name)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._queue.put(lambda: _settle(future, work))
        return future

    def close(self, last: Callable[[], None] | None = None, *, wait_s: float = 10.0) -> None:
        """Finish what was taken, then `last`, then end. Safe twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            if self._thread is None:
                return
            if last is not None:
                self._queue.put(last)
            self._queue.put(None)
        self._thread.join(wait_s)

    def _run(self) -> None:
        while (work := self._queue.get()) is not None:
            work()
            del work  # waiting for the next must not keep what the last was about: it may be a citizen's case


def in_thread(name: str, work: Callable[[], Result]) -> "Future[Result]":
    """Do `work` on a daemon thread of its own, for calls that may hang in the operating system."""
    future: Future[Result] = Future()
    threading.Thread(target=_settle, args=(future, work), name=name, daemon=True).start()
    return future


def _settle(future: "Future[Result]", work: Callable[[], Result]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whoever waits for the future is the one to judge it
        future.set_exception(error)
    else:
        future.set_result(result)
