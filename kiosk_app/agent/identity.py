"""Who this terminal is to central: its Ed25519 key, in a file that the agent's user alone can read.

A new key is on the disk before central hears of it and takes the old one's place only when central said
yes, so that a power cut between the two locks nobody out. A file that others could have read is refused,
as the database's secret is. The key signs here and leaves this module in no other way.
"""

import base64
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import Field, ValidationError

from contract import signatures
from contract.enrolment import CommandKey, Enrolment
from contract.model import Value
from offline_cache.keys import write_whole

_LOCK: Final = "lock"

_Secret = Annotated[str | None, Field(repr=False, pattern=r"^[A-Za-z0-9+/]{43}=$")]


class IdentityUnusable(Exception):
    """There is no identity, or not one that may be used; the message says why and holds no key."""


class Identity(Value):
    """What is kept. `coming` was made for central and not confirmed by it yet; `before` is the key it replaced.

    `command_keys` sign orders, `answer_keys` what registers answered; both were pinned with the last enrolment.
    """

    kiosk: str
    key: _Secret = None
    not_after: str = ""
    command_keys: tuple[CommandKey, ...] = ()
    answer_keys: tuple[CommandKey, ...] = ()
    coming: _Secret = None
    before: _Secret = None

    def confirmed(self, enrolment: Enrolment) -> "Identity":
        """Return the identity after central took `coming`. The keys that came with it are pinned from now on."""
        return self.model_copy(
            update={
                "key": self.coming,
                "not_after": enrolment.not_after,
                "command_keys": enrolment.command_keys,
                "answer_keys": enrolment.answer_keys,
                "coming": None,
                "before": self.key,
            }
        )


class Signer:
    """A private key that signs and never shows itself."""

    def __init__(self, secret: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret))
        raw = self._key.public_key().public_bytes_raw()
        self.public_key = base64.b64encode(raw).decode("ascii")
        self.key_id = signatures.key_id(raw)

    def sign(self, text: bytes) -> bytes:
        return self._key.sign(text)


def new_secret() -> str:
    """Return a fresh private key, as it is kept."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode("ascii")


def is_signed_by(keys: tuple[CommandKey, ...], key_id: str, signature: str, text: bytes) -> bool:
    """Tell whether one of the pinned keys, the one of that name, signed `text`."""
    for known in keys:
        if known.key_id == key_id:
            try:
                raw = base64.b64decode(known.public_key, validate=True)
                Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature, validate=True), text)
            except (InvalidSignature, ValueError):
                return False
            return True
    return False


class IdentityFile:
    """The file where it is kept."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent
        self._path = path
        self._read_at: tuple[int, int, int] | None = None
        self._read: Identity | None = None
        self._signer: tuple[str, Signer] | None = None

    @property
    def stamp(self) -> tuple[int, int, int] | None:
        """Something that changes when the file does; None while there is none."""
        try:
            seen = self._path.stat()
        except OSError:
            return None
        return seen.st_ino, seen.st_mtime_ns, seen.st_size

    def read(self) -> Identity:
        """Return the identity.

        Raises:
            IdentityUnusable: there is none, others could have read it, or it is damaged.
        """
        stamp = self.stamp
        if stamp is None:
            raise IdentityUnusable("not enrolled")
        if self._read is None or stamp != self._read_at:
            self._read, self._read_at = self._load(), stamp
        return self._read

    def signer(self) -> Signer:
        """Return the key that central knows. Raises as `read`."""
        key = self.read().key
        if key is None:
            raise IdentityUnusable("not enrolled")
        made = self._signer
        if made is None or made[0] != key:
            self._signer = made = (key, Signer(key))
        return made[1]

    def write(self, identity: Identity) -> None:
        """Keep the identity, whole or not at all.

        Raises:
            OSError: the disk refuses; the one before stands.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._path, identity.model_dump_json(indent=1).encode())

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep everybody else from changing the identity; not from reading it.

        Raises:
            BlockingIOError: somebody changes it just now.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(handle)

    def _load(self) -> Identity:
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise IdentityUnusable(f"{self._path.name}: {os.strerror(error.errno or 0)}") from None
        with os.fdopen(handle, "rb") as file:
            seen = os.fstat(handle)
            if seen.st_uid != os.geteuid():
                raise IdentityUnusable(f"{self._path.name} belongs to user {seen.st_uid}")
            if seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise IdentityUnusable(f"{self._path.name} has rights {stat.S_IMODE(seen.st_mode):04o}, not 0600")
            content = file.read()
        try:
            return Identity.model_validate_json(content)
        except ValidationError:
            raise IdentityUnusable(f"{self._path.name} is damaged") from None
