"""The runner: what the machine asks for is asked of hub and desk, and what they say comes back in order.

Hub and desk implement the production protocols; nothing they do is waited for.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import CaseId, DeviceId, VisitId
from devices.events import CardRead, ReadIdentity, StatusChanged, WatchRemoval
from devices.values import DeviceState, DeviceStatus
from kiosk_app.base.logs import configure_logs, flush_logs, start_writing
from kiosk_app.link.desk import CaseProgress, CatalogueChanged, CentralSeen, Interrupted, Rating
from kiosk_app.visit.events import RegisterAnswered, TimePassed, Touched, VisitEvent
from kiosk_app.visit.runner import VisitRunner
from kiosk_app.visit.state import Apologising, Asking, Committing
from tests.fake_desk import PRINTER, READER, FakeClock, FakeDesk, FakeHub
from tests.unit.documents import catalogue
from tests.visit_bench import ITEM, NAME, NUMBER, id_card, marks_in, receipt, register_answer

ABSENT = DeviceStatus(DeviceState.NO_DEVICE, fault=Fault.of("reader.absent"))


@dataclass
class Bench:
    """A runner between a fake hub and a fake desk, and the mailbox that a screen would be."""

    hub: FakeHub = field(default_factory=FakeHub)
    desk: FakeDesk = field(default_factory=FakeDesk)
    clock: FakeClock = field(default_factory=FakeClock)
    mail: deque[VisitEvent] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.runner = VisitRunner(self.hub, self.desk, self.clock, self.mail.append, "zh")

    @property
    def name(self) -> str:
        return type(self.runner.state.situation).__name__

    def warned(self) -> bool:
        return self.runner.state.leave_at is not None

    def deliver(self) -> None:
        """Hand over everything that was posted, as the screen's thread does."""
        while self.mail:
            self.runner.handle(self.mail.popleft())

    def touch(self, name: str, value: str = "") -> None:
        self.runner.handle(Touched(name, value))

    def started(self) -> "Bench":
        self.runner.start()
        self.desk.answer("catalogue", catalogue())
        self.desk.answer("resume", None)
        self.deliver()
        return self

    def asking(self) -> "Bench":
        self.touch("begin")
        self.touch("item", ITEM)
        self.touch("consent")
        self.hub.say(CardRead(READER, self.hub.order_id, id_card()))
        self.deliver()
        assert self.name == "Asking"
        return self

    def committing(self) -> "Bench":
        self.asking()
        lookup = self.desk.questions("look_up")[-1].lookup_id
        self.desk.answer("look_up", register_answer(lookup))
        self.deliver()
        self.touch("confirm")
        assert self.name == "Committing"
        return self


