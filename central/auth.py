"""Which terminal asks: a bearer token, made once, kept only as a digest.

A token is 32 random bytes, so a plain SHA-256 cannot be turned back and needs no salt. Enrolling a
terminal again replaces its token at once; the old one opens nothing any more. A token is never logged.
"""

import hashlib
import hmac
import re
import secrets
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from central.clock import instant, utc_now
from central.models import Kiosk
from central.problems import Kind, Refused
from central.store import Store
from contract.ids import KioskId

KIOSK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")
"""What a terminal's configuration accepts as its name."""

_bearer = HTTPBearer(auto_error=False, scheme_name="terminal", description="The token that `enrol` printed.")


def enrol(store: Store, kiosk: KioskId) -> str:
    """Make the terminal known, or give it a new token, and return the token: the only time it is seen."""
    token = secrets.token_urlsafe(32)
    with store.writing() as session:
        known = session.get(Kiosk, kiosk)
        if known is None:
            known = Kiosk(id=kiosk)
            session.add(known)
        known.token_sha256 = _digest(token)
        known.enrolled_at = instant(utc_now())
    return token


def authenticate(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> KioskId:
    """Return the terminal that the request's token belongs to.

    Raises:
        Refused: there is no token, or nobody's.
    """
    if credentials is None:
        raise Refused(Kind.NO_TOKEN)
    store: Store = request.app.state.store
    digest = _digest(credentials.credentials)
    with store.reading() as session:
        found = session.execute(select(Kiosk.id, Kiosk.token_sha256).where(Kiosk.token_sha256 == digest)).one_or_none()
    if found is None or not hmac.compare_digest(found.token_sha256, digest):
        raise Refused(Kind.NO_TOKEN)
    return KioskId(found.id)


Caller = Annotated[KioskId, Depends(authenticate)]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
