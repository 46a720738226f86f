"""Records of an input device, in any layout: typed bytes or losses, and never more kept than half a record."""

import struct
from collections.abc import Iterator
from typing import get_args

from evdev.ecodes import ecodes

from devices.drivers.wedge_events import LOST, RECORD, Records
from devices.drivers.wedge_keymap import AltCodes, LayoutName
from tests.fuzz.targets import pieces

LONGEST = 8192
_LAYOUTS: tuple[LayoutName, ...] = get_args(LayoutName)
_ALT_CODES: tuple[AltCodes, ...] = get_args(AltCodes)
_LONGEST_KEY_BYTES = 8
_EV_KEY, _EV_SYN, _SYN_DROPPED = 1, 0, 3


def check(data: bytes) -> None:
    if len(data) < 2:
        return
    records = Records(_LAYOUTS[data[0] % len(_LAYOUTS)], _ALT_CODES[data[1] % len(_ALT_CODES)])
    for piece in pieces(data[2:]):
        for typed in records.feed(piece):
            assert typed == LOST or len(typed) <= _LONGEST_KEY_BYTES
        assert len(records._rest) < RECORD.size, "more is kept than half a record"


def _records(*events: tuple[int, int, int]) -> bytes:
    return b"".join(struct.pack("@llHHi", 0, 0, *event) + struct.pack("@llHHi", 0, 0, 0, 0, 0) for event in events)


def _typed(*names: str) -> bytes:
    return _records(*((_EV_KEY, ecodes[f"KEY_{name}"], value) for name in names for value in (1, 0)))


def seeds() -> Iterator[bytes]:
    digits = [f"KP{digit}" for digit in "20320"]
    alt = (
        _records((_EV_KEY, ecodes["KEY_LEFTALT"], 1)) + _typed(*digits) + _records((_EV_KEY, ecodes["KEY_LEFTALT"], 0))
    )
    shift = (
        _records((_EV_KEY, ecodes["KEY_LEFTSHIFT"], 1))
        + _typed("A", "2")
        + _records((_EV_KEY, ecodes["KEY_LEFTSHIFT"], 0))
    )
    dropped = _records((_EV_KEY, ecodes["KEY_A"], 1), (_EV_SYN, _SYN_DROPPED, 0), (_EV_KEY, ecodes["KEY_B"], 1))
    for layout in range(len(_LAYOUTS)):
        for code in range(len(_ALT_CODES)):
            yield bytes((layout, code, 63)) + _typed("H", "T", "T", "P", "DOT", "ENTER") + shift + alt + dropped
    yield bytes((0, 0, 6)) + _typed("1", "2", "TAB")
