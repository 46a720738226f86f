"""Newland's commands ("Serial Programming Command Manual", and the same in scanners sold under other names).

``~ SOH 0000``, where to keep it (``#`` until the power is off, ``@`` for good), the command, ``; ETX``; the
answer repeats the command behind ``STX SOH 0000``, with ACK, NAK (value out of range) or ENQ (no such
command) before ``; ETX``. Nothing is ever kept for good: a scanner serves after a set-up of its own, too.
"""

from devices.drivers.scanner_talk import Answer, Ask, Found, Look, Preparation, Verdict

_ASKED = b"~\x010000#"
_HEAD = b"\x02\x010000"
_END = b";\x03"
_KEPT = b"#@"
_TAG_BYTES = 6
_LONGEST = 64
"""The answers to what is asked here have at most 17 bytes; others would be information nobody asked for."""
_VERDICTS = {0x06: Verdict.ACCEPTED, 0x15: Verdict.REFUSED, 0x05: Verdict.UNKNOWN}


def _ask(name: str, command: bytes) -> Ask:
    return Ask(name, _ASKED + command + _END)


class Newland:
    """Newland."""

    query = _ask("mode?", b"SCNMOD*")
    trigger = _ask("trigger", b"SCNTRG1")
    stop = _ask("stop", b"SCNTRG0")
    heads = _HEAD[:1]

    def prepare(self) -> Preparation:
        """Read on command only, and say what kind of code it was."""
        yield _ask("mode", b"SCNMOD0")
        yield _ask("identifiers", b"AIDENA1")

    def look(self, data: bytes, at: int) -> Found | Look:
        window = data[at : at + _LONGEST]
        if not window.startswith(_HEAD[: len(window)]):
            return Look.NOTHING
        if len(window) > len(_HEAD) and window[len(_HEAD)] not in _KEPT:
            return Look.NOTHING
        end = window.find(_END)
        if end < 0:
            return Look.PERHAPS if len(window) < _LONGEST else Look.NOTHING
        verdict = _VERDICTS.get(window[end - 1])
        if verdict is None:
            return Look.NOTHING
        return Found(Answer(verdict, window[len(_HEAD) + 1 + _TAG_BYTES : end - 1]), end + len(_END))
