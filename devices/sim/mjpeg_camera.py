"""A camera that serves MJPEG over HTTP on the loopback: shows what is put before it, and misbehaves on command.

Its exposure needs some frames after each opening, its sensor is noisy, and faults can be had by seed: stall,
drop and garble frames, go dark, be unplugged and restarted on the same port. Threads of this process serve
it, so it ends with its parent. Any thread may command it.
"""

import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

_BOUNDARY = b"frame"
_RAMP = (0.35, 0.5, 0.65, 0.8, 0.9, 0.95)
"""How bright the first frames after opening are, as automatic exposure finds its level."""
_VARIANTS = 4
_NOISE_LEVELS = 2.0
_QUALITY = 88
_JOIN_S = 3.0
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=" + _BOUNDARY + b"\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\n\r\n"
)


class MjpegCamera:
    """The camera. A context manager: plugged in on entry, gone on exit."""

    def __init__(self, scene: Image | None = None, fps: float = 30.0, seed: int = 0, port: int = 0) -> None:
        self._fps = fps
        self._random = random.Random(seed)  # noqa: S311 - repeatable faults, no secrets
        self._noise = np.random.default_rng(seed)
        self._port = port
        self._changed = threading.Condition()
        self._scene: Image = scene if scene is not None else np.full((720, 1280, 3), 90, np.uint8)
        self._level = 1.0
        self._coded: dict[float, list[bytes]] = {}
        self._stalled = False
        self._dropping = self._garbling = 0.0
        self._sent = 0
        self._viewers: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.unplug()

    @property
    def address(self) -> str:
        """Where a viewer finds it; stays the same over a restart."""
        return f"http://127.0.0.1:{self._port}/stream.mjpg"

    @property
    def plugged(self) -> bool:
        return self._listener is not None

    @property
    def viewers(self) -> int:
        with self._changed:
            return len(self._viewers)

    def plug(self) -> None:
        """Give power. Does nothing when plugged in."""
        with self._changed:
            if self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", self._port))
                self._port = self._listener.getsockname()[1]
                self._threads = []
                self._begin(self._accept, self._listener)

    def unplug(self) -> None:
        """Take power away, in the middle of a frame too. Does nothing when unplugged."""
        with self._changed:
            listener, self._listener = self._listener, None
            if listener is None:
                return
            for one in (listener, *self._viewers):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
            self._changed.notify_all()
        for thread in threads:
            thread.join(_JOIN_S)
        listener.close()

    def restart(self) -> None:
        """Lose power and have it again; viewers are cut off."""
        self.unplug()
        self.plug()

    def show(self, scene: Image) -> None:
        """Put something else before it. The next frame shows it."""
        with self._changed:
            self._scene = scene
            self._coded = {}

    def light(self, level: float) -> None:
        """Set the light of the place: 1 is as the scene was drawn, 0.05 is dark."""
        with self._changed:
            self._level = level
            self._coded = {}

    def stall(self, on: bool = True) -> None:
        """Keep the connection and send nothing; False goes on."""
        with self._changed:
            self._stalled = on
            self._changed.notify_all()

    def drop(self, share: float) -> None:
        """Leave out this share of the frames."""
        self._dropping = share

    def garble(self, share: float) -> None:
        """Damage this share of the frames."""
        self._garbling = share

    def await_sent(self, count: int = 1, within_s: float = 20.0) -> None:
        """Return when so many more frames went out.

        Raises:
            TimeoutError: nobody looks.
        """
        with self._changed:
            goal = self._sent + count
            if not self._changed.wait_for(lambda: self._sent >= goal, within_s):
                raise TimeoutError("the camera did not send its frames")

    def _begin(self, serve: Callable[[socket.socket], None], connection: socket.socket) -> None:
        thread = threading.Thread(target=serve, args=(connection,), name="mjpeg-camera", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                viewer, _ = listener.accept()
            except OSError:
                return
            with self._changed:
                if self._listener is not listener:
                    viewer.close()
                    return
                self._viewers.add(viewer)
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                self._begin(self._serve, viewer)

    def _serve(self, viewer: socket.socket) -> None:
        try:
            viewer.settimeout(_JOIN_S)
            if _asked(viewer):
                viewer.sendall(_HEAD)
                self._stream(viewer)
        except OSError:
            pass  # The viewer went, or the power.
        finally:
            with self._changed:
                self._viewers.discard(viewer)
                self._changed.notify_all()
            viewer.close()

    def _stream(self, viewer: socket.socket) -> None:
        number, due = 0, time.monotonic()
        while True:
            with self._changed:
                due = max(due + 1 / self._fps, time.monotonic())
                self._changed.wait_for(lambda: self._listener is None, due - time.monotonic())
                self._changed.wait_for(lambda: self._listener is None or not self._stalled)
                if self._listener is None:
                    return
                jpeg = self._picture(_RAMP[number] if number < len(_RAMP) else 1.0, number)
                dropped = self._random.random() < self._dropping
            number += 1
            if dropped:
                continue
            viewer.sendall(b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (_BOUNDARY, len(jpeg)))
            viewer.sendall(jpeg + b"\r\n")
            with self._changed:
                self._sent += 1
                self._changed.notify_all()

    def _picture(self, exposure: float, number: int) -> bytes:
        """Code the scene under this exposure, or take what was coded already; the lock is held."""
        coded = self._coded.setdefault(exposure, [])
        wanted = 1 if exposure < 1 else _VARIANTS
        if len(coded) < wanted:
            coded.append(self._code(exposure * self._level))
        jpeg = coded[number % len(coded)]
        if self._random.random() < self._garbling:
            damaged = bytearray(jpeg)
            for _ in range(max(1, len(damaged) // 50)):
                damaged[self._random.randrange(2, len(damaged) - 2)] = self._random.randrange(256)
            return bytes(damaged)
        return jpeg

    def _code(self, level: float) -> bytes:
        grain = self._noise.normal(0, _NOISE_LEVELS, (*self._scene.shape[:2], 1)).astype(np.float32)
        lit = np.clip(self._scene.astype(np.float32) * level + grain, 0, 255).astype(np.uint8)
        return bytes(cv2.imencode(".jpg", lit, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])


def _asked(viewer: socket.socket) -> bool:
    """Read a request to its end, whatever it asks for; False when the viewer left before."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        more = viewer.recv(4096)
        if not more:
            return False
        asked = (asked + more)[-8192:]
    return True
