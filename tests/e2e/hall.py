"""The hall of these tests: one bench for all of them, and the terminal that stands at it.

The bench outlives every terminal, as hardware outlives a program. Between tests it is repaired, and a
terminal that was killed is started again; one that lives serves the next citizen, as in a hall.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

import assets
from central import catalogue as shelf
from central.store import Store
from contract.catalogue import Catalogue
from kiosk_app.base.settings import load_settings
from kiosk_app.entry.dev.bench import Bench
from kiosk_app.entry.dev.demo import place, write_configuration
from tests.e2e.books import Books
from tests.e2e.terminal import Terminal
from tests.e2e.waiting import until
from tests.ports import free_ports

SHEET_S = 0.6
"""Long enough that a test can do something while the sheet comes out."""

ITEM = "insurance-certificate"

INVITATION = "Touch the screen to begin"
"""What a screen says that can take a citizen; before that it says that it is getting ready."""


class Hall:
    """Bench, central and the terminal."""

    def __init__(self, folder: Path) -> None:
        self.here = place(folder, free_ports(3))
        self.bench = Bench(
            self.here, load_settings(write_configuration(self.here)), seconds_per_sheet=SHEET_S, sync_every_s=1
        )
        self.books = Books(self.here, self.bench)
        self._terminal: Terminal | None = None
        self._catalogue = Catalogue.model_validate(assets.seed_catalogue())

    @property
    def terminal(self) -> Terminal:
        """The terminal of the hall; started when there is none."""
        if self._terminal is None or not self._terminal.alive:
            self._terminal = Terminal(self.here)
        return self._terminal

    def do(self, deed: str, value: str = "") -> Any:
        """Do something at the bench."""
        return self.bench.do(deed, value)

    def restart(self) -> Terminal:
        """Kill the terminal where it stands and start it again."""
        if self._terminal is not None and self._terminal.alive:
            self._terminal.kill()
        return self.terminal

    def repair(self) -> None:
        """Put the bench back as the next citizen should find it."""
        self.do("cable.stall", "off")
        self.do("reader.unreadable", "off")
        self.do("reader.silent", "off")
        self.do("reader.slow", "0")
        self.do("code.take_away")
        self.do("code.plug")
        for deed in ("card.lift", "reader.plug", "printer.on", "printer.repair", "cable.plug", "central.start"):
            self.do(deed)
        assert self.bench.printer is not None
        if not self.bench.printer.cups.running:
            self.do("spooler.start")

    def ready(self) -> Terminal:
        """A terminal that is free and can serve: whatever an earlier test left on its screen is read and gone."""
        terminal = self.terminal
        terminal.log.mark()

        def free() -> bool:
            glance = terminal.look()
            for way_out in ("done", "leave-now", "leave", "home", "back"):
                if glance.sees(way_out):
                    terminal.ask("touch", way_out)
                    return False
            return glance.says(INVITATION) or glance.sees("goodbye")

        until("a free terminal", free, every_s=0.05, said=lambda: str(terminal.look().words))
        return terminal

    def offer(self, *, idle_s: int, warning_s: int) -> None:
        """Have central give out a catalogue with other waiting times, and see it in force at the terminal."""
        item = self._catalogue.item(ITEM).model_copy(update={"idle_s": idle_s, "warning_s": warning_s})
        others = tuple(one for one in self._catalogue.items if one.id != ITEM)
        version = self._catalogue.version + 1
        self._catalogue = self._catalogue.model_copy(update={"version": version, "items": (item, *others)})
        terminal = self.ready()
        store = Store(make_url(self.here.database_url))
        with store.writing() as session:
            shelf.load(session, self._catalogue)
        store.close()
        terminal.log.until("catalogue.changed", version=version)

    def assert_no_bugs(self) -> None:
        """No part of the terminal met what nobody foresaw, and Qt had nothing to complain of."""
        lines = self.terminal.log.path.read_text("utf-8").splitlines()
        assert not [line for line in lines if json.loads(line)["event"] in {"bug", "device.bug"}]
        complaints = self.terminal.complaints.read_text("utf-8")
        assert not complaints, complaints[-3000:]

    def close(self) -> None:
        """End the terminal in order, then the bench."""
        try:
            if self._terminal is not None and self._terminal.alive:
                assert self._terminal.end() == 0
        finally:
            self.bench.stop()
            assert self.bench.printer is not None
            self.bench.printer.discard()


@contextmanager
def a_hall(folder: Path) -> Iterator[Hall]:
    """A hall that opens and closes."""
    hall = Hall(folder)
    try:
        hall.bench.start()
        yield hall
    finally:
        hall.close()
