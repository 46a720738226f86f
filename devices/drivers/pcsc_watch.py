"""PC/SC's readers as they are now: a context of our own, looked through in short slices, and let go of.

pyscard's monitors end for good when the service restarts, and contexts and cards of before never recover
(0x8010001D). So nothing here outlives an error: what the service says is turned into `Absent`, everything
is released, and the next `open` starts anew. Opens no reader by itself and keeps nothing of a card.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Final

from smartcard import scard

from devices.drivers.insertion import Presence, Sight
from devices.errors import Absent

_GONE_SERVICE = frozenset({
    scard.SCARD_E_NO_SERVICE,
    scard.SCARD_E_SERVICE_STOPPED,
    scard.SCARD_E_INVALID_HANDLE,
    scard.SCARD_F_COMM_ERROR,
})  # fmt: skip
_GONE_READER = frozenset({
    scard.SCARD_E_NO_READERS_AVAILABLE,
    scard.SCARD_E_UNKNOWN_READER,
    scard.SCARD_E_READER_UNAVAILABLE,
})  # fmt: skip
_MUTE_CARD = frozenset({scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNPOWERED_CARD})
_STRANGE_CARD = frozenset({
    scard.SCARD_W_UNSUPPORTED_CARD,
    scard.SCARD_E_CARD_UNSUPPORTED,
    scard.SCARD_E_PROTO_MISMATCH,
})  # fmt: skip
_TURNS_AT = 16
"""pcsc-lite keeps its count of insertions and removals in the state's upper half."""
_KNOWN: Final = (
    0xFFFF0000
    | scard.SCARD_STATE_EMPTY
    | scard.SCARD_STATE_PRESENT
    | scard.SCARD_STATE_MUTE
    | scard.SCARD_STATE_UNAVAILABLE
)
"""What of a state is worth waking up for; who else uses the card is not."""


class CardTrouble(Exception):
    """The card in the reader cannot be talked to."""


class CardGone(CardTrouble):
    """The conversation broke off: the card was taken, or the reader lost it."""


class CardMute(CardTrouble):
    """The card does not answer its reset: put in the wrong way round, or broken."""


class CardStrange(CardTrouble):
    """The card answered its reset, with a protocol that no terminal of ours speaks."""


class ReaderHeld(Exception):
    """Another program holds the reader for itself."""


class PcscWatch:
    """The readers whose name fits `pattern`, as in ``fnmatch`` (case matters)."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._context: int | None = None
        self._states: dict[str, int] = {}

    def open(self) -> tuple[str, ...]:
        """Reach the service; return the readers that fit.

        Raises:
            Absent: ``chip.service_down``, or ``chip.absent`` without a reader that fits.
        """
        self.close()
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if result != scard.SCARD_S_SUCCESS:
            raise Absent("chip.service_down", _hex(result))
        self._context = context
        return self._readers()

    def close(self) -> None:
        """Let go of the service. Safe twice; a service that died is let go of all the same."""
        context, self._context = self._context, None
        self._states = {}
        if context is not None:
            scard.SCardReleaseContext(context)

    def look(self) -> tuple[Sight, ...]:
        """Look at every reader that fits, in the order of their names.

        Raises:
            Absent: the service or the last reader is gone.
        """
        readers = self._readers()
        unaware = [(reader, scard.SCARD_STATE_UNAWARE) for reader in readers]
        result, states = scard.SCardGetStatusChange(self._opened(), 0, unaware)
        if result != scard.SCARD_E_TIMEOUT:
            self._expect(result)
        self._states = {reader: state for reader, state, _ in states}
        return tuple(_sight(reader, state) for reader, state, _ in states)

    def wait(self, seconds: float) -> None:
        """Return when a reader is otherwise than at the last look, or `seconds` are up.

        Raises:
            Absent: the service or a reader is gone.
        """
        known = [(reader, state & _KNOWN) for reader, state in self._states.items()]
        result, _ = scard.SCardGetStatusChange(self._opened(), int(seconds * 1000), known)
        if result != scard.SCARD_E_TIMEOUT:
            self._expect(result)

    @contextmanager
    def connected(self, reader: str) -> Iterator["CardLink"]:
        """Have the card in `reader` to ourselves; it loses its power afterwards, and what it was told with it.

        Raises:
            CardGone, CardMute, CardStrange, ReaderHeld: nothing was connected.
            Absent: the service or the reader is gone.
        """
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, card, protocol = scard.SCardConnect(self._opened(), reader, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        if result == scard.SCARD_E_SHARING_VIOLATION:
            raise ReaderHeld
        if result in _MUTE_CARD:
            raise CardMute
        if result in _STRANGE_CARD:
            raise CardStrange
        self.expect_card(result)
        try:
            yield CardLink(self, card, protocol)
        finally:
            scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)

    def expect_card(self, result: int) -> None:
        """Go on when the service says so of a card.

        Raises:
            CardGone: it says anything else, whatever that is: the card can be tried again.
            Absent: the service or the reader is gone.
        """
        if result != scard.SCARD_S_SUCCESS:
            if result in _GONE_SERVICE | _GONE_READER:
                self._expect(result)
            raise CardGone(_hex(result))

    def _readers(self) -> tuple[str, ...]:
        result, names = scard.SCardListReaders(self._opened(), [])
        if result != scard.SCARD_E_NO_READERS_AVAILABLE:
            self._expect(result)
        fitting = tuple(sorted(name for name in names or () if fnmatchcase(name, self._pattern)))
        if not fitting:
            self.close()
            others = len(names or ())
            raise Absent("chip.absent", f"no reader is called {self._pattern!r}, {others} with other names")
        return fitting

    def _opened(self) -> int:
        if self._context is None:
            raise Absent("chip.offline", "not open")
        return self._context

    def _expect(self, result: int) -> None:
        """Go on when the service says so; else let go of everything.

        Raises:
            Absent: the service or the reader is gone.
        """
        if result == scard.SCARD_S_SUCCESS:
            return
        self.close()
        if result in _GONE_SERVICE:
            raise Absent("chip.service_down", _hex(result))
        if result in _GONE_READER:
            raise Absent("chip.absent", _hex(result))
        raise Absent("chip.offline", _hex(result))


class CardLink:
    """One connected card."""

    def __init__(self, watch: PcscWatch, card: int, protocol: int) -> None:
        self._watch = watch
        self._card = card
        self.t0 = protocol == scard.SCARD_PROTOCOL_T0
        self._header = scard.SCARD_PCI_T0 if self.t0 else scard.SCARD_PCI_T1

    def transmit(self, command: bytes) -> bytes:
        """Send one command as it is; return what comes back.

        Raises:
            CardGone: the card or its answer is gone.
            Absent: the service or the reader is gone.
        """
        result, answer = scard.SCardTransmit(self._card, self._header, list(command))
        self._watch.expect_card(result)
        if not answer:
            raise CardGone("no answer")  # what some readers call success
        return bytes(answer)


def _sight(reader: str, state: int) -> Sight:
    if state & scard.SCARD_STATE_EMPTY:
        presence = Presence.EMPTY
    elif state & scard.SCARD_STATE_PRESENT:
        presence = Presence.MUTE if state & scard.SCARD_STATE_MUTE else Presence.CARD
    else:
        presence = Presence.UNKNOWN
    return Sight(reader, presence, state >> _TURNS_AT & 0xFFFF, bool(state & scard.SCARD_STATE_EXCLUSIVE))


def _hex(result: int) -> str:
    return f"PC/SC {result & 0xFFFFFFFF:08X}"
