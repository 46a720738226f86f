"""A line between a terminal and central that goes wrong where it is told to, at any byte and in either direction.

It relays TCP and looks at no byte. Each connection takes the next plan; without one it is a good line. What
crossed each connection is counted, so that a test can go through every byte of an exchange that it has seen.
"""

import contextlib
import itertools
import socket
import ssl
import struct
import threading
from collections import deque
from dataclasses import dataclass
from typing import Literal, Self

_CHUNK = 64 * 1024
_PATIENCE_S = 30.0

End = Literal["reset", "close", "stall"]
"""How a line ends: both sides are reset, closed as if all was said, or nobody is told and no byte comes any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to one connection.

    After `up` bytes from the terminal, `down` bytes from central, or so many of its `answers` when the next one
    begins, the line ends as `end` says; None is never. An answer is what comes from central before more from the
    terminal does. `answer` is given in place of central's, which then hears nothing. `delay_s` is before each piece.
    """

    up: int | None = None
    down: int | None = None
    answers: int | None = None
    end: End = "reset"
    answer: bytes | None = None
    delay_s: float = 0.0
    refuse: bool = False


@dataclass
class Crossed:
    """How many bytes of one connection came through."""

    up: int = 0
    down: int = 0


GOOD = Plan()


class FaultyProxy:
    """Listens on a free port of 127.0.0.1 and relays to `port` there. A context manager."""

    def __init__(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        self._far = port
        self._tls = tls
        self._plans: deque[Plan] = deque()
        self._always: Plan | None = None
        self._lock = threading.Lock()
        self._moved = threading.Condition(self._lock)
        self._over = threading.Event()
        self._open: set[socket.socket] = set()
        self._running = 0
        self.crossed: list[Crossed] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name="faulty-proxy", daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def next(self, *plans: Plan) -> None:
        """Have the next connections go by these plans, one each."""
        with self._lock:
            self._plans.extend(plans)

    def always(self, plan: Plan | None) -> None:
        """Have every connection go by this plan from now on, until there is none."""
        with self._lock:
            self._always = plan

    def present(self, tls: ssl.SSLContext) -> None:
        """Show another certificate from now on."""
        self._tls = tls

    def settle(self) -> None:
        """Wait until no connection is relayed any more."""
        with self._moved:
            assert self._moved.wait_for(lambda: self._running == 0, _PATIENCE_S), "a connection never ended"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            left = tuple(self._open)
        for end in left:
            _shut(end)
        self._thread.join(_PATIENCE_S)
        self.settle()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._moved:
                plan = self._plans.popleft() if self._plans else self._always or GOOD
                crossed = Crossed()
                self.crossed.append(crossed)
                self._running += 1
                self._open.add(near)
            threading.Thread(target=self._serve, args=(near, plan, crossed), name="faulty-line", daemon=True).start()

    def _serve(self, near: socket.socket, plan: Plan, crossed: Crossed) -> None:
        try:
            with contextlib.suppress(OSError):
                if plan.refuse:
                    _reset(near)
                    return
                if self._tls is not None:
                    near = self._sealed(near, self._tls)
                if plan.answer is not None:
                    self._answer(near, plan.answer)
                    return
                with socket.create_connection(("127.0.0.1", self._far), timeout=_PATIENCE_S) as far:
                    far.settimeout(None)
                    with self._lock:
                        self._open.add(far)
                    _Relay(near, far, plan, crossed, self._over).run()
                    with self._lock:
                        self._open.discard(far)
        finally:
            near.close()
            with self._moved:
                self._open.discard(near)
                self._running -= 1
                self._moved.notify_all()

    def _sealed(self, near: socket.socket, tls: ssl.SSLContext) -> socket.socket:
        sealed = tls.wrap_socket(near, server_side=True)
        with self._lock:
            self._open.discard(near)
            self._open.add(sealed)
        return sealed

    def _answer(self, near: socket.socket, answer: bytes) -> None:
        """Take the head of a request and give this answer, as a portal does that looks at nothing else."""
        said = b""
        while b"\r\n\r\n" not in said and (more := near.recv(_CHUNK)):
            said += more
        near.sendall(answer)
        with contextlib.suppress(OSError):
            near.shutdown(socket.SHUT_WR)
            while near.recv(_CHUNK):  # else unread bytes would turn the end into a reset
                pass


class _Relay:
    """Carries one connection both ways until it ends, by itself or by its plan."""

    def __init__(
        self, near: socket.socket, far: socket.socket, plan: Plan, crossed: Crossed, over: threading.Event
    ) -> None:
        self._near, self._far, self._plan, self._crossed, self._over = near, far, plan, crossed, over
        self._ended = threading.Event()
        self._answers = 0
        self._answering = False

    def run(self) -> None:
        back = threading.Thread(target=self._carry, args=(self._far, self._near, self._plan.down, "down"), daemon=True)
        back.start()
        self._carry(self._near, self._far, self._plan.up, "up")
        back.join()

    def _carry(self, source: socket.socket, sink: socket.socket, most: int | None, way: Literal["up", "down"]) -> None:
        try:
            for _ in itertools.count():
                if most == 0:
                    self._end(source)
                    return
                data = source.recv(_CHUNK if most is None else min(most, _CHUNK))
                if not data:
                    with contextlib.suppress(OSError):
                        sink.shutdown(socket.SHUT_WR)
                    return
                if not self._answering and way == "down":
                    self._answers += 1
                self._answering = way == "down"
                if self._plan.answers is not None and self._answers > self._plan.answers:
                    self._end(source)
                    return
                if self._plan.delay_s:
                    self._over.wait(self._plan.delay_s)
                sink.sendall(data)
                setattr(self._crossed, way, getattr(self._crossed, way) + len(data))
                most = None if most is None else most - len(data)
        except OSError:
            self._break("reset")

    def _end(self, source: socket.socket) -> None:
        if self._plan.end == "stall":
            # Nobody is told: what still comes is swallowed, until the terminal gives up.
            with contextlib.suppress(OSError):
                while source.recv(_CHUNK):
                    pass
            self._near_gone()
            self._break("reset")
            return
        self._break(self._plan.end)

    def _near_gone(self) -> None:
        with contextlib.suppress(OSError):
            while not self._over.is_set() and self._near.recv(_CHUNK):
                pass

    def _break(self, how: End) -> None:
        if self._ended.is_set():
            return
        self._ended.set()
        for end in (self._near, self._far):
            if how == "reset":
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            _shut(end)
            if how == "reset":
                end.close()


def _reset(end: socket.socket) -> None:
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
