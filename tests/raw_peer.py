"""A peer on a link that speaks bytes and may say whatever it likes."""

import socket
from pathlib import Path

from kiosk_app.link.frames import Unframer, framed
from kiosk_app.link.messages import Beat, Message, packed, unpacked

PATIENCE_S = 20.0


class RawPeer:
    """A peer that speaks bytes."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.socket.settimeout(PATIENCE_S)
        self._unframer = Unframer()
        self._got: list[Message] = []

    def say(self, *messages: Message) -> None:
        self.socket.sendall(b"".join(framed(packed(message)) for message in messages))

    def next(self) -> Message | None:
        """Return the next message that is no beat; None when the peer hung up."""
        while not self._got:
            try:
                received = self.socket.recv(65536)
            except ConnectionResetError:
                return None
            if not received:
                return None
            messages = [unpacked(body)[0] for body in self._unframer.feed(received)]
            self._got += [message for message in messages if message != Beat()]
        return self._got.pop(0)

    def close(self) -> None:
        self.socket.close()


def connected(path: Path) -> RawPeer:
    """Connect to a server's socket."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(path))
    return RawPeer(connection)


def listening(path: Path) -> socket.socket:
    """Serve a socket; `accepted` takes the next peer."""
    path.parent.mkdir(parents=True, exist_ok=True)
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    server.settimeout(PATIENCE_S)
    return server


def accepted(server: socket.socket) -> RawPeer:
    return RawPeer(server.accept()[0])
