"""Becoming known to central: a one-time code for a key, and a new key for the old one before it ends.

A private key is on the disk before central hears of it and never leaves the terminal. Whatever breaks in
between, the same exchange may be made again: central gives the same answer for the same key.
"""

import base64
from collections.abc import Callable

from pydantic import ValidationError

from contract.enrolment import Enrolment, EnrolRequest, RotateRequest, rotation_text
from contract.ids import KioskId
from kiosk_app.agent.central import Central
from kiosk_app.agent.exchange import Answer, CentralTrouble
from kiosk_app.agent.identity import Identity, IdentityFile, IdentityUnusable, Signer, new_secret

_KEY_TAKEN = "key-taken"


def enrol(central: Central, file: IdentityFile, kiosk: KioskId, code: str, *, seconds: float) -> Identity:
    """Exchange a one-time code for an identity, and keep it.

    Raises:
        CentralTrouble: central is away, or does not take the code.
        IdentityUnusable: what is there may not be replaced from here, since it is not this user's.
        BlockingIOError: the identity is being changed just now.
        OSError: the disk refuses.
    """
    with file.changing():
        known = _known(file, kiosk)

        def ask(signer: Signer) -> Answer:
            request = EnrolRequest(code=code, kiosk=kiosk, public_key=signer.public_key)
            return central.post("/v1/enrol", request.model_dump_json().encode(), seconds=seconds, signer=signer)

        return _exchange(central, file, known, ask)


def rotate(central: Central, file: IdentityFile, *, seconds: float) -> Identity:
    """Exchange the key for a new one, and keep that. Raises as `enrol`."""
    with file.changing():
        known = file.read()
        old = file.signer()

        def ask(signer: Signer) -> Answer:
            proof = base64.b64encode(signer.sign(rotation_text(old.key_id, signer.key_id))).decode("ascii")
            request = RotateRequest(public_key=signer.public_key, proof=proof)
            return central.post("/v1/keys", request.model_dump_json().encode(), seconds=seconds, signer=old)

        return _exchange(central, file, known, ask)


def _known(file: IdentityFile, kiosk: KioskId) -> Identity:
    """What is there already. A damaged file is replaced: enrolling anew is how it is mended."""
    if file.stamp is None:
        return Identity(kiosk=kiosk)
    try:
        known = file.read()
    except IdentityUnusable as unusable:
        if "damaged" not in str(unusable):
            raise
        return Identity(kiosk=kiosk)
    return known if known.kiosk == kiosk else Identity(kiosk=kiosk)


def _exchange(central: Central, file: IdentityFile, known: Identity, ask: Callable[[Signer], Answer]) -> Identity:
    if known.coming is None:
        known = known.model_copy(update={"coming": new_secret()})
        file.write(known)
    try:
        answer = _enrolment(central, known, ask)
    except CentralTrouble as trouble:
        if trouble.problem.word != _KEY_TAKEN:
            raise
        known = known.model_copy(update={"coming": new_secret()})
        file.write(known)
        answer = _enrolment(central, known, ask)
    confirmed = known.confirmed(answer)
    file.write(confirmed)
    return confirmed


def _enrolment(central: Central, known: Identity, ask: Callable[[Signer], Answer]) -> Enrolment:
    assert known.coming is not None  # noqa: S101 - for the type checker
    signer = Signer(known.coming)
    answer = ask(signer)
    try:
        enrolment = Enrolment.model_validate_json(answer.json)
        central.time.heard(enrolment.server_time, answer.asked, answer.answered)
    except (ValidationError, ValueError):
        raise CentralTrouble("central.broken", "not an enrolment") from None
    if (enrolment.kiosk, enrolment.key_id) != (known.kiosk, signer.key_id):
        raise CentralTrouble("central.broken", "an enrolment of another key")
    return enrolment
