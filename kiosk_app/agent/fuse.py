"""A fuse for one exchange: when its time is up, the sockets are shut, whatever the other side is doing.

Time-outs of the HTTP library start anew with each byte, so an answer that drips in would hold a thread for
ever; and a connection whose peer is gone without a word is noticed here and nowhere else.
"""

import os
import socket
import threading
from contextlib import suppress
from typing import Self


class Fuse:
    """Shuts the sockets of one exchange when its time is up."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._blow)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.blown = False
        self.connected = False
        """Whether there was anything to watch: somebody took a connection."""

    def watch(self, made: socket.socket) -> None:
        self.connected = True
        # A duplicate, since TLS takes the original away from under us; shutting one shuts the connection.
        # Of the descriptor, since a socket under TLS refuses to be duplicated.
        duplicate = socket.socket(fileno=os.dup(made.fileno()))
        with self._lock:
            self._sockets.append(duplicate)
            if self.blown:
                self._shut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for watched in self._sockets:
                watched.close()
            self._sockets = []

    def _blow(self) -> None:
        with self._lock:
            self.blown = True
            self._shut()

    def _shut(self) -> None:
        for watched in self._sockets:
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)
