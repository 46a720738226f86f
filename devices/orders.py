"""How each order is carried out on one device, from acceptance to the one event that ends it.

A device that vanishes does not end an order: it waits for the device to come back, within the order's
own seconds. A print is handed to the driver at most once; when that breaks off, evidence decides the
outcome, and where there is none the outcome is unknown, never guessed and never printed again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never, cast

from contract.cases import PrintOutcome
from contract.fault import Fault
from devices.connection import Connection, DriverBug, Pace
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled, DeviceError, MediaTrouble, Silent
from devices.events import (
    CardFault,
    CardRead,
    CodeFault,
    CodeRead,
    DeviceEvent,
    MediaChanged,
    Order,
    OrderEnded,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    ReadIdentity,
    ScanCode,
    SettlePrint,
    WatchRemoval,
)
from devices.protocol import CodeScanner, Device, IdentityReader, Printer
from devices.values import Code, DeviceInfo, DeviceKind, Media, PrintSettlement

_CALL_S = 30.0
_GONE_LOOKS = 2
"""One look that sees no card may be the radio's; "taken" needs two."""
_WAIT_FOR_DEVICE_S = 0.2


@dataclass(slots=True)
class Ticket:
    """An accepted order. Its time runs from acceptance; `ended` is set when its last event is out."""

    order: Order
    until: Deadline
    ended: bool = field(default=False)


def seconds_of(order: Order, pace: Pace) -> float:
    return pace.settle_s if isinstance(order, SettlePrint) else order.seconds


def kind_for(order: Order) -> DeviceKind:
    """Return the kind of device that can carry out `order`."""
    match order:
        case ReadIdentity() | WatchRemoval():
            return "identity-reader"
        case ScanCode():
            return "code-scanner"
        case PrintDocument() | SettlePrint():
            return "printer"
        case _:
            assert_never(order)


def over(info: DeviceInfo, ticket: Ticket, away: Fault | None) -> DeviceEvent:
    """End an order whose time is up or that was withdrawn, of which nothing was handed to the device.

    Args:
        info: the device's.
        ticket: the order's.
        away: what keeps the device away, if it is.
    """
    order = ticket.order
    withdrawn = ticket.until.cancelled
    match order:
        case PrintDocument(job):
            fault = Fault.of("print.cancelled" if withdrawn else "print.timed_out")
            return PrintSettledEvent(
                info.device, order.order, PrintSettlement(job.action, PrintOutcome.FAILED, fault, evidence="not begun")
            )
        case SettlePrint() if not withdrawn:
            return unknown(info, order)
        case ReadIdentity() if not withdrawn:
            return OrderEnded(info.device, order.order, away or Fault.of("card.none_presented"))
        case ScanCode() if not withdrawn:
            return OrderEnded(info.device, order.order, away or Fault.of("code.none_presented"))
        case _:
            return OrderEnded(info.device, order.order, None if withdrawn else away)


def unknown(info: DeviceInfo, order: PrintDocument | SettlePrint) -> PrintSettledEvent:
    """End a print of which nobody can say what became."""
    action = order.job.action if isinstance(order, PrintDocument) else order.action
    settlement = PrintSettlement(action, PrintOutcome.UNKNOWN, Fault.of("print.unknown"), evidence="none")
    return PrintSettledEvent(info.device, order.order, settlement)


