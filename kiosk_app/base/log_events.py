"""Every event that may be logged: its name, level and meaning, and the keys it may carry.

An event or key outside this table is a bug; the keys are the allow-list that keeps personal data
out of logs. `docs/log-events.md` is generated from here.
"""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class LogKind:
    """One kind of log line."""

    name: str
    level: str
    meaning: str
    keys: frozenset[str]


def _kind(name: str, level: str, meaning: str, keys: str = "") -> LogKind:
    return LogKind(name, level, meaning, frozenset(keys.split()))


class LogEvent(Enum):
    """The table."""

    TERMINAL_STARTED = _kind("terminal.started", "info", "The terminal is up.", "release kiosk installation")
    TERMINAL_STOPPED = _kind("terminal.stopped", "info", "The terminal ended in order.", "release")
    FIRST_FRAME = _kind("screen.first_frame", "info", "The first screen was drawn.", "ms")
    READY = _kind("screen.ready", "info", "The screen answers a touch.", "ms")
    VISIT_BEGAN = _kind("visit.began", "info", "A citizen touched the screen.", "visit")
    VISIT_ENDED = _kind("visit.ended", "info", "The visit is over and wiped.", "visit reason seconds")
    VISIT_MOVED = _kind("visit.moved", "debug", "The visit is in another situation.", "visit situation")
    VISIT_INTERRUPTED = _kind(
        "visit.interrupted", "warning", "An earlier process ended in mid-visit.", "visit case print"
    )
    DEVICE_LOST = _kind("device.lost", "warning", "A device stopped serving.", "device state fault detail")
    DEVICE_BACK = _kind("device.back", "info", "A lost device serves again.", "device seconds")
    DEVICE_BUG = _kind("device.bug", "error", "A driver raised what no driver may raise.", "device error where")
    CARD_READ = _kind("card.read", "info", "A card was read.", "device layout flags ms")
    CARD_FAULT = _kind("card.fault", "info", "A card could not be read.", "device fault detail")
    CODE_READ = _kind("code.read", "info", "A code was read.", "device symbology")
    CODE_FAULT = _kind("code.fault", "info", "A code could not be read.", "device fault detail")
    CASE_COMMITTED = _kind("case.committed", "info", "A case is durable.", "case visit item receipt ms")
    CASE_RENDERED = _kind("case.rendered", "info", "The document was made.", "case template pages ms")
    CASE_CLOSED = _kind("case.closed", "info", "The terminal is done with a case.", "case print")
    PRINT_INTENDED = _kind("print.intended", "info", "A print is about to be handed over.", "case action sheets")
    PRINT_SETTLED = _kind("print.settled", "info", "A print ended.", "case action outcome fault sheets evidence")
    PRINT_HELD_UP = _kind("print.held_up", "warning", "A print waits for somebody.", "case action fault")
    LOOKUP_ANSWERED = _kind("lookup.answered", "info", "A register answered.", "lookup register found ms")
    LOOKUP_FAILED = _kind("lookup.failed", "warning", "A register could not be asked.", "lookup register fault ms")
    RATED = _kind("visit.rated", "info", "A rating was recorded, or that none was given.", "visit case grade")
    SYNC_DELIVERED = _kind("sync.delivered", "info", "Central has events durably.", "acknowledged events ms")
    CENTRAL_LOST = _kind("central.lost", "warning", "Central stopped answering.", "fault detail")
    CENTRAL_BACK = _kind("central.back", "info", "Central answers again.", "seconds")
    CATALOGUE_CHANGED = _kind("catalogue.changed", "info", "A newer catalogue is in force.", "version")
    CATALOGUE_REFUSED = _kind("catalogue.refused", "error", "A catalogue could not be used.", "version error")
    CACHE_SET_ASIDE = _kind(
        "cache.set_aside", "error", "A database could not be used and was moved away.", "path reason"
    )
    SYNC_REFUSED = _kind(
        "sync.refused", "error", "Central refuses an event; it is kept, later ones go on.", "sequence kind"
    )
    STORAGE_FAULT = _kind("storage.fault", "error", "The database refused a write.", "fault detail")
    BUG = _kind("bug", "error", "Something happened that nobody foresaw.", "error where")
