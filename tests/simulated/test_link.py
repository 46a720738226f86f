"""A link between real sockets: what is said arrives, and only who belongs is let in."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk_app.link.messages import Refused
from kiosk_app.link.transport import (
    AskFailed,
    LinkLost,
    LinkServer,
    Party,
    SocketTaken,
)
from tests.link_rig import CLIENT, QUICK, SERVER, Ear, Room
from tests.raw_peer import PATIENCE_S


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with ExitStack() as stack:
        yield Room(tmp_path / "run" / "socket", stack)


# --- saying and asking --------------------------------------------------------------------------


def test_both_ends_say_and_ask(room: Room) -> None:
    server, client = room.server(), room.client()
    link = client.await_link()
    assert link.ask("echo", {"a": ["测试", None, 1.5]}).result(PATIENCE_S) == {"a": ["测试", None, 1.5]}
    assert server.await_link().ask("echo", 7).result(PATIENCE_S) == 7
    assert server.await_link().say("news", 1)
    client.await_note(lambda note: note == "news 1")


def test_a_question_that_cannot_be_answered_says_so(room: Room) -> None:
    room.server()
    link = room.client().await_link()
    for name, value in (("refuse", "no"), ("break", None), ("unheard of", {"refused": "no such question"})):
        failed = link.ask(name).exception(PATIENCE_S)
        assert isinstance(failed, AskFailed)
        assert failed.value == value
    assert link.ask("echo", 1).result(PATIENCE_S) == 1


def test_a_question_whose_answer_never_came_is_lost_with_the_link(room: Room) -> None:
    server = room.server()
    link = room.client().await_link()
    asked = link.ask("silence")
    server.await_note(lambda note: note == "asked silence")
    link.drop("enough")
    assert isinstance(asked.exception(PATIENCE_S), LinkLost)
    assert isinstance(link.ask("echo").exception(PATIENCE_S), LinkLost)
    assert not link.say("anything")


def test_a_long_message_arrives_whole_while_short_ones_go_the_other_way(room: Room) -> None:
    server, client = room.server(), room.client()
    link, other = client.await_link(), server.await_link()
    long = "x" * 9_000_000
    asked = link.ask("echo", long)
    for number in range(50):
        assert other.ask("echo", number).result(PATIENCE_S) == number
    assert asked.result(PATIENCE_S) == long


def test_an_open_file_travels_with_its_message(room: Room) -> None:
    server, client = room.server(), room.client()
    client.await_link()
    reading, writing = os.pipe()
    assert server.await_link().say("pipe", None, (writing,))
    os.close(writing)
    client.await_note(lambda note: note == "pipe None")
    [received] = client.descriptors
    assert not os.get_inheritable(received)
    os.write(received, b"through the other process")
    os.close(received)
    assert os.read(reading, 100) == b"through the other process"
    assert os.read(reading, 100) == b""
    os.close(reading)


# --- who is let in ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("party", "reason"),
    [
        (replace(CLIENT, version=2), "deviced speaks version 1 of the device link, not 2"),
        (replace(CLIENT, link="desk"), "this is the device link, not another"),
        (replace(CLIENT, role="stranger"), "deviced talks to ui on the device link"),
    ],
)
def test_a_peer_that_does_not_belong_is_refused_with_the_reason(room: Room, party: Party, reason: str) -> None:
    server = room.server()
    peer = room.raw_client()
    peer.say(party.hello)
    assert peer.next() == Refused(reason)
    assert peer.next() is None
    assert server.notes == []


def test_a_server_of_another_version_is_refused_by_the_client(room: Room) -> None:
    server = room.raw_server()
    client = room.client(QUICK)
    peer = room.accepted(server)
    assert peer.next() == CLIENT.hello
    peer.say(replace(SERVER, version=9).hello)
    assert peer.next() is None
    assert client.notes == []


def test_a_refused_client_gets_in_when_the_server_was_replaced(room: Room) -> None:
    server = room.raw_server()
    client = room.client(QUICK)
    peer = room.accepted(server)
    peer.say(Refused("another time"))
    again = room.accepted(server)
    assert again.next() == CLIENT.hello
    again.say(SERVER.hello)
    client.await_note(lambda note: note == "connected deviced")


@pytest.mark.parametrize("end", ["server", "client"])
def test_another_user_is_not_talked_to(room: Room, end: str) -> None:
    others = frozenset({os.geteuid() + 1})
    if end == "server":
        room.server(party=replace(SERVER, uids=others))
        peer = room.raw_client()
        with suppress(BrokenPipeError):
            peer.say(CLIENT.hello)
        assert peer.next() is None
    else:
        server = room.raw_server()
        room.client(QUICK, party=replace(CLIENT, uids=others))
        assert room.accepted(server).next() is None


def test_a_user_of_a_named_group_is_talked_to(room: Room) -> None:
    others = frozenset({os.geteuid() + 1})
    room.server(party=replace(SERVER, uids=others, gids=frozenset({os.getegid()})))
    assert room.client().await_link().ask("echo", 1).result(PATIENCE_S) == 1


def test_a_socket_is_served_by_one_process_only(room: Room) -> None:
    room.server()
    with pytest.raises(SocketTaken):
        LinkServer(room.path, SERVER, Ear())
    assert room.client().await_link().ask("echo", 1).result(PATIENCE_S) == 1
    assert room.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_socket_that_a_dead_process_left_is_taken_over(room: Room) -> None:
    room.raw_server().close()
    assert room.path.exists()
    room.server()
    assert room.client().await_link().ask("echo", 1).result(PATIENCE_S) == 1
