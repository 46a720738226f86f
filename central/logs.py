"""Central's log: one JSON line per registered event, on standard error.

A key that the event's entry does not allow is dropped and the line says so; what other libraries log
is kept by name and level only when it is not a bare text, since a message may quote a citizen.
Addresses asked for are logged as routes, never as they came: a path or query may hold a code.
"""

import json
import logging
import sys
import traceback
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from central.clock import instant, utc_now

_LOGGER = logging.getLogger("central")
_FIELDS = "central_fields"


@dataclass(frozen=True, slots=True)
class LogKind:
    """One kind of log line and the keys that it may carry."""

    name: str
    level: int
    meaning: str
    keys: frozenset[str]


def _kind(name: str, level: int, meaning: str, keys: str = "") -> LogKind:
    return LogKind(name, level, meaning, frozenset(keys.split()))


class LogEvent(Enum):
    """Every event central logs."""

    SERVER_STARTED = _kind("server.started", logging.INFO, "The server listens.", "address")
    SERVER_STOPPED = _kind("server.stopped", logging.INFO, "The server ended in order.")
    REQUEST_SERVED = _kind("request.served", logging.INFO, "A request was answered.", "method route status ms")
    SYNC_TAKEN_IN = _kind(
        "sync.taken_in", logging.INFO, "New events are durable.", "kiosk installation events acknowledged"
    )
    SYNC_GAP = _kind("sync.gap", logging.WARNING, "Events wait behind a missing one.", "kiosk installation missing")
    SYNC_CONFLICT = _kind(
        "sync.conflict", logging.ERROR, "A known sequence came with another body.", "kiosk installation sequence"
    )
    EVENT_SET_ASIDE = _kind(
        "event.set_aside", logging.ERROR, "An event was kept but not used.", "kiosk installation sequence kind reason"
    )
    HEALTH_NOT_UNDERSTOOD = _kind("health.not_understood", logging.WARNING, "A health report was dropped.", "kiosk")
    LOOKUP_ANSWERED = _kind("lookup.answered", logging.INFO, "A register was asked.", "kiosk lookup register outcome")
    EVENTS_LOST = _kind(
        "events.lost",
        logging.ERROR,
        "A terminal has events no more that central never had.",
        "kiosk installation first last events",
    )
    INSTALLATION_COPIED = _kind(
        "installation.copied", logging.ERROR, "A disk that was copied or set back spoke.", "kiosk installation"
    )
    IDENTITY_COPIED = _kind(
        "identity.copied", logging.ERROR, "A terminal began too many installations; it is suspended.", "kiosk"
    )
    CODE_MADE = _kind("code.made", logging.INFO, "A one-time code was made.", "kiosk")
    CODE_REFUSED = _kind("code.refused", logging.WARNING, "Somebody tried a code that is not good.")
    KIOSK_ENROLLED = _kind("kiosk.enrolled", logging.INFO, "A terminal was enrolled.", "kiosk")
    KIOSK_REVOKED = _kind("kiosk.revoked", logging.WARNING, "A terminal was revoked.", "kiosk")
    KEY_ROTATED = _kind("key.rotated", logging.INFO, "A terminal was given its next key.", "kiosk")
    BLOB_HELD = _kind("blob.held", logging.INFO, "A file arrived whole.", "kiosk size")
    BLOB_WRONG = _kind("blob.wrong", logging.ERROR, "A file was not what its hash says.", "kiosk size")
    BLOB_LOST = _kind("blob.lost", logging.ERROR, "A terminal has files no more that cases wait for.", "kiosk blobs")
    COMMAND_ISSUED = _kind("command.issued", logging.WARNING, "An order was signed.", "kiosk command kind")
    COMMAND_MOVED = _kind("command.moved", logging.INFO, "A terminal answered an order.", "kiosk command kind state")
    RANGE_LEASED = _kind("range.leased", logging.INFO, "Numbers were leased.", "kiosk queue day first last")
    RANGE_REFUSED = _kind("range.refused", logging.WARNING, "Numbers were not leased.", "kiosk queue day")
    RANGE_REMEMBERED = _kind(
        "range.remembered",
        logging.WARNING,
        "A terminal holds numbers that central forgot.",
        "kiosk queue day first last",
    )
    RANGE_OVERLAPS = _kind(
        "range.overlaps", logging.ERROR, "A terminal holds numbers that are another's.", "kiosk queue day first last"
    )
    POOL_SHARED = _kind("pool.shared", logging.INFO, "Two terminals opened a queue's day at once.", "queue day")
    WORKER_DIED = _kind("worker.died", logging.ERROR, "A worker ended by itself and was started again.", "status")
    DATABASE_LOST = _kind("database.lost", logging.ERROR, "The database could not be used.", "error where")
    BUG = _kind("bug", logging.ERROR, "Something happened that nobody foresaw.", "error where")


def log(event: LogEvent, **fields: object) -> None:
    """Write one line for `event` with those of `fields` that it allows."""
    kind = event.value
    kept = {key: value for key, value in fields.items() if key in kind.keys and value is not None}
    dropped = sorted(fields.keys() - kind.keys)
    if dropped:
        kept["dropped_keys"] = dropped
    _LOGGER.log(kind.level, kind.name, extra={_FIELDS: kept})


def where(error: BaseException) -> str:
    """Name the innermost place of `error` as ``file:line``, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


class JsonLines(logging.Formatter):
    """One JSON object a line. An exception is named by type and place, never by message."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"at": instant(utc_now()), "level": record.levelname.lower()}
        if record.name == _LOGGER.name:
            line["event"] = record.msg
            line.update(getattr(record, _FIELDS, {}))
        else:
            # Only the text as it stands in the library's source: its arguments may quote a request.
            line["event"] = f"library.{record.name}"
            line["text"] = str(record.msg) if record.exc_info is None else ""
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": type(record.exc_info[1]).__name__, "where": where(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logs(level: int = logging.INFO) -> None:
    """Send every log line of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _LOGGER.setLevel(level)