@pytest.fixture
def bench() -> Bench:
    return Bench().started()


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Read everything that the test logged."""
    start_writing()
    flush_logs()  # what earlier tests logged goes where it was bound for
    configure_logs(tmp_path / "log.jsonl")

    def read() -> list[dict[str, Any]]:
        start_writing()
        flush_logs()
        return [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]

    yield read
    configure_logs(None)


def test_a_whole_visit_asks_each_thing_of_hub_and_desk_once(bench: Bench) -> None:
    bench.committing()
    bench.desk.answer("commit", receipt())
    bench.deliver()
    bench.desk.say(CaseProgress(CaseId("case-1"), CaseStage.CLOSED, print=PrintOutcome.SENT))
    bench.deliver()
    visit = bench.desk.questions("begin_visit")[0]
    bench.touch("rate", "2")
    bench.touch("leave")
    names = [name for name, _, _ in bench.desk.asked]
    assert names == ["catalogue", "resume", "begin_visit", "look_up", "commit", "rate", "end_visit"]
    assert bench.desk.questions("rate") == [Rating(visit, CaseId("case-1"), 2)]
    assert bench.desk.questions("end_visit") == [visit]
    assert [(device, type(order)) for device, order in bench.hub.orders] == [
        (READER, ReadIdentity),
        (READER, WatchRemoval),
    ]


def test_nothing_waits_for_a_desk_that_never_answers() -> None:
    bench = Bench()
    bench.runner.start()
    bench.touch("begin")
    assert bench.name == "Idle"
    bench.desk.answer("catalogue", catalogue())
    bench.deliver()
    bench.touch("begin")
    assert bench.name == "Idle", "what an earlier process left open is not settled yet"
    bench.desk.answer("resume", None)
    bench.deliver()
    bench.touch("begin")
    assert bench.name == "Choosing"
    assert not any(future.done() for name, _, future in bench.desk.asked if name == "begin_visit")


@pytest.mark.parametrize("code", ["central.unreachable", "lookup.no_record", "storage.full"])
def test_a_question_that_fails_is_apologised_for_with_the_desk_s_own_fault(bench: Bench, code: str) -> None:
    bench.asking()
    bench.desk.fail("look_up", code)
    bench.deliver()
    situation = bench.runner.state.situation
    assert isinstance(situation, Apologising)
    assert situation.fault.code == code


@pytest.mark.parametrize("question", ["look_up", "commit"])
def test_a_bug_of_the_agent_is_a_fault_to_the_citizen_and_a_line_for_the_developer(
    bench: Bench, lines: Callable[[], list[dict[str, Any]]], question: str
) -> None:
    if question == "look_up":
        bench.asking()
    else:
        bench.committing()
    bench.desk.break_down(question, RuntimeError(f"{NAME} {NUMBER}"))
    bench.deliver()
    situation = bench.runner.state.situation
    assert isinstance(situation, Apologising)
    assert situation.fault.code == "agent.bug"
    written = lines()
    assert [line["error"] for line in written if "error" in line] == ["RuntimeError"]
    assert not marks_in(written)


@pytest.mark.parametrize("question", ["begin_visit", "end_visit", "rate", "cancel_print"])
def test_what_only_the_agent_can_mend_does_not_stop_the_citizen(bench: Bench, question: str) -> None:
    bench.committing()
    bench.desk.answer("commit", receipt())
    bench.deliver()
    bench.touch("leave")
    before = bench.runner.state
    bench.desk.fail(question, "storage.full")
    bench.deliver()
    assert bench.runner.state == before


def test_a_withdrawn_question_says_nothing(bench: Bench) -> None:
    bench.asking()
    _, _, future = bench.desk.asked[-1]
    assert isinstance(future, Future)
    assert future.cancel()
    bench.deliver()
    assert isinstance(bench.runner.state.situation, Asking)


def test_an_answer_after_the_citizen_left_reaches_nobody(bench: Bench) -> None:
    bench.asking()
    lookup = bench.desk.questions("look_up")[0].lookup_id
    bench.touch("leave")
    bench.touch("begin")
    before = bench.runner.state
    bench.desk.answer("look_up", register_answer(lookup))
    assert bench.mail == deque([RegisterAnswered(lookup, register_answer(lookup))])
    bench.deliver()
    assert bench.runner.state == before
    assert not marks_in(bench.runner.state)


def test_a_receipt_for_an_earlier_visit_is_not_shown_to_the_next(bench: Bench) -> None:
    bench.committing()
    first = bench.runner.state
    other = Bench().started().committing()
    other.desk.answer("commit", receipt())
    for event in other.mail:
        bench.runner.handle(event)
    assert bench.runner.state == first
    assert isinstance(first.situation, Committing)


def test_answers_from_other_threads_only_ever_post(bench: Bench) -> None:
    bench.asking()
    before, lookup = bench.runner.state, bench.desk.questions("look_up")[0].lookup_id

    def elsewhere() -> None:
        bench.desk.answer("look_up", register_answer(lookup))
        bench.desk.say(CentralSeen(reachable=False, undelivered=3))
        bench.hub.say(StatusChanged(READER, ABSENT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    assert (bench.runner.state, len(bench.mail)) == (before, 3)
    assert bench.runner.facts().central is None
    bench.deliver()
    assert bench.name == "Reviewing"
    assert bench.runner.facts().central == CentralSeen(reachable=False, undelivered=3)
    assert bench.runner.facts().reader == ABSENT


def test_listeners_hear_every_change_after_it_happened_and_in_their_order(bench: Bench) -> None:
    heard: list[tuple[str, str]] = []
    bench.runner.on_change(lambda: heard.append(("first", bench.name)))
    bench.runner.on_change(lambda: heard.append(("second", bench.name)))
    bench.touch("begin")
    bench.runner.handle(TimePassed())
    assert heard == [(who, "Choosing") for who in ("first", "second")] * 2


def test_a_listener_finds_the_effects_already_asked_for(bench: Bench) -> None:
    seen: list[int] = []
    bench.runner.on_change(lambda: seen.append(len(bench.desk.questions("begin_visit"))))
    bench.touch("begin")
    assert seen == [1]


def test_devices_are_known_from_the_start_and_followed() -> None:
    bench = Bench()
    assert bench.runner.facts().reader is None
    bench.started()
    assert bench.runner.facts().reader == bench.runner.facts().printer == DeviceStatus(DeviceState.ONLINE)
    bench.hub.say(StatusChanged(PRINTER, ABSENT))
    bench.hub.say(StatusChanged(DeviceId("a device of another terminal"), ABSENT))
    bench.deliver()
    assert (bench.runner.facts().printer, bench.runner.facts().reader) == (ABSENT, DeviceStatus(DeviceState.ONLINE))


def test_a_newer_catalogue_is_for_the_next_visit(bench: Bench) -> None:
    bench.touch("begin")
    newer = catalogue().model_copy(update={"version": 42})
    bench.desk.say(CatalogueChanged(newer))
    bench.deliver()
    assert bench.runner.state.visit is not None
    assert bench.runner.state.visit.catalogue.version == catalogue().version
    assert bench.runner.facts().catalogue == newer


def test_what_an_earlier_process_was_stopped_in_is_owned_up_to() -> None:
    bench = Bench()
    bench.runner.start()
    bench.desk.answer("resume", Interrupted(VisitId("before"), receipt(), PrintOutcome.FAILED))
    bench.deliver()
    situation = bench.runner.state.situation
    assert isinstance(situation, Apologising)
    assert (situation.receipt, situation.print) == (receipt(), PrintOutcome.FAILED)


def test_a_desk_that_cannot_say_what_was_interrupted_does_not_keep_the_terminal_closed() -> None:
    bench = Bench()
    bench.runner.start()
    bench.desk.fail("resume", "storage.broken")
    bench.desk.answer("catalogue", catalogue())
    bench.deliver()
    bench.touch("begin")
    assert bench.name == "Choosing"


def test_after_stop_nothing_is_heard(bench: Bench) -> None:
    bench.runner.stop()
    bench.hub.say(StatusChanged(READER, ABSENT))
    bench.desk.say(CentralSeen(reachable=True, undelivered=0))
    assert not bench.mail
    assert not bench.hub.listeners
    assert not bench.desk.listeners


def test_leaving_a_print_asks_the_desk_to_cancel_it_and_to_forget(bench: Bench) -> None:
    bench.committing()
    bench.desk.answer("commit", receipt())
    bench.deliver()
    bench.touch("leave")
    names = [name for name, _, _ in bench.desk.asked][-3:]
    assert names == ["cancel_print", "rate", "end_visit"]
    assert bench.desk.questions("rate")[0].grade is None


def test_time_that_passed_is_read_from_the_clock(bench: Bench) -> None:
    bench.touch("begin")
    bench.clock.at += 59.9
    bench.runner.handle(TimePassed())
    assert bench.warned() is False
    bench.clock.at += 0.2
    bench.runner.handle(TimePassed())
    assert bench.warned() is True
    bench.clock.at += 31
    bench.runner.handle(TimePassed())
    assert bench.name == "Leaving"
    bench.clock.at += 31
    bench.runner.handle(TimePassed())
    assert bench.name == "Idle"


def test_the_log_follows_a_visit_and_names_nobody(bench: Bench, lines: Callable[[], list[dict[str, Any]]]) -> None:
    bench.committing()
    bench.desk.answer("commit", receipt())
    bench.deliver()
    bench.desk.say(CaseProgress(CaseId("case-1"), CaseStage.CLOSED, print=PrintOutcome.SENT))
    bench.deliver()
    bench.touch("leave")
    written = lines()
    situations = [line["situation"] for line in written if "situation" in line]
    assert situations == [
        *("Choosing", "Consenting", "Identifying", "Asking", "Reviewing"),
        *("Committing", "Printing", "Finished", "Leaving"),
    ]
    assert not marks_in(written)
    assert not [line for line in written if "dropped_keys" in line]
