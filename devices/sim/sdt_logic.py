"""What a simulated SDT module knows: the card on it, and its answer to each command.

A card must be found, selected, read; a card that was read stays unfound until it is lifted. What a module
does with the additional-address command and no selected card nobody described publicly; here it is "read
failed". Knows nothing of lines and faults.
"""

from dataclasses import dataclass
from typing import assert_never

from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Damage, Frame, Status

READS = (Command.READ, Command.READ_WITH_FINGERPRINT)
_NUMBER = (5, 1, 20200101, 1234567, 89012345)


@dataclass(slots=True)
class Card:
    """A card on the module. `wire_s` is what the line carried for it so far, in seconds."""

    text: bytes
    photo: bytes
    fingerprints: bytes
    additional_address: bytes | None
    laid_at: float
    selected: bool = False
    read: bool = False
    wire_s: float = 0.0


class ModuleLogic:
    """The module's own state. `refusals` are commands that it answers with a bare status whatever else holds."""

    def __init__(self) -> None:
        self.card: Card | None = None
        self.refusals: dict[Command, Status] = {}

    def answer(self, item: Frame | Damage) -> tuple[Command | None, bytes]:
        """Take one request; return its command, if there is such, and the whole answer."""
        match item:
            case Damage.CHECKSUM:
                return None, codec.reply(Status.REQUEST_CHECKSUM_WRONG)
            case Damage.LENGTH:
                return None, codec.reply(Status.REQUEST_LENGTH_WRONG)
            case Frame(body):
                request = codec.parse_request(body)
                if request is None:
                    return None, codec.reply(Status.COMMAND_WRONG)
                return request[0], codec.reply(*self._carry_out(request[0]))
            case _:
                assert_never(item)

    def _carry_out(self, command: Command) -> tuple[Status, bytes]:
        if command in self.refusals:
            return self.refusals[command], b""
        status, data = Status.SUCCESS, b""
        match command:
            case Command.STATUS | Command.RESET | Command.SET_RF_BYTES:
                pass
            case Command.MODULE_NUMBER:
                data = codec.module_number_data(_NUMBER)
            case Command.READ_MANAGEMENT_NUMBER:
                status = Status.COMMAND_WRONG
            case _:
                status, data = self._of_card(command, self.card)
        return status, data

    def _of_card(self, command: Command, card: Card | None) -> tuple[Status, bytes]:
        status, data = Status.READ_FAILED, b""
        match command, card:
            case Command.FIND, Card(read=False):
                card.selected, card.wire_s = False, 0.0
                status, data = Status.FOUND, bytes(4)
            case Command.FIND, _:
                status = Status.NOT_FOUND
            case Command.SELECT, Card(read=False):
                card.selected = True
                status, data = Status.SUCCESS, bytes(8)
            case Command.SELECT, _:
                status = Status.SELECT_FAILED
            case ((Command.READ | Command.READ_WITH_FINGERPRINT), Card(selected=True)):
                card.read = True
                fingerprints = card.fingerprints if command is Command.READ_WITH_FINGERPRINT else None
                status, data = Status.SUCCESS, codec.card_data(card.text, card.photo, fingerprints)
            case Command.READ_ADDITIONAL_ADDRESS, Card(selected=True, additional_address=address):
                status, data = (Status.ITEM_NOT_ON_CARD, b"") if address is None else (Status.SUCCESS, address)
        return status, data
