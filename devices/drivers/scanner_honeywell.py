"""Honeywell's commands (user's guides, "Serial Programming Commands"; other makers' engines speak them too).

``SYN T CR`` and ``SYN U CR`` trigger and release and are not answered, so a menu question goes with each.
Menu commands are ``SYN M CR``, tag, value, and ``!`` (until the power is off) or ``.`` (for good; in a
question neither); the answer repeats tag and value, then ACK, ENQ (no such tag) or NAK (value out of range).
"""

import string

from devices.drivers.scanner_talk import Answer, Ask, Found, Look, Preparation, Verdict

_TRIGGER = b"\x16T\r"
_RELEASE = b"\x16U\r"
_MENU = b"\x16M\r"
_MODE, _PREFIX = b"TRGMOD", b"PREBK2"
_TAGS = (_MODE, _PREFIX)
"""Only what is asked here is answered; by its tag an answer is known, since it has no frame."""
_AIM_FOR_ALL = b"995C81"
"""A prefix for all symbologies (99): the AIM identifier (5C81)."""
_LONGEST_VALUE = 64
_VERDICTS = {0x06: Verdict.ACCEPTED, 0x15: Verdict.REFUSED, 0x05: Verdict.UNKNOWN}
_VALUE = string.ascii_letters.encode() + string.digits.encode()
_CLOSINGS = b".!;"
_IS_MODE = _MENU + _MODE + b"?."


class Honeywell:
    """Honeywell."""

    query = Ask("mode?", _IS_MODE)
    # The question first: whether a menu command would end a running reading is not documented.
    trigger = Ask("trigger", _IS_MODE + _TRIGGER)
    stop = Ask("stop", _RELEASE + _IS_MODE)
    heads = bytes({tag[0] for tag in _TAGS})

    def prepare(self) -> Preparation:
        """Read on command only, and say what kind of code it was."""
        yield Ask("mode", _MENU + _MODE + b"0!")
        prefix = yield Ask("prefix?", _MENU + _PREFIX + b"?.")
        # Prefixes add up, so one that is there already must not be given again.
        if _AIM_FOR_ALL not in prefix.data:
            yield Ask("identifiers", _MENU + _PREFIX + _AIM_FOR_ALL + b"!")

    def look(self, data: bytes, at: int) -> Found | Look:
        for tag in _TAGS:
            there = data[at : at + len(tag)]
            if there == tag:
                return self._value(data, at, at + len(tag))
            if tag.startswith(there) and at + len(there) == len(data):
                return Look.PERHAPS
        return Look.NOTHING

    def _value(self, data: bytes, at: int, start: int) -> Found | Look:
        """Look for the rest of an answer whose value begins at `start`."""
        value = data[start : start + _LONGEST_VALUE]
        size = len(value) - len(value.lstrip(_VALUE))
        end = start + size
        if end == len(data):
            return Look.PERHAPS if size < _LONGEST_VALUE else Look.NOTHING
        verdict = _VERDICTS.get(data[end])
        if verdict is None:
            return Look.NOTHING
        if end + 1 == len(data):
            return Look.PERHAPS
        closed = data[end + 1] in _CLOSINGS
        return Found(Answer(verdict, data[start:end]), end + 1 + closed - at)
