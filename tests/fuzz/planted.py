"""Decoders that are wrong on purpose, so that it is known that fuzzing finds what it looks for.

Which one is meant stands in the environment, as each needs a process of its own.
"""

import os
from collections.abc import Iterator

LONGEST = 64
_FAULT = os.environ.get("PLANTED", "")
_kept: list[bytes] = []


def check(data: bytes) -> None:
    """Go wrong on bytes that nobody gave: each right byte is a way further, which only coverage tells."""
    if _FAULT == "growth":
        _kept.append(bytes(4096))
    if len(data) < 3 or data[0] != 0xAA:
        return
    if data[1] != 0x96:
        return
    if data[2] != 0x69:
        return
    if _FAULT == "crash":
        raise IndexError("the length was believed")
    if _FAULT == "memory":
        _kept.append(b"\x01" * (700 * 1024 * 1024))
    while _FAULT == "hang":
        pass


def seeds() -> Iterator[bytes]:
    yield b"\xaa\x00\x00"
