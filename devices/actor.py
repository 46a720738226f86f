"""One device, one thread: takes orders in turn, keeps the device open, and never dies of a driver.

Orders may be given and withdrawn from any thread; all driver calls are made on the actor's own. A call
that overruns its time by the margin marks the device wedged, since a thread cannot be killed, and its
order is ended for it; whatever that call still returns is dropped, so no card reaches a later citizen.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial

from contract.fault import Fault
from contract.ids import OrderId
from devices.connection import CallWatch, Connection, Maker, Pace
from devices.deadline import Deadline
from devices.events import (
    DeviceEvent,
    Order,
    OrderEnded,
    PrintDocument,
    PrintSettledEvent,
    SettlePrint,
    StatusChanged,
)
from devices.order_kinds import answers_again, over, unknown
from devices.order_run import FrameSink, OrderRun, Ticket
from devices.orders import perform, seconds_of
from devices.registry import AnyDriverSettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus

_REMEMBERED_PRINTS = 64
"""Settled prints that are answered from memory when they are ordered again, instead of printed again."""


class DeviceActor:
    """The actor of one device.

    Locks: `_telling` orders what is published of this device and is taken before the hub's own lock;
    `_changed` guards the queue, and nothing is published while it is held.
    """

    def __init__(
        self,
        settings: AnyDriverSettings,
        make: Maker,
        pace: Pace,
        publish: Callable[[DeviceEvent], None],
        wake_hub: Callable[[], None],
        *,
        frames: FrameSink | None = None,
    ) -> None:
        self._pace = pace
        self._publish = publish
        self._wake_hub = wake_hub
        self._frames = frames
        self._watch = CallWatch()
        self._connection = Connection(settings, make, pace, self._watch, self._tell_status)
        self._changed = threading.Condition()
        self._telling = threading.RLock()
        self._queue: deque[Ticket] = deque()
        self._running: Ticket | None = None
        self._repeated: list[PrintSettledEvent] = []
        self._settled: OrderedDict[OrderId, PrintSettledEvent] = OrderedDict()
        self._wedged: DeviceStatus | None = None
        self._closing = False
        self._asked = False
        self._thread = threading.Thread(target=self._run, name=f"device-{settings.id}", daemon=True)

    @property
    def info(self) -> DeviceInfo:
        return self._connection.info

    @property
    def status(self) -> DeviceStatus:
        return self._wedged or self._connection.status

    @property
    def wedged(self) -> bool:
        """Whether a driver call holds the thread beyond its time."""
        with self._telling:  # whoever replaces the process then has heard how the order ended
            return self._wedged is not None

    @property
    def printing(self) -> bool:
        """Whether a print is under way or waits for its turn."""
        with self._changed:
            return any(ticket and isinstance(ticket.order, PrintDocument) for ticket in (self._running, *self._queue))

    def start(self) -> None:
        self._thread.start()

    def submit(self, order: Order) -> None:
        """Queue `order`. One that is alive under the same id is not doubled; a settled print is not repeated."""
        with self._changed:
            alive = [self._running, *self._queue]
            if self._closing or any(ticket and ticket.order.order == order.order for ticket in alive):
                return
            answer = self._settled.get(order.order)
            if answer is not None and answers_again(order, answer):
                self._repeated.append(answer)
            else:
                self._queue.append(Ticket(order, Deadline(seconds_of(order, self._pace))))
            self._changed.notify_all()
        self._wake_hub()

    def cancel(self, order: OrderId) -> None:
        """Withdraw `order` if it is this device's and not over."""
        with self._changed:
            for ticket in (self._running, *self._queue):
                if ticket is not None and ticket.order.order == order:
                    self._withdraw(ticket)
        self._wake_hub()

    def look_now(self) -> None:
        """Look at the idle device, or for a lost one, at once, because something was plugged or pulled."""
        with self._changed:
            self._asked = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Withdraw every order and let the thread end."""
        with self._changed:
            self._closing = True
            for ticket in (self._running, *self._queue):
                if ticket is not None:
                    self._withdraw(ticket)
            self._changed.notify_all()

    def join(self, seconds: float) -> bool:
        """Wait for the thread; False when a driver call still holds it."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def sweep(self) -> None:
        """End what the thread cannot end itself: orders withdrawn or late in the queue, and a wedged call's.

        Called by the hub's thread.
        """
        with self._changed:
            done = [ticket for ticket in self._queue if ticket.until.cancelled or ticket.until.passed]
            for ticket in done:
                self._queue.remove(ticket)
            running = self._running
            repeated, self._repeated = self._repeated, []
        for event in repeated:
            self._publish(event)
        away = None if self.status.state.serves else self.status.fault
        for ticket in done:
            self._end(ticket, self._over(ticket, away))
        if running is not None and running.until.cancelled and not isinstance(running.order, PrintDocument):
            self._end(running, self._over(running, away))
        self._look_for_wedge(running)

    def _look_for_wedge(self, running: Ticket | None) -> None:
        with self._telling:
            call = self._watch.overrun(self._pace.wedge_margin_s)
            if call is not None and self._wedged is None:
                fault = Fault.of("device.bug", f"wedged in {call}")
                self._wedged = DeviceStatus(DeviceState.HARDWARE_ERROR, fault=fault)
                self._publish(StatusChanged(self.info.device, self._wedged))
                if running is not None:
                    self._end(running, self._broken_off(running, fault))
            elif call is None and self._wedged is not None:
                self._wedged = None
                self._publish(StatusChanged(self.info.device, self._connection.status))

    def _over(self, ticket: Ticket, away: Fault | None) -> DeviceEvent:
        return over(self.info.device, ticket.order, away, withdrawn=ticket.until.cancelled)

    def _broken_off(self, ticket: Ticket, fault: Fault) -> DeviceEvent:
        match ticket.order:
            case PrintDocument() | SettlePrint() as order:
                return unknown(self.info.device, order)
            case order:
                return OrderEnded(self.info.device, order.order, fault)

    def _withdraw(self, ticket: Ticket) -> None:
        ticket.until.cancel()
        if ticket is self._running:
            self._watch.hurry()

    def _run(self) -> None:
        while not self._closing:
            ticket = self._next()
            try:
                if ticket is None:
                    self._connection.tend()
                else:
                    self._end(ticket, self._carry_out(ticket))
            except Exception as error:  # noqa: BLE001 - a device without its thread would be lost until a restart
                fault = self._connection.fail(error)
                if ticket is not None:
                    self._end(ticket, self._broken_off(ticket, fault))
        self._connection.close()

    def _carry_out(self, ticket: Ticket) -> DeviceEvent:
        try:
            run = OrderRun(ticket, self._connection, self._pace, partial(self._tell, ticket), self._frames)
            return perform(run, ticket.order, self._frames)
        finally:
            with self._changed:
                self._running = None

    def _next(self) -> Ticket | None:
        """Wait for an order, or until the device wants looking after (None)."""
        end = time.monotonic() + self._connection.due_s
        with self._changed:
            while not (self._queue or self._closing or self._asked) and (left := end - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._asked:
                self._asked = False
                self._connection.look_now()
            if self._queue and not self._closing:
                self._running = self._queue.popleft()
                return self._running
            return None

    def _tell(self, ticket: Ticket, event: DeviceEvent) -> None:
        """Publish an event of a running order, unless it was ended meanwhile."""
        with self._telling:
            if not ticket.ended:
                self._publish(event)

    def _end(self, ticket: Ticket, event: DeviceEvent) -> None:
        with self._telling:
            if ticket.ended:
                return
            ticket.ended = True
            if self._frames is not None:
                self._frames.end(ticket.order.order)  # now, also when a wedged call never comes back to do it
            if isinstance(event, PrintSettledEvent):
                with self._changed:
                    self._settled[event.order] = event
                    while len(self._settled) > _REMEMBERED_PRINTS:
                        self._settled.popitem(last=False)
            self._publish(event)

    def _tell_status(self) -> None:
        with self._telling:
            if self._wedged is None:
                self._publish(StatusChanged(self.info.device, self._connection.status))
