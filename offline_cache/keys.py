"""The database key: 256 random bits in a file that its owner alone can read.

A key that anybody else could have read is refused, not silently tightened: whoever loosened it has to
know that the data may have been copied. The file is complete or absent, never half written, because a
half key would make every case behind it unreadable.
"""

import os
import secrets
import stat
from pathlib import Path

from offline_cache.trouble import StorageBroken

KEY_BYTES = 32


def read_or_make_key(path: Path) -> tuple[bytes, bool]:
    """Return the key and whether it was made just now.

    Raises:
        StorageBroken: others can read the file, it belongs to somebody else, it is no regular file, or it
            does not hold a key.
        OSError: the folder cannot be written.
    """
    try:
        return _read(path), False
    except FileNotFoundError:
        return _make(path), True


def sync_folder(folder: Path) -> None:
    """Make renames and new names in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> bytes:
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
