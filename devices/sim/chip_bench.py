"""A chip-card reader to play with: a private pcscd, its reader, and hands that put cards in.

For the bench and for tests. `with ChipBench() as bench:` starts everything; devices of driver ``pcsc`` in
the same process find the reader by themselves, other processes through `environment`. `lay` takes a person
of the demonstration (``person["card"]``), `lay_staff` a technician, `lay_card` any card; `lift`, `unplug`,
`plug`, `restart_pcscd`, `kill_pcscd` do what they say. Any thread may command it. Start it before the first
device of a process asks for PC/SC: the library learns where the service is once.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from devices.deadline import Deadline
from devices.drivers.insertion import Presence
from devices.drivers.pcsc_watch import PcscWatch
from devices.errors import Absent
from devices.sim.card_vpcd import CardSlot
from devices.sim.chip_cards import Card, StaffChip, social_security_card
from devices.sim.pcsc_stack import READER, PcscStack

SEEN_S = 20.0
_LOOK_S = 0.05
STAFF_KEY = b"key of the demonstration's staff"
"""Of the demonstration's cards, whose answers open nothing: HMAC-SHA-256 (docs/hardware/staff-card.md)."""


class ChipBench:
    """The reader and the hands at it."""

    def __init__(self) -> None:
        self._stack = PcscStack()
        self._slot = CardSlot(self._stack.connect_card)

    def __enter__(self) -> Self:
        self._stack.start()
        watch = PcscWatch(f"{READER}*")
        try:
            watch.open()
        except Absent as error:
            self._stack.stop()
            raise RuntimeError("this process asked a PC/SC service before, and goes on asking that one") from error
        finally:
            watch.close()
        self._slot.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._slot.__exit__(kind, error, where)
        self._stack.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What a process has to have in its environment to find this reader."""
        return self._stack.environment

    @property
    def card(self) -> Card | None:
        """The card in the reader."""
        return self._slot.card

    @property
    def pcscd(self) -> int:
        """The service's process."""
        return self._stack.pid

    def lay(self, person: Mapping[str, str], protocol: int = 0) -> None:
        """Put in the social security card of `person`, whose fields are those of an identity card.

        Raises:
            ValueError: the person's name does not fit on such a card.
        """
        self.lay_card(social_security_card(person, protocol))

    def lay_staff(self, staff_id: str) -> None:
        """Put in a technician's card."""
        self.lay_card(StaffChip(staff_id, STAFF_KEY))

    def lay_card(self, card: Card) -> None:
        """Put in any card."""
        self._slot.lay(card)

    def lift(self) -> None:
        """Take the card out."""
        self._slot.lift()

    def kill_pcscd(self) -> None:
        """Kill the service; a card stays where it is."""
        self._stack.kill_service()

    def start_pcscd(self) -> None:
        """Start the service, again if it runs."""
        self._stack.start_service()

    def restart_pcscd(self) -> None:
        """Kill the service and start it again."""
        self.kill_pcscd()
        self.start_pcscd()

    def unplug(self) -> None:
        """Take the reader away; a card stays in it."""
        self._stack.plug(False)

    def plug(self) -> None:
        """Plug the reader in."""
        self._stack.plug()

    def await_card(self, here: bool = True) -> None:
        """Return when the service sees that a card is, or is not, in the reader.

        Raises:
            TimeoutError: it does not.
        """
        self._await(lambda presence: presence.occupied if here else presence is Presence.EMPTY)

    def _await(self, true: Callable[[Presence], bool]) -> None:
        watch, patience = PcscWatch(f"{READER}*"), Deadline(SEEN_S)
        try:
            while not patience.passed:
                try:
                    watch.open()
                    while not patience.passed:
                        if true(watch.look()[0].presence):
                            return
                        watch.wait(_LOOK_S)
                except Absent:
                    patience.pause(_LOOK_S)
        finally:
            watch.close()
        raise TimeoutError("the service does not see it")
