"""Identity-card reader with an SDT module on a serial line: find, select, read, and say what went wrong.

The module answers "no card" for a card that it has read, until that card is lifted; the additional-
address command tells the two apart. So a card is complained about once for each time it lies there,
and a lifted card is told from an unreadable one by looking again. Never logs, keeps no card.
"""

from collections.abc import Callable
from datetime import date, datetime

from contract.ids import DeviceId
from devices.deadline import Deadline
from devices.drivers.card_record import decode_card
from devices.drivers.sdt_codec import Command, Status, parse_card_data, parse_module_number
from devices.drivers.sdt_line import SdtLine
from devices.errors import Absent, DeviceError, Garbled, MediaTrouble, Silent
from devices.registry import SdtSerialSettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus, IdentityCard, Media

_SPEEDS = (115200, 57600, 38400, 19200, 9600)
"""The module's default first. No command to set the speed is sent: none is documented openly."""
_POLL_S = 0.05
_POLL_REFUSED_S = 0.3
"""Pace of trying again a card that stays although it could not be read."""
_FINDS = 3
_READS = 3
_NUMBER_TRIES = 3
_GONE_LOOKS = 2
"""One look that sees no card may be the radio's; a citizen is told "gone" after two."""
_OPENING_S = 10.0
_PROBING_S = 2.0


def _today() -> date:
    return datetime.now().astimezone().date()


class SdtReader:
    """One reader. `today` decides whether a card is still valid."""

    def __init__(self, settings: SdtSerialSettings, today: Callable[[], date] = _today) -> None:
        self._settings = settings
        self._today = today
        self._line = SdtLine(settings.port)
        self._speed = _SPEEDS[0] if settings.baud == "auto" else settings.baud
        self._module_number = ""
        self._complained: str | None = None
        """The code that the citizen was told about the card which still lies there."""

    @property
    def info(self) -> DeviceInfo:
        settings = self._settings
        return DeviceInfo(DeviceId(settings.id), settings.kind, settings.driver, "SDT module", self._module_number)

    def open(self) -> None:
        self.close()
        until = Deadline(_OPENING_S)
        try:
            self._find_speed(until)
            if not self._module_number:
                self._module_number = self._ask_number(until)
        except DeviceError:
            self.close()
            raise

    def close(self) -> None:
        self._line.close()
        self._complained = None

    def probe(self) -> DeviceStatus:
        self._line.exchange(Command.STATUS, Deadline(_PROBING_S))
        return DeviceStatus(DeviceState.ONLINE)

    def read(self, until: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        looked, missing = False, 0
        while not until.passed:
            if self._found(until):
                if card := self._take(until, say):
                    return card
                until.pause(_POLL_REFUSED_S)
            elif self._complained or not looked:
                lies = self._lies_read(until)
                missing = 0 if lies else missing + 1
                if lies and not self._complained:
                    raise self._complaint(MediaTrouble("card.already_read"))
                if self._complained and missing >= _GONE_LOOKS:
                    self._complained = None
                    say(Media.NOT_PRESENT)
                looked = True
            until.pause(_POLL_S)
        raise MediaTrouble("card.none_presented")

    def card_present(self, until: Deadline) -> bool:
        # In this order: "no card" from find is no proof that a card which was read has gone.
        return self._lies_read(until) or self._found(until)

    def _find_speed(self, until: Deadline) -> None:
        automatic = self._settings.baud == "auto"
        # What worked last time first, so that a reader that was plugged in again is back at once.
        speeds = sorted(_SPEEDS, key=lambda speed: speed != self._speed) if automatic else [self._speed]
        heard = False
        # The likeliest speed has the last word too: a module that was just given power misses the first question.
        for speed in [*speeds, speeds[0]]:
            self._line.open(speed)
            try:
                self._line.exchange(Command.STATUS, until)
            except Silent:
                continue
            except Garbled:
                heard = True
                continue
            self._speed = speed
            return
        if heard:
            raise Garbled("reader.garbled", f"no valid answer at {', '.join(map(str, speeds))} baud")
        raise Absent("reader.offline", f"no answer at {', '.join(map(str, speeds))} baud")

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

    def _found(self, until: Deadline) -> bool:
        for _ in range(_FINDS):
            try:
                return self._line.exchange(Command.FIND, until).status == Status.FOUND
            except Silent:
                continue
        raise Silent("reader.offline", f"find: {_FINDS} times no answer")

    def _lies_read(self, until: Deadline) -> bool:
        """Whether a card lies there that was selected or read before."""
        try:
            answer = self._line.exchange(Command.READ_ADDITIONAL_ADDRESS, until)
        except Silent:
            return False
        return answer.status in (Status.SUCCESS, Status.ITEM_NOT_ON_CARD)

    def _take(self, until: Deadline, say: Callable[[Media], None]) -> IdentityCard | None:
        """Read the card that was found; None when it still fails and the citizen knows already."""
        # Only a card that never read through can be found again without having been lifted.
        known = self._complained == "card.unreadable"
        if not known:
            self._complained = None
            say(Media.PRESENT)
        selected = False
        for _ in range(_READS):
            try:
                card = self._select_and_read(until, selected)
            except MediaTrouble as error:
                trouble = error
            except Silent as error:
                trouble = MediaTrouble("card.unreadable", error.fault.detail)
            else:
                self._complained = None
                return card
            if trouble.fault.code == "card.unsupported":
                raise self._complaint(trouble)
            if self._found(until):
                selected = False
            elif self._lies_read(until):
                # Selected already; reading straight away is what works then (handheld readers do so always).
                selected = True
            else:
                self._complained = None
                say(Media.NOT_PRESENT)
                raise MediaTrouble("card.lifted", trouble.fault.detail)
        if known:
            return None
        raise self._complaint(trouble)

    def _select_and_read(self, until: Deadline, selected: bool) -> IdentityCard:
        if not selected:
            self._expect_success(Command.SELECT, until)
        blocks = parse_card_data(self._expect_success(Command.READ, until))
        if blocks is None:
            raise MediaTrouble("card.unreadable", "inner lengths do not add up")
        return decode_card(blocks, self._today())

    def _expect_success(self, command: Command, until: Deadline) -> bytes:
        answer = self._line.exchange(command, until)
        if answer.status != Status.SUCCESS:
            raise MediaTrouble("card.unreadable", f"{command.name.lower()}: status {answer.status:02X}")
        return answer.data

    def _complaint(self, trouble: MediaTrouble) -> MediaTrouble:
        self._complained = trouble.fault.code
        return trouble
