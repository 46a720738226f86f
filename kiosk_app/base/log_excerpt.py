"""The newest log lines for whoever helps: only registered events, only with their registered keys.

The log is clean by the way it is written; this is read again because it leaves the machine. A line that is
not exactly one of ours is left out and counted, never quoted.
"""

import json
from pathlib import Path
from typing import Any, Final

from kiosk_app.base.log_events import LogEvent

MOST_BYTES: Final = 4 * 1024 * 1024
"""So much of the file's end is read."""
_EVERYWHERE: Final = frozenset({"event", "level", "at", "process", "dropped_keys"})
_ALLOWED: Final = {kind.value.name: kind.value.keys | _EVERYWHERE for kind in LogEvent}


def excerpt(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Return the end of the log as JSON lines.

    Raises:
        OSError: the log cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - most_bytes))
        lines = file.read(most_bytes).split(b"\n")
    if size > most_bytes:
        lines = lines[1:]  # the first is cut
    kept, left_out = [], 0
    for line in filter(None, lines):
        entry = _ours(line)
        if entry is None:
            left_out += 1
        else:
            kept.append(json.dumps(entry, ensure_ascii=False))
    kept.append(json.dumps({"left_out": left_out}))
    return "\n".join(kept).encode()


def _ours(line: bytes) -> dict[str, Any] | None:
    try:
        entry: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or not isinstance(entry.get("event"), str):
        return None
    allowed = _ALLOWED.get(entry["event"])
    if allowed is None:
        return None
    return {key: value for key, value in entry.items() if key in allowed}
