"""Random walks through the visit: whatever happens in whatever order, what must hold holds.

Every step is something a citizen, a device, the desk or the clock may really do; many of them speak of
earlier visits. The walk keeps its own book beside the machine and compares.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import assert_never

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.cases import CaseStage, PrintOutcome
from contract.fault import FAULTS, Fault
from contract.ids import ActionId, CaseId, LookupId, OrderId, VisitId
from devices.events import (
    CardFault,
    CardRead,
    CodeFault,
    CodeRead,
    DeviceEvent,
    MediaChanged,
    OrderEnded,
    StatusChanged,
)
from devices.values import CardFlag, Code, DeviceState, DeviceStatus, Media
from kiosk_app.link.desk import CaseDelivered, CaseProgress, CentralSeen, Interrupted
from kiosk_app.visit.effects import (
    AskRegister,
    BeginVisit,
    CancelPrint,
    CommitCase,
    Effect,
    EndVisit,
    PrintAgain,
    ReadCard,
    ReadCode,
    RecordRating,
    WatchCard,
    WithdrawOrder,
)
from kiosk_app.visit.events import (
    CaseKept,
    CaseRefused,
    RegisterAnswered,
    RegisterFailed,
    ReprintRefused,
    Resumed,
    Touched,
)
from kiosk_app.visit.state import Asking, Committing, Finished, Idle, Leaving, Printing, Scanning
from tests.visit_bench import (
    CHECK,
    READER,
    SCANNED,
    SCANNER,
    SITUATIONS,
    Hand,
    id_card,
    marks_in,
    reach,
    receipt,
    register_answer,
)

TOUCHES = (
    *(("begin", ""), ("leave", ""), ("back", ""), ("home", ""), ("again", ""), ("done", ""), ("still-here", "")),
    *(("consent", ""), ("confirm", ""), ("item", "insurance-certificate"), ("item", "tax-certificate"), ("item", "?")),
    *(("item", CHECK), ("item", CHECK), ("print-again", ""), ("print-again", "")),
    *(
        ("print-again", ""),
        ("print-again", ""),
        ("search", "CB"),
        ("search", ""),
        ("rate", "1"),
        ("rate", "5"),
        ("rate", "7"),
        ("rate", ""),
    ),
    *(
        ("language", "en"),
        ("language", "zh"),
        ("language", "?"),
        ("mode", "large"),
        ("mode", "?"),
        ("", ""),
        ("x", "y"),
    ),
)
FORWARD = {
    "Idle": ("begin", ""),
    "Choosing": ("item", "insurance-certificate"),
    "Consenting": ("consent", ""),
    "Reviewing": ("confirm", ""),
    "Apologising": ("again", ""),
    "Finished": ("home", ""),
    "Leaving": ("begin", ""),
}
CODES = sorted(FAULTS)
Draw = Callable[[int], int]
"""Picks one of so many."""


@dataclass
class Walk:
    """A hand on the machine, and the book that is kept beside it."""

    hand: Hand = field(default_factory=Hand)
    open_visits: list[VisitId] = field(default_factory=list)
    begun: int = 0
    ended: int = 0
    orders: dict[OrderId, type[Effect]] = field(default_factory=dict)
    """Orders that a device still works at."""
    over: list[OrderId] = field(default_factory=list)
    lookups: list[LookupId] = field(default_factory=list)
    kept: dict[CaseId, PrintOutcome | None] = field(default_factory=dict)
    """Every durable case with the outcome that its closing named."""
    rated: dict[CaseId, list[int | None]] = field(default_factory=dict)
    graded: dict[CaseId, int] = field(default_factory=dict)
    cancelled: list[CaseId] = field(default_factory=list)
    repeated: list[ActionId] = field(default_factory=list)

    # What may happen

    def touch(self, draw: Draw) -> None:
        name, value = TOUCHES[draw(len(TOUCHES))]
        self.bring(Touched(name, value))

    def go_forward(self, draw: Draw) -> None:
        """Do what a citizen, a device or the desk does next when all is well."""
        hand = self.hand
        if hand.name in FORWARD:
            self.bring(Touched(*FORWARD[hand.name]))
        elif hand.name == "Identifying":
            self.device(CardRead(READER, hand.order(), id_card()))
        elif hand.name == "Scanning":
            self.device(CodeRead(SCANNER, hand.now(Scanning).order, Code(SCANNED)))
        elif hand.name == "Asking":
            lookup = hand.now(Asking).lookup
            self.bring(RegisterAnswered(lookup, register_answer(lookup)))
        elif hand.name == "Committing":
            self.keep()
        else:
            self.close(PrintOutcome.SENT if draw(2) else list(PrintOutcome)[draw(4)])

    def device_speaks(self, draw: Draw) -> None:
        known = [*self.orders, *self.over[-3:], OrderId("never given")]
        order = known[draw(len(known))]
        kind = self.orders.get(order, ReadCard)
        fault = Fault.of(CODES[draw(len(CODES))])
        if kind is WatchCard:
            said: list[list[DeviceEvent]] = [
                [MediaChanged(READER, order, Media.PRESENT)],
                [MediaChanged(READER, order, Media.NOT_PRESENT), OrderEnded(READER, order)],
                [OrderEnded(READER, order, fault if draw(2) else None)],
            ]
        elif kind is ReadCode:
            said = [
                [CodeRead(SCANNER, order, Code(SCANNED if draw(2) else "something else"))],
                [CodeFault(SCANNER, order, fault)],
                [OrderEnded(SCANNER, order, fault if draw(2) else None)],
            ]
        else:
            said = [
                [MediaChanged(READER, order, Media.PRESENT)],
                [MediaChanged(READER, order, Media.NOT_PRESENT)],
                [CardFault(READER, order, fault)],
                [CardRead(READER, order, id_card(*([list(CardFlag)[draw(6)]] if draw(2) else [])))],
                [OrderEnded(READER, order, fault if draw(2) else None)],
            ]
        for event in said[draw(len(said))]:
            self.device(event)

    def register_speaks(self, draw: Draw) -> None:
        asked = [*self.lookups[-2:], LookupId("never asked")]
        lookup = asked[draw(len(asked))]
        if draw(2):
            self.bring(RegisterAnswered(lookup, register_answer(lookup)))
        else:
            self.bring(RegisterFailed(lookup, Fault.of(CODES[draw(len(CODES))])))

    def desk_speaks(self, draw: Draw) -> None:
        if self.hand.name == "Committing" and draw(2):
            if draw(2):
                self.keep()
            else:
                self.bring(CaseRefused(self.hand.visit, Fault.of(CODES[draw(len(CODES))])))
            return
        if self.hand.name == "Printing" and self.repeated and not draw(4):
            case = self.hand.now(Printing).receipt.case_id
            self.kept[case] = PrintOutcome.FAILED
            self.bring(ReprintRefused(case, Fault.of("document.failed")))
            return
        cases = [*self.kept, CaseId("never kept")]
        case = cases[draw(len(cases))]
        what = draw(5)
        if what == 0:
            self.desk(CaseDelivered(case))
        elif what == 1:
            self.desk(CentralSeen(reachable=bool(draw(2)), undelivered=draw(9)))
        elif what == 2:
            self.bring(CaseKept(VisitId("an earlier visit"), receipt("of an earlier visit")))
        elif self.kept.get(case) is None:
            held = Fault.of(CODES[draw(len(CODES))]) if draw(2) else None
            self.desk(CaseProgress(case, list(CaseStage)[draw(3)], held_up=held))

    def time_passes(self, draw: Draw) -> None:
        wakes_at = self.hand.state.wakes_at
        left = wakes_at - self.hand.facts.now if wakes_at is not None else 5.0
        self.pass_time(max(0.0, (0.5, left, left / 2, 3 * left)[draw(4)]))

    def world_changes(self, draw: Draw) -> None:
        states = (None, *(DeviceStatus(state) for state in DeviceState))
        status = states[draw(len(states))]
        facts = self.hand.facts
        self.hand.facts = replace(facts, reader=status) if draw(2) else replace(facts, printer=status)
        if status is not None:
            self.device(StatusChanged(READER, status))

    def comes_back(self, draw: Draw) -> None:
        online = DeviceStatus(DeviceState.ONLINE)
        self.hand.facts = replace(self.hand.facts, reader=online, printer=online)
        if not draw(4):
            self.bring(Resumed(Interrupted(VisitId("before"), receipt("before") if draw(2) else None, None)))

    # How it happens

    def bring(
        self,
        event: Touched | RegisterAnswered | RegisterFailed | CaseKept | CaseRefused | ReprintRefused | Resumed,
    ) -> None:
        before = self.hand.state
        effects = self.hand.bring(event)
        match before.situation, event:
            case Finished(rated=False) as finished, Touched("rate", "1" | "5" as grade):
                self.graded[finished.receipt.case_id] = int(grade)
        assert not any(isinstance(e, CommitCase) for e in effects) or (
            isinstance(event, Touched) and event.name in {"confirm", "again"}
        )
        self.check(effects)

    def pass_time(self, seconds: float) -> None:
        self.check(self.hand.pass_time(seconds))

    def device(self, event: DeviceEvent) -> None:
        before = self.hand.state
        order = None if isinstance(event, StatusChanged) else event.order
        live = order in self.orders
        if order is not None and isinstance(event, CardRead | OrderEnded):
            self.orders.pop(order, None)
        effects = self.hand.device(event)
        if not live:
            assert (self.hand.state, effects) == (before, ()), f"{event} is about nothing here"
        self.check(effects)

    def desk(self, event: CaseProgress | CaseDelivered | CentralSeen) -> None:
        self.check(self.hand.desk(event))

    def keep(self) -> None:
        case = receipt(f"case-{len(self.kept) + 1}")
        self.kept[case.case_id] = None
        self.bring(CaseKept(self.hand.visit, case))

    def close(self, outcome: PrintOutcome) -> None:
        case = self.hand.now(Printing).receipt.case_id
        self.kept[case] = outcome
        self.desk(CaseProgress(case, CaseStage.CLOSED, print=outcome))

    # What must hold

    def check(self, effects: tuple[Effect, ...]) -> None:
        self._book(effects)
        assert sum(isinstance(effect, CommitCase) for effect in effects) <= 1
        self._check_clock()
        self._check_visit()
        self._check_orders()
        self._check_privacy(effects)
        self._check_outcome()

    def _book(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case BeginVisit(visit):
                    assert not self.open_visits, "a visit begins inside another"
                    self.open_visits.append(visit)
                    self.begun += 1
                case EndVisit(visit):
                    assert self.open_visits == [visit], "a visit ends that is not running"
                    self.open_visits.clear()
                    self.ended += 1
                case ReadCard(order) | ReadCode(order) | WatchCard(order):
                    assert order not in self.orders
                    self.orders[order] = type(effect)
                case WithdrawOrder(order):
                    self.orders.pop(order, None)
                    self.over.append(order)
                case AskRegister(question):
                    self.lookups.append(question.lookup_id)
                case _:
                    self._book_case(effect)

    def _book_case(self, effect: CommitCase | CancelPrint | PrintAgain | RecordRating) -> None:
        match effect:
            case CommitCase():
                assert isinstance(self.hand.situation, Committing)
            case CancelPrint(case):
                self.cancelled.append(case)
            case PrintAgain(asked):
                assert self.kept[asked.case_id] is PrintOutcome.FAILED, "what may have come out is printed again"
                assert asked.action_id not in self.repeated
                self.kept[asked.case_id] = None
                self.repeated.append(asked.action_id)
            case RecordRating(rating):
                self.rated.setdefault(rating.case_id, []).append(rating.grade)
            case _:
                assert_never(effect)

    def _check_clock(self) -> None:
        state = self.hand.state
        assert state.idle_at is None or state.leave_at is None, "two clocks run"
        unbounded = isinstance(state.situation, Idle | Committing)
        assert (state.wakes_at is None) == unbounded, f"{self.hand.name} has the clock of another"

    def _check_visit(self) -> None:
        visit = self.hand.state.visit
        assert self.open_visits == ([visit.visit_id] if visit is not None else [])

    def _check_orders(self) -> None:
        """Nothing reads a card that nobody is asked for."""
        reading = [order for order, kind in self.orders.items() if kind is ReadCard]
        assert reading == ([self.hand.order()] if self.hand.name == "Identifying" else [])
        scanning = [order for order, kind in self.orders.items() if kind is ReadCode]
        assert scanning == ([self.hand.now(Scanning).order] if self.hand.name == "Scanning" else [])
        watching = [order for order, kind in self.orders.items() if kind is WatchCard]
        match self.hand.situation:
            case Leaving(_, order):
                assert watching == ([order] if order is not None else [])
            case Idle(card_left=True):
                assert watching == [self.hand.state.watched_card]
            case _:
                assert watching == []

    def _check_privacy(self, effects: tuple[Effect, ...]) -> None:
        assert not [mark for effect in effects for mark in marks_in(repr(effect))]
        assert not marks_in(repr(self.hand.state))
        if self.hand.state.visit is None:
            assert not marks_in(self.hand.state), f"{self.hand.name} still knows somebody"

    def _check_outcome(self) -> None:
        if isinstance(self.hand.situation, Finished):
            case = self.hand.situation.receipt.case_id
            assert self.hand.situation.outcome is self.kept[case], "the screen says what nobody reported"

    def go_home(self) -> None:
        """Nobody touches anything any more: the machine has to get free by itself."""
        for _ in range(12):
            if self.hand.name == "Idle":
                break
            if self.hand.name == "Committing":
                self.keep()
            elif self.hand.state.wakes_at is None:
                self.close(PrintOutcome.UNKNOWN)
            else:
                self.pass_time(self.hand.state.wakes_at - self.hand.facts.now)
        assert self.hand.name == "Idle", f"the machine stays in {self.hand.name}"

    def check_the_book(self) -> None:
        assert self.begun == self.ended
        for case, outcome in self.kept.items():
            assert self.rated[case] == [self.graded.get(case)], "a case is rated once, as it was or not at all"
            assert (case in self.cancelled) == (outcome is None), "a print nobody waits for is cancelled"


Move = Callable[[Walk, Draw], None]
MOVES: tuple[Move, ...] = (
    *(Walk.go_forward,) * 8,
    *(Walk.touch,) * 3,
    *(Walk.device_speaks,) * 2,
    Walk.register_speaks,
    *(Walk.desk_speaks,) * 2,
    Walk.time_passes,
    Walk.world_changes,
    *(Walk.comes_back,) * 2,
)


def drawing(numbers: list[int]) -> Draw:
    """Return what picks one of `n`, from numbers that Hypothesis can shrink."""
    left = iter(numbers)
    return lambda n: next(left) % n


STEPS = st.tuples(st.sampled_from(MOVES), st.lists(st.integers(0, 999), min_size=6, max_size=6))


@given(st.integers(0, 9), st.lists(STEPS, min_size=40, max_size=80))
def test_whatever_happens_what_must_hold_holds(ahead: int, steps: list[tuple[Move, list[int]]]) -> None:
    walk = Walk()
    for _ in range(ahead):
        walk.go_forward(lambda n: n - 1)
    for move, numbers in steps:
        move(walk, drawing(numbers))
    walk.go_home()
    walk.check_the_book()


@pytest.mark.parametrize("place", ["Idle", *SITUATIONS, "Leaving"])
def test_no_touch_of_any_name_breaks_anything_anywhere(place: str) -> None:
    for name, value in TOUCHES:
        hand = reach(place)
        hand.touch(name, value)
        hand.touch(name, value)
