"""What every order has in common while it is carried out: its time, its device, its events.

A device that vanishes does not end an order: it is waited for, within the order's own seconds. One bad
answer is looked at again before it counts. Runs on the actor's thread only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from contract.fault import Fault
from contract.ids import DeviceId, OrderId
from devices.connection import Connection, Pace
from devices.deadline import Deadline
from devices.errors import DeviceError
from devices.events import CardFault, DeviceEvent, MediaChanged, Order
from devices.order_kinds import over
from devices.protocol import Device
from devices.values import Frame, Media

CALL_S = 30.0
"""Time for a call in an order that is not bounded by the order's own."""
_WAIT_FOR_DEVICE_S = 0.2


class FrameSink(Protocol):
    """Where the frames of a running order go; never blocks the device's thread."""

    def begin(self, order: OrderId) -> None:
        """Frames of `order` follow."""

    def put(self, order: OrderId, frame: Frame) -> bool:
        """Take the newest frame."""

    def end(self, order: OrderId) -> None:
        """Forget every frame of `order`."""


@dataclass(slots=True)
class Ticket:
    """An accepted order. Its time runs from acceptance; `ended` is set when its last event is out."""

    order: Order
    until: Deadline
    ended: bool = field(default=False)


class OrderRun:
    """One order on one device."""

    def __init__(
        self,
        ticket: Ticket,
        connection: Connection,
        pace: Pace,
        publish: Callable[[DeviceEvent], None],
        frames: FrameSink | None,
    ) -> None:
        self.id = ticket.order.order
        self.until = ticket.until
        self.connection = connection
        self.pace = pace
        self.publish = publish
        self._ticket = ticket
        self._frames = frames
        self._media: Media | None = None

    @property
    def device(self) -> DeviceId:
        return self.connection.info.device

    def reach(self, waiting: Callable[[Fault | None], None] | None = None) -> Device | None:
        """Return the open device, waiting for it; None when the order's time is up.

        Args:
            waiting: hears what keeps the device away, and None when it is back.

        Raises:
            Cancelled: the order was withdrawn.
        """
        waited = False
        while True:
            self.until.check()
            if self.until.passed:
                return None
            device = self.connection.reach()
            if device is not None:
                if waiting is not None and waited:
                    waiting(None)
                return device
            if waiting is not None and self.connection.status.fault is not None:
                waiting(self.connection.status.fault)
                waited = True
            self.until.pause(min(_WAIT_FOR_DEVICE_S, max(0.01, self.connection.due_s)))

    def look_again(self, error: DeviceError) -> None:
        """Find out whether a call that ended in `error` means a loss, then let a moment pass."""
        self.connection.recheck(error)
        self.until.pause(self.pace.retry_s)

    def over(self) -> DeviceEvent:
        """End the order, because its time is up or it was withdrawn."""
        status = self.connection.status
        away = None if status.state.serves else status.fault
        return over(self.device, self._ticket.order, away, withdrawn=self.until.cancelled)

    def say_media(self, media: Media) -> None:
        """Tell where a card is, when that changed."""
        if media is not self._media:
            self._media = media
            self.publish(MediaChanged(self.device, self.id, media))

    def say_card_fault(self, fault: Fault) -> None:
        self.publish(CardFault(self.device, self.id, fault))

    def show(self, frame: Frame) -> None:
        """Let the screen see what the camera sees."""
        if self._frames is not None and not self._ticket.ended:
            self._frames.put(self.id, frame)
