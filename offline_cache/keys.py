"""The machine's secret, under which the database key lies wrapped: a credential of the system, or a file.

systemd hands a credential over at start and seals it with the TPM where there is one; without it the secret
is a file that its owner alone can read. A file that anybody else could have read is refused, not silently
tightened: whoever loosened it has to know that the data may have been copied. It is complete or absent,
never half written, because half a secret would make every case behind it unreadable.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from offline_cache.trouble import StorageBroken

KEY_BYTES: Final = 32
_CREDENTIAL_BYTES: Final = 4096

Keeper = Literal["credential", "file"]
"""Who keeps the secret."""


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where the secret may come from: `credential` is the file that the system handed over, if it did.

    `wanted` names the keeper from now on; None is the credential where there is one, else the file.
    """

    credential: Path | None = None
    wanted: Keeper | None = None

    @property
    def keeper(self) -> Keeper:
        return self.wanted or ("credential" if self.credential is not None else "file")


def read_credential(path: Path | None) -> bytes:
    """Return the secret that the system handed over.

    Raises:
        StorageBroken: there is none, or it is too short to be a secret.
    """
    if path is None:
        raise StorageBroken("the credential of the database key is not here")
    try:
        with path.open("rb") as file:
            secret = file.read(_CREDENTIAL_BYTES + 1)
    except OSError as error:
        raise StorageBroken(f"{path.name}: {os.strerror(error.errno or 0)}") from None
    if not KEY_BYTES <= len(secret) <= _CREDENTIAL_BYTES:
        raise StorageBroken(f"{path.name} has {len(secret)} bytes, not {KEY_BYTES} to {_CREDENTIAL_BYTES}")
    return secret


def read_or_make_key(path: Path) -> tuple[bytes, bool]:
    """Return the secret of the file and whether it was made just now.

    Raises:
        StorageBroken: others can read the file, it belongs to somebody else, it is no regular file, or it
            does not hold a key.
        OSError: the folder cannot be written.
    """
    try:
        return read_key(path), False
    except FileNotFoundError:
        return _make(path), True


def read_key(path: Path) -> bytes:
    """Return the secret of the file. Raises as `read_or_make_key`, and FileNotFoundError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageBroken(f"{path.name}: {os.strerror(error.errno or 0)}") from None
    with os.fdopen(handle, "rb") as file:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode):
            raise StorageBroken(f"{path.name} is not a regular file")
        if seen.st_uid != os.geteuid():
            raise StorageBroken(f"{path.name} belongs to user {seen.st_uid}")
        if seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise StorageBroken(f"{path.name} has rights {stat.S_IMODE(seen.st_mode):04o}, not 0600")
        text = file.read(2 * KEY_BYTES + 2)
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise StorageBroken(f"{path.name} does not hold a key")
    return key


def forget_key(path: Path) -> None:
    """Destroy the secret of the file, which keeps nothing any more. Safe when there is none."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(2 * KEY_BYTES + 1))
        file.flush()
        os.fsync(handle)
    path.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames and new names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Have `path` hold `content`, or what it held before, and nothing between, whenever the power goes.

    Raises:
        OSError: the folder cannot be written; the file is as it was.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)
    draft.rename(path)
    sync_folder(path.parent)


def _make(path: Path) -> bytes:
    """Write a new key beside its place, then link it there: `link` refuses to replace what exists."""
    key = secrets.token_bytes(KEY_BYTES)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{key.hex()}\n")
        file.flush()
        os.fsync(handle)
    os.link(draft, path)
    draft.unlink()
    sync_folder(path.parent)
    return key
