"""Blobs on disk: received in parts, checked as a whole, then moved to their place by one rename.

A terminal's blobs lie in a folder of its own. What is under a blob's own name was checked against its
hash and is durable; whatever a crash or a cut line leaves behind is under another name, and is gone on
with or thrown away. One request at a time writes a blob, also between workers (a lock on its file).
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

_CHUNK = 1024 * 1024
_SPARE = 256 * 1024 * 1024
"""Bytes of the disk that blobs leave free, for the database beside them."""


class Busy(Exception):
    """Another request writes this blob."""


class BlobStore:
    """Blobs below one folder. Names come checked: a terminal's name, 64 hexadecimal digits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, kiosk: str, sha256: str) -> Path:
        return self.folder / kiosk / sha256[:2] / sha256

    def whole(self, kiosk: str, sha256: str) -> int | None:
        """Return the size of a blob that is there and was checked, else None."""
        try:
            return self.place(kiosk, sha256).stat().st_size
        except FileNotFoundError:
            return None

    def held(self, kiosk: str, sha256: str) -> int | None:
        """Return how many bytes of an unfinished blob there are, or None when there is nothing."""
        try:
            return self._part(kiosk, sha256).stat().st_size
        except FileNotFoundError:
            return None

    def has_room(self, size: int) -> bool:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self.folder).free >= size + _SPARE

    @contextmanager
    def receiving(self, kiosk: str, sha256: str) -> Iterator["Arriving"]:
        """Go on with a blob, or begin it.

        Raises:
            Busy: somebody else does.
        """
        part = self._part(kiosk, sha256)
        part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Arriving(part, self.place(kiosk, sha256)) as arriving:
            yield arriving

    def forget(self, kiosk: str, sha256: str) -> None:
        for file in (self.place(kiosk, sha256), self._part(kiosk, sha256)):
            file.unlink(missing_ok=True)

    def parts_before(self, epoch_s: float) -> list[Path]:
        """Return unfinished blobs that nobody wrote to since then."""
        return [part for part in self.folder.glob("*/*/*.part") if part.stat().st_mtime < epoch_s]

    def _part(self, kiosk: str, sha256: str) -> Path:
        place = self.place(kiosk, sha256)
        return place.with_name(f"{place.name}.part")


class Arriving:
    """A blob while one request writes it."""

    def __init__(self, part: Path, place: Path) -> None:
        self._part = part
        self._place = place
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        opened = os.fdopen(descriptor, "r+b", buffering=0)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The file may have got its name, or been thrown away, between the opening and the lock.
            if not self._part.exists() or self._part.stat().st_ino != os.fstat(descriptor).st_ino:
                raise Busy
        except BlockingIOError:
            opened.close()
            raise Busy from None
        except BaseException:
            opened.close()
            raise
        self._file = opened
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def size(self) -> int:
        return os.fstat(self._opened.fileno()).st_size

    def add(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[self._opened.write(view) :]

    def discard(self) -> None:
        """Throw away what there is of it."""
        self._part.unlink()

    def empty(self) -> None:
        """Begin anew."""
        os.ftruncate(self._opened.fileno(), 0)

    def finish(self, sha256: str) -> bool:
        """Check the whole and give it its name, durably; throw it away when it is not what it should be."""
        self._opened.seek(0)
        digest = hashlib.sha256()
        while chunk := self._opened.read(_CHUNK):
            digest.update(chunk)
        if digest.hexdigest() != sha256:
            self.discard()
            return False
        os.fsync(self._opened.fileno())
        self._part.replace(self._place)
        for folder in (self._place.parent, self._place.parent.parent, self._place.parent.parent.parent):
            _flush_folder(folder)
        return True

    @property
    def _opened(self) -> BinaryIO:
        assert self._file is not None, "used as a context manager"  # noqa: S101 - a bug of ours
        return self._file


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
