"""A fuse for one exchange: when its time is up, the sockets are shut, whatever the other side is doing.

Time-outs of the HTTP library start anew with each byte, so an answer that drips in would hold a thread for
ever; and a connection whose peer is gone without a word is noticed here and nowhere else.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse


class Fuse:
    """Shuts the sockets of one exchange when its time is up."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._blow)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.blown = False

    def watch(self, made: socket.socket) -> None:
        # A duplicate, since TLS takes the original away from under us; shutting one shuts the connection.
        with self._lock:
            self._sockets.append(made.dup())
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


class FusedAdapter(HTTPAdapter):
    """Hands every socket to the fuse, and says when a request is out and only its answer is awaited."""

    def __init__(self, fuse: Fuse, on_sent: Callable[[], None]) -> None:
        self._fuse = fuse
        self._on_sent = on_sent
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": self._fused(HTTPConnection)})
        sealed = type("SealedPool", (HTTPSConnectionPool,), {"ConnectionCls": self._fused(HTTPSConnection)})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": sealed}

    def _fused(self, kind: type[HTTPConnection]) -> type[HTTPConnection]:
        """Return a kind of connection whose sockets the fuse watches."""
        fuse, on_sent = self._fuse, self._on_sent

        def connect(connection: HTTPConnection) -> socket.socket:
            made = kind._new_conn(connection)  # noqa: SLF001 - urllib3 has no other place to meet a socket
            fuse.watch(made)
            return made

        def answer(connection: HTTPConnection) -> HTTPResponse:
            on_sent()
            return kind.getresponse(connection)

        return type(f"Fused{kind.__name__}", (kind,), {"_new_conn": connect, "getresponse": answer})
