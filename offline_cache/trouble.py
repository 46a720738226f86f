"""What the cache may raise for trouble with the disk; everything else that escapes it is a bug.

Each carries the `Fault` that the screen and the log need. Messages name files and SQLite's codes, never
a row's content.
"""

import errno
from typing import Final, Literal

from contract.fault import Fault

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

BrokenReason = Literal["wrong-key", "damaged", "key-missing", "key-damaged"]


class StorageTrouble(Exception):
    """The disk or the database on it refused; nothing of the refused write is kept."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.fault = Fault.of(code, detail)


class StorageFull(StorageTrouble):
    """There is no room: the disk, a quota or the reserve that open cases need is used up."""

    def __init__(self, detail: str) -> None:
        super().__init__("storage.full", detail)


class StorageBroken(StorageTrouble):
    """The disk cannot be read or written: read-only, failing, locked by another process, wrong rights."""

    def __init__(self, detail: str) -> None:
        super().__init__("storage.broken", detail)


class CacheBroken(StorageBroken):
    """The database itself cannot be used; it is to be set aside, never written to."""

    def __init__(self, reason: BrokenReason) -> None:
        super().__init__(reason)
        self.reason: BrokenReason = reason


def os_trouble(error: OSError, what: str) -> StorageTrouble:
    """Say what an operating system error on `what` means for the citizen: no room, or broken."""
    detail = f"{what}: {errno.errorcode.get(error.errno or 0, 'OSError')}"
    return StorageFull(detail) if error.errno in _NO_ROOM else StorageBroken(detail)


class OutOfOrder(Exception):
    """An event does not fit the case it names, such as a second print intent: a bug, and nothing is written."""


class AttachmentMissing(Exception):
    """A file that is named is not held, not whole, or damaged: it has to be brought again or given up."""


class AttachmentRefused(Exception):
    """A file is not what was announced, or more than a visit may bring; nothing of it is kept."""
