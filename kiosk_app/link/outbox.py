"""What still has to be sent on one connection: filled from any thread, emptied by the link's own.

Filling never waits: what the socket takes at once goes at once, which spares a change of threads, and the
rest is queued. More than the bound is refused, because a peer that does not read would otherwise grow this
process until the kernel ends it.
"""

import os
import socket
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

_OVERHEAD = 128
"""Bytes that one waiting message costs beside its own, so that many small ones are bounded too."""


class Outbox:
    """Frames on their way, and the bell that tells the link's thread of them."""

    def __init__(self, connection: socket.socket, bound: int) -> None:
        self._socket = connection
        self._bound = bound
        self._lock = threading.Lock()
        self._waiting: deque[tuple[memoryview, list[int]]] = deque()
        self._bytes = 0
        self._bell: int | None = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    @property
    def empty(self) -> bool:
        with self._lock:
            return not self._waiting

    def put(self, frame: bytes, descriptors: Sequence[int]) -> bool:
        """Send a frame with copies of `descriptors`; False when too much waits already, or it is closed."""
        with self._lock:
            # What is being sent does not count: one long message is no sign of a peer that does not read.
            head = len(self._waiting[0][0]) if self._waiting else 0
            if self._bell is None or self._bytes - head > self._bound:
                return False
            sent = 0
            if not self._waiting and not descriptors:
                with suppress(OSError):  # that it is full or broken, the link's thread finds out in its own time
                    sent = self._socket.send(frame)
            if sent == len(frame):
                return True
            self._waiting.append((memoryview(frame)[sent:], [os.dup(descriptor) for descriptor in descriptors]))
            self._bytes += len(frame) - sent + _OVERHEAD
            os.eventfd_write(self._bell, 1)
            return True

    def ring(self) -> None:
        """Wake the link's thread."""
        with self._lock:
            if self._bell is not None:
                os.eventfd_write(self._bell, 1)

    def fileno(self) -> int:
        """What the link's thread waits on; -1 when closed."""
        return -1 if self._bell is None else self._bell

    def heard_bell(self) -> None:
        """Take note of the bell. For the link's thread."""
        if self._bell is not None:
            os.eventfd_read(self._bell)

    def flush(self) -> bool:
        """Send what the peer takes now; True when something went. For the link's thread.

        Raises:
            OSError: the connection is broken.
        """
        went = False
        while True:
            with self._lock:
                if not self._waiting:
                    return went
                frame, descriptors = self._waiting[0]
            try:
                sent = socket.send_fds(self._socket, [frame], descriptors) if descriptors else self._socket.send(frame)
            except BlockingIOError:
                return went
            went = True
            _close(descriptors)  # they went with the first byte
            with self._lock:
                if sent == len(frame):
                    self._waiting.popleft()
                    self._bytes -= _OVERHEAD
                else:
                    self._waiting[0] = (frame[sent:], [])
                self._bytes -= sent

    def close(self) -> None:
        """Forget what was not sent. Safe twice."""
        with self._lock:
            bell, self._bell = self._bell, None
            waiting, self._waiting = self._waiting, deque()
        for _, descriptors in waiting:
            _close(descriptors)
        if bell is not None:
            os.close(bell)


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
