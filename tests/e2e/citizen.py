"""A citizen who wants a proof of social insurance, as far as the test lets them come."""

from typing import Any

import assets
from tests.device_bench import SLOW_CARD_S
from tests.e2e.hall import ITEM, Hall
from tests.e2e.terminal import Glance, Terminal
from tests.e2e.waiting import until


class Citizen:
    """One person at the hall's terminal."""

    def __init__(self, hall: Hall, person: str = "zhang-wei") -> None:
        self.hall = hall
        self.person = person
        self.card = next(one["card"] for one in assets.demonstration_people() if one["id"] == person)
        self.receipt = ""

    @property
    def terminal(self) -> Terminal:
        return self.hall.terminal

    def begin(self) -> None:
        """Touch the screen; the home page comes."""
        terminal = self.hall.ready()
        terminal.log.mark()
        if not terminal.ask("touch", "begin"):
            terminal.ask("tap")
        terminal.until_sees(f"item-{ITEM}")

    def to_the_reader(self) -> None:
        """Choose the item and agree; the reader waits for the card."""
        self.begin()
        until("the item to be available", lambda: f"item-{ITEM}" not in self.terminal.look().dead)
        self.terminal.touch(f"item-{ITEM}")
        self.terminal.touch("consent")
        self.terminal.until_sees("card-state")

    def lay_card(self) -> None:
        self.hall.do("card.lay", self.person)

    def lay_slow_card(self) -> None:
        """Lay a card that takes its time to read; come back while it is being read."""
        self.hall.do("reader.slow", str(SLOW_CARD_S))
        self.lay_card()
        self.terminal.until_says("card.title.reading")
        self.hall.do("reader.slow", "0")

    def to_the_record(self) -> Glance:
        """Come as far as the record on the screen."""
        self.to_the_reader()
        self.lay_card()
        return self.terminal.until_sees("confirm")

    def confirm(self) -> dict[str, Any]:
        """Confirm; return the log's line that the case is durable."""
        self.terminal.touch("confirm")
        committed = self.terminal.log.until("case.committed")
        self.receipt = committed["receipt"]
        return committed

    def to_the_print(self) -> str:
        """Come as far as the print; return its action."""
        self.to_the_record()
        self.confirm()
        return self.action()

    def action(self) -> str:
        """The id of this citizen's print, which is also the job's name."""
        return str(self.terminal.log.until("print.intended")["action"])

    def until_outcome(self, outcome: str) -> Glance:
        """Wait for the end of the business and see that the screen says so, and says nothing else."""
        glance = self.terminal.until_sees(f"outcome-{outcome}")
        assert self.receipt in glance.text_of("receipt-number")
        return glance

    def print_and_go(self) -> None:
        """From the record on, all goes well."""
        self.terminal.until_sees("confirm")
        self.confirm()
        self.until_outcome("sent")
        assert self.hall.books.sheets(self.action()) == 1
        self.go()

    def go(self) -> None:
        """Take the card and leave."""
        self.hall.do("card.lift")
        self.terminal.touch("leave")
        self.terminal.until_sees("goodbye")
