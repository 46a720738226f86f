"""`RemoteHub`: the devices of another process, as if they were in this one.

While that process is away every device is offline and `devices.restarting`, and orders stand: readings go
on when it is back, prints are asked after and never given twice (`standing_orders`). A lost connection or
a gap in the numbers has the snapshot taken anew, and listeners hear what differs. No caller ever waits.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol, cast

from contract.fault import Fault
from contract.ids import DeviceId, OrderId, new_id
from devices.events import (
    DeviceEvent,
    DeviceView,
    HubSnapshot,
    Numbered,
    Order,
    StatusChanged,
)
from devices.hub import Listener
from devices.order_kinds import NO_SUCH, kinds_for, unserved
from devices.values import DeviceInfo, DeviceKind, DeviceState, DeviceStatus, Frame
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link import device_words as words
from kiosk_app.link.device_words import Frames, Given, Join, News, Withdrawn
from kiosk_app.link.frame_windows import FrameWindows
from kiosk_app.link.frames import FrameError
from kiosk_app.link.standing_orders import Standing, StandingOrders
from kiosk_app.link.transport import Asked, Link, LinkClient, LinkPace, Said
from kiosk_app.link.wire import WireError, read, said_name, written

_JOIN_S = 3.0
_AWAY = Fault.of("devices.restarting")
_RESTARTING = DeviceStatus(DeviceState.OFFLINE, fault=_AWAY)


class Entry(Protocol):
    """A device as the configuration names it."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def driver(self) -> str: ...


