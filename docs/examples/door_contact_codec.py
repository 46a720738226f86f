"""The bytes of the example's door contact; pure: bytes in, values out.

Asked with ``?`` it answers one line, ``DOOR OPEN 0C`` or ``DOOR CLOSED 52``, ended by CR LF: the last two
characters are the exclusive or of the bytes before them, in hexadecimal. What does not check is dropped up to
the next line's end; a line may not be longer than `LONGEST`.
"""

from functools import reduce
from operator import xor

QUESTION = b"?"
LONGEST = 32
_WORDS = {b"DOOR OPEN": True, b"DOOR CLOSED": False}


def answer(*, is_open: bool) -> bytes:
    """Make the line of a contact that is open or closed."""
    body = next(word for word, meaning in _WORDS.items() if meaning is is_open)
    return b"%s %02X\r\n" % (body, _check(body))


class LineReader:
    """Takes bytes as they come, gives whether the door is open as each whole line says it."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> list[bool]:
        """Take `data`; return what the lines that it completed say, oldest first."""
        *lines, self._pending = (self._pending + data).split(b"\n")
        self._pending = self._pending[-LONGEST:]  # noise without an end must not pile up
        return [meaning for line in lines if (meaning := _read(line)) is not None]


def _read(line: bytes) -> bool | None:
    body, _, check = line.removesuffix(b"\r").rpartition(b" ")
    if len(line) > LONGEST or check != b"%02X" % _check(body):
        return None
    return _WORDS.get(body)


def _check(body: bytes) -> int:
    return reduce(xor, body, 0)
