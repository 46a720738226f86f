"""Keys of terminals: what a request was signed with, until when, and whose it is.

Central keeps public keys alone. A rotated key begins to count when it is first used, and ends the one
before it then; so a terminal that lost power between the two is never locked out. A terminal whose
identity was revoked or seen in too many places gets in with none of its keys.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from central.clock import instant
from central.fleet_models import TerminalKey
from central.models import Kiosk
from central.problems import Kind, Refused
from central.store import Store
from contract import signatures
from contract.ids import KioskId

LIFETIME = timedelta(days=90)
RENEW_AFTER = timedelta(days=60)
"""From then on central asks for a new key; a month of holidays still fits before the end."""

_GOOD = ("active", "next")

_KIOSK_TO_LOCK = (
    select(Kiosk).where(Kiosk.id == bindparam("kiosk")).with_for_update().execution_options(populate_existing=True)
)
_KEY_AND_OWNER = (
    select(TerminalKey, Kiosk).join(Kiosk, Kiosk.id == TerminalKey.kiosk_id).where(TerminalKey.id == bindparam("key"))
)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key that is good now."""

    key_id: str
    kiosk: KioskId
    renew_at: str


def verify(public_key: str, signature: bytes, text: bytes) -> bool:
    """Tell whether `signature` over `text` is the key's, which is base64 of 32 bytes."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        key.verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id_of(public_key: str) -> str:
    return signatures.key_id(base64.b64decode(public_key))


def let_in(store: Store, signed: signatures.SignedRequest, signature: bytes, now: datetime) -> KnownKey:
    """Return the key that signed the request.

    Raises:
        Refused: nobody's key, not its signature, or a key that is not good any more.
    """
    with store.reading() as session:
        found = session.execute(_KEY_AND_OWNER, {"key": signed.key_id}).tuples().one_or_none()
    if found is None:
        raise Refused(Kind.UNKNOWN_KEY)
    key, kiosk = found
    if not verify(key.public_key, signature, signed.base()):
        raise Refused(Kind.BAD_SIGNATURE)
    if key.state not in _GOOD:
        raise Refused(Kind.REVOKED)
    if kiosk.suspended_at is not None:
        raise Refused(Kind.IDENTITY_COPIED)
    if key.not_after <= instant(now):
        raise Refused(Kind.KEY_EXPIRED)
    if key.state == "next":
        _begin(store, key.id, instant(now))
    return KnownKey(key.id, KioskId(key.kiosk_id), key.renew_at)


def add(session: Session, kiosk: Kiosk, public_key: str, state: str, now: datetime) -> TerminalKey:
    """Make the key known, or return it when this terminal already has it.

    Raises:
        Refused: the key is, or was, another's, or it is one that was ended.
    """
    key_id = key_id_of(public_key)
    known = session.get(TerminalKey, key_id)
    if known is not None:
        if known.kiosk_id != kiosk.id or known.state not in _GOOD:
            raise Refused(Kind.KEY_TAKEN)
        return known
    made = TerminalKey(
        id=key_id,
        kiosk_id=kiosk.id,
        public_key=public_key,
        state=state,
        made_at=instant(now),
        renew_at=instant(now + RENEW_AFTER),
        not_after=instant(now + LIFETIME),
    )
    session.add(made)
    session.flush()
    return made


def end(session: Session, kiosk: str, state: str, now: str, *, states: Iterable[str] = _GOOD, but: str = "") -> int:
    """Put the terminal's keys that are in `states` into `state`, all `but` one, and return how many."""
    query = (
        update(TerminalKey)
        .where(TerminalKey.kiosk_id == kiosk, TerminalKey.state.in_(list(states)), TerminalKey.id != but)
        .values(state=state, ended_at=now)
        .returning(TerminalKey.id)
    )
    return len(session.execute(query).all())


def lock_kiosk(session: Session, kiosk: str) -> Kiosk:
    """Return the terminal's row, locked until the transaction ends: its requests follow each other."""
    return session.scalars(_KIOSK_TO_LOCK, {"kiosk": kiosk}).one()


def _begin(store: Store, key_id: str, now: str) -> None:
    with store.writing() as session:
        owner = session.get_one(TerminalKey, key_id).kiosk_id
        lock_kiosk(session, owner)
        key = session.get_one(TerminalKey, key_id, populate_existing=True)
        if key.state != "next":
            return
        end(session, owner, "replaced", now, states=["active"], but=key_id)
        key.state = "active"
