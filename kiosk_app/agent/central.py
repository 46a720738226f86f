"""The terminal's one door to the network: a signed request, and an answer that is central's or trouble.

Blocking; every call has a thread of its own. Follows no redirect, takes no proxy or password out of the
environment and keeps no connection, because a half-open one would cost the next citizen the whole deadline; only
a caller whose exchanges follow each other at once may have it kept between them (`Kept`).
A captive portal's page, another's certificate, a half answer are trouble with a clear word, never an answer.
Bodies, answers and addresses never reach a log or an exception.
"""

import gzip
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError

from contract import signatures
from contract.signatures import SignedRequest
from kiosk_app.agent.central_clock import CentralClock
from kiosk_app.agent.exchange import Answer, CentralTrouble, Kept, Problem
from kiosk_app.agent.fuse import Fuse
from kiosk_app.agent.identity import IdentityFile, IdentityUnusable, Signer
from kiosk_app.agent.tls_words import tls_word
from kiosk_app.agent.wire import Wire
from kiosk_app.base.clock import Clock
from kiosk_app.base.settings import CentralSection

MAX_REPLY_BYTES: Final = 16 * 1024 * 1024
PACK_FROM_BYTES: Final = 1024
"""Smaller bodies go as they are: packing them costs more than it saves."""
_MAX_PROBLEM_BYTES: Final = 64 * 1024
_CHUNK_BYTES: Final = 64 * 1024
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
_NOT_LET_IN: Final = (401, 403, 407)
_LATER: Final = (429, 502, 503, 504)
_PORTAL: Final = "a captive portal?"


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    body: bytes | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    covered: Mapping[str, str]
    good: tuple[int, ...]
    on_sent: Callable[[], None] = lambda: None
    kept: Kept | None = None


class Central:
    """Central under the address of the settings, asked in this terminal's name."""

    def __init__(self, settings: CentralSection, identity: IdentityFile, clock: Clock, time: CentralClock) -> None:
        self._base = settings.url.rstrip("/")
        self._ca_file: Path | None = settings.ca_file
        self._identity = identity
        self._clock = clock
        self.time = time

    def post(
        self,
        path: str,
        body: bytes,
        *,
        seconds: float,
        signer: Signer | None = None,
        packed: bool = False,
        on_sent: Callable[[], None] = lambda: None,
        kept: Kept | None = None,
    ) -> Answer:
        """Send JSON and return the JSON that central answers with, signed by `signer` or by who we are.

        `packed` says that the body is packed with gzip already. `seconds` bounds the whole exchange, also one
        whose answer drips in byte by byte. `on_sent` is called on this thread when only the answer is awaited.
        `kept` is where the wire of the exchange before is, and where this one's stays.

        Raises:
            CentralTrouble: ``central.unreachable``, ``central.timed_out``, ``central.refused`` (who we are, or
                who it is) or ``central.broken`` (anything that is not a good answer).
        """
        headers = {"Content-Type": _JSON}
        if packed:
            headers["Content-Encoding"] = "gzip"
        elif len(body) >= PACK_FROM_BYTES:
            body, headers["Content-Encoding"] = gzip.compress(body, compresslevel=5, mtime=0), "gzip"
        covered = {"content-digest": signatures.content_digest(body)}
        return self._ask(_Request("POST", path, body, headers, covered, (200,), on_sent, kept), seconds, signer)

    def put_part(self, path: str, part: bytes, *, first: int, total: int, seconds: float) -> Answer:
        """Send bytes `first` and following of a blob of `total` bytes; none when all were sent. Raises as `post`."""
        covered = {"content-range": f"bytes {f'{first}-{first + len(part) - 1}' if part else '*'}/{total}"}
        headers = {"Content-Type": "application/octet-stream"}
        return self._ask(_Request("PUT", path, part, headers, covered, (200, 201, 202)), seconds, None)

    def head(self, path: str, *, seconds: float) -> Answer:
        """Ask for the headers alone. Raises as `post`."""
        return self._ask(_Request("HEAD", path, None, {}, {}, (200, 404)), seconds, None)

    def _ask(self, request: _Request, seconds: float, signer: Signer | None) -> Answer:
        ends = self._clock.monotonic() + seconds
        try:
            used = signer if signer is not None else self._identity.signer()
        except IdentityUnusable as unusable:
            raise CentralTrouble("central.refused", str(unusable), shut_out=True) from None
        try:
            return self._exchange(request, used, seconds)
        except CentralTrouble as trouble:
            if trouble.problem.word != "clock-skew" or not trouble.problem.server_time:
                raise
            left_s = ends - self._clock.monotonic()
            if left_s <= 0 or not math.isfinite(left_s):
                raise
            # Our clock or what we knew of central's is wrong; central just said what time it is.
            return self._exchange(request, used, left_s)

    def _exchange(self, request: _Request, signer: Signer, seconds: float) -> Answer:
        created = int(self.time.now().timestamp())
        signed = SignedRequest(request.method, request.path, request.covered, created, signer.key_id)
        headers = {"Accept": f"{_JSON}, {_PROBLEM}", **request.headers}
        headers |= signed.headers(signer.sign(signed.base()))
        asked = self._clock.monotonic()
        with Fuse(seconds) as fuse, _wire(request.kept) as wire:
            if request.kept is None:
                headers["Connection"] = "close"
            try:
                with wire.request(
                    request.method,
                    f"{self._base}{request.path}",
                    body=request.body,
                    headers=headers,
                    verify=str(self._ca_file) if self._ca_file is not None else True,
                    fuse=fuse,
                    seconds=seconds,
                    on_sent=request.on_sent,
                ) as response:
                    return self._read(request, response, asked)
            except CentralTrouble:
                raise
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                raise _trouble(error, blown=fuse.blown, unsent=not fuse.connected) from None

    def _read(self, request: _Request, response: requests.Response, asked: float) -> Answer:
        kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
        status = response.status_code
        if status not in request.good:
            problem = Problem()
            if kind == _PROBLEM and request.method != "HEAD":
                problem = _problem(_content(response, _MAX_PROBLEM_BYTES))
                self._hear(problem.server_time, asked)
            raise _status_trouble(status, kind, problem)
        if request.method != "POST":
            if status != 404 and "Upload-Offset" not in response.headers:
                raise CentralTrouble("central.broken", f"the answer is not central's: {_PORTAL}", status)
            return Answer(status, b"", response.headers, asked, self._clock.monotonic())
        if kind != _JSON:
            raise CentralTrouble("central.broken", f"the answer is no JSON: {_PORTAL}", status)
        content = _content(response, MAX_REPLY_BYTES)
        return Answer(status, content, response.headers, asked, self._clock.monotonic())

    def _hear(self, server_time: str, asked: float) -> None:
        if server_time:
            try:
                self.time.heard(server_time, asked, self._clock.monotonic())
            except ValueError:
                raise CentralTrouble("central.broken", "no time") from None


