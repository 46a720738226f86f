"""The process in which a closed photograph library runs: it may crash or hang here and take nothing along.

Takes the library's path, its SHA-256 and the call's name; reads a photograph as it stands on a card from
standard input and writes what the library made of it to standard output. Without input it only loads.
It can write no file, leaves no core dump, and dies with its parent. Only the standard library, since it
is started as a program of its own for each card.
"""

import ctypes
import hashlib
import os
import resource
import signal
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

BMP_BYTES = 54 + 126 * 308
"""A BMP file of 102 by 126 pixels, rows padded to four bytes: the longest that a library gives."""
CALLS: dict[str, tuple[int, int]] = {
    "wlt2bmpBuffer": (BMP_BYTES, 1),
    "ZKID_Wlt2bmpBuffer": (BMP_BYTES, 0),
    "unpack": (708, 1),
}
"""Entry points that readers' makers publish, all ``int f(const char *wlt, char *picture, int)``.

What the last argument is (the buffer's size, or a mode) and what is returned on success.
"""
_ROOM = 1 << 16
_MEMORY = 256 << 20
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4


class Outcome(IntEnum):
    """How the process ends by itself."""

    DONE = 0
    CHECKSUM = 3
    NOT_LOADED = 4
    NO_SUCH_CALL = 5
    REFUSED = 6


def main(arguments: Sequence[str]) -> int:
    """Run one call; returns an `Outcome`."""
    library, checksum, call = arguments
    _confine()
    # The library may talk; what it says must not get between the bytes of the picture.
    out = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    photo = sys.stdin.buffer.read()
    try:
        if hashlib.sha256(Path(library).read_bytes()).hexdigest() != checksum:
            return Outcome.CHECKSUM
        loaded = ctypes.CDLL(library)
    except OSError:
        return Outcome.NOT_LOADED
    if not hasattr(loaded, call):
        return Outcome.NO_SUCH_CALL
    if not photo:
        return Outcome.DONE
    argument, success = CALLS[call]
    function = loaded[call]
    function.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int)
    function.restype = ctypes.c_int
    # How much was written is told from what is not noise any more.
    noise = os.urandom(_ROOM)
    picture = ctypes.create_string_buffer(noise, _ROOM)
    if function(photo, picture, argument) != success:
        return Outcome.REFUSED
    made = picture.raw
    written = next((at for at in range(_ROOM, 0, -1) if made[at - 1] != noise[at - 1]), 0)
    with os.fdopen(out, "wb") as pipe:
        pipe.write(made[:written])
    return Outcome.DONE


def _confine() -> None:
    """Leave the library little to harm: no file, no core dump with a face in it, no life after the parent's."""
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
