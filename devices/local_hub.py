"""`DeviceHub` in this process: an actor for each configured device, events numbered in one stream.

Making a hub opens nothing and imports no driver; `start` does, each on its device's own thread. The
hub's own thread answers orders for devices that are not there, ends withdrawn ones and watches for
wedged drivers. A listener that raises is its own trouble: it is noted by type and place, and kept.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from contract.ids import DeviceId, OrderId
from devices.actor import DeviceActor
from devices.connection import Maker, Pace, where
from devices.events import DeviceEvent, DeviceView, HubSnapshot, Numbered, Order, OrderEnded, StatusChanged
from devices.hotplug import Arrivals
from devices.hub import Listener
from devices.order_kinds import kinds_for, unserved
from devices.order_run import FrameSink
from devices.registry import AnyDriverSettings, make_device

_JOIN_S = 5.0
_ROUND_S = 10.0
"""A hub's thread that has not gone round for so long is stuck; a listener that waits would do it."""
_log = logging.getLogger(__name__)


class LocalHub:
    """The hub.

    `make` turns an entry of the configuration into a device; the default is the registry's. `frames` takes
    what a device's camera sees, for devices that show it; `arrivals` tells when something was plugged
    or pulled, so that devices are looked at at once and not only at their next turn.
    """

    def __init__(
        self,
        settings: Iterable[AnyDriverSettings],
        make: Maker = make_device,
        pace: Pace | None = None,
        *,
        frames: Mapping[DeviceId, FrameSink] | None = None,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self._arrivals = arrivals
        shown = frames or {}
        # Re-entrant, because a listener may ask for the snapshot; held while listeners hear an event,
        # so that each hears events in the order of their numbers.
        self._lock = threading.RLock()
        self._number = 0
        self._listeners: list[Listener] = []
        self._actors = {
            DeviceId(entry.id): DeviceActor(
                entry, make, self._pace, self._publish, self._wake, frames=shown.get(DeviceId(entry.id))
            )
            for entry in settings
        }
        self._views = {device: DeviceView(actor.info, actor.status) for device, actor in self._actors.items()}
        self._woken = threading.Event()
        self._unserved: list[OrderEnded] = []
        self._started = self._closed = self._ending = False
        self._went_round = time.monotonic()
        self._thread = threading.Thread(target=self._attend, name="device-hub", daemon=True)

    def start(self) -> None:
        """Begin to reach the devices. Returns at once."""
        with self._lock:
            if self._started or self._closed:
                return
            self._started = True
        self._thread.start()
        for actor in self._actors.values():
            actor.start()
        if self._arrivals is not None:
            self._arrivals.start(self._look_now)

    @property
    def alive(self) -> bool:
        """Whether the hub's own thread goes round; without it nobody notices a wedged driver."""
        return self._thread.is_alive() and time.monotonic() - self._went_round < _ROUND_S

    @property
    def wedged(self) -> tuple[DeviceId, ...]:
        """The devices whose driver is held by a call that should have been back long ago."""
        return tuple(device for device, actor in self._actors.items() if actor.wedged)

    @property
    def printing(self) -> bool:
        """Whether a print is under way, or waits for its turn, on a device that is not wedged itself."""
        return any(actor.printing and not actor.wedged for actor in self._actors.values())

    def snapshot(self) -> HubSnapshot:
        with self._lock:
            return HubSnapshot(self._number, tuple(self._views.values()))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def order(self, device: DeviceId, order: Order) -> None:
        actor = self._actors.get(device)
        if actor is not None and actor.info.kind in kinds_for(order):
            actor.submit(order)
            return
        with self._lock:
            self._unserved.append(unserved(device, order))
        self._wake()

    def cancel(self, order: OrderId) -> None:
        for actor in self._actors.values():
            actor.cancel(order)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
        if self._arrivals is not None:
            self._arrivals.close()
        for actor in self._actors.values():
            actor.stop()
        end = time.monotonic() + _JOIN_S
        for actor in self._actors.values():
            actor.join(max(0.0, end - time.monotonic()))
        # Last, so that what the actors left in their queues is still ended, and heard.
        self._ending = True
        self._wake()
        if self._thread.ident is not None:
            self._thread.join(max(1.0, end - time.monotonic()))

    def _wake(self) -> None:
        self._woken.set()

    def _look_now(self) -> None:
        """Something was plugged or pulled."""
        for actor in self._actors.values():
            actor.look_now()

    def _attend(self) -> None:
        while True:
            self._woken.wait(self._pace.watch_s)
            self._woken.clear()
            self._went_round = time.monotonic()
            last = self._ending
            with self._lock:
                unserved, self._unserved = self._unserved, []
            for event in unserved:
                self._publish(event)
            for actor in self._actors.values():
                actor.sweep()
            if last:
                return

    def _publish(self, event: DeviceEvent) -> None:
        with self._lock:
            self._number += 1
            if isinstance(event, StatusChanged):
                self._views[event.device] = DeviceView(self._actors[event.device].info, event.status)
            numbered = Numbered(self._number, event)
            for listener in tuple(self._listeners):
                try:
                    listener(numbered)
                except Exception as error:  # noqa: BLE001 - a listener's bug must not end the device's thread
                    _log.error("listener failed: %s at %s", type(error).__name__, where(error))
