"""A network cable that can be pulled: a TCP relay on loopback between a terminal and central.

Pulled, it refuses new connections and breaks those that are open, in mid-transfer too. `stall` keeps
them open and carries nothing, as a dead line does. It looks at no byte.
"""

import contextlib
import socket
import threading


class Cable:
    """Relays 127.0.0.1:`near` to 127.0.0.1:`far`."""

    def __init__(self, near: int, far: int) -> None:
        self._near, self._far = near, far
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._out, self._back = threading.Event(), threading.Event()
        self._out.set()
        self._back.set()

    @property
    def plugged(self) -> bool:
        return self._listener is not None

    @property
    def stalled(self) -> bool:
        return not (self._out.is_set() and self._back.is_set())

    def plug(self) -> None:
        """Carry connections. Does nothing when plugged in."""
        with self._lock:
            if self._listener is not None:
                return
            self._listener = socket.create_server(("127.0.0.1", self._near), reuse_port=False)
            threading.Thread(target=self._accept, args=(self._listener,), name="cable", daemon=True).start()

    def pull(self) -> None:
        """Break every connection and refuse new ones. Does nothing when pulled."""
        with self._lock:
            listener, self._listener = self._listener, None
            broken, self._open = self._open, set()
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for end in broken:
            _shut(end)

    def stall(self, on: bool, *, answers_only: bool = False) -> None:
        """Carry nothing for a while, without anybody being told; or only no answers."""
        for way in (self._out, self._back):
            if on and (way is self._back or not answers_only):
                way.clear()
            else:
                way.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._far), timeout=5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self._lock:
                if self._listener is not listener:
                    _shut(near)
                    _shut(far)
                    return
                self._open |= {near, far}
            threading.Thread(target=self._relay, args=(near, far), name="cable", daemon=True).start()

    def _relay(self, near: socket.socket, far: socket.socket) -> None:
        """Carry both ways until both ends have said all, then let both go."""
        back = threading.Thread(target=self._carry, args=(far, near, self._back), name="cable", daemon=True)
        back.start()
        self._carry(near, far, self._out)
        back.join()
        with self._lock:
            self._open -= {near, far}
        _shut(near)
        _shut(far)

    def _carry(self, source: socket.socket, sink: socket.socket, flows: threading.Event) -> None:
        try:
            while chunk := source.recv(65536):
                flows.wait()
                sink.sendall(chunk)
            with contextlib.suppress(OSError):
                sink.shutdown(socket.SHUT_WR)
        except OSError:
            _shut(source)
            _shut(sink)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
