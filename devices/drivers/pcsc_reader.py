"""Smart-card reader behind PC/SC: waits for a card, reads it once, says what is wrong with it.

Reads social security cards (free records only) and staff cards; any other card is sent away without its
applications being touched. A broken conversation is told from a card that was pulled out by looking at
the reader again. Never logs, keeps no card; survives every restart of the service by starting anew.
"""

from collections.abc import Callable
from datetime import date, datetime

from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.apdu import CardChannel
from devices.drivers.insertion import Insertion, Phase, Sight
from devices.drivers.pcsc_watch import (
    CardGone,
    CardLink,
    CardMute,
    CardStrange,
    CardTrouble,
    PcscWatch,
    ReaderHeld,
)
from devices.drivers.social_session import read_social_card
from devices.drivers.staff_card import read_staff_card
from devices.errors import MediaTrouble
from devices.registry import PcscSettings
from devices.values import ChipCard, DeviceInfo, DeviceState, DeviceStatus, Media

_SLICE_S = 0.05
"""How long one wait on the service may last: the bound on how late a withdrawal is noticed."""
_TRIES = 3
_TRIED_AGAIN = frozenset({"card.unreadable", "card.wrong_way_round"})
_CARD_S = 10.0
"""How long all tries of one card may take; a healthy card at 9600 baud needs less than two seconds."""
_GONE_S = 1.0
"""How long a removal may take to show: a reader without an interrupt line is asked every 0.4 s by pcscd."""


def _today() -> date:
    return datetime.now().astimezone().date()


class PcscReader:
    """One reader, or several whose names fit the pattern. `today` decides whether a card is still valid."""

    def __init__(self, settings: PcscSettings, today: Callable[[], date] = _today) -> None:
        self._settings = settings
        self._today = today
        self._watch = PcscWatch(settings.reader)
        self._insertions: dict[str, Insertion] = {}
        self._model = ""

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        return DeviceInfo(
            DeviceId(settings.id),
            settings.kind,
            settings.driver,
            self._model,
            capabilities={"cards": ("social-security", "staff")},
        )

    def open(self) -> None:
        self.close()
        self._model = ", ".join(self._watch.open())

    def close(self) -> None:
        self._watch.close()
        for insertion in self._insertions.values():
            insertion.lose_sight()

    def probe(self) -> DeviceStatus:
        sights = self._look()
        held = any(sight.held for sight in sights)
        media = Media.PRESENT if any(sight.presence.occupied for sight in sights) else Media.NOT_PRESENT
        return DeviceStatus(DeviceState.DEVICE_BUSY if held else DeviceState.ONLINE, media)

    def read(self, until: Deadline, say: Callable[[Media], None]) -> ChipCard:
        while not until.passed:
            until.check()
            for sight in self._look(say):
                insertion = self._insertions[sight.reader]
                if insertion.phase is Phase.IN and (card := self._take(insertion, sight, until, say)):
                    return card
                if insertion.phase is Phase.READ and insertion.announce():
                    raise MediaTrouble("card.already_read")
            self._watch.wait(min(_SLICE_S, until.left_s))
        raise MediaTrouble("card.none_presented")

    def card_present(self, until: Deadline) -> bool:
        until.check()
        return any(sight.presence.occupied for sight in self._look())

    def _look(self, say: Callable[[Media], None] = lambda _: None) -> tuple[Sight, ...]:
        sights = self._watch.look()
        for sight in sights:
            if self._insertions.setdefault(sight.reader, Insertion()).see(sight):
                say(Media.NOT_PRESENT)
        return sights

    def _take(
        self, insertion: Insertion, sight: Sight, until: Deadline, say: Callable[[Media], None]
    ) -> ChipCard | None:
        """Read the card that was put in; None when it cannot be had now and has to be tried again."""
        if insertion.announce():
            say(Media.PRESENT)
        card_in, patience = insertion.changes, Deadline(_CARD_S)
        for tries_left in range(_TRIES - 1, -1, -1):
            try:
                # Each try powers the card up anew, which is the reset that a card gone astray needs.
                with self._watch.connected(sight.reader) as link:
                    self._look(say)
                    if insertion.changes != card_in:
                        raise CardGone("another card")  # swapped before we had it; later, a command would fail
                    card = self._talk(link, until, patience)
            except ReaderHeld:
                return None
            except (CardTrouble, MediaTrouble) as error:
                trouble = _told(error)
                if isinstance(error, CardTrouble) and self._gone(insertion, card_in, error, until, say):
                    raise MediaTrouble("card.lifted") from None
                if trouble.fault.code not in _TRIED_AGAIN or not tries_left:
                    break
            else:
                insertion.read()
                return card
        if trouble.fault.code != "card.none_presented":
            insertion.refuse()
        raise trouble

    def _talk(self, link: CardLink, until: Deadline, patience: Deadline) -> ChipCard:
        def transmit(command: bytes) -> bytes:
            until.check()
            if until.passed:
                raise MediaTrouble("card.none_presented", "no time left to read it")
            if patience.passed:
                raise MediaTrouble("card.unreadable", "too slow")
            return link.transmit(command)

        channel = CardChannel(transmit, t0=link.t0)
        card = read_social_card(channel, self._today()) or read_staff_card(channel)
        if card is None:
            raise MediaTrouble("card.unknown")
        return card

    def _gone(
        self, insertion: Insertion, card_in: int, trouble: CardTrouble, until: Deadline, say: Callable[[Media], None]
    ) -> bool:
        """Whether the card that was to be read is not there any more."""
        # Only where a conversation broke off is it likely enough to be worth a citizen's time.
        patience = Deadline(_GONE_S if isinstance(trouble, CardGone) else 0.0)
        while True:
            until.check()
            self._look(say)
            if insertion.changes != card_in:
                return True
            if patience.passed:
                return False
            self._watch.wait(_SLICE_S)


def _told(trouble: CardTrouble | MediaTrouble) -> MediaTrouble:
    """Say in a fault's words what was the matter with a card."""
    match trouble:
        case MediaTrouble():
            return trouble
        case CardMute():
            return MediaTrouble("card.wrong_way_round", "no answer to its reset")
        case CardStrange():
            return MediaTrouble("card.unknown", "no protocol in common")
        case _:
            return MediaTrouble("card.unreadable", f"the conversation broke off: {trouble}")
