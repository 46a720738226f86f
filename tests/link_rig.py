"""Ends of links between real sockets, and a room for them that is cleared at the end."""

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from kiosk_app.link.transport import (
    Asked,
    Link,
    LinkClient,
    LinkPace,
    LinkServer,
    Party,
    Said,
)
from kiosk_app.link.wire import WireError
from tests.raw_peer import PATIENCE_S, RawPeer, accepted, connected, listening

SERVER = Party("device", 1, "deviced", frozenset({"ui"}))
CLIENT = Party("device", 1, "ui", frozenset({"deviced"}))
PATIENT = LinkPace(silent_s=PATIENCE_S, hello_s=PATIENCE_S)
QUICK = LinkPace(beat_s=0.05, silent_s=0.3, hello_s=0.3, refused_s=0.05, backlog_bytes=100_000)


class Ear:
    """Notes what a link says, and answers: ``echo`` with the value, ``refuse`` with a fault, ``break`` with a bug."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.links: list[Link] = []
        self.descriptors: list[int] = []
        self._more = threading.Condition()

    def connected(self, link: Link, role: str) -> None:
        with self._more:
            self.links.append(link)
        self._note(f"connected {role}")

    def heard(self, link: Link, message: Said | Asked) -> None:
        match message:
            case Asked(name="echo"):
                link.answer(message, message.value)
            case Asked(name="refuse"):
                link.fail(message, "no")
            case Asked(name="silence"):
                self._note("asked silence")
            case Asked(name="break"):
                raise ValueError("测试甲")
            case Asked():
                raise WireError("no such question")
            case Said(name, value, descriptors):
                self.descriptors += descriptors
                self._note(f"{name} {value}")

    def lost(self, link: Link, reason: str) -> None:
        with self._more:
            self.links.remove(link)
        self._note(f"lost: {reason}")

    def await_note(self, what: Callable[[str], bool]) -> str:
        with self._more:
            assert self._more.wait_for(lambda: any(map(what, self.notes)), PATIENCE_S), self.notes
            return next(filter(what, self.notes))

    def await_notes(self, note: str, count: int) -> None:
        with self._more:
            assert self._more.wait_for(lambda: self.notes.count(note) == count, PATIENCE_S), self.notes

    def await_link(self) -> Link:
        with self._more:
            assert self._more.wait_for(lambda: bool(self.links), PATIENCE_S), self.notes
            return self.links[-1]

    def _note(self, what: str) -> None:
        with self._more:
            self.notes.append(what)
            self._more.notify_all()


class Room:
    """Makes ends of links that are closed at the end."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self.path = path
        self._stack = stack

    def server(self, pace: LinkPace = PATIENT, party: Party = SERVER) -> Ear:
        ear = Ear()
        server = LinkServer(self.path, party, ear, pace)
        self._stack.callback(server.close)
        server.start()
        return ear

    def client(self, pace: LinkPace = PATIENT, party: Party = CLIENT) -> Ear:
        ear = Ear()
        client = LinkClient(self.path, party, ear, pace)
        self._stack.callback(client.close)
        client.start()
        return ear

    def raw_client(self) -> RawPeer:
        peer = connected(self.path)
        self._stack.callback(peer.close)
        return peer

    def raw_server(self) -> socket.socket:
        server = listening(self.path)
        self._stack.callback(server.close)
        return server

    def accepted(self, server: socket.socket) -> RawPeer:
        peer = accepted(server)
        self._stack.callback(peer.close)
        return peer


def is_lost(note: str) -> bool:
    return note.startswith("lost")
