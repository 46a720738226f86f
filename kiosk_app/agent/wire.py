"""A wire to central: an HTTP session whose every exchange has a fuse, and says when only its answer is awaited.

One exchange at a time. Its connection serves the next one too, unless either side said that it is the last, so
a wire is for exchanges that follow each other at once: one that is kept longer may be half open by then. Nothing
that central says about cookies is kept, and nothing is taken out of the environment.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse

from kiosk_app.agent.fuse import Fuse


def _nothing() -> None:
    """Nobody asks."""


@dataclass(slots=True)
class _Present:
    """The exchange that is under way, if one is."""

    fuse: Fuse | None = None
    on_sent: Callable[[], None] = _nothing

    def watch(self, used: socket.socket) -> None:
        if self.fuse is not None:
            self.fuse.watch(used)


class Wire:
    """A session with central; `close` ends its connection."""

    def __init__(self) -> None:
        self._present = _Present()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = _Adapter(self._present)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    @contextmanager
    def request(
        self,
        method: str,
        address: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
        verify: bool | str,
        fuse: Fuse,
        seconds: float,
        on_sent: Callable[[], None],
    ) -> Iterator[requests.Response]:
        """Send a request and yield what answers, its content unread.

        `fuse` may end the exchange at any moment; `seconds` bounds each wait for a byte. `on_sent` is called on
        this thread when only the answer is awaited.

        Raises:
            requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError: there is no answer.
        """
        self._present.fuse, self._present.on_sent = fuse, on_sent
        try:
            with self._session.request(
                method,
                address,
                data=body,
                headers=headers,
                timeout=(seconds, seconds),
                stream=True,
                allow_redirects=False,
                verify=verify,
            ) as response:
                yield response
        finally:
            self._present.fuse, self._present.on_sent = None, _nothing

    def close(self) -> None:
        self._session.close()


class _Plain(HTTPConnection):
    """A connection that is watched by the fuse of whatever exchange it serves."""

    def __init__(self, *arguments: Any, present: _Present, **keywords: Any) -> None:
        self._present = present
        super().__init__(*arguments, **keywords)

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._present.watch(made)
        return made

    def request(self, *arguments: Any, **keywords: Any) -> None:
        if self.sock is not None:  # kept from an exchange before
            self._present.watch(self.sock)
        super().request(*arguments, **keywords)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3's own
        self._present.on_sent()
        return super().getresponse()


class _Sealed(_Plain, HTTPSConnection):
    """The same under TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SealedPool(HTTPSConnectionPool):
    ConnectionCls = _Sealed


class _Adapter(HTTPAdapter):
    """Makes connections of these classes, and tries nothing twice."""

    def __init__(self, present: _Present) -> None:
        self._present = present
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_PlainPool, present=self._present),
            "https": partial(_SealedPool, present=self._present),
        }