class RemoteHub:
    """The hub that `HubServer` serves in `run_folder`, seen from a process with the given role.

    The devices of `entries` are known from the start; others when the other process was heard.
    """

    def __init__(
        self, run_folder: Path, role: str, entries: Iterable[Entry] = (), pace: LinkPace | None = None
    ) -> None:
        # Re-entrant, and held while listeners hear an event, as in `LocalHub`.
        self._lock = threading.RLock()
        self._number = 0
        self._listeners: list[Listener] = []
        self._views = {
            DeviceId(entry.id): DeviceView(
                DeviceInfo(DeviceId(entry.id), cast(DeviceKind, entry.kind), entry.driver),
                DeviceStatus(DeviceState.STARTING),
            )
            for entry in entries
        }
        self._frames = FrameWindows()
        self._orders = StandingOrders()
        self._own: list[DeviceEvent] = []
        self._changed = threading.Condition(self._lock)
        self._link: Link | None = None
        self._heard = 0
        self._name = new_id()
        self._turn = 0
        self._was_up = False
        self._started = self._closed = False
        self._client = LinkClient(words.device_socket(run_folder), words.client_party(role), self, pace)
        self._thread = threading.Thread(target=self._attend, name="device-hub", daemon=True)

    @property
    def silent_s(self) -> float:
        """How long nothing was heard of the other process, in seconds."""
        return self._client.silent_s

    def start(self) -> None:
        """Begin to reach the other process. Returns at once."""
        with self._lock:
            if self._started or self._closed:
                return
            self._started = True
        self._thread.start()
        self._client.start()

    def await_up(self, seconds: float) -> bool:
        """Wait until the other process has said how its devices are; False when it did not in time."""
        with self._lock:
            return self._changed.wait_for(lambda: self._link is not None and self._heard >= 0, seconds)

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
        with self._lock:
            if self._closed:
                return
            view = self._views.get(device)
            # Before anything was heard, a device that is not known may still be one.
            none_such = self._was_up if view is None else view.info.kind not in kinds_for(order)
            if none_such:
                self._end_here(unserved(device, order))
                return
            taken = self._orders.take(device, order, time.monotonic())
            if isinstance(taken, Standing):
                self._give(taken)
            elif taken is not None:
                self._end_here(taken)

    def cancel(self, order: OrderId) -> None:
        with self._lock:
            ended, tell = self._orders.withdraw(order, up=self._link is not None)
            if tell and self._link is not None:
                self._link.say(words.WITHDRAW, written(Withdrawn, Withdrawn(order)))
            if ended is not None:
                self._end_here(ended)

    def reconnect(self, reason: str) -> None:
        """Give this connection up, as when it cannot be trusted any more; the next one begins with a snapshot."""
        with self._lock:
            if self._link is not None:
                self._link.drop(reason)

    def newest_frame(self, device: DeviceId, order: OrderId, after: int = 0) -> Frame | None:
        """Return the newest picture of a running order above number `after`; None when there is none."""
        return self._frames.newest(device, order, after)

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._link = None  # what still comes is for nobody
            self._own += self._orders.end_all()
            self._changed.notify_all()
        self._client.close()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_S)
        self._frames.close()

    # --- the link's side ----------------------------------------------------------------------------

    def connected(self, link: Link, role: str) -> None:  # noqa: ARG002 - there is one role to be had
        with self._lock:
            if self._closed:
                return
            self._turn += 1
            self._heard = -1
            self._link = link
            link.say(words.JOIN, written(Join, Join(self._name, self._turn)))
            for standing, given in self._orders.to_give(time.monotonic()):
                standing.out |= self._send(link, standing, given)
                if standing.withdrawn:
                    link.say(words.WITHDRAW, written(Withdrawn, Withdrawn(given.order.order)))
            self._end_here(*self._orders.held_up(None))

    def heard(self, link: Link, message: Said | Asked) -> None:
        if isinstance(message, Asked):
            raise WireError("nothing is asked on the device link")
        with self._lock:
            if link is not self._link:
                for descriptor in message.descriptors:
                    os.close(descriptor)
                return
            match message.name:
                case words.NEWS:
                    self._take_news(read(News, message.value))
                case words.SNAPSHOT:
                    self._take_snapshot(read(HubSnapshot, message.value))
                case words.FRAMES:
                    self._take_frames(read(Frames, message.value).device, message.descriptors)
                case name:
                    raise WireError(f"{said_name(name)} means nothing here")

    def lost(self, link: Link, reason: str) -> None:  # noqa: ARG002 - the link has logged it
        with self._lock:
            if link is not self._link:
                return
            self._link = None
            self._frames.close()
            if self._was_up:
                for device in tuple(self._views):
                    self._be(device, _RESTARTING)
            self._end_here(*self._orders.lost(), *self._orders.held_up(_AWAY))

    # --- under the lock -----------------------------------------------------------------------------

    def _give(self, standing: Standing) -> None:
        if self._link is not None:
            standing.out = self._send(self._link, standing, Given(standing.device, standing.order))
        elif self._was_up:
            self._end_here(*self._orders.held_up(_AWAY))
        self._changed.notify_all()

    def _send(self, link: Link, standing: Standing, given: Given) -> bool:
        """Send an order; one that no frame holds ends here. False when it did not leave this process."""
        try:
            return link.say(words.ORDER, written(Given, given))
        except FrameError:
            self._end_here(self._orders.refuse(standing))
            return False

    def _take_news(self, news: News) -> None:
        if news.number != self._heard + 1:
            self.reconnect("a gap in the events")
            return
        self._heard = news.number
        match news.event:
            case StatusChanged(status=status):
                if news.info is None:
                    raise WireError("a status belongs to a device")
                self._know(DeviceView(news.info, status))
            case event:
                told = self._orders.heard(event)
                if told is not None:
                    self._publish(told)

    def _take_snapshot(self, snapshot: HubSnapshot) -> None:
        self._heard = snapshot.number
        for view in snapshot.devices:
            # Until the new process has found it, a device that was there is on its way back.
            found = view.status.state is not DeviceState.STARTING or not self._was_up
            self._know(view if found else DeviceView(view.info, _RESTARTING))
        for device in self._views.keys() - {view.info.device for view in snapshot.devices}:
            fault = Fault.of(NO_SUCH[self._views[device].info.kind], "not in the configuration of the devices' process")
            self._be(device, DeviceStatus(DeviceState.NO_DEVICE, fault=fault))
        self._was_up = True
        self._changed.notify_all()

    def _take_frames(self, device: DeviceId, descriptors: tuple[int, ...]) -> None:
        try:
            if len(descriptors) != 1:
                raise WireError("one memory belongs here")
            self._frames.open(device, descriptors[0])
        finally:
            for descriptor in descriptors:
                os.close(descriptor)

    def _know(self, view: DeviceView) -> None:
        """Take up how a device is and what it is; tell the former when it changed."""
        known = self._views.get(view.info.device)
        self._views[view.info.device] = view
        if known is None or known.status != view.status:
            self._publish(StatusChanged(view.info.device, view.status))

    def _be(self, device: DeviceId, status: DeviceStatus) -> None:
        self._know(DeviceView(self._views[device].info, status))

    def _end_here(self, *events: DeviceEvent) -> None:
        """Have this hub's own thread publish what it knows without the other process."""
        self._own += events
        self._changed.notify_all()

    def _attend(self) -> None:
        with self._lock:
            while True:
                own, self._own = self._own, []
                for event in own:
                    self._publish(event)
                if self._closed:
                    return
                left_s: float | None = None
                if self._link is None:
                    for event in self._orders.expired(time.monotonic(), _AWAY):
                        self._publish(event)
                    end = self._orders.next_end()
                    left_s = None if end is None else max(0.0, end - time.monotonic())
                if not self._own:
                    self._changed.wait(left_s)

    def _publish(self, event: DeviceEvent) -> None:
        self._number += 1
        numbered = Numbered(self._number, event)
        for listener in tuple(self._listeners):
            try:
                listener(numbered)
            except Exception as error:  # noqa: BLE001 - a listener's bug must not end the link's thread
                log(LogEvent.BUG, error=type(error).__name__, where=where(error))
