"""The envelope: the database key, random and the same for ever, wrapped by the secret of this machine.

Another keeper of the secret means another envelope around the same key, so a changed setting never makes
old data unreadable. The new envelope is whole before the old secret is destroyed, and none is written
before its key has opened the database. A secret that is only withheld is waited for; one that is lost or
wrong leaves a database that is set aside. Envelope and database lie in one folder and move together.
"""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offline_cache.keys import (
    KEY_BYTES,
    Keeper,
    KeySource,
    forget_key,
    read_credential,
    read_key,
    read_or_make_key,
    write_whole,
)
from offline_cache.trouble import CacheBroken, StorageBroken

ENVELOPE: Final = "agent.key"
_VERSION: Final = 1
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Envelope:
    """A wrapped key and whose secret opens it."""

    keeper: Keeper
    nonce: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class UnlockedKey:
    """The database key, and what is to be done about its envelope once the key has opened the database."""

    envelope: Path
    key_file: Path
    source: KeySource
    held_by: Keeper | None
    key: bytes = field(repr=False)

    def settle(self) -> None:
        """Have the key wrapped by its keeper of today, and destroy a file that keeps nothing any more.

        Raises:
            StorageBroken: the secret cannot be had.
            OSError: the folder cannot be written; the old envelope stands.
        """
        keeper = self.source.keeper
        if self.held_by != keeper:
            write_whole(self.envelope, _wrapped(self.key, keeper, _secret(self.source, self.key_file)))
        if keeper == "credential":
            forget_key(self.key_file)


def unlock(store: Path, database: Path, key_file: Path, source: KeySource) -> UnlockedKey:
    """Return the key of the database in `store`; a new one when there is neither.

    Raises:
        CacheBroken: its secret is lost, or is another, or the envelope is damaged.
        StorageBroken: the secret is withheld or may not be used; everything is left alone.
        OSError: a folder cannot be written.
    """
    path = store / ENVELOPE
    envelope = _read(path)
    if envelope is not None:
        key = _opened(envelope, _held_secret(envelope, key_file, source))
        return UnlockedKey(path, key_file, source, envelope.keeper, key)
    if database.exists():
        # The first release had no envelope: what its file held was the key itself.
        try:
            return UnlockedKey(path, key_file, source, None, read_key(key_file))
        except FileNotFoundError:
            raise CacheBroken("key-missing") from None
    made = UnlockedKey(path, key_file, source, None, secrets.token_bytes(KEY_BYTES))
    made.settle()
    return UnlockedKey(path, key_file, source, source.keeper, made.key)


def _held_secret(envelope: Envelope, key_file: Path, source: KeySource) -> bytes:
    if envelope.keeper == "credential":
        return read_credential(source.credential)
    try:
        return read_key(key_file)
    except FileNotFoundError:
        raise CacheBroken("key-missing") from None


def _secret(source: KeySource, key_file: Path) -> bytes:
    if source.keeper == "credential":
        return read_credential(source.credential)
    return read_or_make_key(key_file)[0]


def _wrapping_key(secret: bytes, keeper: Keeper) -> AESGCM:
    info = f"kiosk database key v{_VERSION} by {keeper}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret))


def _wrapped(key: bytes, keeper: Keeper, secret: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _wrapping_key(secret, keeper).encrypt(nonce, key, None)
    held = {"version": _VERSION, "keeper": keeper, "nonce": nonce.hex(), "sealed": sealed.hex()}
    return json.dumps(held).encode()


def _opened(envelope: Envelope, secret: bytes) -> bytes:
    try:
        return _wrapping_key(secret, envelope.keeper).decrypt(envelope.nonce, envelope.sealed, None)
    except InvalidTag:
        raise CacheBroken("wrong-key") from None
    except ValueError:  # a nonce of no possible length
        raise CacheBroken("key-damaged") from None


def _read(path: Path) -> Envelope | None:
    try:
        match json.loads(path.read_bytes()):
            case {"version": 1, "keeper": "credential" | "file" as keeper, "nonce": str(nonce), "sealed": str(sealed)}:
                return Envelope(keeper, bytes.fromhex(nonce), bytes.fromhex(sealed))
            case {"version": int(version)} if version > _VERSION:
                raise StorageBroken(f"{path.name} is of version {version}, this release knows {_VERSION}")
            case _:
                raise CacheBroken("key-damaged")
    except FileNotFoundError:
        return None
    except ValueError:
        raise CacheBroken("key-damaged") from None
