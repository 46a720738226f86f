"""Peers that misbehave are given up, those that come back are taken again, and nothing is left over."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk_app.link.frames import framed
from kiosk_app.link.messages import Beat, Hello, packed
from kiosk_app.link.transport import (
    LinkClient,
    LinkPace,
    LinkServer,
)
from tests.e2e.waiting import until
from tests.holdings import holdings, until_given_back
from tests.link_rig import CLIENT, PATIENT, QUICK, SERVER, Ear, Room, is_lost
from tests.raw_peer import PATIENCE_S, RawPeer


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(tmp_path / "run" / "socket", stack)


# --- who is given up ----------------------------------------------------------------------------


def greeted(room: Room, pace: LinkPace = PATIENT) -> tuple[Ear, RawPeer]:
    server = room.server(pace)
    peer = room.raw_client()
    peer.say(CLIENT.hello)
    assert peer.next() == SERVER.hello
    server.await_link()
    return server, peer


@pytest.mark.parametrize(
    "wrong",
    [
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        framed(b"{}"),
        framed(b"not json"),
        framed(b'{"say":"x","value":1,"descriptors":1}'),
        framed(packed(Hello("device", 1, "ui"))),
    ],
)
def test_a_peer_that_talks_nonsense_is_given_up_and_the_next_is_served(room: Room, wrong: bytes) -> None:
    server, peer = greeted(room)
    peer.socket.sendall(wrong)
    assert peer.next() is None
    server.await_note(is_lost)
    assert room.client().await_link().ask("echo", 1).result(PATIENCE_S) == 1


def test_a_peer_that_talks_before_its_hello_is_given_up(room: Room) -> None:
    server = room.server()
    peer = room.raw_client()
    peer.say(Beat(), Hello("device", 1, "ui"), Hello("device", 1, "ui"))
    while peer.next() is not None:
        pass
    other = room.raw_client()
    other.socket.sendall(framed(b'{"say":"x","value":1}'))
    assert other.next() is None
    assert not [note for note in server.notes if note.startswith("x")]


def test_a_peer_that_never_says_hello_is_given_up(room: Room) -> None:
    room.server(QUICK)
    assert room.raw_client().next() is None


def test_a_peer_that_falls_silent_is_given_up(room: Room) -> None:
    server, peer = greeted(room, QUICK)
    assert server.await_note(is_lost) == "lost: silent for 0.3 s"
    assert peer.next() is None


def test_a_peer_that_only_beats_is_kept(room: Room) -> None:
    server, peer = greeted(room, replace(QUICK, silent_s=1.0))
    over = threading.Event()
    for _ in range(30):
        over.wait(0.06)
        peer.say(Beat())
    assert len(server.links) == 1


def test_a_peer_that_does_not_read_is_given_up_and_nobody_waits_for_it(room: Room) -> None:
    server, _ = greeted(room, replace(QUICK, silent_s=PATIENCE_S))
    link = server.await_link()
    said = 0
    while link.say("news", "x" * 10_000):
        said += 1
        assert said < 1000
    assert server.await_note(is_lost) == "lost: the peer does not read"


def test_a_client_comes_back_whenever_the_server_does(room: Room) -> None:
    client = room.client(QUICK)
    for turn in range(1, 4):
        ear = Ear()
        server = LinkServer(room.path, SERVER, ear, QUICK)
        server.start()
        ear.await_link()
        client.await_notes("connected deviced", turn)
        server.close()
        client.await_notes("lost: the peer hung up", turn)


def test_what_was_said_before_closing_still_arrives(room: Room) -> None:
    server = room.server()
    ear = Ear()
    client = LinkClient(room.path, CLIENT, ear, PATIENT)
    client.start()
    ear.await_link().say("last words", 1)
    client.close()
    client.close()
    server.await_note(is_lost)
    assert "last words 1" in server.notes


def test_a_hundred_connections_leave_no_descriptor_and_no_thread(room: Room) -> None:
    room.server()
    room.client().await_link()
    before = holdings()
    serving = f"thread link-{SERVER.link}-peer"
    reading, writing = os.pipe()
    for number in range(100):
        if number % 10 == 0:  # more at a time are refused
            until("the last ones to be gone", lambda: holdings()[serving] == before[serving])
        peer = room.raw_client()
        if number % 2:
            peer.say(CLIENT.hello)
            peer.next()
            # A descriptor that no message accounts for, in a frame that never ends.
            socket.send_fds(peer.socket, [b"\0\0\1\0{"], [reading])
        peer.close()
    os.close(reading)
    os.close(writing)
    until_given_back(before)
