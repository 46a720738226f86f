"""Looks into an encrypted database's files without SQLite: every page of the file and every frame of the log.

SQLCipher 4 with a raw key: pages of 4096 bytes, AES-256-CBC, of whose last 80 bytes the first 16 are the IV
and the other 64 the page's HMAC; the first 16 bytes of the file are its salt, in the clear. A frame of the
log is 24 bytes of head and a page (SQLite, "WAL file format").
"""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

PAGE_BYTES = 4096
LOG_HEAD_BYTES, FRAME_HEAD_BYTES = 32, 24
_RESERVED_BYTES, _IV_BYTES, _SALT_BYTES = 80, 16, 16


def plain_pages(database: Path, key: bytes) -> Iterator[bytes]:
    """Yield the plain content of whatever lies in the database's file and in its log, wanted or not."""
    raw = database.read_bytes()
    for at in range(0, len(raw), PAGE_BYTES):
        yield _plain(raw[at : at + PAGE_BYTES], key, first=at == 0)
    log = database.with_name(f"{database.name}-wal")
    if log.exists():
        raw = log.read_bytes()
        size = FRAME_HEAD_BYTES + PAGE_BYTES
        for at in range(LOG_HEAD_BYTES, len(raw) - size + 1, size):
            number = int.from_bytes(raw[at : at + 4], "big")
            yield _plain(raw[at + FRAME_HEAD_BYTES : at + size], key, first=number == 1)


def _plain(page: bytes, key: bytes, *, first: bool) -> bytes:
    begin, end = _SALT_BYTES if first else 0, PAGE_BYTES - _RESERVED_BYTES
    opener = Cipher(AES256(key), CBC(page[end : end + _IV_BYTES])).decryptor()
    return opener.update(page[begin:end]) + opener.finalize()
