"""Faults: expected trouble as data, never as a sentence.

A fault names what happened by a code from `FAULTS`. The screen translates the code (`fault.<code>`
in the Qt catalogues); drivers and the agent never write sentences. `detail` is for technicians and
holds nothing personal. Actions are those of XFS4IoT's ErrorEvent.
"""

from dataclasses import dataclass
from enum import StrEnum

from contract.model import Value


class Owner(StrEnum):
    """Who can end the fault."""

    CITIZEN = "citizen"
    TECHNICIAN = "technician"
    OPERATOR = "operator"
    DEVELOPER = "developer"


class Retry(StrEnum):
    """When trying again can help."""

    NOW = "now"
    LATER = "later"
    AFTER_HELP = "after-help"
    NEVER = "never"


class Action(StrEnum):
    """What the owner has to do, in XFS4IoT's words (`ErrorEvent.action`)."""

    NONE = "none"
    RESET = "reset"
    SOFTWARE_ERROR = "softwareError"
    CONFIGURATION = "configuration"
    CLEAR = "clear"
    MAINTENANCE = "maintenance"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What is true of every fault with the same code."""

    owner: Owner
    retry: Retry
    action: Action


_CITIZEN_AGAIN = FaultKind(Owner.CITIZEN, Retry.NOW, Action.NONE)
_CITIZEN_COUNTER = FaultKind(Owner.CITIZEN, Retry.NEVER, Action.NONE)
_STAFF_CLEAR = FaultKind(Owner.TECHNICIAN, Retry.AFTER_HELP, Action.CLEAR)
_STAFF_REPAIR = FaultKind(Owner.TECHNICIAN, Retry.AFTER_HELP, Action.MAINTENANCE)
_STAFF_CONFIGURE = FaultKind(Owner.TECHNICIAN, Retry.AFTER_HELP, Action.CONFIGURATION)
_PASSING = FaultKind(Owner.OPERATOR, Retry.LATER, Action.SUSPEND)
_OPERATOR = FaultKind(Owner.OPERATOR, Retry.AFTER_HELP, Action.CONFIGURATION)
_SOFTWARE = FaultKind(Owner.DEVELOPER, Retry.LATER, Action.SOFTWARE_ERROR)

FAULTS: dict[str, FaultKind] = {
    "card.lifted": _CITIZEN_AGAIN,
    "card.unreadable": _CITIZEN_AGAIN,
    "card.already_read": _CITIZEN_AGAIN,
    "card.none_presented": _CITIZEN_AGAIN,
    "card.unsupported": _CITIZEN_COUNTER,
    "card.expired": _CITIZEN_COUNTER,
    "card.not_yet_valid": _CITIZEN_COUNTER,
    "card.inconsistent": _CITIZEN_COUNTER,
    "card.unknown": _CITIZEN_COUNTER,
    "card.wrong_way_round": _CITIZEN_AGAIN,
    "card.blocked": _CITIZEN_COUNTER,
    "reader.absent": _STAFF_REPAIR,
    "reader.offline": _STAFF_REPAIR,
    "reader.access_denied": _STAFF_CONFIGURE,
    "reader.photo_library": _STAFF_CONFIGURE,
    "reader.garbled": _STAFF_REPAIR,
    "reader.self_test_failed": _STAFF_REPAIR,
    "reader.not_authorised": _STAFF_REPAIR,
    "code.none_presented": _CITIZEN_AGAIN,
    "code.unreadable": _CITIZEN_AGAIN,
    "code.not_ours": _CITIZEN_AGAIN,
    "code.unknown": FaultKind(Owner.CITIZEN, Retry.LATER, Action.NONE),
    "scanner.absent": _STAFF_REPAIR,
    "scanner.offline": _STAFF_REPAIR,
    "chip.absent": _STAFF_REPAIR,
    "chip.offline": _STAFF_REPAIR,
    "chip.service_down": FaultKind(Owner.TECHNICIAN, Retry.LATER, Action.RESET),
    "camera.no_picture": _CITIZEN_AGAIN,
    "camera.absent": _STAFF_REPAIR,
    "camera.stalled": _STAFF_REPAIR,
    "camera.model_missing": _STAFF_CONFIGURE,
    "lights.absent": _STAFF_REPAIR,
    "lights.unsupported": _STAFF_CONFIGURE,
    "proximity.absent": _STAFF_REPAIR,
    "door.absent": _STAFF_REPAIR,
    "door.open": _STAFF_CLEAR,
    "ups.absent": _STAFF_REPAIR,
    "ups.on_battery": _PASSING,
    "ups.battery_low": FaultKind(Owner.TECHNICIAN, Retry.LATER, Action.SUSPEND),
    "printer.absent": _STAFF_CONFIGURE,
    "printer.offline": _STAFF_REPAIR,
    "printer.powered_off": _STAFF_REPAIR,
    "printer.asleep": FaultKind(Owner.TECHNICIAN, Retry.NOW, Action.SUSPEND),
    "printer.busy": FaultKind(Owner.TECHNICIAN, Retry.LATER, Action.NONE),
    "printer.media_low": _STAFF_REPAIR,
    "printer.media_empty": _STAFF_CLEAR,
    "printer.media_jam": _STAFF_CLEAR,
    "printer.cover_open": _STAFF_CLEAR,
    "printer.output_full": _STAFF_CLEAR,
    "printer.toner_low": _STAFF_REPAIR,
    "printer.toner_empty": _STAFF_CLEAR,
    "printer.hardware": _STAFF_REPAIR,
    "printer.paused": _STAFF_CONFIGURE,
    "printer.configuration": _STAFF_CONFIGURE,
    "printer.spooler_down": FaultKind(Owner.TECHNICIAN, Retry.LATER, Action.RESET),
    "printer.rejected": _STAFF_REPAIR,
    "print.cancelled": FaultKind(Owner.CITIZEN, Retry.LATER, Action.NONE),
    "print.timed_out": _STAFF_REPAIR,
    "print.unknown": FaultKind(Owner.OPERATOR, Retry.NEVER, Action.CLEAR),
    "print.interrupted": FaultKind(Owner.CITIZEN, Retry.LATER, Action.NONE),
    "central.unreachable": _PASSING,
    "central.timed_out": _PASSING,
    "central.refused": _OPERATOR,
    "central.broken": _OPERATOR,
    "lookup.no_record": _CITIZEN_COUNTER,
    "lookup.not_eligible": _CITIZEN_COUNTER,
    "lookup.expired": FaultKind(Owner.CITIZEN, Retry.NOW, Action.NONE),
    "storage.full": FaultKind(Owner.TECHNICIAN, Retry.AFTER_HELP, Action.MAINTENANCE),
    "storage.broken": FaultKind(Owner.TECHNICIAN, Retry.AFTER_HELP, Action.MAINTENANCE),
    "document.failed": _SOFTWARE,
    "visit.interrupted": FaultKind(Owner.CITIZEN, Retry.NOW, Action.NONE),
    "device.bug": _SOFTWARE,
    "terminal.out_of_service": _PASSING,
    "devices.restarting": FaultKind(Owner.TECHNICIAN, Retry.NOW, Action.SUSPEND),
    "agent.bug": _SOFTWARE,
}
"""Every fault code there is. A code outside this table cannot be made into a `Fault`."""


class Fault(Value):
    """One occurrence of trouble."""

    code: str
    owner: Owner
    retry: Retry
    action: Action
    detail: str = ""

    @classmethod
    def of(cls, code: str, detail: str = "") -> "Fault":
        """Make a fault of a registered code.

        Raises:
            KeyError: `code` is not in `FAULTS`; that is a bug, not a fault.
        """
        kind = FAULTS[code]
        return cls(code=code, owner=kind.owner, retry=kind.retry, action=kind.action, detail=detail)
