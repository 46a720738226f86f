"""The hub: everything the rest of the terminal knows of devices.

`DeviceHub` is the link interface. No call waits for a device: orders are queued, answers come as
events on the hub's own thread, and listeners must return at once (put the event into a queue).
"""

from collections.abc import Callable
from typing import Protocol

from contract.ids import DeviceId, OrderId
from devices.events import HubSnapshot, Numbered, Order

Listener = Callable[[Numbered], None]


class DeviceHub(Protocol):
    """All devices of this terminal."""

    def snapshot(self) -> HubSnapshot:
        """Return every device as it is known now; does not ask any device."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear every event from now on; call what is returned to stop."""

    def order(self, device: DeviceId, order: Order) -> None:
        """Queue an order. An unknown device answers with an `OrderEnded` event, not an exception."""

    def cancel(self, order: OrderId) -> None:
        """Withdraw an order; one that is over or unknown is left alone."""

    def close(self) -> None:
        """Withdraw every order, close every device and end every thread. Safe twice."""
