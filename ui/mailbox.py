"""The mailbox: the only bridge from other threads onto the Qt thread.

Any thread may `put`; a wake-up is sent only when none is pending, so a flood of device events costs
one queued call and not one each. The Qt thread drains in batches and touches QObjects; nobody else
does.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

Letter = TypeVar("Letter")

BATCH = 64
"""Events handled before the event loop gets a turn to draw."""


class _Bell(QObject):
    rung = Signal()


class Mailbox(QObject, Generic[Letter]):
    """Carries letters to `handle` on the thread that made the mailbox."""

    def __init__(self, handle: Callable[[Letter], None]) -> None:
        super().__init__()
        self._handle = handle
        self._letters: deque[Letter] = deque()
        self._lock = threading.Lock()
        self._pending = False
        self._closed = False
        self._bell = _Bell()
        self._bell.rung.connect(self._drain, Qt.ConnectionType.QueuedConnection)

    def put(self, letter: Letter) -> None:
        """Hand over a letter from any thread; returns at once."""
        with self._lock:
            if self._closed:
                return
            self._letters.append(letter)
            if self._pending:
                return
            self._pending = True
        self._bell.rung.emit()

    def close(self) -> None:
        """Take no more letters and drop those that wait."""
        with self._lock:
            self._closed = True
            self._letters.clear()

    @Slot()
    def _drain(self) -> None:
        for _ in range(BATCH):
            with self._lock:
                if not self._letters:
                    self._pending = False
                    return
                letter = self._letters.popleft()
            self._handle(letter)
        self._bell.rung.emit()
