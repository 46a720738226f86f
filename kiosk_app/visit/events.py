"""What can happen in a visit: touches, devices, the desk, and time.

Answers of the desk carry the id they answer, so that one which comes after its visit is dropped.
"""

from dataclasses import dataclass, field

from contract.cases import Receipt
from contract.fault import Fault
from contract.ids import CaseId, LookupId, VisitId
from contract.lookups import LookupAnswer
from devices.events import DeviceEvent
from kiosk_app.link.desk import DeskEvent, Interrupted


@dataclass(frozen=True, slots=True)
class Touched:
    """A named control was touched, with its value."""

    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """A device reported a fact."""

    event: DeviceEvent


@dataclass(frozen=True, slots=True)
class DeskSaid:
    """The agent reported a fact."""

    event: DeskEvent


@dataclass(frozen=True, slots=True)
class RegisterAnswered:
    lookup: LookupId
    answer: LookupAnswer = field(repr=False)


@dataclass(frozen=True, slots=True)
class RegisterFailed:
    lookup: LookupId
    fault: Fault


@dataclass(frozen=True, slots=True)
class CaseKept:
    """The case is durable."""

    visit: VisitId
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class CaseRefused:
    """The case is not durable; nothing was promised."""

    visit: VisitId
    fault: Fault


@dataclass(frozen=True, slots=True)
class ReprintRefused:
    """The print is not repeated; nothing was begun."""

    case: CaseId
    fault: Fault


@dataclass(frozen=True, slots=True)
class Resumed:
    """Everything an earlier process left open is settled; what it was stopped in, if that was a visit."""

    interrupted: Interrupted | None


@dataclass(frozen=True, slots=True)
class TimePassed:
    """A deadline may have come; what it means depends on the situation."""


VisitEvent = (
    Touched
    | DeviceSaid
    | DeskSaid
    | RegisterAnswered
    | RegisterFailed
    | CaseKept
    | CaseRefused
    | ReprintRefused
    | Resumed
    | TimePassed
)
