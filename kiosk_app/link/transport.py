"""Both ends of a link: `LinkServer` takes connections at a Unix socket, `LinkClient` keeps one up.

This is the module that the links themselves use; what goes over one connection is `channel`'s. The
socket lies in a folder that only its owner can enter, and a lock beside it keeps a second server away:
two processes on one card reader would each hear half of it.
"""

import fcntl
import os
import random
import select
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.channel import AskFailed, Link, LinkLost, LinkPace, Receiver
from kiosk_app.link.messages import Asked, Json, Said
from kiosk_app.link.parties import Party, Stranger

__all__ = [
    "AskFailed",
    "Asked",
    "Json",
    "Link",
    "LinkClient",
    "LinkLost",
    "LinkPace",
    "LinkServer",
    "Party",
    "Receiver",
    "Said",
    "SocketTaken",
]

_CONNECTIONS = 16
_JOIN_S = 3.0


class SocketTaken(Exception):
    """Another process serves this link already."""


class LinkServer:
    """Serves a link at `path`; `receiver` hears all connections, each on its own thread."""

    def __init__(self, path: Path, party: Party, receiver: Receiver, pace: LinkPace | None = None) -> None:
        """Take the socket; peers that connect wait until `start`.

        Raises:
            SocketTaken: another process has it.
            OSError: the folder or socket cannot be made.
        """
        self._path = path
        self._party = party
        self._receiver = receiver
        self._pace = pace or LinkPace()
        self._links: dict[Link, threading.Thread] = {}
        self._lock = threading.Lock()
        self._closing = False
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._taken = _take(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)
            self._socket.bind(str(path))
            self._socket.listen(_CONNECTIONS)
        except OSError:
            self._socket.close()
            self._taken.close()
            raise
        self._socket.setblocking(False)
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._accept, name=f"link-{party.link}", daemon=True)

    def start(self) -> None:
        """Begin to take connections. Returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Close every connection and end every thread. Safe twice."""
        with self._lock:
            if self._closing:
                return
            self._closing = True
            links = dict(self._links)
        os.eventfd_write(self._bell, 1)
        for link in links:
            link.close()
        end = time.monotonic() + _JOIN_S
        for thread in (self._thread, *links.values()):
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(max(0.1, end - time.monotonic()))
        with suppress(OSError):
            self._path.unlink()
        self._socket.close()
        os.close(self._bell)
        self._taken.close()

    def _accept(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        while not self._closing:
            poll.poll()
            try:
                connection, _ = self._socket.accept()
            except BlockingIOError:
                continue
            except OSError as error:  # no descriptor left, for one
                log(LogEvent.LINK_REFUSED, link=self._party.link, reason=os.strerror(error.errno or 0))
                time.sleep(self._pace.again_last_s)
                continue
            self._admit(connection)

    def _admit(self, connection: socket.socket) -> None:
        try:
            self._party.check_user(connection)
            with self._lock:
                if self._closing or len(self._links) >= _CONNECTIONS:
                    raise Stranger("too many connections")
                link = Link(connection, self._party, self._receiver, self._pace)
                thread = threading.Thread(
                    target=self._serve, args=(link,), name=f"link-{self._party.link}-peer", daemon=True
                )
                self._links[link] = thread
                thread.start()
        except (Stranger, OSError) as refusal:
            connection.close()
            log(LogEvent.LINK_REFUSED, link=self._party.link, reason=_worded(refusal))

    def _serve(self, link: Link) -> None:
        try:
            link.run(speaks_first=False)
        finally:
            with self._lock:
                self._links.pop(link, None)
        if link.refused is not None:
            log(LogEvent.LINK_REFUSED, link=self._party.link, reason=link.refused)


class LinkClient:
    """Keeps one connection to the server at `path`, and makes it anew when it is lost.

    `receiver` hears `connected` and `lost` in turn, for one connection after another.
    """

    def __init__(self, path: Path, party: Party, receiver: Receiver, pace: LinkPace | None = None) -> None:
        self._path = path
        self._party = party
        self._receiver = receiver
        self._pace = pace or LinkPace()
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._heard_at = time.monotonic()
        self._closing = threading.Event()
        self._refusal: str | None = None
        self._thread = threading.Thread(target=self._keep, name=f"link-{party.link}", daemon=True)

    @property
    def silent_s(self) -> float:
        """How long nothing was heard from the server, in seconds; since this was made if nothing ever was."""
        link = self._link
        if link is not None and link.greeted:
            self._heard_at = max(self._heard_at, link.heard_at)
        return max(0.0, time.monotonic() - self._heard_at)

    def start(self) -> None:
        """Begin to connect. Returns at once."""
        self._thread.start()

    def close(self) -> None:
        """Send what is left, hang up and end the thread. Safe twice."""
        with self._lock:
            self._closing.set()
            if self._link is not None:
                self._link.close()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(_JOIN_S)

    def _keep(self) -> None:
        again_s = self._pace.again_first_s
        while not self._closing.is_set():
            link = self._connect()
            if link is not None:
                link.run(speaks_first=True)
                with self._lock:
                    self._link = None
                if link.greeted:
                    self._heard_at = max(self._heard_at, link.heard_at)
                    again_s = self._pace.again_first_s
                    self._refusal = None
                elif link.refused is not None:
                    self._note(link.refused)
                    again_s = self._pace.refused_s
            self._closing.wait(again_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads attempts, hides nothing
            again_s = min(again_s * 2, max(self._pace.again_last_s, again_s))

    def _connect(self) -> Link | None:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(self._pace.hello_s)
            connection.connect(str(self._path))
            self._party.check_user(connection)
        except (OSError, Stranger) as trouble:
            connection.close()
            if isinstance(trouble, Stranger):
                self._note(str(trouble))
            return None
        with self._lock:
            if self._closing.is_set():
                connection.close()
                return None
            self._link = Link(connection, self._party, self._receiver, self._pace)
            return self._link

    def _note(self, refusal: str) -> None:
        """Log a refusal once, however often it is repeated."""
        if refusal != self._refusal:
            self._refusal = refusal
            log(LogEvent.LINK_REFUSED, link=self._party.link, reason=refusal)


def _take(path: Path) -> IO[bytes]:
    """Hold the lock beside a socket. The kernel lets it go when this process ends, however it ends."""
    lock = path.with_name(path.name + ".lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise SocketTaken(f"{path} is served by another process") from None
    return lock


def _worded(refusal: Stranger | OSError) -> str:
    return str(refusal) if isinstance(refusal, Stranger) else os.strerror(refusal.errno or 0)
