"""Which terminal asks: the Ed25519 signature of its request (`contract.signatures`, ADR 0009).

Only headers are looked at here, before a body is read; the digest they promise is held against the
body by `central.bodies`. A signature is fresh for minutes of central's clock, and a terminal whose own
clock is wrong is told central's. Signatures are never logged.
"""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader

from central import keys
from central.clock import Clock, instant
from central.keys import KnownKey
from central.problems import Kind, Refused
from central.store import Store
from contract import signatures
from contract.signatures import SignedRequest

_scheme = APIKeyHeader(
    name="Signature",
    scheme_name="terminal",
    auto_error=False,
    description="HTTP Message Signature (RFC 9421) of the terminal's Ed25519 key, as `kiosk` in `Signature` and "
    "`Signature-Input`: components `@method`, `@path`, then `content-digest` for a body or `content-range` for a "
    'part of a blob; parameters `created`, `keyid` (base64url SHA-256 of the public key), `alg="ed25519"`.',
)


def read_signature(request: Request) -> tuple[SignedRequest, bytes]:
    """Return what was signed, and the signature, which is not checked yet.

    Raises:
        Refused: there is none, it does not cover the body, or it is not fresh.
    """
    headers = dict(request.headers)
    try:
        signed, signature = signatures.read(request.method, _path(request), headers)
    except signatures.Unsigned:
        raise Refused(Kind.NO_SIGNATURE) from None
    wanted = {"POST": {"content-digest"}, "PUT": {"content-range"}}.get(request.method, set())
    if signed.fields.keys() != wanted:
        raise Refused(Kind.NO_SIGNATURE, "the signature does not cover the body")
    clock: Clock = request.app.state.clock
    now = clock()
    if abs(_epoch_s(now) - signed.created) > signatures.WINDOW_S:
        raise Refused(Kind.CLOCK_SKEW, server_time=instant(now))
    return signed, signature


def authenticate(request: Request, _shown: Annotated[str | None, Depends(_scheme)]) -> KnownKey:
    """Return the key that the request was signed with, and so whose request it is.

    Raises:
        Refused: it is nobody's.
    """
    store: Store = request.app.state.store
    signed, signature = read_signature(request)
    clock: Clock = request.app.state.clock
    return keys.let_in(store, signed, signature, clock())


Caller = Annotated[KnownKey, Depends(authenticate)]
Signed = Annotated[tuple[SignedRequest, bytes], Depends(read_signature)]


def _path(request: Request) -> str:
    """Return the path as it came, still encoded."""
    raw: bytes = request.scope["raw_path"]
    return raw.partition(b"?")[0].decode("latin-1")


def _epoch_s(moment: datetime) -> int:
    return int(moment.timestamp())
