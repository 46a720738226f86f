"""Frames on their way to the screen: shared memory that holds the newest few, beside the JSON link.

The writer makes a `FrameRing` (an anonymous memory file) and passes `descriptor` over the Unix socket once
(SCM_RIGHTS); the reader opens a `FrameWindow` on what it received and asks for the newest frame of an order as
often as it paints. The writer never waits. A frame that was overwritten while it was copied is never returned:
a sequence number says so on any order of stores that x86 keeps, and a checksum on all others. Frames show
people: each order's are wiped when it ends, and a late frame of an ended order is dropped.
"""

import fcntl
import mmap
import os
import struct
import threading
import zlib

from contract.ids import OrderId
from devices.values import Frame

SLOTS = 3
"""One is being written, one is being copied, one is ready."""
FRAME_BYTES = 960 * 960 * 3
"""What fits into a slot: any frame of `devices.drivers.frame_source.PREVIEW_SIDE`."""
MAX_SLOTS = 8
MAX_FRAME_BYTES = 64 * 1024 * 1024
_MAGIC = b"kfr1"
_HEAD = struct.Struct("@4sIII")
"""Magic, slots, bytes of a slot's frame, bytes of a slot."""
_SLOT = struct.Struct("@QQIIII64s")
"""Sequence (odd while being written), number, width, height, bytes, checksum, order's id."""
_SEQUENCE = struct.Struct("@Q")
_CHECKED = struct.Struct("@QII64s")
_ORDER_BYTES = 64
_PAGE = mmap.PAGESIZE
_F_SEAL_FUTURE_WRITE = 0x10
"""Linux 5.1; Python names it from 3.13 on. Whoever receives the descriptor can read and nothing else."""
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL


class FrameRing:
    """The writer's side. Any thread may call; frames of one order come from one thread."""

    def __init__(self, slots: int = SLOTS, frame_bytes: int = FRAME_BYTES) -> None:
        """Make the memory; about `slots` × `frame_bytes`, taken from the system as it is first written.

        Raises:
            ValueError: a bound is not kept.
        """
        if not (2 <= slots <= MAX_SLOTS and 0 < frame_bytes <= MAX_FRAME_BYTES):
            raise ValueError("out of bounds")
        self._slots = slots
        self._frame_bytes = frame_bytes
        self._slot_bytes = _paged(_SLOT.size + frame_bytes)
        self._lock = threading.Lock()
        self._order: OrderId | None = None
        self._turn = 0
        self._sequences = [0] * slots
        self._used = [0] * slots
        size = _PAGE + slots * self._slot_bytes
        self._descriptor = os.memfd_create("frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self._descriptor, size)
        self._memory = mmap.mmap(self._descriptor, size)
        # Sealed, because a reader whose mapping shrinks beneath it dies of a bus error.
        fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, _SEALS | _F_SEAL_FUTURE_WRITE)
        _HEAD.pack_into(self._memory, 0, _MAGIC, slots, frame_bytes, self._slot_bytes)

    @property
    def descriptor(self) -> int:
        """What to pass on; stays this object's own."""
        return self._descriptor

    def begin(self, order: OrderId) -> None:
        """Take frames of `order` from now on, and of no other."""
        with self._lock:
            self._wipe()
            self._order = order

    def put(self, order: OrderId, frame: Frame) -> bool:
        """Make `frame` the newest; False when it is too large, or its order is not the one that runs."""
        size = len(frame.pixels)
        fits = size == frame.width * frame.height * 3 <= self._frame_bytes
        with self._lock:
            if order != self._order or not fits or self._memory.closed:
                return False
            slot, self._turn = self._turn, (self._turn + 1) % self._slots
            name = _named(order)
            checked = _checksum(frame.number, frame.width, frame.height, name, frame.pixels)
            start = self._start(slot)
            sequence = self._sequences[slot] = self._sequences[slot] + 2
            self._used[slot] = max(self._used[slot], size)
            _SEQUENCE.pack_into(self._memory, start, sequence - 1)
            self._memory[start + _SLOT.size : start + _SLOT.size + size] = frame.pixels
            _SLOT.pack_into(
                self._memory, start, sequence - 1, frame.number, frame.width, frame.height, size, checked, name
            )
            _SEQUENCE.pack_into(self._memory, start, sequence)
            return True

    def end(self, order: OrderId) -> None:
        """Wipe every frame if `order` is the one that runs; what still comes of it is dropped."""
        with self._lock:
            if order == self._order:
                self._order = None
                self._wipe()

    def close(self) -> None:
        """Wipe and let go. Safe twice; a reader that still has the memory sees nothing in it."""
        with self._lock:
            if not self._memory.closed:
                self._order = None
                self._wipe()
                self._memory.close()
                os.close(self._descriptor)

    def _start(self, slot: int) -> int:
        return _PAGE + slot * self._slot_bytes

    def _wipe(self) -> None:
        for slot, used in enumerate(self._used):
            if used:
                start = self._start(slot)
                sequence = self._sequences[slot] = self._sequences[slot] + 2
                _SEQUENCE.pack_into(self._memory, start, sequence - 1)
                self._memory[start + _SEQUENCE.size : start + _SLOT.size + used] = bytes(
                    _SLOT.size - _SEQUENCE.size + used
                )
                _SEQUENCE.pack_into(self._memory, start, sequence)
                self._used[slot] = 0


