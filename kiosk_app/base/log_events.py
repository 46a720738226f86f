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
    LINK_UP = _kind("link.up", "info", "Another process of the terminal is connected.", "link role")
    LINK_LOST = _kind("link.lost", "warning", "The connection to another process ended.", "link role reason")
    LINK_REFUSED = _kind("link.refused", "error", "A peer was refused, or refuses this process.", "link reason")
    CARD_READ = _kind("card.read", "info", "A card was read.", "device layout flags ms")
    CARD_FAULT = _kind("card.fault", "info", "A card could not be read.", "device fault detail")
    CODE_READ = _kind("code.read", "info", "A code was read.", "device symbology")
    CODE_FAULT = _kind("code.fault", "info", "A code could not be read.", "device fault detail")
    PICTURE_TAKEN = _kind("picture.taken", "info", "A camera took a picture.", "device shot dpi")
    PROCESS_STARTED = _kind("process.started", "info", "A process of the terminal serves its link.", "")
    PROCESS_STOPPED = _kind("process.stopped", "info", "A process of the terminal ended in order.", "")
    DEVICES_WEDGED = _kind(
        "devices.wedged", "error", "A driver's call never came back; the devices' process is replaced.", "device"
    )
    SCREEN_RENEWED = _kind(
        "screen.renewed", "info", "The screen's process begins anew, with empty memory, while nobody is there.",
        "visits mib",
    )  # fmt: skip
    CHILD_STARTED = _kind("child.started", "info", "A process of the terminal was started.", "child pid")
    CHILD_ENDED = _kind(
        "child.ended", "warning", "A process of the terminal ended and is started again.", "child status again_s"
    )
    CHILD_KILLED = _kind("child.killed", "error", "A process that gave no sign of life was killed.", "child seconds")
    CASE_COMMITTED = _kind("case.committed", "info", "A case is durable.", "case visit item receipt ms")
    CASE_RENDERED = _kind("case.rendered", "info", "The document was made.", "case template pages ms")
    CASE_RESUMED = _kind("case.resumed", "info", "A case of an agent that died goes on.", "case stage")
    CASE_CLOSED = _kind("case.closed", "info", "The terminal is done with a case.", "case print")
    PRINT_INTENDED = _kind("print.intended", "info", "A print is about to be handed over.", "case action sheets")
    PRINT_REPEATED = _kind("print.repeated", "info", "A failed print is made good.", "case action reprint")
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
    SYNC_WENT_BACK = _kind(
        "sync.went_back",
        "error",
        "Central was restored from an older backup; what is still here goes again, the rest is lost there.",
        "acknowledged events",
    )
    INSTALLATION_RENEWED = _kind(
        "installation.renewed",
        "error",
        "This disk was copied or set back, and goes on as a new installation.",
        "installation reason",
    )
    CLOCK_WRONG = _kind("clock.wrong", "warning", "The terminal's clock is far from central's.", "seconds")
    CLOCK_RIGHT = _kind("clock.right", "info", "The terminal's clock is near central's again.", "seconds")
    KEY_ROTATED = _kind("key.rotated", "info", "The terminal has a new key at central.", "not_after")
    KEY_NOT_ROTATED = _kind("key.not_rotated", "warning", "The terminal could not change its key yet.", "detail")
    ENROLLED = _kind("terminal.enrolled", "info", "The terminal was made known to central.", "not_after")
    ATTACHMENT_DELIVERED = _kind("attachment.delivered", "info", "Central has a file of a case.", "case bytes")
    ATTACHMENT_LOST = _kind(
        "attachment.lost", "error", "A file of a case is gone or damaged before central had it.", "case"
    )
    ATTACHMENT_HELD_UP = _kind(
        "attachment.held_up", "warning", "A file of a case could not be sent; it is tried again.", "fault detail"
    )
    VERDICT_HEARD = _kind("verdict.heard", "info", "Central decided on a case.", "case verdict")
    NUMBERS_LEASED = _kind("numbers.leased", "info", "Central leased numbers for queue tickets.", "ranges")
    COMMAND_BEGUN = _kind("command.begun", "info", "An order of central is being carried out.", "command kind")
    COMMAND_ENDED = _kind("command.ended", "info", "An order of central came to its end.", "command kind state detail")
    COMMAND_REJECTED = _kind(
        "command.rejected", "error", "An order was not believed to be central's, or not meant for us.", "command detail"
    )
    SERVICE_CHANGED = _kind(
        "service.changed", "warning", "Central took the terminal out of service, or back into it.", "in_service"
    )
    STORAGE_FAULT = _kind("storage.fault", "error", "The database refused a write.", "fault detail")
    BUG = _kind("bug", "error", "Something happened that nobody foresaw.", "error where")
