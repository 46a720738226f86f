"""A card in the slot of a virtual reader: vpcd's protocol on a socket, and the hand that puts cards in.

A card that lies in the slot stays there while the service restarts: it is connected again as soon as
there is a service. Acknowledges at once (TCP_QUICKACK, after every message), since vpcd sends length and
body apart and would otherwise wait 40 ms for the acknowledgement in between.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from devices.sim.chip_cards import Card
from devices.sim.chip_faults import Lifted

_POWER_OFF, _POWER_ON, _RESET, _ATR = 0x00, 0x01, 0x02, 0x04
_JOIN_S = 5.0
_AGAIN_S = 0.02


class CardSlot:
    """The slot and whoever puts cards into it. A context manager; any thread may command it."""

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._changed = threading.Condition()
        self._card: Card | None = None
        self._line: socket.socket | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="chip-card", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        with self._changed:
            self._closing = True
        self._put(None)
        self._thread.join(_JOIN_S)

    @property
    def card(self) -> Card | None:
        return self._card

    def lay(self, card: Card) -> None:
        """Put a card in; one that is in already is taken out."""
        self._put(card)

    def lift(self) -> None:
        """Take the card out, in mid-answer too."""
        self._put(None)

    def _put(self, card: Card | None) -> None:
        with self._changed:
            self._card = card
            if self._line is not None:
                # Ends the other thread's wait, which closing alone would not.
                with contextlib.suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._card is not None)
                card = self._card
                if self._closing:
                    return
            if card is not None:
                self._hold(card)

    def _hold(self, card: Card) -> None:
        """Have `card` in the slot until the service ends or somebody takes it."""
        try:
            line = self._connect()
        except OSError:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._card is not card, _AGAIN_S)
            return
        with line:
            with self._changed:
                if self._card is not card:
                    return
                self._line = line
            try:
                card.reset()
                _serve(line, card)
            except Lifted:
                with self._changed:
                    self._card = None if self._card is card else self._card
            except OSError:
                pass  # the service is gone, or the card was taken
            finally:
                with self._changed:
                    self._line = None


def _serve(line: socket.socket, card: Card) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        message = _received(line, int.from_bytes(_received(line, 2), "big"))
        if len(message) != 1:
            answer = card.answer(message)
        elif message[0] == _ATR:
            answer = card.atr
        elif message[0] in (_POWER_OFF, _POWER_ON, _RESET):
            card.reset()
            continue
        else:
            continue
        line.sendall(len(answer).to_bytes(2, "big") + answer)


def _received(line: socket.socket, count: int) -> bytes:
    """Return exactly so many bytes; raises `ConnectionError` when the service is gone before them."""
    data = bytearray()
    while len(data) < count:
        piece = line.recv(count - len(data))
        if not piece:
            raise ConnectionError
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        data += piece
    return bytes(data)
