"""A printer's network port that goes on taking connections while the printer behind it sleeps.

A relay on loopback: asleep it takes every connection and answers none, as the small processor of an office
printer does; a spooler that calls (libcups names itself in each request) wakes it after a while. Awake it
carries bytes both ways and looks at none.
"""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

_SPOOLER = b"User-Agent: CUPS/"
_JOIN_S = 5.0


class SleepingPort:
    """Relays 127.0.0.1:`near` to 127.0.0.1:`far`. A context manager."""

    def __init__(self, near: int, far: int, *, wakes_after_s: float = 0.5) -> None:
        self._far, self._wakes, self._wakes_after_s = far, True, wakes_after_s
        self._listener = socket.create_server(("127.0.0.1", near))
        self._awake = threading.Event()
        self._awake.set()
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._closed.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.fall_asleep()
        self._awake.set()
        for thread in list(self._threads):
            thread.join(_JOIN_S)

    def fall_asleep(self, *, soundly: bool = False) -> None:
        """Answer nothing any more; what was open is cut, as an idle connection is before a printer sleeps.

        Soundly asleep, or hanging, not even the spooler wakes it.
        """
        self._wakes = not soundly
        self._awake.clear()
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def wake(self) -> None:
        self._awake.set()

    @property
    def asleep(self) -> bool:
        return not self._awake.is_set()

    def _spawn(self, work: object, *arguments: object) -> threading.Thread:
        thread = threading.Thread(target=work, args=arguments, name="sleeping-port", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(near)
            self._spawn(self._serve, near)

    def _serve(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            first = near.recv(65536)
            if self.asleep and self._wakes and _SPOOLER in first:
                self._closed.wait(self._wakes_after_s)
                self.wake()
            self._awake.wait()
            if self._closed.is_set() or not first:
                return
            with socket.create_connection(("127.0.0.1", self._far), timeout=5) as far:
                far.settimeout(None)
                with self._lock:
                    self._open.add(far)
                far.sendall(first)
                back = self._spawn(_carry, far, near)
                _carry(near, far)
                back.join()
                with self._lock:
                    self._open -= {near, far}


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