class FrameWindow:
    """The reader's side, of one thread."""

    def __init__(self, descriptor: int) -> None:
        """Open the window on a received descriptor, which stays the caller's and may be closed afterwards.

        Raises:
            ValueError: it is no ring of frames, or one that could be shrunk while it is looked at.
            OSError: it is no memory file at all.
        """
        if fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & _SEALS != _SEALS:
            raise ValueError("not sealed")
        size = os.fstat(descriptor).st_size
        if not _PAGE <= size <= _PAGE + MAX_SLOTS * _paged(_SLOT.size + MAX_FRAME_BYTES):
            raise ValueError("not a ring of frames")
        self._memory = mmap.mmap(descriptor, size, access=mmap.ACCESS_READ)
        magic, self._slots, self._frame_bytes, self._slot_bytes = _HEAD.unpack_from(self._memory)
        whole = self._slot_bytes == _paged(_SLOT.size + self._frame_bytes)
        if magic != _MAGIC or not whole or size != _PAGE + self._slots * self._slot_bytes:
            self._memory.close()
            raise ValueError("not a ring of frames")

    def newest(self, order: OrderId, after: int = 0) -> Frame | None:
        """Copy the newest whole frame of `order` whose number is above `after`; None when there is none."""
        name = _named(order)
        waiting = []
        for slot in range(self._slots):
            start = _PAGE + slot * self._slot_bytes
            sequence, number, *_, owner = _SLOT.unpack_from(self._memory, start)
            if sequence and sequence % 2 == 0 and number > after and owner == name:
                waiting.append((number, start))
        # The older ones too: the newest may be overwritten while it is copied, by a writer two rounds ahead.
        for number, start in sorted(waiting, reverse=True):
            frame = self._copy(start, name)
            if frame is not None and frame.number >= number:
                return frame
        return None

    def close(self) -> None:
        """Let go. Safe twice."""
        self._memory.close()

    def _copy(self, start: int, name: bytes) -> Frame | None:
        sequence, number, width, height, size, checked, owner = _SLOT.unpack_from(self._memory, start)
        if sequence % 2 or owner != name or not 0 < size == width * height * 3 <= self._frame_bytes:
            return None
        pixels = self._memory[start + _SLOT.size : start + _SLOT.size + size]
        unchanged = _SEQUENCE.unpack_from(self._memory, start)[0] == sequence
        if not unchanged or _checksum(number, width, height, owner, pixels) != checked:
            return None
        return Frame(number, width, height, pixels)


def _named(order: OrderId) -> bytes:
    """Return the order's id as a slot holds it. A longer one would meet its like, and is refused."""
    name = order.encode()
    if not 0 < len(name) <= _ORDER_BYTES:
        raise ValueError("not an order's id")
    return name.ljust(_ORDER_BYTES, b"\0")


def _checksum(number: int, width: int, height: int, name: bytes, pixels: bytes) -> int:
    return zlib.crc32(pixels, zlib.crc32(_CHECKED.pack(number, width, height, name)))


def _paged(size: int) -> int:
    return -(-size // _PAGE) * _PAGE
