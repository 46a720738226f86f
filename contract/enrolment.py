"""How a terminal becomes known to central: a one-time code for a key, later a new key for the old one.

The private key is made on the terminal and never leaves it. Whoever asks proves to hold the key it
shows: the request for enrolment is signed with it, a new key signs `rotation_text`.
"""

from typing import Annotated

from pydantic import Field

from contract.ids import KioskId
from contract.model import Value

PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""Base64 of an Ed25519 public key's 32 raw bytes."""
Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
"""Base64 of an Ed25519 signature's 64 bytes."""
KeyId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""`contract.signatures.key_id` of a public key."""


class EnrolRequest(Value):
    """A one-time code, as a person typed it, and the key that the terminal made."""

    code: Annotated[str, Field(repr=False, min_length=1, max_length=40, examples=["K7QW2-M9XR4"])]
    kiosk: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$", examples=["demo-0001"])]
    public_key: PublicKey


class RotateRequest(Value):
    """A new key, shown by the holder of the old one; `proof` is the new key's over `rotation_text`."""

    public_key: PublicKey
    proof: Signature


class CommandKey(Value):
    """A key that central signs orders, or answers of registers, with."""

    key_id: KeyId
    public_key: PublicKey


class Enrolment(Value):
    """What a terminal is known by now. `not_after` is when its key ends; rotate before."""

    kiosk: KioskId
    key_id: KeyId
    not_after: str
    command_keys: tuple[CommandKey, ...] = ()
    answer_keys: tuple[CommandKey, ...] = ()
    server_time: str


def rotation_text(old_key_id: str, new_key_id: str) -> bytes:
    """Return the bytes that a new key signs, so that nobody can pass another's key off as the next."""
    return f"kiosk-rotate-v1\n{old_key_id}\n{new_key_id}".encode("ascii")
