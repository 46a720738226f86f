"""A terminal's agent in a process of its own that serves citizen after citizen until it is killed.

It writes down, outside the product, what a citizen saw (`shown`) and what came out of the printer
(`printed`): a line each, in one system call, so that SIGKILL cannot take it back.
"""

import os
import random
from multiprocessing.connection import Connection
from pathlib import Path

from contract.cases import PrintOutcome
from devices.events import DeviceEvent, PrintDocument, PrintSettledEvent, SettlePrint
from devices.values import PrintSettlement
from kiosk_app.link.desk import Rating
from tests.agent_bench import Bench, bench, new_visit
from tests.fakes import PRINTER, FakeHub, failed, sent

SHOWN = "shown"
PRINTED = "printed"
RESUMED = "resumed"


class Ledger:
    """Lines that outlive the process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, line: str) -> None:
        os.write(self._handle, f"{line}\n".encode())

    def lines(self) -> list[str]:
        return self._file.read_text().split("\n")[:-1]


class LedgerPrinter(FakeHub):
    """A printer whose sheets are lines, and that can say afterwards what it printed. Some prints take a while."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__()
        self._ledger = Ledger(folder / PRINTED)
        self._chance = random.Random(seed)  # noqa: S311 - a seeded campaign, no secret
        self.on_print = self._print
        self.on_settle = self._evidence

    def _print(self, order: PrintDocument) -> list[DeviceEvent]:
        before = self._chance.random() < 0.5
        if before:
            self._ledger.write(order.job.action)
        # A moment in which the sheet is out, or not, and nobody has said so.
        for _ in range(self._chance.randrange(200)):
            os.getpid()
        if not before:
            self._ledger.write(order.job.action)
        return [PrintSettledEvent(PRINTER, order.order, sent(order.job.action))]

    def _evidence(self, order: SettlePrint) -> list[DeviceEvent]:
        printed = order.action in self._ledger.lines()
        settlement: PrintSettlement = sent(order.action) if printed else failed(order.action, "print.cancelled")
        return [PrintSettledEvent(PRINTER, order.order, settlement)]


def serve(folder: str, url: str, seed: int, steps: Connection) -> None:
    """Resume, then serve citizens for ever; every step is told to `steps`."""
    place = Path(folder)
    shown, resumed = Ledger(place / SHOWN), Ledger(place / RESUMED)
    hub = LedgerPrinter(place, seed)
    with bench(place, url, hub=hub) as here:
        here.desk.subscribe(lambda _: steps.send_bytes(b"the desk said something"))
        here.desk.resume().result(30)
        resumed.write(str(len(hub.printed)))
        while True:
            serve_one(here, shown, steps)


def serve_one(here: Bench, shown: Ledger, steps: Connection) -> None:
    visit = new_visit()
    steps.send_bytes(b"a visit begins")
    receipt = here.confirm(visit)
    shown.write(receipt.receipt_number)
    steps.send_bytes(b"a receipt was shown")
    assert here.closed(receipt).print is PrintOutcome.SENT
    here.desk.rate(Rating(visit, receipt.case_id, 1)).result(10)
    here.desk.end_visit(visit).result(10)
