"""What the devices' process may get wrong on its link: the other end takes nothing amiss and starts anew."""

import os
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract.fault import Fault
from devices.events import (
    CardRead,
    DeviceView,
    HubSnapshot,
    OrderEnded,
    ReadIdentity,
    StatusChanged,
)
from devices.values import DeviceInfo, DeviceState, DeviceStatus
from kiosk_app.link.device_link import RemoteHub
from kiosk_app.link.device_words import (
    FRAMES,
    NEWS,
    SNAPSHOT,
    Frames,
    Join,
    News,
    client_party,
    device_socket,
    server_party,
)
from kiosk_app.link.frames import framed
from kiosk_app.link.messages import Said, packed
from kiosk_app.link.transport import LinkPace
from kiosk_app.link.wire import read, written
from tests.device_bench import Ear
from tests.holdings import holdings, until_given_back
from tests.hub_rig import CARD, LONG_S, ONE, READER
from tests.raw_peer import PATIENCE_S, RawPeer, accepted, listening

ONLINE = DeviceStatus(DeviceState.ONLINE)
INFO = DeviceInfo(READER, "identity-reader", "sdt-serial")
AGAIN = LinkPace(silent_s=PATIENCE_S, again_first_s=0.01, again_last_s=0.01)


class Server:
    """Speaks as a devices' process would, raw."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._server = listening(device_socket(folder))
        self._stack = stack
        stack.callback(self._server.close)

    def taken(self) -> tuple[RawPeer, Join]:
        """Take the next connection and its join."""
        peer = accepted(self._server)
        self._stack.callback(peer.close)
        assert peer.next() == client_party("ui").hello
        peer.say(server_party().hello)
        joined = peer.next()
        assert isinstance(joined, Said)
        return peer, read(Join, joined.value)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        yield Server(tmp_path, stack)


@pytest.fixture
def remote(tmp_path: Path, server: Server) -> Iterator[tuple[RemoteHub, Ear]]:
    assert server is not None
    remote = RemoteHub(tmp_path, "ui", (), AGAIN)
    ear = Ear(remote)
    remote.start()
    yield remote, ear
    remote.close()


SNAP = Said(SNAPSHOT, written(HubSnapshot, HubSnapshot(0, (DeviceView(INFO, ONLINE),))))


def news(number: int, state: DeviceState = DeviceState.ONLINE) -> Said:
    return Said(NEWS, written(News, News(number, StatusChanged(READER, DeviceStatus(state)), INFO)))


def test_a_gap_in_the_numbers_means_a_new_snapshot(server: Server, remote: tuple[RemoteHub, Ear]) -> None:
    hub, ear = remote
    peer, first = server.taken()
    peer.say(SNAP, news(1), news(3, DeviceState.NO_DEVICE))
    assert peer.next() is None
    again, second = server.taken()
    assert (second.client, second.turn) == (first.client, first.turn + 1)
    again.say(SNAP)
    ear.await_state(DeviceState.OFFLINE)
    ear.await_state(DeviceState.ONLINE, since=2)
    assert not [event for event in ear.events if isinstance(event, StatusChanged) and event.status.state == "noDevice"]
    assert hub.snapshot().devices == (DeviceView(INFO, ONLINE),)


@pytest.mark.parametrize(
    "wrong",
    [
        news(1),  # before the snapshot
        Said("what"),
        Said(SNAPSHOT, {"number": 0}),
        Said(NEWS, {"number": 1, "event": {"is": "CardSwallowed"}, "info": None}),
        Said(FRAMES, written(Frames, Frames(READER))),  # without the memory
        Said(NEWS, written(News, News(1, StatusChanged(READER, ONLINE)))),
    ],
)
def test_a_server_that_talks_nonsense_is_left_and_tried_again(
    server: Server, remote: tuple[RemoteHub, Ear], wrong: Said
) -> None:
    peer, _ = server.taken()
    peer.say(wrong)
    assert peer.next() is None
    again, _ = server.taken()
    again.say(SNAP)
    assert remote[0].await_up(PATIENCE_S)


def test_a_memory_that_is_no_ring_of_frames_is_refused_and_let_go(
    server: Server, remote: tuple[RemoteHub, Ear]
) -> None:
    peer, _ = server.taken()
    before = holdings()
    reading, writing = os.pipe()
    socket.send_fds(peer.socket, [framed(packed(Said(FRAMES, written(Frames, Frames(READER)), (reading,))))], [reading])
    assert peer.next() is None
    os.close(reading)
    unread = select.poll()
    unread.register(writing, 0)
    assert unread.poll(PATIENCE_S * 1000) == [(writing, select.POLLERR)], "somebody still holds what was sent"
    os.close(writing)
    peer.close()
    again, _ = server.taken()
    again.say(SNAP)
    assert remote[0].await_up(PATIENCE_S)
    until_given_back(before)


def test_an_answer_for_a_withdrawn_reading_is_dropped(server: Server, remote: tuple[RemoteHub, Ear]) -> None:
    hub, ear = remote
    peer, _ = server.taken()
    peer.say(SNAP)
    assert hub.await_up(PATIENCE_S)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.cancel(ONE)
    peer.say(Said(NEWS, written(News, News(1, CardRead(READER, ONE, CARD)))))
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    assert ear.of(ONE) == [OrderEnded(READER, ONE)]


def test_a_withdrawn_reading_ends_with_a_process_that_cannot_say_so(
    server: Server, remote: tuple[RemoteHub, Ear]
) -> None:
    hub, ear = remote
    peer, _ = server.taken()
    peer.say(SNAP)
    assert hub.await_up(PATIENCE_S)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.cancel(ONE)
    peer.close()
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)


def test_a_device_that_the_next_process_does_not_have_is_gone(server: Server, remote: tuple[RemoteHub, Ear]) -> None:
    hub, ear = remote
    peer, _ = server.taken()
    peer.say(SNAP)
    assert hub.await_up(PATIENCE_S)
    peer.close()
    again, _ = server.taken()
    again.say(Said(SNAPSHOT, written(HubSnapshot, HubSnapshot(0, ()))))
    gone = ear.await_state(DeviceState.NO_DEVICE)
    assert gone.status.fault is not None
    assert gone.status.fault.code == "reader.absent"
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert again.next() is not None


def test_a_device_that_is_being_looked_for_again_stays_restarting(
    server: Server, remote: tuple[RemoteHub, Ear]
) -> None:
    hub, ear = remote
    peer, _ = server.taken()
    peer.say(SNAP)
    assert hub.await_up(PATIENCE_S)
    peer.close()
    again, _ = server.taken()
    starting = DeviceView(INFO, DeviceStatus(DeviceState.STARTING))
    again.say(Said(SNAPSHOT, written(HubSnapshot, HubSnapshot(0, (starting,)))))
    assert hub.await_up(PATIENCE_S)
    assert hub.snapshot().devices[0].status.fault == Fault.of("devices.restarting")
    again.say(news(1))
    ear.await_state(DeviceState.ONLINE, since=2)
