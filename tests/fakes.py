"""Stand-ins that implement the production protocols: a hub without devices, a press, and an ear.

They are used where a test is about the agent, not about hardware; the simulators speak the devices' own
bytes elsewhere. Like the real hub, this one answers on a thread of its own.
"""

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from contract.cases import Case, PrintOutcome
from contract.catalogue import Hall
from contract.documents import DocumentTemplate
from contract.fault import Fault
from contract.ids import ActionId, DeviceId, OrderId
from contract.text import Text
from devices.events import (
    DeviceEvent,
    DeviceView,
    HubSnapshot,
    Numbered,
    Order,
    OrderEnded,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    SettlePrint,
    StatusChanged,
)
from devices.hub import Listener
from devices.values import DeviceInfo, DeviceState, DeviceStatus, PrintSettlement
from kiosk_app.documents.render import DocumentFailed, RenderedDocument
from kiosk_app.link.desk import DeskEvent

PRINTER = DeviceId("a4")
Event = TypeVar("Event", bound=DeskEvent)


def sent(action: ActionId, sheets: int = 1) -> PrintSettlement:
    return PrintSettlement(action, PrintOutcome.SENT, sheets=sheets, evidence="counter")


def failed(action: ActionId, code: str) -> PrintSettlement:
    return PrintSettlement(action, PrintOutcome.FAILED, Fault.of(code))


class FakeHub:
    """A hub with one printer that does what `on_print` and `on_settle` say.

    Each returns the events that answer the order; an empty list leaves the order unanswered until `say`.
    """

    def __init__(self, *, printer: bool = True) -> None:
        self.printed: list[PrintDocument] = []
        self.asked: list[ActionId] = []
        self.cancelled: list[OrderId] = []
        self.on_print: Callable[[PrintDocument], list[DeviceEvent]] = lambda order: [
            PrintSettledEvent(PRINTER, order.order, sent(order.job.action, order.job.sheets))
        ]
        self.on_settle: Callable[[SettlePrint], list[DeviceEvent]] = lambda order: [
            PrintSettledEvent(
                PRINTER,
                order.order,
                PrintSettlement(order.action, PrintOutcome.UNKNOWN, Fault.of("print.unknown"), evidence="none"),
            )
        ]
        self.on_cancel: Callable[[OrderId], list[DeviceEvent]] = lambda order: [
            PrintSettledEvent(PRINTER, order, failed(ActionId(order), "print.cancelled"))
            if any(printed.order == order for printed in self.printed)
            else OrderEnded(PRINTER, order)
        ]
        self._has_printer = printer
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        self._number = 0
        self._listeners: list[Listener] = []
        self._queue: SimpleQueue[DeviceEvent | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="fake-hub", daemon=True)
        self._thread.start()

    def snapshot(self) -> HubSnapshot:
        view = DeviceView(DeviceInfo(PRINTER, "printer", "cups"), DeviceStatus(DeviceState.ONLINE))
        with self._lock:
            return HubSnapshot(self._number, (view,) if self._has_printer else ())

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.remove(listener)

        return unsubscribe

    def order(self, device: DeviceId, order: Order) -> None:
        answers: list[DeviceEvent] = []
        with self._moved:
            match order:
                case PrintDocument():
                    self.printed.append(order)
                    answers = self.on_print(order)
                case SettlePrint():
                    self.asked.append(order.action)
                    answers = self.on_settle(order)
                case _:
                    answers = [OrderEnded(device, order.order, Fault.of("reader.absent"))]
            self._moved.notify_all()
        self.say(*answers)

    def cancel(self, order: OrderId) -> None:
        with self._moved:
            self.cancelled.append(order)
            answers = self.on_cancel(order)
            self._moved.notify_all()
        self.say(*answers)

    def close(self) -> None:
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join(5)

    # What a test does to it

    def say(self, *events: DeviceEvent) -> None:
        for event in events:
            self._queue.put(event)

    def unplug_printer(self) -> None:
        with self._lock:
            self._has_printer = False

    def plug_printer_in(self) -> None:
        with self._lock:
            self._has_printer = True
        self.say(StatusChanged(PRINTER, DeviceStatus(DeviceState.ONLINE)))

    def wait(self, holds: Callable[["FakeHub"], object], seconds: float = 10.0) -> None:
        """Wait until something was ordered or cancelled that makes `holds` true."""
        with self._moved:
            assert self._moved.wait_for(lambda: holds(self), seconds), "the hub never heard of it"

    def _run(self) -> None:
        while (event := self._queue.get()) is not None:
            with self._lock:
                self._number += 1
                numbered, listeners = Numbered(self._number, event), tuple(self._listeners)
            for listener in listeners:
                listener(numbered)


def held_up(order: PrintDocument, code: str) -> list[DeviceEvent]:
    """A print that waits because of `code`, and goes on waiting."""
    return [PrintHeldUp(PRINTER, order.order, Fault.of(code))]


class PlainPress:
    """Makes a document of a few bytes at once, or fails to; `before` runs first."""

    def __init__(self, fault: str = "", before: Callable[[], object] = lambda: None) -> None:
        self.codes: list[str] = []
        self._before = before
        self._fault = fault

    def warm(self) -> None:
        pass

    def render(
        self,
        template: DocumentTemplate,
        case: Case,
        hall: Hall,
        codes: dict[str, dict[str, Text]],
        *,
        verification_code: str,
        verify_url: str,
        issued_at: str,
    ) -> RenderedDocument:
        self._before()
        assert case.receipt_number
        assert hall.id
        assert codes is not None
        assert verify_url.startswith("http")
        assert issued_at
        if self._fault:
            raise DocumentFailed(template.id, self._fault)
        self.codes.append(verification_code)
        return RenderedDocument(b"%PDF-1.7\n%%EOF\n", "0" * 64, 1, ())


class Ear:
    """Hears desk events and lets a test wait for one."""

    def __init__(self) -> None:
        self.heard: list[DeskEvent] = []
        self._moved = threading.Condition()

    def __call__(self, event: DeskEvent) -> None:
        with self._moved:
            self.heard.append(event)
            self._moved.notify_all()

    def wait(self, kind: type[Event], fits: Callable[[Event], object] = lambda _: True, seconds: float = 15.0) -> Event:
        """Return the first event of `kind` that fits, heard already or heard by the deadline."""
        end = time.monotonic() + seconds
        with self._moved:
            while True:
                for event in self.heard:
                    if isinstance(event, kind) and fits(event):
                        return event
                left = end - time.monotonic()
                assert left > 0, f"no {kind.__name__} among {[type(event).__name__ for event in self.heard]}"
                self._moved.wait(left)
