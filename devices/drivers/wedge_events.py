"""Records of the kernel's input layer into what was typed: pure, bytes in, pieces of a code out.

A record (``struct input_event`` of the kernel's interface) is two words of time, type, code, value. Where
the kernel says that it dropped some (``SYN_DROPPED``), everything up to the next report is of no use, and
neither is the code it belonged to. Keeps less than one record back.
"""

import struct
from typing import Final, Literal

from evdev.ecodes import EV_KEY, EV_SYN, SYN_DROPPED, SYN_REPORT

from devices.drivers.wedge_keymap import AltCodes, LayoutName, Typist

RECORD = struct.Struct("@llHHi")
LOST: Final = "lost"


class Records:
    """What a keyboard sends."""

    def __init__(self, layout: LayoutName, alt_codes: AltCodes) -> None:
        self._typist = Typist(layout, alt_codes)
        self._rest = b""
        self._dropping = False

    def feed(self, data: bytes) -> list[bytes | Literal["lost"]]:
        """Return what was typed, in order, and `LOST` where something is missing."""
        data = self._rest + data
        whole = len(data) - len(data) % RECORD.size
        self._rest = data[whole:]
        pieces: list[bytes | Literal["lost"]] = []
        for _, _, kind, code, value in RECORD.iter_unpack(data[:whole]):
            if kind == EV_SYN and code == SYN_DROPPED:
                self._dropping = True
                self._typist.forget()
                pieces.append(LOST)
            elif kind == EV_SYN and code == SYN_REPORT:
                self._dropping = False
            elif kind == EV_KEY and not self._dropping and (typed := self._typist.key(code, value)):
                pieces.append(typed)
        return pieces
