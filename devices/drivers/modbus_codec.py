"""Modbus RTU requests and replies, as far as relays and contacts need them: pure, bytes in, values out.

Coils are read and written, discrete inputs are read (Modbus Application Protocol V1.1b3, §6.1, 6.2, 6.5;
framing and checksum: Modbus over Serial Line V1.02, §2.5). A reply counts only with the asked unit, the
asked function and a right checksum, so that noise on a long wire never opens a door that is closed.
"""

import struct
from dataclasses import dataclass

READ_COILS, READ_INPUTS, WRITE_COIL = 0x01, 0x02, 0x05
_EXCEPTION = 0x80
_EXCEPTION_BYTES = 5
_WRITE_BYTES = 8
_AROUND_BITS = 5
"""Unit, function, count of bytes, and two of the checksum."""
_ON, _OFF = 0xFF00, 0x0000
LONGEST_BYTES = 256
"""No frame is longer (Modbus over Serial Line V1.02, §2.5.1.1)."""


class Refused(Exception):
    """The module understood the request and will not do it; `code` is its exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Modbus exception {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `first` counts from 0; `count` is 1 for a write, `on` matters to a write only."""

    unit: int
    function: int
    first: int
    count: int = 1
    on: bool = False

    @property
    def frame(self) -> bytes:
        last = (_ON if self.on else _OFF) if self.function == WRITE_COIL else self.count
        return sealed(struct.pack(">BBHH", self.unit, self.function, self.first, last))

    @property
    def reply_bytes(self) -> int:
        """How long a reply that is no refusal is."""
        return _WRITE_BYTES if self.function == WRITE_COIL else _AROUND_BITS + (self.count + 7) // 8


def checksum(data: bytes) -> int:
    """CRC-16 of Modbus: polynomial 0xA001, reflected, from 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def sealed(data: bytes) -> bytes:
    """Append the checksum, low byte first."""
    return data + struct.pack("<H", checksum(data))


def intact(frame: bytes) -> bool:
    return len(frame) >= _EXCEPTION_BYTES - 1 and sealed(frame[:-2]) == frame


def find_reply(request: Request, heard: bytes) -> tuple[bool, ...] | None:
    """Look in what was heard for the reply to `request`; None while there is none.

    Returns the states that were asked for, or the one state that was written.

    Raises:
        Refused: the module answered with an exception.
    """
    for start in range(len(heard)):
        if heard[start] != request.unit:
            continue
        refusal = heard[start : start + _EXCEPTION_BYTES]
        if len(refusal) == _EXCEPTION_BYTES and refusal[1] == request.function | _EXCEPTION and intact(refusal):
            raise Refused(refusal[2])
        frame = heard[start : start + request.reply_bytes]
        if len(frame) == request.reply_bytes and frame[1] == request.function and intact(frame):
            states = _states(request, frame)
            if states is not None:
                return states
    return None


def _states(request: Request, frame: bytes) -> tuple[bool, ...] | None:
    if request.function == WRITE_COIL:
        return (request.on,) if frame == request.frame else None
    bits = frame[3:-2]
    if frame[2] != len(bits):
        return None
    return tuple(bool(bits[number // 8] >> number % 8 & 1) for number in range(request.count))
