"""A Modbus RTU module with relays and inputs behind a pseudo-terminal, which misbehaves on command.

It answers like the modules one buys: reads of coils and discrete inputs, single writes, exceptions for what
it has not, and silence for another unit's requests and for frames with a wrong checksum.
"""

import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.drivers.modbus_codec import READ_COILS, READ_INPUTS, WRITE_COIL, intact, sealed
from devices.sim.paced_pty import PacedPty

_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS = 1, 2
_REQUEST_BYTES = 8
_JOIN_S = 2.0


class ModbusModule:
    """The module. A context manager: plugged in on entry, gone on exit."""

    def __init__(self, link: Path, *, unit: int = 1, channels: int = 8, baud: int = 9600) -> None:
        self._link, self._unit, self._channels, self._baud = link, unit, channels, baud
        self._changed = threading.Condition()
        self._plugging = threading.Lock()
        self._line: PacedPty | None = None
        self._thread: threading.Thread | None = None
        self._relays = [False] * channels
        self._inputs = [False] * channels
        self._rattle: list[bool] = []
        self._rattling = 0
        self._history: list[tuple[int, bool]] = []
        self._requests = 0
        self._silent = False
        self._garble = 0
        self._noise = b""

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.unplug()

    def plug(self) -> None:
        """Give power and a port; every relay is off then. Does nothing when plugged in."""
        with self._plugging:
            if self._line is None:
                self._relays = [False] * self._channels
                self._line = PacedPty(self._link, self._baud)
                self._thread = threading.Thread(target=self._serve, args=(self._line,), name="modbus", daemon=True)
                self._thread.start()

    def unplug(self) -> None:
        """Take power and port away. Does nothing when unplugged."""
        with self._plugging:
            line, self._line = self._line, None
            if line is None or self._thread is None:
                return
            line.stop()
            self._thread.join(_JOIN_S)
            line.close()

    def lose_power(self) -> None:
        """Let every relay fall, with the port still there, as behind a converter that has power of its own."""
        with self._changed:
            self._relays = [False] * self._channels

    def relay(self, number: int) -> bool:
        """Whether relay `number`, counted from 1, is on."""
        with self._changed:
            return self._relays[number - 1]

    def switched(self, number: int) -> list[bool]:
        """How relay `number` was switched so far, in order."""
        with self._changed:
            return [on for relay, on in self._history if relay == number]

    def close_contact(self, number: int, *, closed: bool = True) -> None:
        """Close or open the contact at an input, counted from 1."""
        with self._changed:
            self._inputs[number - 1] = closed

    def rattle(self, number: int, *states: bool) -> None:
        """Have the next looks at an input, counted from 1, see these states before it rests."""
        with self._changed:
            self._rattling, self._rattle = number - 1, list(states)

    def fall_silent(self, silent: bool = True) -> None:
        self._silent = silent

    def garble(self, count: int = 1) -> None:
        """Spoil the checksum of the next `count` answers."""
        self._garble = count

    def disturb(self, noise: bytes) -> None:
        """Put noise on the wire before each answer; empty for none."""
        self._noise = noise

    def await_request(self, timeout: float = 20.0) -> None:
        """Return once another request came in.

        Raises:
            TimeoutError: none did.
        """
        with self._changed:
            seen = self._requests
            if not self._changed.wait_for(lambda: self._requests > seen, timeout):
                raise TimeoutError("nobody asked")

    def _serve(self, line: PacedPty) -> None:
        heard = b""
        while not line.stopped:
            heard += line.receive()
            while len(heard) >= _REQUEST_BYTES:
                frame, heard = heard[:_REQUEST_BYTES], heard[_REQUEST_BYTES:]
                if not intact(frame):
                    heard = b""
                    break
                for _ in line.send(self._answer(frame)):
                    pass

    def _answer(self, frame: bytes) -> bytes:
        unit, function, first, last = struct.unpack(">BBHH", frame[:6])
        with self._changed:
            self._requests += 1
            self._changed.notify_all()
            if unit != self._unit or self._silent:
                return b""
            answer = sealed(self._body(function, first, last))
            if self._garble:
                self._garble -= 1
                answer = answer[:-1] + bytes([answer[-1] ^ 0xFF])
            return self._noise + answer

    def _body(self, function: int, first: int, last: int) -> bytes:
        if function == WRITE_COIL:
            if first >= self._channels or last not in (0xFF00, 0):
                return bytes([self._unit, function | 0x80, _ILLEGAL_ADDRESS])
            self._relays[first] = bool(last)
            self._history.append((first + 1, bool(last)))
            self._changed.notify_all()
            return struct.pack(">BBHH", self._unit, function, first, last)
        if function not in (READ_COILS, READ_INPUTS):
            return bytes([self._unit, function | 0x80, _ILLEGAL_FUNCTION])
        if not 0 < last <= self._channels - first:
            return bytes([self._unit, function | 0x80, _ILLEGAL_ADDRESS])
        states = list(self._relays if function == READ_COILS else self._inputs)
        if function == READ_INPUTS and self._rattle and first <= self._rattling < first + last:
            states[self._rattling] = self._rattle.pop(0)
        asked = states[first : first + last]
        packed = sum(on << number for number, on in enumerate(asked)).to_bytes((last + 7) // 8, "little")
        return bytes([self._unit, function, len(packed)]) + packed
