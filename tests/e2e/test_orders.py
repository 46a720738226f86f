"""Central's orders at the real terminal: the screen shows it, pictures are of nobody, and all of it starts anew.

The operator does what the commands of central do; the terminal's three processes are what is shipped.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from operator import itemgetter

import pytest
from PySide6.QtGui import QImage
from sqlalchemy import make_url

from central import orders
from central.clock import utc_now
from central.fleet_models import CommandRow
from central.signing import SigningKey
from central.store import Store
from contract.fleet import CommandKind
from contract.ids import KioskId
from kiosk_app.entry.dev.demo import KIOSK
from tests.e2e.citizen import Citizen
from tests.e2e.hall import INVITATION, Hall
from tests.e2e.terminal import wording
from tests.e2e.waiting import until

PAUSED = wording("fault.terminal.out_of_service.title")


class Operator:
    """Gives orders and reads what became of them, as the commands of central do."""

    def __init__(self, hall: Hall) -> None:
        self._database = hall.here.database_url
        self.files = hall.here.state / "central.sqlite.state"
        """Where central keeps what terminals send, and the key of its orders."""

    def order(self, kind: CommandKind) -> str:
        with self._store() as store:
            key = SigningKey(self.files / "command.key")
            return orders.issue(store, key, KioskId(KIOSK), kind, utc_now()).command_id

    def answer(self, command_id: str) -> CommandRow:
        """Wait for the final answer to an order."""

        def ended() -> CommandRow | None:
            with self._store() as store:
                found = next(row for row in orders.history(store) if row.id == command_id)
            return found if found.state not in {"open", "begun"} else None

        return until("the terminal's answer", ended, every_s=0.1)

    @contextmanager
    def _store(self) -> Iterator[Store]:
        store = Store(make_url(self._database))
        try:
            yield store
        finally:
            store.close()


@pytest.fixture
def operator(hall: Hall) -> Iterator[Operator]:
    made = Operator(hall)
    yield made
    # The next test's citizen has to be served again, whatever became of this one.
    made.answer(made.order(CommandKind.IN_SERVICE))


def test_out_of_service_is_shown_serves_nobody_and_outlives_a_restart(hall: Hall, operator: Operator) -> None:
    assert operator.answer(operator.order(CommandKind.OUT_OF_SERVICE)).state == "done"
    terminal = hall.terminal
    until("the page", lambda: terminal.look().says(PAUSED))
    terminal.ask("tap")
    assert not terminal.look().says(INVITATION)
    terminal = hall.restart()
    until("the page again", lambda: terminal.look().says(PAUSED))
    assert operator.answer(operator.order(CommandKind.IN_SERVICE)).state == "done"
    until("the invitation", lambda: terminal.look().says(INVITATION))
    Citizen(hall).begin()


def test_picture_of_the_screen_waits_until_the_citizen_has_left(citizen: Citizen, operator: Operator) -> None:
    citizen.begin()
    order = operator.order(CommandKind.SCREENSHOT)
    # Orders come in turn: when a later one is done, this one was heard of.
    assert operator.answer(operator.order(CommandKind.IN_SERVICE)).state == "done"
    log = citizen.terminal.log
    assert log.find("command.begun", command=order) is None, "a citizen is here"
    citizen.terminal.touch("leave")
    answer = operator.answer(order)
    assert (answer.state, answer.detail) == ("done", "")
    of_both = [line for line in log.lines() if line["event"] == "visit.ended" or line.get("command") == order]
    told = [line["event"] for line in sorted(of_both, key=itemgetter("at"))]
    assert told == ["visit.ended", "command.begun", "command.ended"]
    content = next(file for file in operator.files.rglob(f"*{answer.blob_sha256}*") if file.is_file()).read_bytes()
    picture = QImage.fromData(content)
    assert (picture.width(), picture.height()) == (1080, 1920)


def test_restart_ends_every_process_in_order_and_all_start_again(hall: Hall, operator: Operator) -> None:
    terminal = hall.terminal
    before = {name: terminal.ask("pid", name) for name in ("agentd", "deviced")}
    order = operator.order(CommandKind.RESTART)
    terminal.log.until("command.begun", command=order)
    until("the screen to end", lambda: not terminal.alive)
    assert terminal.end() == 0, "in order"
    for process in before:
        terminal.log.until("process.stopped", process=process)
    hall.ready()
    assert operator.answer(order).state == "done"
