"""The HTTP client: the terminal's one door to the network. Blocking; every call has a thread of its own.

`seconds` bounds a whole exchange, also one whose answer drips in byte by byte: at its end the socket is
shut. No redirects, no proxies or passwords out of the environment, no connection kept open, because a
half-open one would cost the next citizen the whole deadline. What is not an answer of central, such as
a captive portal's page, is trouble. Bodies and answers never reach a log or an exception.
"""

import gzip
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from contract.fault import Fault
from kiosk_app.base.settings import CentralSection

MAX_REPLY_BYTES: Final = 16 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_NOT_LET_IN: Final = (401, 403, 407)
_LATER: Final = (429, 502, 503, 504)


class CentralTrouble(Exception):
    """Central could not be asked. `status` is its HTTP status when it gave one."""

    def __init__(self, code: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.fault = Fault.of(code, detail)
        self.status = status


class Central:
    """Central under the address of the settings."""

    def __init__(self, settings: CentralSection) -> None:
        self._base = settings.url.rstrip("/")
        self._token_file = settings.token_file

    def post(self, path: str, body: bytes, *, seconds: float, packed: bool = False) -> "Answer":
        """Send JSON, `packed` with gzip or as it is; return the JSON that central answers with.

        Raises:
            CentralTrouble: ``central.unreachable``, ``central.timed_out``, ``central.refused`` (who we are) or
                ``central.broken`` (anything that is not a good answer).
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Connection": "close"}
        headers |= _authorization(self._token_file)
        if packed:
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, compresslevel=5, mtime=0)
        with _Fuse(seconds) as fuse, requests.Session() as session:
            session.trust_env = False
            for scheme in ("http://", "https://"):
                session.mount(scheme, _FusedAdapter(fuse))
            try:
                return _exchange(session, f"{self._base}{path}", body, headers, seconds)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise _trouble(error, fuse) from None


class Answer:
    """A good answer: JSON text, and the instant that central's clock showed (its ``Date`` header)."""

    def __init__(self, json: bytes, date: str | None) -> None:
        self.json = json
        self.date = date


class _Fuse:
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


class _FusedAdapter(HTTPAdapter):
    """Hands every socket to the fuse."""

    def __init__(self, fuse: _Fuse) -> None:
        self._fuse = fuse
        super().__init__(max_retries=0)

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        super().init_poolmanager(*arguments, **keywords)
        fuse = self._fuse

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                fuse.watch(made)
                return made

        class Sealed(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                fuse.watch(made)
                return made

        plain = type("PlainPool", (HTTPConnectionPool,), {"ConnectionCls": Plain})
        sealed = type("SealedPool", (HTTPSConnectionPool,), {"ConnectionCls": Sealed})
        self.poolmanager.pool_classes_by_scheme = {"http": plain, "https": sealed}


def _authorization(token_file: Path | None) -> dict[str, str]:
    if token_file is None:
        return {}
    try:
        token = token_file.read_text("ascii").strip()
    except (OSError, UnicodeError):
        raise CentralTrouble("central.refused", "the token file cannot be read") from None
    return {"Authorization": f"Bearer {token}"}


def _exchange(session: requests.Session, url: str, body: bytes, headers: dict[str, str], seconds: float) -> Answer:
    with session.post(
        url, data=body, headers=headers, timeout=(seconds, seconds), stream=True, allow_redirects=False
    ) as response:
        if response.status_code != requests.codes.ok:
            raise _status_trouble(response.status_code)
        if response.headers.get("Content-Type", "").split(";")[0].strip() != "application/json":
            raise CentralTrouble("central.broken", "the answer is not JSON")
        json = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            json += chunk
            if len(json) > MAX_REPLY_BYTES:
                raise CentralTrouble("central.broken", "the answer is too long")
        return Answer(bytes(json), response.headers.get("Date"))


def _status_trouble(status: int) -> CentralTrouble:
    code = "central.refused" if status in _NOT_LET_IN else "central.broken"
    return CentralTrouble("central.unreachable" if status in _LATER else code, f"HTTP {status}", status)


def _trouble(error: Exception, fuse: _Fuse) -> CentralTrouble:
    """Name what went wrong by its type alone: messages of the HTTP library quote addresses and bodies."""
    if fuse.blown or isinstance(error, (requests.Timeout, TimeoutError)):
        return CentralTrouble("central.timed_out")
    kind = type(error).__name__
    if isinstance(error, requests.exceptions.SSLError):
        return CentralTrouble("central.refused", kind)
    if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, OSError)):
        return CentralTrouble("central.unreachable", kind)
    return CentralTrouble("central.broken", kind)
