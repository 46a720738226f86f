"""Room on the disk: new cases and files are refused while there is still enough to finish the open ones.

Nothing is guessed about what a case will take; the reserve is many times what any has ever taken.
"""

import shutil
from pathlib import Path
from typing import Final

from offline_cache.trouble import StorageFull, os_trouble

RESERVE_BYTES: Final = 32 * 1024 * 1024
"""Room that is kept for finishing what is open; a case and its events take some tens of kilobytes."""


def refuse_when_nearly_full(folder: Path, reserve_bytes: int) -> None:
    """See that more than the reserve is free.

    Raises:
        StorageTrouble: it is not, or the disk cannot be asked.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise os_trouble(error, folder.name) from None
    if free < reserve_bytes:
        raise StorageFull(f"{free // 1024} KiB left, {reserve_bytes // 1024} KiB are kept for open cases")
