"""An identity-card reader with an SDT module, whatever carries its bytes.

What a serial and a USB reader share: status, module number, cards, photographs. Only how the module is
reached differs, and is the subclass's. Guards against two drivers that drift apart.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from contract.fault import Fault
from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.card_record import decode_card
from devices.drivers.sdt_cards import SdtCards
from devices.drivers.sdt_codec import CardBlocks, Command, Status, parse_module_number
from devices.drivers.sdt_line import SdtLine
from devices.drivers.sdt_wire import Wire
from devices.drivers.wlt_decoder import WltDecoder
from devices.errors import DeviceError, Garbled, Silent
from devices.registry import SdtSerialSettings, SdtUsbSettings
from devices.values import Capability, CardLayout, DeviceInfo, DeviceState, DeviceStatus, IdentityCard, Media

_NUMBER_TRIES = 3
_OPENING_S = 10.0
_PROBING_S = 2.0


def this_day() -> date:
    return datetime.now().astimezone().date()


class SdtDevice(ABC):
    """One reader. `today` decides whether a card is still valid."""

    def __init__(self, settings: SdtSerialSettings | SdtUsbSettings, wire: Wire, today: Callable[[], date]) -> None:
        self._settings = settings
        self._wire = wire
        self._today = today
        self._line = SdtLine(wire)
        self._photos = WltDecoder.of(settings)
        self._cards = SdtCards(
            self._line,
            self._understand,
            fingerprints=settings.fingerprints,
            additional_address=settings.additional_address,
        )
        self._module_number = ""

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        capabilities: dict[str, Capability] = {
            "layouts": tuple(layout.value for layout in CardLayout),
            "photo": self._photos.state if self._photos else "none",
            "fingerprints": settings.fingerprints,
            "additional_address": settings.additional_address,
            **self._way(),
        }
        return DeviceInfo(
            DeviceId(settings.id), settings.kind, settings.driver, "SDT module", self._module_number, capabilities
        )

    def open(self) -> None:
        self.close()
        until = Deadline(_OPENING_S)
        try:
            self._reach(until)
            self._module_number = self._ask_number(until)
        except DeviceError:
            self.close()
            raise
        if self._photos:
            self._photos.check(until)

    def close(self) -> None:
        self._wire.close()
        self._cards.forget()

    def probe(self) -> DeviceStatus:
        self._line.exchange(Command.STATUS, Deadline(_PROBING_S))
        # A reader whose photographs fail still serves: no item may wait for a closed library.
        trouble = self._photos.trouble if self._photos else ""
        return DeviceStatus(DeviceState.ONLINE, fault=Fault.of("reader.photo_library", trouble) if trouble else None)

    def read(self, until: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        card = self._cards.read(until, say)
        return replace(card, photo=self._photos.png(card.photo_wlt, until)) if self._photos else card

    def card_present(self, until: Deadline) -> bool:
        return self._cards.present(until)

    @abstractmethod
    def _reach(self, until: Deadline) -> None:
        """Open the wire and make sure that the module answers on it.

        Raises:
            DeviceError: it cannot be reached, or only garbles.
        """

    @abstractmethod
    def _way(self) -> dict[str, Capability]:
        """Say how the module is reached, as capabilities."""

    def _understand(self, blocks: CardBlocks) -> IdentityCard:
        return decode_card(blocks, self._today())

    def _ask_number(self, until: Deadline) -> str:
        """Return the module's number; "" when it will not say, which keeps no citizen from being served."""
        for _ in range(_NUMBER_TRIES):
            try:
                answer = self._line.exchange(Command.MODULE_NUMBER, until)
            except (Silent, Garbled):
                continue
            if answer.status == Status.SUCCESS:
                return parse_module_number(answer.data)
        return ""