class OrderRun:
    """One order on one device, on the actor's thread."""

    def __init__(
        self, ticket: Ticket, connection: Connection, pace: Pace, publish: Callable[[DeviceEvent], None]
    ) -> None:
        self._ticket = ticket
        self._until = ticket.until
        self._connection = connection
        self._pace = pace
        self._publish = publish
        self._media: Media | None = None
        self._held: Fault | None = None

    def perform(self) -> DeviceEvent:
        """Carry the order out; return the event that ends it."""
        order = self._ticket.order
        try:
            match order:
                case ReadIdentity():
                    return self._read(order)
                case WatchRemoval():
                    return self._watch(order)
                case ScanCode():
                    return self._scan(order)
                case PrintDocument():
                    return self._print(order)
                case SettlePrint():
                    return self._settle(order)
                case _:
                    assert_never(order)
        except Cancelled:
            return self._over()

    def _read(self, order: ReadIdentity) -> DeviceEvent:
        while (device := self._reach()) is not None:
            try:
                with self._connection.calling("read", self._until.left_s):
                    card = cast(IdentityReader, device).read(self._until, self._say_media)
            except MediaTrouble as trouble:
                if trouble.fault.code == "card.none_presented":
                    break
                self._publish(CardFault(self._connection.info.device, order.order, trouble.fault))
                self._until.pause(self._pace.retry_s)
            except DeviceError as error:
                self._look_again(error)
            except DriverBug as bug:
                return OrderEnded(self._connection.info.device, order.order, bug.fault)
            else:
                return CardRead(self._connection.info.device, order.order, card)
        return self._over()

    def _watch(self, order: WatchRemoval) -> DeviceEvent:
        looks = 0
        while (device := self._reach()) is not None:
            try:
                with self._connection.calling("card_present", _CALL_S):
                    present = cast(IdentityReader, device).card_present(self._until)
            except DeviceError as error:
                self._look_again(error)
                continue
            except DriverBug as bug:
                return OrderEnded(self._connection.info.device, order.order, bug.fault)
            looks = 0 if present else looks + 1
            if present:
                self._say_media(Media.PRESENT)
            elif looks >= _GONE_LOOKS:
                self._say_media(Media.NOT_PRESENT)
                return OrderEnded(self._connection.info.device, order.order)
            self._until.pause(self._pace.removal_look_s)
        return self._over()

    def _scan(self, order: ScanCode) -> DeviceEvent:
        while (device := self._reach()) is not None:
            try:
                with self._connection.calling("scan", self._until.left_s):
                    cast(CodeScanner, device).scan(self._until, self._say_code)
            except DeviceError as error:
                self._look_again(error)
            except DriverBug as bug:
                return OrderEnded(self._connection.info.device, order.order, bug.fault)
        return self._over()

    def _print(self, order: PrintDocument) -> DeviceEvent:
        while (device := self._reach(self._hold_up)) is not None:
            try:
                with self._connection.calling("print", self._until.left_s):
                    settlement = cast(Printer, device).print(order.job, self._until, self._hold_up)
            except (Absent, Silent) as error:
                # Raised only before anything was handed over: the job waits as if the printer were away.
                self._hold_up(error.fault)
                self._look_again(error)
            except DeviceError as error:
                settlement = PrintSettlement(
                    order.job.action, PrintOutcome.FAILED, error.fault, evidence="refused before hand-over"
                )
                return PrintSettledEvent(self._connection.info.device, order.order, settlement)
            except (Cancelled, DriverBug):
                return self._by_evidence(order)
            else:
                return PrintSettledEvent(self._connection.info.device, order.order, settlement)
        return self._over()

    def _settle(self, order: SettlePrint) -> DeviceEvent:
        while (device := self._reach()) is not None:
            try:
                with self._connection.calling("settle", _CALL_S):
                    settlement = cast(Printer, device).settle(order.action)
            except DeviceError as error:
                self._look_again(error)
            except DriverBug:
                return unknown(self._connection.info, order)
            else:
                return PrintSettledEvent(self._connection.info.device, order.order, settlement)
        return self._over()

    def _by_evidence(self, order: PrintDocument) -> DeviceEvent:
        """Settle a print that a driver broke off, as if an earlier process had begun it."""
        patience = Deadline(self._pace.evidence_s)
        while not patience.passed:
            device = self._connection.reach()
            if device is None:
                patience.pause(_WAIT_FOR_DEVICE_S)
                continue
            try:
                with self._connection.calling("settle", _CALL_S):
                    settlement = cast(Printer, device).settle(order.job.action)
            except (DeviceError, DriverBug, Cancelled):
                break
            return PrintSettledEvent(self._connection.info.device, order.order, settlement)
        return unknown(self._connection.info, order)

    def _reach(self, waiting: Callable[[Fault | None], None] | None = None) -> Device | None:
        """Return the open device, waiting for it; None when the order's time is up.

        Raises:
            Cancelled: the order was withdrawn.
        """
        waited = False
        while True:
            self._until.check()
            if self._until.passed:
                return None
            device = self._connection.reach()
            if device is not None:
                if waiting is not None and waited:
                    waiting(None)
                return device
            if waiting is not None and self._connection.status.fault is not None:
                waiting(self._connection.status.fault)
                waited = True
            self._until.pause(min(_WAIT_FOR_DEVICE_S, max(0.01, self._connection.due_s)))

    def _look_again(self, error: DeviceError) -> None:
        self._connection.recheck(error)
        self._until.pause(self._pace.retry_s)

    def _over(self) -> DeviceEvent:
        status = self._connection.status
        return over(self._connection.info, self._ticket, None if status.state.serves else status.fault)

    def _say_media(self, media: Media) -> None:
        if media is not self._media:
            self._media = media
            self._publish(MediaChanged(self._connection.info.device, self._ticket.order.order, media))

    def _say_code(self, heard: Code | Fault) -> None:
        device, order = self._connection.info.device, self._ticket.order.order
        self._publish(CodeFault(device, order, heard) if isinstance(heard, Fault) else CodeRead(device, order, heard))

    def _hold_up(self, fault: Fault | None) -> None:
        if (fault.code if fault else None) != (self._held.code if self._held else None):
            self._held = fault
            self._publish(PrintHeldUp(self._connection.info.device, self._ticket.order.order, fault))