@contextmanager
def _wire(kept: Kept | None) -> Iterator[Wire]:
    """Yield the wire that is kept, or one for this exchange alone."""
    if kept is None:
        with closing(Wire()) as wire:
            yield wire
    else:
        kept.wire = kept.wire or Wire()
        yield kept.wire


def _content(response: requests.Response, most: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        content += chunk
        if len(content) > most:
            raise CentralTrouble("central.broken", "the answer is too long")
    return bytes(content)


def _problem(content: bytes) -> Problem:
    try:
        raw: Any = json.loads(content)
    except ValueError:
        return Problem()
    match raw:
        case {"type": str(kind)}:
            word, held, told = kind.rpartition(":")[2][:40], raw.get("held"), raw.get("server_time")
            return Problem(
                word if all(c.isascii() and (c.isalnum() or c == "-") for c in word) else "",
                told if isinstance(told, str) else "",
                held if type(held) is int else None,
            )
        case _:
            return Problem()


def _status_trouble(status: int, kind: str, problem: Problem) -> CentralTrouble:
    detail = f"HTTP {status} {problem.word}".rstrip()
    if status in _LATER:
        return CentralTrouble("central.unreachable", detail, status, problem)
    if (
        status == 511 or 300 <= status < 400 or (kind == "text/html" and status < 500)
    ):  # 511: RFC 6585, made for portals
        return CentralTrouble("central.broken", f"{detail}: {_PORTAL}", status)
    if status in _NOT_LET_IN:
        return CentralTrouble("central.refused", detail, status, problem, shut_out=bool(problem.word))
    return CentralTrouble("central.broken", detail, status, problem)


def _trouble(error: Exception, *, blown: bool, unsent: bool) -> CentralTrouble:
    """Name what went wrong by its type alone: messages of the HTTP library quote addresses and bodies."""
    if blown or isinstance(error, (requests.Timeout, TimeoutError)):
        return CentralTrouble("central.timed_out", unsent=unsent)
    word = tls_word(error)
    if word:
        return CentralTrouble("central.refused", f"its certificate: {word}")
    kind = type(error).__name__
    if isinstance(error, requests.exceptions.SSLError):
        return CentralTrouble("central.unreachable", "TLS broke off")
    if isinstance(error, (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, OSError)):
        return CentralTrouble("central.unreachable", kind, unsent=unsent)
    return CentralTrouble("central.broken", kind)
