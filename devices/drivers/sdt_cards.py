"""Cards on an SDT module, over whatever line: find, select, read, and say what went wrong.

The module answers "no card" for a card that it has read, until that card is lifted; the additional-
address command tells the two apart. So a card is complained about once for each time it lies there,
and a lifted card is told from an unreadable one by looking again. Never logs, keeps no card.
"""

from collections.abc import Callable
from dataclasses import replace

from devices.deadline import Deadline
from devices.drivers.sdt_codec import CardBlocks, Command, Status, parse_card_data
from devices.drivers.sdt_line import SdtLine
from devices.errors import MediaTrouble, Silent
from devices.values import IdentityCard, Media

_POLL_S = 0.02
"""Between looks for a card, each of which takes the module its own time: a tenth of what reading one takes."""
_POLL_LYING_S = 0.05
"""Between looks at a card that should be taken away."""
_POLL_REFUSED_S = 0.3
"""Pace of trying again a card that stays although it could not be read."""
_FINDS = 3
_READS = 3
_GONE_LOOKS = 2
"""One look that sees no card may be the radio's; a citizen is told "gone" after two."""
_NO_FINGERPRINTS = (Status.COMMAND_WRONG, Status.NOT_PERMITTED, Status.FINGERPRINT_UNVERIFIED)
"""Answers to 30 10 after which the card is read without its fingerprints: an older module, or only they are bad."""


class SdtCards:
    """What the reader knows of the cards on it.

    Args:
        line: the talk with the module.
        understand: makes a card of what was read; raises `MediaTrouble` for one that it refuses.
        fingerprints: read them too.
        additional_address: read it too.
    """

    def __init__(
        self,
        line: SdtLine,
        understand: Callable[[CardBlocks], IdentityCard],
        *,
        fingerprints: bool = False,
        additional_address: bool = False,
    ) -> None:
        self._line = line
        self._understand = understand
        self._fingerprints = fingerprints
        self._additional_address = additional_address
        self._complained: str | None = None
        """The code that the citizen was told about the card which still lies there."""

    def forget(self) -> None:
        """Know nothing of any card: the module was let go of."""
        self._complained = None

    def read(self, until: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        """Wait for a card and read it once, as `devices.protocol.IdentityReader.read` says."""
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
            until.pause(_POLL_LYING_S if self._complained else _POLL_S)
        raise MediaTrouble("card.none_presented")

    def present(self, until: Deadline) -> bool:
        """Whether a card lies there, read or not."""
        # In this order: "no card" from find is no proof that a card which was read has gone.
        return self._lies_read(until) or self._found(until)

    def _found(self, until: Deadline) -> bool:
        for _ in range(_FINDS):
            try:
                return self._line.exchange(Command.FIND, until).status == Status.FOUND
            except Silent:
                continue
        raise Silent("reader.offline", f"find: {_FINDS} times no answer")

    def _lies_read(self, until: Deadline, looks: int = 1) -> bool:
        """Whether a card lies there that was selected or read before; silence counts as "no" after so many looks."""
        for _ in range(looks):
            try:
                answer = self._line.exchange(Command.READ_ADDITIONAL_ADDRESS, until)
            except Silent:
                continue
            return answer.status in (Status.SUCCESS, Status.ITEM_NOT_ON_CARD)
        return False

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
                card = self._understand(self._select_and_read(until, selected))
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
            elif self._lies_read(until, _GONE_LOOKS):
                # Selected already; reading straight away is what works then (handheld readers do so always).
                selected = True
            else:
                self._complained = None
                say(Media.NOT_PRESENT)
                raise MediaTrouble("card.lifted", trouble.fault.detail)
        if known:
            return None
        raise self._complaint(trouble)

    def _select_and_read(self, until: Deadline, selected: bool) -> CardBlocks:
        if not selected:
            self._expect_success(Command.SELECT, until)
        blocks = self._read_with_fingerprints(until) if self._fingerprints else None
        if blocks is None:
            blocks = parse_card_data(self._expect_success(Command.READ, until))
        if blocks is None:
            raise MediaTrouble("card.unreadable", "inner lengths do not add up")
        return replace(blocks, additional_address=self._ask_address(until)) if self._additional_address else blocks

    def _read_with_fingerprints(self, until: Deadline) -> CardBlocks | None:
        answer = self._line.exchange(Command.READ_WITH_FINGERPRINT, until)
        if answer.status in _NO_FINGERPRINTS:
            return None
        if answer.status != Status.SUCCESS:
            raise MediaTrouble("card.unreadable", f"read_with_fingerprint: status {answer.status:02X}")
        return parse_card_data(answer.data, fingerprints=True)

    def _ask_address(self, until: Deadline) -> bytes:
        answer = self._line.exchange(Command.READ_ADDITIONAL_ADDRESS, until)
        match answer.status:
            case Status.SUCCESS:
                return answer.data
            case Status.ITEM_NOT_ON_CARD | Status.COMMAND_WRONG:
                return b""
            case _:
                raise MediaTrouble("card.unreadable", f"read_additional_address: status {answer.status:02X}")

    def _expect_success(self, command: Command, until: Deadline) -> bytes:
        answer = self._line.exchange(command, until)
        if answer.status != Status.SUCCESS:
            raise MediaTrouble("card.unreadable", f"{command.name.lower()}: status {answer.status:02X}")
        return answer.data

    def _complaint(self, trouble: MediaTrouble) -> MediaTrouble:
        self._complained = trouble.fault.code
        return trouble
