"""Which sentence a fault code gets: several codes mean the same to a citizen.

The technician reads the code itself; the citizen reads what it means for them. Every key here has a
``.title``, a ``.do`` and, where a service can be blocked by it, a ``.short`` text in the Qt catalogues.
"""

_SAME = {
    "reader.offline": "reader.absent",
    "reader.garbled": "reader.absent",
    "reader.self_test_failed": "reader.absent",
    "reader.not_authorised": "reader.absent",
    "reader.access_denied": "reader.absent",
    "scanner.offline": "scanner.absent",
    "chip.offline": "chip.absent",
    "chip.service_down": "chip.absent",
    "camera.stalled": "camera.absent",
    "camera.model_missing": "camera.absent",
    "code.none_presented": "code.unreadable",
    "printer.offline": "printer.absent",
    "printer.powered_off": "printer.absent",
    "printer.media_low": "printer.absent",
    "printer.toner_low": "printer.absent",
    "printer.hardware": "printer.absent",
    "printer.paused": "printer.absent",
    "printer.configuration": "printer.absent",
    "printer.spooler_down": "printer.absent",
    "printer.rejected": "printer.absent",
    "central.timed_out": "central.unreachable",
    "central.broken": "central.refused",
    "storage.broken": "storage.full",
    "document.failed": "agent.bug",
    "device.bug": "agent.bug",
    "card.none_presented": "card.unreadable",
    # No service waits for these, so that no citizen is told more than that the machine has a trouble.
    "reader.photo_library": "agent.bug",
    "lights.absent": "agent.bug",
    "lights.unsupported": "agent.bug",
    "proximity.absent": "agent.bug",
    "door.absent": "agent.bug",
    "ups.absent": "agent.bug",
}

BLOCKING = (
    "reader.absent",
    "scanner.absent",
    "chip.absent",
    "camera.absent",
    "printer.absent",
    "printer.asleep",
    "printer.busy",
    "printer.media_empty",
    "printer.media_jam",
    "printer.cover_open",
    "printer.output_full",
    "printer.toner_empty",
    "agent.bug",
    "devices.restarting",
    "door.open",
    "ups.on_battery",
    "ups.battery_low",
)
"""Keys that can stand on a tile as the reason it is not available."""

PICTURES = {
    "card": "card",
    "reader": "card",
    "code": "scan",
    "scanner": "scan",
    "chip": "card",
    "camera": "camera",
    "printer": "printer",
    "print": "printer",
    "central": "cloud-off",
    "lookup": "search",
    "storage": "saved",
    "agent": "warning",
    "devices": "clock",
    "door": "warning",
    "ups": "warning",
    "visit": "warning",
    "terminal": "clock",
}
"""Icon by the family of the key."""


def key_of(code: str) -> str:
    """Return the key under which `code` is worded."""
    return _SAME.get(code, code)


def keys() -> tuple[str, ...]:
    """Every key that has to be worded."""
    from contract.fault import FAULTS  # noqa: PLC0415 - the first frame words no fault

    return tuple(sorted({key_of(code) for code in FAULTS}))
