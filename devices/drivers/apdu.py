"""Commands to a chip card and what it answers: ISO 7816-4 over either protocol, pure but for `transmit`.

Does what T=0 leaves to the terminal: fetches what waits (61xx) and repeats with the exact length (6Cxx).
A card may ask for either without end, so both are counted; no answer grows beyond what any of our files
holds. Nothing that a card answers stands in an exception or a `repr`: status words and places only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from devices.errors import MediaTrouble

Transmit = Callable[[bytes], bytes]

OK = 0x9000
FILE_INVALIDATED = 0x6283
SECURITY_NOT_SATISFIED = 0x6982
BLOCKED = 0x6983
CARD_LOCKED = 0x6A81
NOT_FOUND = 0x6A82
RECORD_NOT_FOUND = 0x6A83
WRONG_P1_P2 = 0x6A86
WRONG_OFFSET = 0x6B00
NO_DIAGNOSIS = 0x6F00
LOCKED_FOR_GOOD = 0x9303

_LOCKED = frozenset({FILE_INVALIDATED, BLOCKED, CARD_LOCKED, LOCKED_FOR_GOOD})
"""The last is PBOC's (China Financial Integrated Circuit Card Specifications), the others ISO 7816-4's."""
_MORE, _EXACT_LENGTH = 0x61, 0x6C
_GET_RESPONSE = bytes.fromhex("00C00000")
_SHORT_BYTES = 256
"""A short answer's data; its status word comes on top. Extended lengths are never asked for."""
_MOST_BYTES = 1024
_MOST_ROUNDS = 8
_MOST_CORRECTIONS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card answered: data, and the status word that ended it."""

    data: bytes = field(repr=False)
    status: int


class CardChannel:
    """A conversation with one card. `transmit` sends one command as it is and returns what comes back."""

    def __init__(self, transmit: Transmit, *, t0: bool) -> None:
        self._transmit = transmit
        self._t0 = t0

    def select(self, p1: int, p2: int, name: bytes) -> int:
        """Select a file or an application; return the status word, what it says of itself is not used."""
        return self.ask(bytes((0x00, 0xA4, p1, p2)), name).status

    def ask(self, header: bytes, data: bytes = b"", expected: int | None = None) -> Answer:
        """Put one command to its end.

        Args:
            header: CLA, INS, P1, P2.
            data: what goes with it, at most 255 bytes.
            expected: how many bytes are expected, 256 for "as many as there are"; None for none.

        Raises:
            MediaTrouble: ``card.unreadable``, the card does not keep to ISO 7816-4.
        """
        command = self._command(header, data, expected)
        collected, rounds, corrections = bytearray(), 0, 0
        while True:
            response = self._transmit(command)
            rounds += 1
            if not 2 <= len(response) <= _SHORT_BYTES + 2:
                raise _nonsense(header, f"answer of {len(response)} bytes")
            if rounds > _MOST_ROUNDS:
                raise _nonsense(header, "no end of rounds")
            first, second = response[-2], response[-1]
            if first == _EXACT_LENGTH:
                corrections += 1
                if corrections > _MOST_CORRECTIONS:
                    raise _nonsense(header, "no length is the right one")
                command = _with_length(command, second)
                continue
            collected += response[:-2]
            if len(collected) > _MOST_BYTES:
                raise _nonsense(header, "no end of data")
            if first == _MORE:
                command = _GET_RESPONSE + bytes((second,))
                continue
            return Answer(bytes(collected), first << 8 | second)

    def _command(self, header: bytes, data: bytes, expected: int | None) -> bytes:
        command = header + (bytes((len(data),)) + data if data else b"")
        # With data under T=0 there is no place for an expected length: what waits is told by 61xx.
        if expected is None or (data and self._t0):
            return command
        return command + bytes((expected & 0xFF,))


def _with_length(command: bytes, length: int) -> bytes:
    """Repeat `command` with `length` as its expected length, in whichever of the four cases it is."""
    has_data = len(command) > 5 and len(command) >= 5 + command[4]
    body = command[: 5 + command[4]] if has_data else command[:4]
    return body + bytes((length,))


def _nonsense(header: bytes, what: str) -> MediaTrouble:
    return MediaTrouble("card.unreadable", f"command {header[1]:02X}: {what}")


def selected(status: int) -> bool:
    """Whether a SELECT by name found the application.

    Raises:
        MediaTrouble: ``card.blocked``, or ``card.unreadable`` where the card does not say anything of use.
    """
    if status == OK:
        return True
    if status in _LOCKED:
        raise refusal(status, "select")
    if status == NO_DIAGNOSIS or not 0x6200 <= status <= 0x6FFF:
        raise refusal(status, "select")
    return False


def refusal(status: int, doing: str) -> MediaTrouble:
    """Say what a status word other than 9000 means for whoever holds the card."""
    detail = f"{doing}: status {status:04X}"
    if status in _LOCKED:
        return MediaTrouble("card.blocked", detail)
    if status == SECURITY_NOT_SATISFIED:
        return MediaTrouble("card.unsupported", detail)  # free data that is not free on this card
    return MediaTrouble("card.unreadable", detail)
