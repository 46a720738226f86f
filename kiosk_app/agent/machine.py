"""Which machine this is: a digest of systemd's machine id, so that a disk notices when it was copied to another.

The id itself stays here (machine-id(5) wants it kept from others). A machine without one says nothing, and
then central alone notices a copy.
"""

import hashlib
import hmac
from pathlib import Path
from typing import Final

_MACHINE_ID: Final = Path("/etc/machine-id")
_PURPOSE: Final = b"kiosk installation v1"


def machine_digest() -> str | None:
    """Return the digest; None on a machine that has no id yet."""
    try:
        held = _MACHINE_ID.read_text("ascii").strip()
    except (OSError, UnicodeError):
        return None
    if len(held) != 32:
        return None
    return hmac.new(held.encode("ascii"), _PURPOSE, hashlib.sha256).hexdigest()
