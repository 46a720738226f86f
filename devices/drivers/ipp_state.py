"""Printer state reasons (RFC 8011 §5.4.12, CUPS's own) as a `DeviceStatus`: pure.

The worst reason wins. A suffix does not decide alone: printers derive it from what they are doing
(idle says ``-report``, printing ``-warning``, stopped ``-error``), and an open cover keeps every sheet
in whatever its suffix. So obstacles count with any suffix; wear and other supplies only as errors. The
hazard is a terminal that calls itself ready, takes a citizen's document, and has no paper.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from contract.fault import Fault
from devices.drivers.ipp_supplies import paper_left, toner_left
from devices.drivers.ipp_wire import Group, strings
from devices.values import DeviceState, DeviceStatus, Media, Supply


class _When(Enum):
    """With which suffix a reason takes the device's state down."""

    ALWAYS = auto()
    AS_ERROR = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True)
class _Meaning:
    state: DeviceState
    code: str
    when: _When
    paper: Supply = Supply.FULL
    toner: Supply = Supply.FULL
    media: Media = Media.UNKNOWN


_HARD, _USER, _ON = DeviceState.HARDWARE_ERROR, DeviceState.USER_ERROR, DeviceState.ONLINE
_GONE = (Supply.UNKNOWN, Supply.UNKNOWN)
_COVER = _Meaning(_USER, "printer.cover_open", _When.ALWAYS)
_NO_PAPER = _Meaning(_USER, "printer.media_empty", _When.ALWAYS, paper=Supply.OUT)
_NO_TONER = _Meaning(_USER, "printer.toner_empty", _When.AS_ERROR, toner=Supply.OUT)
# A printer that goes on without toner prints pages that say nothing, and counts them.
_EMPTY_CARTRIDGE = _Meaning(_USER, "printer.toner_empty", _When.ALWAYS, toner=Supply.OUT)
_LITTLE_TONER = _Meaning(_ON, "printer.toner_low", _When.NEVER, toner=Supply.LOW)
_OUTPUT = _Meaning(_USER, "printer.output_full", _When.ALWAYS, media=Media.PRESENT)
_WEAR = _Meaning(_ON, "printer.hardware", _When.NEVER)
_WORN = _Meaning(_HARD, "printer.hardware", _When.AS_ERROR)
_OFFLINE = _Meaning(DeviceState.OFFLINE, "printer.offline", _When.ALWAYS, *_GONE)
_OFF = _Meaning(DeviceState.POWER_OFF, "printer.powered_off", _When.ALWAYS, *_GONE)
_ASLEEP = _Meaning(_ON, "printer.asleep", _When.NEVER)
_PAUSED = _Meaning(DeviceState.DEVICE_BUSY, "printer.paused", _When.ALWAYS)
_CONFIGURATION = _Meaning(_HARD, "printer.configuration", _When.ALWAYS)
_OTHER = _Meaning(_HARD, "printer.hardware", _When.AS_ERROR, paper=Supply.UNKNOWN)

_MEANINGS: dict[str, _Meaning] = {
    "media-low": _Meaning(_ON, "printer.media_low", _When.NEVER, paper=Supply.LOW),
    "media-empty": _NO_PAPER,
    "media-needed": _NO_PAPER,
    "input-tray-missing": _NO_PAPER,
    "media-jam": _Meaning(_HARD, "printer.media_jam", _When.ALWAYS, paper=Supply.JAMMED, media=Media.JAMMED),
    "toner-low": _LITTLE_TONER,
    "marker-supply-low": _LITTLE_TONER,
    "toner-empty": _EMPTY_CARTRIDGE,
    "marker-supply-empty": _NO_TONER,
    "cover-open": _COVER,
    "door-open": _COVER,
    "interlock-open": _COVER,
    "output-area-full": _OUTPUT,
    "output-tray-missing": _OUTPUT,
    "output-area-almost-full": _WEAR,
    "marker-waste-almost-full": _WEAR,
    "opc-near-eol": _WEAR,
    "developer-low": _WEAR,
    "marker-waste-full": _WORN,
    "opc-life-over": _WORN,
    "developer-empty": _WORN,
    "fuser-over-temp": _WORN,
    "fuser-under-temp": _WORN,
    "spool-area-full": _WORN,
    "interpreter-resource-unavailable": _WORN,
    "offline": _OFFLINE,
    "connecting-to-device": _OFFLINE,
    "timed-out": _OFFLINE,
    "shutdown": _OFF,
    "deactivated": _OFF,
    "power-down": _OFF,
    # Saving power is no fault: the next job wakes the printer. Makers have words of their own beside PWG 5100.9's.
    "standby": _ASLEEP,
    "suspend": _ASLEEP,
    "hibernate": _ASLEEP,
    "sleep": _ASLEEP,
    "sleep-mode": _ASLEEP,
    "power-save": _ASLEEP,
    "power-saver": _ASLEEP,
    "paused": _PAUSED,
    "moving-to-paused": _PAUSED,
    "stopping": _PAUSED,
    "stopped-partly": _PAUSED,
    # cupsd gives these two the suffix -warning although nothing prints any more.
    "cups-missing-filter": _CONFIGURATION,
    "cups-insecure-filter": _CONFIGURATION,
    "queue-refuses-jobs": _CONFIGURATION,  # ours, for printer-is-accepting-jobs = false
}
_SAYS_NOTHING = ("none", "identify-printer-requested", "power-up", "printer-ready-to-print", "warming-up")
_POWER_SAVER = "-power-saver"
"""PWG 5100.9 has one for each part of a printer, such as ``stacker-power-saver``; likewise ``-warming-up``."""
_WARMING_UP = "-warming-up"
_QUEUES_OWN = (
    "paused",
    "moving-to-paused",
    "stopping",
    "cups-missing-filter",
    "cups-insecure-filter",
    "queue-refuses-jobs",
)
_SUFFIXES = ("-error", "-warning", "-report")
_STATES = tuple(DeviceState)
_PAPER = (Supply.JAMMED, Supply.OUT, Supply.UNKNOWN, Supply.LOW, Supply.FULL)
_TONER = (Supply.OUT, Supply.UNKNOWN, Supply.LOW, Supply.FULL)


