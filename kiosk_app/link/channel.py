"""One connection between two processes, served by one thread; everybody else only puts messages into it.

Nothing blocks a caller: what the peer does not take is kept up to a bound, then the peer is given up.
A peer that says nothing for `silent_s`, not even a beat, is given up too, since a stopped process keeps
its sockets open. Time that this process did not run itself is not held against the peer.
"""

import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.link.frames import FrameError, Unframer, framed
from kiosk_app.link.messages import (
    MAX_DESCRIPTORS,
    Answered,
    Asked,
    Beat,
    Hello,
    Json,
    Message,
    MessageError,
    Refused,
    Said,
    packed,
    unpacked,
)
from kiosk_app.link.outbox import Outbox
from kiosk_app.link.parties import Party, Stranger
from kiosk_app.link.terms import AskFailed, LinkLost, LinkPace
from kiosk_app.link.wire import WireError

__all__ = ["AskFailed", "Link", "LinkLost", "LinkPace", "Receiver"]

_CHUNK = 256 * 1024
_BESIDE = socket.CMSG_SPACE(2 * MAX_DESCRIPTORS * 4)
_CHUNKS_A_TURN = 16
"""So much is read before it is the turn of what has to be sent."""
_PART_S = 1.0
"""How long a link that is closed may take to send what it still has."""


class Receiver(Protocol):
    """Who hears a link, on the link's thread; every method must return at once."""

    def connected(self, link: "Link", role: str) -> None:
        """The peer said who it is."""

    def heard(self, link: "Link", message: Said | Asked) -> None:
        """The peer said or asked something. A `WireError` is its fault: a question is answered with it."""

    def lost(self, link: "Link", reason: str) -> None:
        """It is over; comes once after `connected`, and nothing after it."""


