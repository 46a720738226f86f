"""Frames on a link's byte stream: four bytes of length, most significant first, then that many of JSON.

Pure bytes, no socket. A length is judged as soon as its four bytes are here, so that an absurd one
costs nothing: no byte of such a frame is waited for or kept. An empty frame is as wrong as a long one.
"""

import struct
from collections.abc import Iterator

MAX_FRAME = 16 * 1024 * 1024
"""The longest frame in bytes: an A4 page photographed at 300 dpi, or a print job of ten pages, as base64."""

_HEAD = struct.Struct(">I")


class FrameError(Exception):
    """What came is no frame of ours. The stream cannot be found into again."""


def framed(body: bytes, longest: int = MAX_FRAME) -> bytes:
    """Return `body` as a frame.

    Raises:
        FrameError: it is empty or longer than `longest`.
    """
    if not 0 < len(body) <= longest:
        raise FrameError(f"a frame of {len(body)} bytes, where 1 to {longest} are allowed")
    return _HEAD.pack(len(body)) + body


class Unframer:
    """Cuts a stream into the bodies of its frames, however the bytes arrive."""

    def __init__(self, longest: int = MAX_FRAME) -> None:
        self._longest = longest
        self._held = bytearray()

    @property
    def held(self) -> int:
        """How many bytes of an unfinished frame are kept."""
        return len(self._held)

    def feed(self, received: bytes) -> Iterator[bytes]:
        """Take bytes, yield the bodies that they complete.

        Raises:
            FrameError: a length is out of bounds.
        """
        self._held += received
        while len(self._held) >= _HEAD.size:
            (length,) = _HEAD.unpack_from(self._held)
            if not 0 < length <= self._longest:
                self._held.clear()
                raise FrameError(f"a frame of {length} bytes is announced, where 1 to {self._longest} are allowed")
            end = _HEAD.size + length
            if len(self._held) < end:
                return
            body = bytes(memoryview(self._held)[_HEAD.size : end])
            del self._held[:end]
            yield body
