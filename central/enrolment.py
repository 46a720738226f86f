"""How a terminal becomes known: a one-time code that a person carries, exchanged for its public key.

A code has 50 random bits, lives an hour and works once; central keeps its digest. A wrong code, a used
one, one that ran out and another terminal's get the same refusal. The exchange may be repeated with the
same key while the code lives, because a reply can be lost on its way.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from central import keys
from central.clock import Clock, instant
from central.fleet_models import CommandKeyRow, EnrolmentCode, TerminalKey
from central.keys import KnownKey
from central.logs import LogEvent, log
from central.models import Kiosk
from central.problems import Kind, Refused
from central.rates import RateLimit
from central.signing import SigningKey
from central.store import Store
from contract import codes
from contract.enrolment import CommandKey, Enrolment, EnrolRequest, RotateRequest, rotation_text
from contract.ids import KioskId
from contract.signatures import SignedRequest

CODE_LENGTH = 10
VALID = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code as a person reads it aloud."""

    text: str
    expires_at: str


def new_code(store: Store, kiosk: KioskId, clock: Clock, valid: timedelta = VALID) -> OneTimeCode:
    """Return a fresh code for the terminal; codes that were not used yet are void from then on."""
    text = "".join(secrets.choice(codes.ALPHABET) for _ in range(CODE_LENGTH))
    now = clock()
    with store.writing() as session:
        if session.get(Kiosk, kiosk) is None:
            session.add(Kiosk(id=kiosk, verdicts=0))
            session.flush()
        session.execute(delete(EnrolmentCode).where(EnrolmentCode.kiosk_id == kiosk, EnrolmentCode.used_by.is_(None)))
        session.add(
            EnrolmentCode(sha256=_digest(text), kiosk_id=kiosk, made_at=instant(now), expires_at=instant(now + valid))
        )
    log(LogEvent.CODE_MADE, kiosk=kiosk)
    return OneTimeCode(f"{text[:5]}-{text[5:]}", instant(now + valid))


def revoke(store: Store, kiosk: KioskId, clock: Clock) -> int | None:
    """End every key and code of the terminal; return how many keys, or None when nobody knows it."""
    now = instant(clock())
    with store.writing() as session:
        known = session.get(Kiosk, kiosk)
        if known is None:
            return None
        ended = keys.end(session, kiosk, "revoked", now)
        session.execute(delete(EnrolmentCode).where(EnrolmentCode.kiosk_id == kiosk))
    log(LogEvent.KIOSK_REVOKED, kiosk=kiosk)
    return ended


class EnrolmentDesk:
    """Exchanges codes and old keys for new keys."""

    def __init__(self, store: Store, clock: Clock, wrong: RateLimit, answer_key: SigningKey) -> None:
        self._store = store
        self._clock = clock
        self._wrong = wrong
        self._answer_key = CommandKey(key_id=answer_key.key_id, public_key=answer_key.public_key)

    def enrol(self, request: EnrolRequest, signed: SignedRequest, signature: bytes, address: str) -> Enrolment:
        """Make the key the terminal's, in place of all it had.

        Raises:
            Refused: too many wrong tries, a code that is not good, or a key that the caller does not hold.
        """
        if self._wrong.is_spent(address):
            raise Refused(Kind.TOO_MANY)
        if signed.key_id != keys.key_id_of(request.public_key):
            raise Refused(Kind.BAD_SIGNATURE)
        if not keys.verify(request.public_key, signature, signed.base()):
            raise Refused(Kind.BAD_SIGNATURE)
        now = self._clock()
        with self._store.writing() as session:
            query = select(EnrolmentCode).where(EnrolmentCode.sha256 == _digest(codes.normalise(request.code)))
            code = session.scalars(query.with_for_update()).one_or_none()
            good = code is not None and code.kiosk_id == request.kiosk and code.expires_at > instant(now)
            if code is None or not good or code.used_by not in {None, signed.key_id}:
                self._wrong.allows(address)
                log(LogEvent.CODE_REFUSED)
                raise Refused(Kind.BAD_CODE)
            kiosk = keys.lock_kiosk(session, code.kiosk_id)
            key = keys.add(session, kiosk, request.public_key, "active", now)
            if code.used_by is None:
                keys.end(session, kiosk.id, "replaced", instant(now), but=key.id)
                code.used_by, kiosk.enrolled_at = key.id, instant(now)
                kiosk.suspended_at = None
            answer = self._answer(session, key)
        log(LogEvent.KIOSK_ENROLLED, kiosk=request.kiosk)
        return answer

    def rotate(self, caller: KnownKey, request: RotateRequest) -> Enrolment:
        """Give the caller a new key, which counts from its first use on.

        Raises:
            Refused: the new key is not the caller's to show.
        """
        text = rotation_text(caller.key_id, keys.key_id_of(request.public_key))
        if not keys.verify(request.public_key, base64.b64decode(request.proof), text):
            raise Refused(Kind.BAD_SIGNATURE)
        now = self._clock()
        with self._store.writing() as session:
            kiosk = keys.lock_kiosk(session, caller.kiosk)
            new_id = keys.key_id_of(request.public_key)
            # An earlier "next" that was never used is one whose answer the terminal never saw.
            keys.end(session, kiosk.id, "replaced", instant(now), states=["next"], but=new_id)
            key = keys.add(session, kiosk, request.public_key, "next", now)
            answer = self._answer(session, key)
        log(LogEvent.KEY_ROTATED, kiosk=caller.kiosk)
        return answer

    def _answer(self, session: Session, key: TerminalKey) -> Enrolment:
        command_keys = session.scalars(select(CommandKeyRow).order_by(CommandKeyRow.made_at))
        return Enrolment(
            kiosk=KioskId(key.kiosk_id),
            key_id=key.id,
            not_after=key.not_after,
            command_keys=tuple(CommandKey(key_id=row.id, public_key=row.public_key) for row in command_keys),
            answer_keys=(self._answer_key,),
            server_time=instant(self._clock()),
        )


def _digest(code: str) -> str:
    """Plain SHA-256: whoever could try 2^50 of them within the hour has the database, and needs no code."""
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
