"""The orders of one process that are not over, kept through every loss of the process that carries them out.

A reading is given anew to the next process, with what is left of its time. A print is given once: as soon as
it may have left this process it is only asked after, whatever that costs, since paper cannot be called
back. Pure bookkeeping, no thread and no clock of its own; guards against a second sheet and a false success.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import DeviceId, OrderId
from devices.events import (
    DeviceEvent,
    Order,
    OrderEnded,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    SetLight,
    SettlePrint,
    StatusChanged,
)
from devices.order_kinds import answers_again, ends, over, unknown
from devices.values import PrintSettlement
from kiosk_app.link.device_words import Given

SETTLE_S = 60.0
"""How long evidence on a print is waited for beyond the print's own time, while nobody can be asked."""
_LEAST_S = 0.1
_REMEMBERED = 64


@dataclass(slots=True)
class Standing:
    """One order. `out` says that it may have reached the other process, `waits` that it was told to wait for it."""

    device: DeviceId
    order: Order
    until: float
    out: bool = False
    asked_after: bool = False
    withdrawn: bool = False
    waits: bool = False


class StandingOrders:
    """Orders by id. Times are the caller's, in seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._standing: dict[OrderId, Standing] = {}
        self._settled: OrderedDict[OrderId, PrintSettledEvent] = OrderedDict()

    def __len__(self) -> int:
        return len(self._standing)

    def take(self, device: DeviceId, order: Order, now: float) -> Standing | DeviceEvent | None:
        """Accept an order; None when it stands already, the answer when it was settled before."""
        if order.order in self._standing:
            return None
        settled = self._settled.get(order.order)
        if settled is not None and answers_again(order, settled):
            return settled
        seconds = SETTLE_S if isinstance(order, SettlePrint) else order.seconds
        standing = self._standing[order.order] = Standing(device, order, now + seconds)
        return standing

    def withdraw(self, order_id: OrderId, *, up: bool) -> tuple[DeviceEvent | None, bool]:
        """Withdraw an order.

        A reading that is out ends when the other process says so: until then it may still take the card.

        Args:
            order_id: whose.
            up: whether the other process can be told.

        Returns:
            The event that ends it here at once, if any, and whether the other process has to hear of it.
        """
        standing = self._standing.get(order_id)
        if standing is None or standing.withdrawn:
            return None, False
        out = standing.out and not isinstance(standing.order, SettlePrint)
        if out and (up or isinstance(standing.order, PrintDocument)):
            standing.withdrawn = True
            return None, True
        del self._standing[order_id]
        return self._remember(self._over(standing, away=None, withdrawn=True)), False

    def lost(self) -> list[DeviceEvent]:
        """End the withdrawn readings of which the lost process can say nothing any more."""
        over = [one for one in self._standing.values() if one.withdrawn and not isinstance(one.order, PrintDocument)]
        for standing in over:
            del self._standing[standing.order.order]
        return [self._over(standing, away=None, withdrawn=True) for standing in over]

    def to_give(self, now: float) -> list[tuple[Standing, Given]]:
        """Return every order as a new connection has to hear it. Whoever sends one notes that it is `out`."""
        given = []
        for standing in self._standing.values():
            order = standing.order
            match order:
                case PrintDocument(job) if standing.out:
                    standing.asked_after = True
                    order = SettlePrint(job.action)
                case SettlePrint() | SetLight():
                    pass
                case _:
                    order = replace(order, seconds=max(_LEAST_S, standing.until - now))
            given.append((standing, Given(standing.device, order)))
        return given

    def refuse(self, standing: Standing) -> DeviceEvent:
        """End a print whose document is longer than the link takes; nothing of it left this process."""
        order = standing.order
        if not isinstance(order, PrintDocument):
            raise TypeError(type(order).__name__)
        del self._standing[order.order]
        fault = Fault.of("printer.rejected", "the document is longer than the link takes")
        settlement = PrintSettlement(order.job.action, PrintOutcome.FAILED, fault, evidence="not begun")
        return self._remember(PrintSettledEvent(standing.device, order.order, settlement))

    def held_up(self, fault: Fault | None) -> list[DeviceEvent]:
        """Tell the prints that wait for the other process that they do (`fault`), or no longer do (None).

        Whatever else held one up before is for the next process to say again.
        """
        told: list[DeviceEvent] = []
        for order_id, standing in self._standing.items():
            if isinstance(standing.order, PrintDocument) and standing.waits is not (fault is not None):
                standing.waits = fault is not None
                told.append(PrintHeldUp(standing.device, order_id, fault))
        return told

    def expired(self, now: float, away: Fault) -> list[DeviceEvent]:
        """End what nobody carried out in time, because of `away`."""
        late = [standing for standing in self._standing.values() if now >= self._ends_at(standing)]
        for standing in late:
            del self._standing[standing.order.order]
        return [self._remember(self._over(standing, away, withdrawn=False)) for standing in late]

    def next_end(self) -> float | None:
        """Return when the first order's time is up; None without any."""
        return min((self._ends_at(standing) for standing in self._standing.values()), default=None)

    def heard(self, event: DeviceEvent) -> DeviceEvent | None:
        """Take up an event of the other process; return what it means here, None when nobody waits for it."""
        if isinstance(event, StatusChanged):
            return event
        standing = self._standing.get(event.order)
        if standing is None:
            return None
        dropped = standing.withdrawn and not isinstance(standing.order, PrintDocument)
        if not ends(event):
            return None if dropped else event
        del self._standing[event.order]
        if dropped:
            return OrderEnded(standing.device, event.order)
        if isinstance(event, OrderEnded) and isinstance(standing.order, PrintDocument) and standing.asked_after:
            # Nobody could be asked how it ended: that is no word on the print itself.
            event = unknown(standing.device, standing.order)
        return self._remember(event)

    def end_all(self) -> list[DeviceEvent]:
        """Withdraw everything; prints that are out go on and are not ended here."""
        ended = [
            self._over(standing, away=None, withdrawn=True)
            for standing in self._standing.values()
            if not (isinstance(standing.order, PrintDocument) and standing.out)
        ]
        self._standing.clear()
        return ended

    @staticmethod
    def _ends_at(standing: Standing) -> float:
        out = isinstance(standing.order, PrintDocument) and standing.out
        return standing.until + (SETTLE_S if out else 0.0)

    @staticmethod
    def _over(standing: Standing, away: Fault | None, *, withdrawn: bool) -> DeviceEvent:
        if isinstance(standing.order, PrintDocument) and standing.out:
            return unknown(standing.device, standing.order)
        return over(standing.device, standing.order, away, withdrawn=withdrawn)

    def _remember(self, event: DeviceEvent) -> DeviceEvent:
        if isinstance(event, PrintSettledEvent):
            self._settled[event.order] = event
            while len(self._settled) > _REMEMBERED:
                self._settled.popitem(last=False)
        return event
