"""Logs: one JSON line per registered event.

`log` drops every key that the event's entry in `log_events` does not allow and says that it did, so
a personal value cannot slip in by way of a new keyword. Exceptions are logged by type and place,
never by message, since a message may quote what a citizen typed.
"""

import sys
import traceback
from pathlib import Path
from typing import Any

import structlog

from kiosk_app.base.log_events import LogEvent


def configure_logs(path: Path | None) -> None:
    """Send log lines to `path` (appended, created readable by its owner only), or to standard error."""
    if path is None:
        stream = sys.stderr
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        stream = path.open("a", encoding="utf-8", buffering=1)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def log(event: LogEvent, **fields: Any) -> None:
    """Write one line for `event` with those of `fields` that it allows."""
    kind = event.value
    kept = {key: value for key, value in fields.items() if key in kind.keys and value is not None}
    dropped = sorted(fields.keys() - kind.keys)
    if dropped:
        kept["dropped_keys"] = dropped
    getattr(structlog.get_logger(), kind.level)(kind.name, **kept)


def where(error: BaseException) -> str:
    """Name the innermost place of `error` as ``file:line``, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
