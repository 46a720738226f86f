"""`HubServer`: lets other processes order from this one's hub and hear what becomes of it.

An order belongs to the connection that gave it. When that is lost its readings are withdrawn, because the
citizen they were for may be gone; a print goes on, and whoever asks for its end under the same id gets it.
No listener of the hub is ever kept waiting: a client that does not read is dropped by its link.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from contract.fault import Fault
from contract.ids import DeviceId, OrderId
from devices.events import (
    DeviceEvent,
    HubSnapshot,
    Numbered,
    Order,
    OrderEnded,
    PictureTaken,
    PrintDocument,
    SettlePrint,
    StatusChanged,
)
from devices.frame_ring import FrameRing
from devices.hub import DeviceHub
from devices.order_kinds import ends
from devices.values import DeviceInfo
from kiosk_app.link import device_words as words
from kiosk_app.link.device_words import Frames, Given, Join, News, Withdrawn
from kiosk_app.link.frames import FrameError
from kiosk_app.link.transport import Asked, Link, LinkPace, LinkServer, Said
from kiosk_app.link.wire import WireError, read, said_name, written


@dataclass(eq=False, slots=True)
class _Client:
    """One connection. `early` are the events that came before its snapshot was taken."""

    link: Link
    role: str
    name: str = ""
    turn: int = 0
    number: int | None = None
    early: list[tuple[Numbered, DeviceInfo | None]] | None = None

    def tell(self, numbered: Numbered, info: DeviceInfo | None) -> None:
        if self.early is not None:
            self.early.append((numbered, info))
        elif self.number is not None:
            self.number += 1
            try:
                self.link.say(words.NEWS, written(News, News(self.number, numbered.event, info)))
            except FrameError:
                self.link.say(words.NEWS, written(News, News(self.number, _too_long(numbered.event), info)))


def _too_long(event: DeviceEvent) -> DeviceEvent:
    """Return what is told instead of an event that no frame holds, which only a picture can be."""
    if isinstance(event, PictureTaken):
        return OrderEnded(event.device, event.order, Fault.of("camera.no_picture", "larger than the link takes"))
    raise AssertionError(type(event).__name__)


@dataclass(slots=True)
class _Running:
    """An order that is not over. Without a client it is a print that goes on, or a reading on its way out."""

    client: _Client | None
    order: Order
    after: tuple[_Client, Given] | None = None
    """The same order given anew by a connection that replaced the lost one; its turn is when this is over."""


class HubServer:
    """Serves `hub` at `path`; the memory of `frames` goes to those that paint it."""

    def __init__(
        self,
        hub: DeviceHub,
        path: Path,
        frames: Mapping[DeviceId, FrameRing] | None = None,
        pace: LinkPace | None = None,
    ) -> None:
        """Take the socket.

        Raises:
            SocketTaken: another process serves these devices.
            OSError: the socket cannot be made.
        """
        self._hub = hub
        self._frames = frames or {}
        # Taken after the hub's own lock where both are held, never the other way round.
        self._lock = threading.Lock()
        self._clients: dict[Link, _Client] = {}
        self._running: dict[OrderId, _Running] = {}
        self._server = LinkServer(path, words.server_party(), self, pace)
        self._unsubscribe = hub.subscribe(self._hear)

    def start(self) -> None:
        """Begin to serve. Returns at once."""
        self._server.start()

    def close(self) -> None:
        """Hang up on everybody; the hub stays as it is. Safe twice."""
        self._unsubscribe()
        self._server.close()

    # --- the links' side ----------------------------------------------------------------------------

    def connected(self, link: Link, role: str) -> None:
        with self._lock:
            self._clients[link] = _Client(link, role)

    def heard(self, link: Link, message: Said | Asked) -> None:
        if isinstance(message, Asked):
            raise WireError("nothing is asked on the device link")
        with self._lock:
            client = self._clients.get(link)
        if client is None:
            return  # replaced by a newer connection of the same client
        match message.name:
            case words.JOIN if client.number is None:
                self._join(client, read(Join, message.value))
            case words.ORDER if client.number is not None:
                self._order(client, read(Given, message.value))
            case words.WITHDRAW if client.number is not None:
                self._withdraw(client, read(Withdrawn, message.value).order)
            case name:
                raise WireError(f"{said_name(name)} may not be said here and now")

    def lost(self, link: Link, reason: str) -> None:  # noqa: ARG002 - the link has logged it
        with self._lock:
            client = self._clients.pop(link, None)
            gone = self._forsake(client) if client is not None else []
        for order in gone:
            self._hub.cancel(order)

    def _join(self, client: _Client, join: Join) -> None:
        with self._lock:
            stale = [one for one in self._clients.values() if one.name == join.client and one.turn < join.turn]
            for other in stale:
                del self._clients[other.link]
            client.name, client.turn = join.client, join.turn
            client.early = []
            gone = [order for other in stale for order in self._forsake(other)]
        for other in stale:
            other.link.drop("the same client came anew")
        for order in gone:
            self._hub.cancel(order)
        snapshot = self._hub.snapshot()
        if client.role in words.SEES_FRAMES:
            for device, ring in self._frames.items():
                client.link.say(words.FRAMES, written(Frames, Frames(device)), (ring.descriptor,))
        with self._lock:
            client.link.say(words.SNAPSHOT, written(HubSnapshot, HubSnapshot(0, snapshot.devices)))
            client.number = 0
            early, client.early = client.early or [], None
            for numbered, info in early:
                if numbered.number > snapshot.number:
                    client.tell(numbered, info)

    def _forsake(self, client: _Client) -> list[OrderId]:
        """Take a lost client's orders from it; return those that nobody wants any more."""
        gone: list[OrderId] = []
        for order_id, running in self._running.items():
            if running.after is not None and running.after[0] is client:
                running.after = None
            if running.client is client:
                running.client = None
                if not isinstance(running.order, PrintDocument | SettlePrint):
                    gone.append(order_id)
        return gone

    def _order(self, client: _Client, given: Given) -> None:
        order = given.order
        if not isinstance(order, words.MAY_ORDER[client.role]):
            raise WireError(f"{client.role} may not order {type(order).__name__}")
        with self._lock:
            if self._clients.get(client.link) is not client:
                return
            running = self._running.get(order.order)
            if running is not None:
                self._order_again(client, running, given)
                return
            self._running[order.order] = _Running(client, order)
        self._hub.order(given.device, order)

    def _order_again(self, client: _Client, running: _Running, given: Given) -> None:
        """Give an order that runs already to a client that lost its connection meanwhile, or has it wait."""
        if isinstance(running.order, PrintDocument | SettlePrint):
            # It goes on as it is: what was handed over once is only followed, whatever it is called now.
            running.client = client
        elif running.client is None:
            running.after = (client, given)

    def _withdraw(self, client: _Client, order: OrderId) -> None:
        with self._lock:
            running = self._running.get(order)
            if running is None:
                return
            if running.after is not None and running.after[0] is client:
                running.after = None
            # Evidence is never withdrawn: that would look as if the print had been.
            ours = running.client is client and not isinstance(running.order, SettlePrint)
        if ours:
            self._hub.cancel(order)

    # --- the hub's side -----------------------------------------------------------------------------

    def _hear(self, numbered: Numbered) -> None:
        event = numbered.event
        again: Given | None = None
        if isinstance(event, StatusChanged):
            info = next(view.info for view in self._hub.snapshot().devices if view.info.device == event.device)
            with self._lock:
                for client in self._clients.values():
                    client.tell(numbered, info)
            return
        with self._lock:
            running = self._running.get(event.order)
            if running is None:
                return
            if running.client is not None:
                running.client.tell(numbered, None)
            if ends(event):
                del self._running[event.order]
                if running.after is not None:
                    client, again = running.after
                    self._running[event.order] = _Running(client, again.order)
        if again is not None:
            self._hub.order(again.device, again.order)
