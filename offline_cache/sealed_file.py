"""Files sealed with AES-GCM in segments, written and read with the memory of one segment.

Segment `n` of a file has a nonce of the file's random prefix, `n`, and whether it is the last; every
segment is bound to the hash of the whole. So a segment that was changed, moved, dropped, cut off or taken
from another file does not open (the construction known as STREAM; Hoang, Reyhanitabar, Rogaway, Vizár 2015).
Knows nothing of cases; a key seals few files, which keeps random prefixes apart.
"""

import hashlib
import os
from pathlib import Path
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC: Final = b"KSF1\n"
PREFIX_BYTES: Final = 7
SEGMENT_BYTES: Final = 64 * 1024
_TAG_BYTES: Final = 16
_HEAD_BYTES: Final = len(MAGIC) + PREFIX_BYTES


class SealBroken(Exception):
    """The file is not the one that was sealed with this key under this hash."""


class NotThatContent(Exception):
    """What was written is not what its hash and size announced."""


class SealedWriter:
    """A sealed file on its way to `path`; nothing is there under that name before `finish`."""

    def __init__(self, path: Path, key: bytes, sha256: str, size: int) -> None:
        """Begin a file of `size` bytes of plain content with that hash.

        Raises:
            OSError: the file cannot be made.
        """
        self._path = path
        self._draft = path.with_name(f"{path.name}.part")
        self._sealer = AESGCM(key)
        self._sha256 = sha256
        self._size = size
        self._digest = hashlib.sha256()
        self._prefix = os.urandom(PREFIX_BYTES)
        self._segments = 0
        self._held = bytearray()
        self.received = 0
        handle = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._file: IO[bytes] = os.fdopen(handle, "wb", buffering=0)
        try:
            _write_all(self._file, MAGIC + self._prefix)
        except OSError:
            self.abandon()
            raise

    def write(self, data: bytes) -> None:
        """Take the next bytes of plain content.

        Raises:
            NotThatContent: they are more than was announced.
            OSError: the disk refuses; the file is to be abandoned.
        """
        if self.received + len(data) > self._size:
            raise NotThatContent("more than was announced")
        self._digest.update(data)
        self._held += data
        self.received += len(data)
        # The last segment is sealed as such, so one is kept back until there is more or it is over.
        while len(self._held) > SEGMENT_BYTES:
            self._seal(SEGMENT_BYTES, last=False)

    def finish(self) -> None:
        """Make the whole file durable under its name.

        Raises:
            NotThatContent: size or hash are not what was announced.
            OSError: the disk refuses; the file is to be abandoned.
        """
        if self.received != self._size or self._digest.hexdigest() != self._sha256:
            raise NotThatContent("another content than was announced")
        self._seal(len(self._held), last=True)
        os.fsync(self._file.fileno())
        self._file.close()
        self._draft.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def abandon(self) -> None:
        """Let go of a file that is not finished. Safe twice."""
        self._held.clear()
        self._file.close()
        self._draft.unlink(missing_ok=True)

    def _seal(self, size: int, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._segments, last=last)
        sealed = self._sealer.encrypt(nonce, bytes(memoryview(self._held)[:size]), self._sha256.encode())
        _write_all(self._file, sealed)
        del self._held[:size]
        self._segments += 1


def read_sealed(path: Path, key: bytes, sha256: str, size: int, *, offset: int, length: int) -> bytes:
    """Return at most `length` bytes of plain content from `offset`; the memory needed is that and a segment.

    Raises:
        SealBroken: the file was changed, cut short, or is another.
        OSError: it cannot be read.
    """
    end = min(size, offset + length)
    first, after = offset // SEGMENT_BYTES, max(1, -(-end // SEGMENT_BYTES))
    segments = max(1, -(-size // SEGMENT_BYTES))
    opener = AESGCM(key)
    plain = bytearray()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if len(head) != _HEAD_BYTES or not head.startswith(MAGIC):
            raise SealBroken("no head")
        file.seek(_HEAD_BYTES + first * (SEGMENT_BYTES + _TAG_BYTES))
        for number in range(first, after):
            nonce = _nonce(head[len(MAGIC) :], number, last=number == segments - 1)
            try:
                plain += opener.decrypt(nonce, file.read(SEGMENT_BYTES + _TAG_BYTES), sha256.encode())
            except InvalidTag:
                raise SealBroken(f"segment {number}") from None
    return bytes(memoryview(plain)[offset - first * SEGMENT_BYTES : end - first * SEGMENT_BYTES])


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Write everything: a disk that runs full may take a part first (write(2))."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
