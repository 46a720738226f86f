"""Where the secret under which the database key lies wrapped comes from, and what to tell of it.

systemd hands a credential over in ``$CREDENTIALS_DIRECTORY`` and can seal it with the machine's TPM, so that
a stolen disk is worth nothing; without one the secret is a file beside the database. Reads no secret: only
whether there is one, and who keeps it today.
"""

import json
import os
from pathlib import Path
from typing import Final

from kiosk_app.base.settings_sections import KioskSection

CREDENTIAL: Final = "kiosk-database-key"
_ENVELOPE: Final = Path("store") / "agent.key"
"""Beside the database; it names the keeper of the secret in the clear."""

_WORDS: Final = {
    "credential": "kept by a credential of the system (sealed by the TPM where systemd-creds had one)",
    "file": "kept in a file of the agent's user; whoever takes this disk takes the data",
}


def handed_over() -> Path | None:
    """Return the credential that the service manager handed to this process."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder) / CREDENTIAL if folder else None
    return path if path is not None and path.is_file() else None


def told(kiosk: KioskSection) -> str:
    """Say for a technician who keeps the database's secret now, and who from the next start on if that differs."""
    now = _keeper(kiosk.state_dir)
    wanted: str = kiosk.database_key
    if wanted == "auto":
        wanted = "credential" if handed_over() is not None else "file"
    if now is None:
        return f"database key: none yet; it will be {_WORDS[wanted]}"
    if now == "credential" and kiosk.database_key == "auto":
        wanted = now  # a shell is handed no credential; that says nothing about the service
    if now != wanted:
        return f"database key: {_WORDS[now]}; from the next start on {_WORDS[wanted]}"
    return f"database key: {_WORDS[now]}"


def _keeper(state_dir: Path) -> str | None:
    try:
        held = json.loads((state_dir / _ENVELOPE).read_bytes())
    except (OSError, ValueError):
        return None
    keeper = held.get("keeper") if isinstance(held, dict) else None
    return keeper if keeper in _WORDS else None
