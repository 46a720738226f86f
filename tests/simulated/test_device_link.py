"""The words of the device link, byte by byte: what a client may hear and say, and what a server may not get wrong.

One end is always the product's; the other speaks raw messages, so that nothing is hidden by the product's own
good manners at the other end.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from contract.ids import DeviceId, OrderId
from devices.events import (
    CardRead,
    DeviceEvent,
    DeviceView,
    HubSnapshot,
    Numbered,
    Order,
    OrderEnded,
    PrintDocument,
    ReadIdentity,
    StatusChanged,
)
from devices.frame_ring import FrameRing
from devices.hub import Listener
from devices.values import DeviceInfo, DeviceState, DeviceStatus
from kiosk_app.link.device_words import (
    FRAMES,
    JOIN,
    NEWS,
    ORDER,
    SNAPSHOT,
    WITHDRAW,
    Frames,
    Given,
    Join,
    News,
    Withdrawn,
    client_party,
    device_socket,
    server_party,
)
from kiosk_app.link.hub_server import HubServer
from kiosk_app.link.messages import Asked, Message, Said
from kiosk_app.link.transport import LinkPace
from kiosk_app.link.wire import read, written
from tests.hub_rig import CARD, JOB, LONG_S, ONE, PATIENT_LINK, PRINTER, READER
from tests.raw_peer import PATIENCE_S, RawPeer, connected

ONLINE = DeviceStatus(DeviceState.ONLINE)
INFO = DeviceInfo(READER, "identity-reader", "sdt-serial")
AGAIN = LinkPace(silent_s=PATIENCE_S, again_first_s=0.01, again_last_s=0.01)


class ScriptedHub:
    """A hub that does nothing by itself: the test publishes, and may do so in the middle of a snapshot."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.withdrawn: list[OrderId] = []
        self.number = 0
        self.before_snapshot: Callable[[], None] = lambda: None
        self._listeners: list[Listener] = []

    def snapshot(self) -> HubSnapshot:
        before, self.before_snapshot = self.before_snapshot, lambda: None
        before()
        return HubSnapshot(self.number, (DeviceView(INFO, ONLINE),))

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def order(self, device: DeviceId, order: Order) -> None:
        assert device in {READER, PRINTER}
        self.orders.append(order)

    def cancel(self, order: OrderId) -> None:
        self.withdrawn.append(order)

    def close(self) -> None: ...

    def publish(self, event: DeviceEvent) -> None:
        self.number += 1
        for listener in tuple(self._listeners):
            listener(Numbered(self.number, event))


class Rig:
    """A server around a scripted hub, and raw clients."""

    def __init__(self, folder: Path, stack: ExitStack, rings: dict[DeviceId, FrameRing]) -> None:
        self.hub = ScriptedHub()
        self._path = device_socket(folder)
        self._stack = stack
        server = HubServer(self.hub, self._path, rings, PATIENT_LINK)
        stack.callback(server.close)
        server.start()

    def client(self, role: str, name: str = "", turn: int = 1) -> RawPeer:
        peer = connected(self._path)
        self._stack.callback(peer.close)
        peer.say(client_party(role).hello)
        assert peer.next() == server_party().hello
        peer.say(Said(JOIN, written(Join, Join(name or role, turn))))
        return peer

    def joined(self, role: str, name: str = "", turn: int = 1) -> RawPeer:
        peer = self.client(role, name, turn)
        assert said(peer.next()) == HubSnapshot(0, (DeviceView(INFO, ONLINE),))
        return peer


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with ExitStack() as stack:
        yield Rig(tmp_path, stack, {})


def said(message: Message | None) -> Any:
    assert isinstance(message, Said)
    kinds = {NEWS: News, SNAPSHOT: HubSnapshot, FRAMES: Frames}
    return read(kinds[message.name], message.value)


def orders(peer: RawPeer, order: Order, device: DeviceId = READER) -> None:
    peer.say(Said(ORDER, written(Given, Given(device, order))))


def until(true: Callable[[], bool]) -> None:
    """Let the server's threads come to something."""
    moment = threading.Event()
    for _ in range(round(PATIENCE_S / 0.01)):
        if true():
            return
        moment.wait(0.01)
    raise AssertionError("it never came to that")


# --- what a client hears ------------------------------------------------------------------------


def test_a_card_goes_to_the_connection_that_asked_for_it_and_to_no_other(rig: Rig) -> None:
    screen, agent = rig.joined("ui"), rig.joined("agentd")
    orders(screen, ReadIdentity(ONE, LONG_S))
    until(lambda: rig.hub.orders == [ReadIdentity(ONE, LONG_S)])
    rig.hub.publish(CardRead(READER, ONE, CARD))
    rig.hub.publish(StatusChanged(READER, ONLINE))
    assert said(screen.next()) == News(1, CardRead(READER, ONE, CARD))
    assert said(screen.next()) == News(2, StatusChanged(READER, ONLINE), INFO)
    assert said(agent.next()) == News(1, StatusChanged(READER, ONLINE), INFO)


