"""Setting aside: a store that cannot be used is moved away whole, untouched, under a name that says why.

One rename, so that database, write-ahead log, envelope and sealed files are never parted. It may hold cases
that central does not have: whoever has its secret can open it again.
"""

from dataclasses import dataclass
from pathlib import Path

from contract.ids import new_id
from offline_cache.keys import sync_folder
from offline_cache.trouble import BrokenReason, os_trouble


@dataclass(frozen=True, slots=True)
class SetAside:
    """A store that was moved away, and why."""

    path: Path
    reason: BrokenReason


def set_aside(store: Path, reason: BrokenReason, at: str) -> SetAside:
    """Move the store folder away.

    Raises:
        StorageTrouble: the disk refuses; it is where it was.
    """
    stamp = at.replace(":", "").replace(".", "")
    path = store.with_name(f"{store.name}-{reason}-{stamp}-{new_id()}")
    try:
        store.rename(path)
        sync_folder(store.parent)
    except OSError as error:
        raise os_trouble(error, store.name) from None
    return SetAside(path, reason)
