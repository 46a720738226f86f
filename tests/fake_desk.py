"""A desk and a hub that do nothing by themselves: a test says what comes back, when, and on which thread.

Both implement the production protocols. They keep what they were asked, so that a test sees what the
screen's side of the terminal wants of the rest.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from contract.cases import Receipt
from contract.catalogue import Catalogue
from contract.fault import Fault
from contract.ids import CaseId, DeviceId, OrderId, VisitId
from contract.lookups import LookupAnswer, LookupRequest
from devices.events import DeviceEvent, DeviceView, HubSnapshot, Numbered, Order
from devices.hub import Listener
from devices.values import DeviceInfo, DeviceState, DeviceStatus
from kiosk_app.link.desk import (
    AttachmentPiece,
    CommitRequest,
    DeskEvent,
    DeskFault,
    DeskListener,
    Interrupted,
    Rating,
    Reprint,
    Screenshot,
)

READER = DeviceId("id-card")
PRINTER = DeviceId("a4")
SCANNER = DeviceId("code")


@dataclass
class FakeDesk:
    """Keeps every question with its open future, in the order asked."""

    asked: list[tuple[str, Any, Future[Any]]] = field(default_factory=list)
    listeners: list[DeskListener] = field(default_factory=list)

    def catalogue(self) -> "Future[Catalogue]":
        return self._ask("catalogue", None)

    def subscribe(self, listener: DeskListener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def resume(self) -> "Future[Interrupted | None]":
        return self._ask("resume", None)

    def begin_visit(self, visit_id: VisitId) -> "Future[None]":
        return self._ask("begin_visit", visit_id)

    def end_visit(self, visit_id: VisitId) -> "Future[None]":
        return self._ask("end_visit", visit_id)

    def look_up(self, request: LookupRequest) -> "Future[LookupAnswer]":
        return self._ask("look_up", request)

    def attach(self, piece: AttachmentPiece) -> "Future[int]":
        return self._ask("attach", piece)

    def commit(self, request: CommitRequest) -> "Future[Receipt]":
        return self._ask("commit", request)

    def cancel_print(self, case_id: CaseId) -> "Future[None]":
        return self._ask("cancel_print", case_id)

    def reprint(self, request: Reprint) -> "Future[None]":
        return self._ask("reprint", request)

    def rate(self, rating: Rating) -> "Future[None]":
        return self._ask("rate", rating)

    def screenshot(self, picture: Screenshot) -> "Future[None]":
        return self._ask("screenshot", picture)

    def close(self) -> None:
        """Nothing to close."""

    def _ask(self, name: str, what: object) -> "Future[Any]":
        future: Future[Any] = Future()
        self.asked.append((name, what, future))
        return future

    # What a test does to it

    def questions(self, name: str) -> list[Any]:
        """Everything that was asked under a name."""
        return [what for asked, what, _ in self.asked if asked == name]

    def answer(self, name: str, answer: object) -> None:
        """Answer the newest question of a name."""
        self._newest(name).set_result(answer)

    def fail(self, name: str, code: str) -> None:
        """Let the newest question of a name end in a fault."""
        self._newest(name).set_exception(DeskFault(Fault.of(code)))

    def break_down(self, name: str, error: Exception) -> None:
        """Let the newest question of a name end in a bug."""
        self._newest(name).set_exception(error)

    def say(self, event: DeskEvent) -> None:
        for listener in tuple(self.listeners):
            listener(event)

    def _newest(self, name: str) -> "Future[Any]":
        return next(future for asked, _, future in reversed(self.asked) if asked == name and not future.done())


@dataclass
class FakeHub:
    """A hub with a reader, a scanner and a printer that only keeps its orders."""

    orders: list[tuple[DeviceId, Order]] = field(default_factory=list)
    cancelled: list[OrderId] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    number: int = 0

    def snapshot(self) -> HubSnapshot:
        online = DeviceStatus(DeviceState.ONLINE)
        return HubSnapshot(
            self.number,
            (
                DeviceView(DeviceInfo(READER, "identity-reader", "sdt-serial"), online),
                DeviceView(DeviceInfo(SCANNER, "code-scanner", "serial-scanner"), online),
                DeviceView(DeviceInfo(PRINTER, "printer", "cups"), online),
            ),
        )

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def order(self, device: DeviceId, order: Order) -> None:
        self.orders.append((device, order))

    def cancel(self, order: OrderId) -> None:
        self.cancelled.append(order)

    def close(self) -> None:
        """Nothing to close."""

    # What a test does to it

    @property
    def order_id(self) -> OrderId:
        """The newest order's id."""
        return self.orders[-1][1].order

    def say(self, event: DeviceEvent) -> None:
        self.number += 1
        for listener in tuple(self.listeners):
            listener(Numbered(self.number, event))


@dataclass
class FakeClock:
    """Stands still until it is moved."""

    at: float = 1000.0

    def now(self) -> Any:
        raise AssertionError("the visit asked for the wall time")

    def monotonic(self) -> float:
        return self.at
