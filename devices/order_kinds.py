"""What is true of an order wherever it is handled: who can carry it out, and how it ends without a result.

Both hubs use it, the one with the devices and the one at the other end of the link, so that a citizen's
order ends with the same words whoever ends it. Light, because the screen's process reads it too.
"""

from typing import assert_never

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId
from devices.events import (
    CardRead,
    ChipCardRead,
    DeviceEvent,
    Order,
    OrderEnded,
    PictureTaken,
    PrintDocument,
    PrintSettledEvent,
    ReadChipCard,
    ReadIdentity,
    ScanCode,
    SetLight,
    SettlePrint,
    TakePicture,
    WatchRemoval,
)
from devices.values import DeviceKind, PrintSettlement

NO_SUCH: dict[DeviceKind, str] = {
    "identity-reader": "reader.absent",
    "smart-card": "chip.absent",
    "code-scanner": "scanner.absent",
    "camera": "camera.absent",
    "printer": "printer.absent",
    "lights": "lights.absent",
    "proximity": "proximity.absent",
    "door": "door.absent",
    "ups": "ups.absent",
}
"""The fault of a device that there is none of."""


def kinds_for(order: Order) -> tuple[DeviceKind, ...]:  # noqa: PLR0911 - a table with a row for each order
    """Return the kinds of device that can carry out `order`."""
    match order:
        case ReadIdentity():
            return ("identity-reader",)
        case ReadChipCard():
            return ("smart-card",)
        case WatchRemoval():
            return ("identity-reader", "smart-card")
        case ScanCode():
            return ("code-scanner",)
        case TakePicture():
            return ("camera",)
        case SetLight():
            return ("lights",)
        case PrintDocument() | SettlePrint():
            return ("printer",)
        case _:
            assert_never(order)


def unserved(device: DeviceId, order: Order) -> OrderEnded:
    """End an order for a device that there is none of, or that is of another kind."""
    kinds = kinds_for(order)
    fault = Fault.of(NO_SUCH[kinds[0]], f"no {' or '.join(kinds)} of id {device or '(none)'}")
    return OrderEnded(device, order.order, fault)


def over(  # noqa: PLR0911 - a table with a row for each order
    device: DeviceId, order: Order, away: Fault | None, *, withdrawn: bool
) -> DeviceEvent:
    """End an order whose time is up or that was withdrawn, of which nothing was handed to the device.

    Args:
        device: whose order it was.
        order: what was wanted.
        away: what keeps the device away, if it is.
        withdrawn: whether the order was withdrawn; otherwise its time is up.
    """
    match order:
        case PrintDocument(job):
            fault = Fault.of("print.cancelled" if withdrawn else "print.timed_out")
            settlement = PrintSettlement(job.action, PrintOutcome.FAILED, fault, evidence="not begun")
            return PrintSettledEvent(device, order.order, settlement)
        case SettlePrint() if not withdrawn:
            return unknown(device, order)
        case _ if withdrawn:
            return OrderEnded(device, order.order)
        case ReadIdentity() | ReadChipCard():
            return OrderEnded(device, order.order, away or Fault.of("card.none_presented"))
        case ScanCode():
            return OrderEnded(device, order.order, away or Fault.of("code.none_presented"))
        case TakePicture():
            return OrderEnded(device, order.order, away or Fault.of("camera.no_picture"))
        case _:
            return OrderEnded(device, order.order, away)


def unknown(device: DeviceId, order: PrintDocument | SettlePrint) -> PrintSettledEvent:
    """End a print of which nobody can say what became."""
    settlement = PrintSettlement(action_of(order), PrintOutcome.UNKNOWN, Fault.of("print.unknown"), evidence="none")
    return PrintSettledEvent(device, order.order, settlement)


def action_of(order: PrintDocument | SettlePrint) -> ActionId:
    return order.job.action if isinstance(order, PrintDocument) else order.action


def ends(event: DeviceEvent) -> bool:
    """Whether `event` is the last of its order."""
    return isinstance(event, CardRead | ChipCardRead | PictureTaken | PrintSettledEvent | OrderEnded)


def answers_again(order: Order, settled: PrintSettledEvent) -> bool:
    """Whether a print that is settled already answers `order` from memory.

    A print is never handed over a second time under its id. Evidence may be asked for again as long as it
    was none.
    """
    return isinstance(order, PrintDocument) or settled.settlement.outcome is not PrintOutcome.UNKNOWN