class Link:
    """One connection. `run` serves it; the other methods may be called from any thread."""

    def __init__(self, connection: socket.socket, party: Party, receiver: Receiver, pace: LinkPace) -> None:
        self._socket = connection
        self._socket.setblocking(False)
        self._party = party
        self._receiver = receiver
        self._pace = pace
        self._outbox = Outbox(self._socket, pace.backlog_bytes)
        self._unframer = Unframer()
        self._descriptors: deque[int] = deque()
        self._lock = threading.Lock()
        self._asked: dict[int, Future[Json]] = {}
        self._numbers = 0
        self._over: str | None = None
        self._parting: str | None = None
        self._parts_by: float | None = None
        self._role: str | None = None
        self._speaks_first = False
        self._heard_at = self._sent_at = time.monotonic()
        self.refused: str | None = None
        """Why one end does not talk to the other, when that is why it ended."""

    @property
    def greeted(self) -> bool:
        """Whether both ends said hello."""
        return self._role is not None

    @property
    def heard_at(self) -> float:
        """When the peer was last heard, in monotonic seconds; time that this process did not run is added."""
        return self._heard_at

    def say(self, name: str, value: Json = None, descriptors: tuple[int, ...] = ()) -> bool:
        """Send something that wants no answer. False when the link is over.

        The descriptors stay the caller's, who may close them when this returns.

        Raises:
            FrameError: the message is longer than a frame may be.
        """
        return self._put(Said(name, value, descriptors))

    def ask(self, name: str, value: Json = None) -> "Future[Json]":
        """Ask something. The future ends on the link's thread: with the answer, `AskFailed` or `LinkLost`.

        Raises:
            FrameError: the message is longer than a frame may be.
        """
        future: Future[Json] = Future()
        with self._lock:
            self._numbers += 1
            number = self._numbers
            self._asked[number] = future
        try:
            if not self._put(Asked(number, name, value)):
                self._settle(number, LinkLost())
        except FrameError:
            self._settle(number, LinkLost())
            raise
        return future

    def answer(self, asked: Asked, value: Json = None) -> bool:
        """Answer a question. False when the link is over."""
        return self._put(Answered(asked.number, value))

    def fail(self, asked: Asked, value: Json = None) -> bool:
        """Answer a question with why there is no answer. False when the link is over."""
        return self._put(Answered(asked.number, value, fault=True))

    def close(self, reason: str = "closed") -> None:
        """Send what is left, for a moment at most, then end. Safe twice; returns at once."""
        if self._parting is None:
            self._parting = reason
        self._outbox.ring()

    def drop(self, reason: str) -> None:
        """End at once, also with something left to send. Safe twice; returns at once."""
        if self._over is None:
            self._over = reason
        self._outbox.ring()

    def run(self, *, speaks_first: bool) -> str:
        """Serve the connection until it is over; returns why. Blocks: it is the link's thread."""
        self._speaks_first = speaks_first
        try:
            if speaks_first:
                self._put(self._party.hello)
            self._serve()
        except (FrameError, MessageError) as error:
            self.drop(str(error))
        except OSError as error:
            self.drop(os.strerror(error.errno or 0))
        reason = self._over or "closed"
        self._let_go()
        if self._role is not None:
            log(LogEvent.LINK_LOST, link=self._party.link, role=self._role, reason=reason)
            self._guarded(lambda: self._receiver.lost(self, reason))
        return reason

    def _put(self, message: Message) -> bool:
        descriptors = message.descriptors if isinstance(message, Said) else ()
        if self._over is not None or self._parting is not None:
            return False
        if self._outbox.put(framed(packed(message)), descriptors):
            return True
        self.drop("the peer does not read")
        return False

    def _settle(self, number: int, answer: Json | LinkLost | AskFailed) -> None:
        with self._lock:
            future = self._asked.pop(number, None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        if isinstance(answer, LinkLost | AskFailed):
            future.set_exception(answer)
        else:
            future.set_result(answer)

    # --- on the link's thread -----------------------------------------------------------------------

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._outbox.fileno(), select.POLLIN)
        poll.register(self._socket, select.POLLIN)
        born = turned = time.monotonic()
        while self._over is None and not self._parted():
            wanted = select.POLLIN if self._outbox.empty else select.POLLIN | select.POLLOUT
            poll.modify(self._socket, wanted)
            now = time.monotonic()
            left_s = min(max(0.0, self._sent_at + self._pace.beat_s - now), self._pace.beat_s)
            ready = dict(poll.poll(left_s * 1000 + 1))
            woken = time.monotonic()
            absent_s = (woken - turned) - left_s
            if absent_s > self._pace.beat_s:  # we were stopped, starved or busy: that is not the peer's silence
                self._heard_at = min(woken, self._heard_at + absent_s)
            turned = woken
            if self._outbox.fileno() in ready:
                self._outbox.heard_bell()
            if ready.get(self._socket.fileno(), 0) & ~select.POLLOUT:
                self._read()
            if self._outbox.flush():
                self._sent_at = time.monotonic()
            self._look_at_time(born)

    def _parted(self) -> bool:
        """Whether a link that is being closed has said everything, or had its moment for it."""
        if self._parting is None:
            return False
        self._parts_by = self._parts_by or time.monotonic() + _PART_S
        if self._outbox.empty or time.monotonic() > self._parts_by:
            self._over = self._over or self._parting
            return True
        return False

    def _look_at_time(self, born: float) -> None:
        now = time.monotonic()
        if self._role is None:
            if now - born > self._pace.hello_s:
                self.drop("no hello came")
        elif now - self._heard_at > self._pace.silent_s:
            self.drop(f"silent for {self._pace.silent_s:g} s")
        elif now - self._sent_at >= self._pace.beat_s:
            self._sent_at = now
            if self._outbox.empty:  # otherwise the peer does not even take what waits
                self._put(Beat())

    def _read(self) -> None:
        for _ in range(_CHUNKS_A_TURN):
            try:
                # Not `socket.recv_fds`, which forgets its flags (Python 3.11): a child would inherit what came.
                received, beside, flags, _ = self._socket.recvmsg(_CHUNK, _BESIDE, socket.MSG_CMSG_CLOEXEC)
            except BlockingIOError:
                return
            for level, kind, data in beside:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    self._descriptors.extend(memoryview(data[: len(data) // 4 * 4]).cast("i"))
            if flags & socket.MSG_CTRUNC or len(self._descriptors) > 4 * MAX_DESCRIPTORS:
                raise MessageError("more descriptors came than messages account for")
            if not received:
                self.drop("the peer hung up")
                return
            self._heard_at = time.monotonic()
            for body in self._unframer.feed(received):
                self._take(body)
                if self._over is not None or self._parting is not None:
                    return

    def _take(self, body: bytes) -> None:
        message, count = unpacked(body)
        if count > len(self._descriptors):
            raise MessageError("descriptors were announced and did not come")
        match message:
            case Beat():
                return
            case Hello() if self._role is None:
                self._greet(message)
            case Refused(reason) if self._role is None:
                self.refused = reason
                self.drop(f"refused: {reason}")
            case Said(name, value) if self._role is not None:
                # They came with the message's first byte, those of earlier messages are taken already.
                self._hear(Said(name, value, tuple(self._descriptors.popleft() for _ in range(count))))
            case Asked() if self._role is not None:
                self._hear(message)
            case Answered(number, value, fault) if self._role is not None:
                self._settle(number, AskFailed(value) if fault else value)
            case _:
                raise MessageError("a message came where none of its kind may come")

    def _greet(self, hello: Hello) -> None:
        try:
            self._party.check_hello(hello)
        except Stranger as stranger:
            self.refused = str(stranger)
            if not self._speaks_first:
                self._put(Refused(str(stranger)))
            self.close(f"refused: {stranger}")
            return
        if not self._speaks_first:
            self._put(self._party.hello)
        self._role = hello.role
        log(LogEvent.LINK_UP, link=self._party.link, role=hello.role)
        self._guarded(lambda: self._receiver.connected(self, hello.role))

    def _hear(self, message: Said | Asked) -> None:
        try:
            self._receiver.heard(self, message)
        except WireError as error:
            if isinstance(message, Asked):
                self.fail(message, {"refused": str(error)})
            else:
                self.drop(str(error))
        except Exception as error:  # noqa: BLE001 - a receiver's bug must not end the link's thread
            log(LogEvent.BUG, error=type(error).__name__, where=where(error))
            if isinstance(message, Asked):
                self.fail(message)

    def _guarded(self, tell: Callable[[], None]) -> None:
        try:
            tell()
        except Exception as error:  # noqa: BLE001 - as in `_hear`
            log(LogEvent.BUG, error=type(error).__name__, where=where(error))

    def _let_go(self) -> None:
        self._outbox.close()
        self._socket.close()
        while self._descriptors:
            os.close(self._descriptors.popleft())
        with self._lock:
            unanswered = tuple(self._asked)
        for number in unanswered:
            self._settle(number, LinkLost())