def test_an_event_that_the_snapshot_holds_is_not_told_again(rig: Rig) -> None:
    rig.hub.before_snapshot = lambda: rig.hub.publish(StatusChanged(READER, ONLINE))
    peer = rig.joined("ui")
    rig.hub.publish(StatusChanged(READER, DeviceStatus(DeviceState.NO_DEVICE)))
    assert said(peer.next()) == News(1, StatusChanged(READER, DeviceStatus(DeviceState.NO_DEVICE)), INFO)


@pytest.mark.parametrize(("role", "sees"), [("ui", True), ("terminal", True), ("agentd", False), ("ctl", False)])
def test_only_who_paints_gets_the_memory_of_frames(tmp_path: Path, role: str, sees: bool) -> None:
    ring = FrameRing(2, 64)
    with ExitStack() as stack:
        stack.callback(ring.close)
        peer = Rig(tmp_path, stack, {READER: ring}).client(role)
        assert said(peer.next()) == (Frames(READER) if sees else HubSnapshot(0, (DeviceView(INFO, ONLINE),)))


# --- what a client may say ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "order"),
    [
        ("ui", PrintDocument(JOB, LONG_S)),
        ("agentd", ReadIdentity(ONE, LONG_S)),
        ("ctl", ReadIdentity(ONE, LONG_S)),
        ("ctl", PrintDocument(JOB, LONG_S)),
    ],
)
def test_a_role_that_oversteps_is_cut_off(rig: Rig, role: str, order: Order) -> None:
    peer = rig.joined(role)
    orders(peer, order)
    assert peer.next() is None
    assert rig.hub.orders == []


@pytest.mark.parametrize(
    "wrong",
    [
        Said("print everything"),
        Said(ORDER, {"device": "id-card"}),
        Said(ORDER, {"device": "id-card", "order": {"is": "OpenDoor"}}),
        Said(WITHDRAW, 7),
        Said(JOIN, written(Join, Join("again", 2))),
        Asked(1, "anything"),
    ],
)
def test_what_is_no_word_of_the_link_has_no_effect(rig: Rig, wrong: Said | Asked) -> None:
    peer = rig.joined("terminal")
    peer.say(wrong)
    answer = peer.next()
    assert answer is None or isinstance(wrong, Asked)
    assert (rig.hub.orders, rig.hub.withdrawn) == ([], [])


def test_an_order_before_joining_has_no_effect(rig: Rig, tmp_path: Path) -> None:
    peer = connected(device_socket(tmp_path))
    peer.say(client_party("ui").hello)
    assert peer.next() == server_party().hello
    orders(peer, ReadIdentity(ONE, LONG_S))
    assert peer.next() is None
    assert rig.hub.orders == []
    peer.close()


def test_nobody_withdraws_what_another_ordered(rig: Rig) -> None:
    screen, other = rig.joined("ui", "one"), rig.joined("ui", "two")
    orders(screen, ReadIdentity(ONE, LONG_S))
    until(lambda: len(rig.hub.orders) == 1)
    other.say(Said(WITHDRAW, written(Withdrawn, Withdrawn(ONE))))
    orders(other, ReadIdentity(OrderId("two"), LONG_S))
    until(lambda: len(rig.hub.orders) == 2)
    assert rig.hub.withdrawn == []
    screen.say(Said(WITHDRAW, written(Withdrawn, Withdrawn(ONE))))
    until(lambda: rig.hub.withdrawn == [ONE])


def test_of_one_clients_connections_the_newest_counts(rig: Rig) -> None:
    old = rig.joined("ui", "screen", turn=1)
    orders(old, ReadIdentity(ONE, LONG_S))
    until(lambda: len(rig.hub.orders) == 1)
    new = rig.joined("ui", "screen", turn=2)
    assert old.next() is None
    assert rig.hub.withdrawn == [ONE]
    # The same reading given anew waits for the old one to be over, and no end of the old one reaches the new.
    orders(new, ReadIdentity(ONE, 5.0))
    orders(new, ReadIdentity(OrderId("two"), LONG_S))
    until(lambda: len(rig.hub.orders) == 2)  # what was said before it was heard, too
    rig.hub.publish(OrderEnded(READER, ONE))
    until(lambda: rig.hub.orders[2:] == [ReadIdentity(ONE, 5.0)])
    rig.hub.publish(CardRead(READER, ONE, CARD))
    assert said(new.next()) == News(1, CardRead(READER, ONE, CARD))