def split_reason(reason: str) -> tuple[str, bool]:
    """Take the suffix off; the second value tells whether it is an error (no suffix is one)."""
    for suffix in _SUFFIXES:
        if reason.endswith(suffix):
            return reason.removesuffix(suffix), suffix == "-error"
    return reason, True


def _meaning(reason: str, *, other_tray: bool) -> _Meaning | None:
    """Say what one reason means here and now, None for nothing."""
    keyword, is_error = split_reason(reason)
    if keyword in _SAYS_NOTHING or keyword.endswith(_WARMING_UP):
        return None
    known = _ASLEEP if keyword.endswith(_POWER_SAVER) else _MEANINGS.get(keyword)
    if known is None:
        # cupsd's progress notes, such as cups-waiting-for-job-completed, carry no suffix.
        return _OTHER if is_error and not keyword.startswith("cups-") else None
    spared = known is _NO_PAPER and other_tray and not is_error
    if spared or (known.when is _When.AS_ERROR and not is_error):
        return _Meaning(_ON, known.code, _When.NEVER, known.paper, known.toner, known.media)
    return known


def status_of(reasons: Iterable[str], *, other_tray: bool = False) -> DeviceStatus:
    """Merge reasons into one status.

    Args:
        reasons: ``printer-state-reasons``, with or without suffix.
        other_tray: the printer says that one tray is empty and another is not; then an empty tray
            that is no error is only a supply value.
    """
    found = [(meaning, reason) for reason in reasons if (meaning := _meaning(reason, other_tray=other_tray))]
    if not found:
        return DeviceStatus(_ON, Media.UNKNOWN, Supply.FULL, Supply.FULL)
    # That it sleeps is the last thing to say of a printer that also lacks something.
    worst, reason = min(found, key=lambda pair: (_STATES.index(pair[0].state), pair[0] is _ASLEEP))
    meanings = [meaning for meaning, _ in found]
    return DeviceStatus(
        state=worst.state,
        media=next((meaning.media for meaning in meanings if meaning.media is not Media.UNKNOWN), Media.UNKNOWN),
        paper=min((meaning.paper for meaning in meanings), key=_PAPER.index),
        toner=min((meaning.toner for meaning in meanings), key=_TONER.index),
        fault=Fault.of(worst.code, reason),
    )


def another_tray_has_paper(trays: Iterable[bytes | str]) -> bool:
    """Whether ``printer-input-tray`` values (PWG 5100.13) show an empty tray beside one with paper."""
    levels: list[int] = []
    for tray in trays:
        text = tray.decode("ascii", errors="replace") if isinstance(tray, bytes) else tray
        for part in text.split(";"):
            key, _, value = part.partition("=")
            if key == "level" and value.lstrip("-").isdigit():
                levels.append(int(value))
    some = any(level > 0 or level == -3 for level in levels)  # -3: "at least one sheet" (RFC 3805)
    return some and 0 in levels


def printer_status(queue: Group, device: Group | None) -> DeviceStatus:
    """Merge what the queue and the printer itself say.

    A printer that answers is believed on everything physical: the queue repeats its reasons only
    while a job runs and keeps stale ones afterwards. `device` is None when it cannot be asked at all,
    such as one on USB; then the queue is all there is.
    """
    said = strings(queue, "printer-state-reasons")
    if queue.get("printer-is-accepting-jobs") == (False,):
        said = (*said, "queue-refuses-jobs")
    if device is None:
        return _with_figures(status_of(said), queue)
    own = tuple(reason for reason in said if split_reason(reason)[0] in _QUEUES_OWN)
    trays = tuple(value for value in device.get("printer-input-tray", ()) if isinstance(value, bytes | str))
    reasons = (*strings(device, "printer-state-reasons"), *own)
    return _with_figures(status_of(reasons, other_tray=another_tray_has_paper(trays)), device)


def _with_figures(status: DeviceStatus, told: Group) -> DeviceStatus:
    """Add what only the figures show: a supply that runs low without the printer calling it so."""
    (toner, toner_said), (paper, paper_said) = toner_left(told), paper_left(told)
    fault = status.fault
    if fault is None or fault.code == "printer.asleep":
        if paper is Supply.LOW:
            fault = Fault.of("printer.media_low", paper_said)
        elif toner is Supply.LOW:
            fault = Fault.of("printer.toner_low", toner_said)
    return replace(
        status,
        paper=Supply.LOW if paper is Supply.LOW and status.paper is Supply.FULL else status.paper,
        toner=Supply.LOW if toner is Supply.LOW and status.toner is Supply.FULL else status.toner,
        fault=fault,
    )


def holds_up(status: DeviceStatus) -> Fault | None:
    """Return the fault that keeps a sheet from coming out now, if there is one."""
    if status.state.serves and status.state is not DeviceState.DEVICE_BUSY:
        return None
    return status.fault
