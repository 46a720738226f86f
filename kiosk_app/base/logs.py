"""Logs: one JSON line per registered event, written by a thread of its own.

`log` drops every key that the event's entry in `log_events` does not allow and says that it did, so
a personal value cannot slip in by way of a new keyword. Exceptions are logged by type and place,
never by message, since a message may quote what a citizen typed. Callers never wait for the file,
least of all the Qt thread; until `start_writing` lines are only kept, so that the first frame does
not wait for the logging library either.
"""

import atexit
import json
import queue
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from kiosk_app.base.log_events import LogEvent

_Line = tuple[str, str, dict[str, Any]]
_lines: "queue.SimpleQueue[_Line | None]" = queue.SimpleQueue()
_lock = threading.Lock()
_writer: threading.Thread | None = None
_path: Path | None = None
_process = ""


def configure_logs(path: Path | None, *, process: str = "") -> None:
    """Send log lines to `path` (appended, created readable by its owner only), or to standard error.

    The terminal's processes share one file: a line is one write, which the kernel appends whole. `process`
    names this one on each of its lines.
    """
    global _path, _process
    _path, _process = path, process


def start_writing() -> None:
    """Write what was logged and what will be. Safe twice; `flush_logs` runs when the process ends."""
    global _writer  # noqa: PLW0603 - one writer a process
    with _lock:
        if _writer is None:
            _writer = threading.Thread(target=_write, name="log", daemon=True)
            _writer.start()
            atexit.register(flush_logs)


def flush_logs() -> None:
    """Write every line logged so far, then stop writing. Safe twice."""
    global _writer
    with _lock:
        writer, _writer = _writer, None
    if writer is not None:
        _lines.put(None)
        writer.join(5.0)


def log(event: LogEvent, **fields: Any) -> None:
    """Note one line for `event` with those of `fields` that it allows."""
    kind = event.value
    kept = {key: value for key, value in fields.items() if key in kind.keys and value is not None}
    dropped = sorted(fields.keys() - kind.keys)
    if dropped:
        kept["dropped_keys"] = dropped
    if _process:
        kept["process"] = _process
    kept["at"] = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    _lines.put((kind.level, kind.name, kept))


def where(error: BaseException) -> str:
    """Name the innermost place of `error` as ``file:line``, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _write() -> None:
    """Take lines one by one; a disk that refuses them costs lines and nothing else."""
    import structlog  # noqa: PLC0415 - 150 ms that no citizen has to wait for

    stream = _opened(_path)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer(_as_json)],
        logger_factory=structlog.WriteLoggerFactory(file=stream),
    )
    logger = structlog.get_logger().bind()  # made once, and not anew for each line
    while (line := _lines.get()) is not None:
        level, name, fields = line
        try:
            getattr(logger, level)(name, **fields)
        except OSError:
            continue
    if stream is not sys.stderr:
        stream.close()


_ENCODE = json.JSONEncoder(ensure_ascii=False, default=repr).encode


def _as_json(line: dict[str, Any], **_: object) -> str:
    return _ENCODE(line)


def _opened(path: Path | None) -> TextIO:
    if path is None:
        return sys.stderr
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
    return path.open("a", encoding="utf-8", buffering=1)
