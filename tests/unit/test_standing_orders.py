"""Orders kept through every loss of the devices' process: what may be given again, and what never may.

A walk at random plays a process that comes and goes at any moment. Whatever happens, a job goes out once,
and an order ends once.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import DeviceId, OrderId
from devices.events import (
    CardRead,
    DeviceEvent,
    MediaChanged,
    Order,
    OrderEnded,
    PrintDocument,
    PrintHeldUp,
    PrintSettledEvent,
    ReadIdentity,
    SettlePrint,
)
from devices.order_kinds import ends
from devices.values import Media, PrintSettlement
from kiosk_app.link.standing_orders import SETTLE_S, Standing, StandingOrders
from tests.hub_rig import CARD, JOB, ONE, PRINTER, READER

AWAY = Fault.of("devices.restarting")
SENT = PrintSettledEvent(PRINTER, ONE, PrintSettlement(JOB.action, PrintOutcome.SENT, sheets=1))


def taken(orders: StandingOrders, order: Order, now: float = 0.0, *, out: bool = False) -> Standing:
    standing = orders.take(DeviceId("x"), order, now)
    assert isinstance(standing, Standing)
    standing.out = out
    return standing


def given_again(orders: StandingOrders, now: float = 0.0) -> list[Order]:
    return [given.order for _, given in orders.to_give(now)]


def test_a_reading_is_given_again_with_what_is_left_of_its_time() -> None:
    orders = StandingOrders()
    taken(orders, ReadIdentity(ONE, 10.0), now=100.0, out=True)
    assert given_again(orders, now=104.0) == [ReadIdentity(ONE, 6.0)]


def test_a_job_that_may_have_left_is_only_asked_after() -> None:
    orders = StandingOrders()
    standing = taken(orders, PrintDocument(JOB, 60.0))
    assert given_again(orders) == [PrintDocument(JOB, 60.0)]
    standing.out = True
    assert given_again(orders) == [SettlePrint(JOB.action)]
    assert given_again(orders) == [SettlePrint(JOB.action)]


def test_an_order_that_stands_is_not_doubled() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0))
    assert orders.take(PRINTER, PrintDocument(JOB, 60.0), 1.0) is None
    assert orders.take(PRINTER, SettlePrint(JOB.action), 1.0) is None


def test_a_settled_print_answers_from_memory_and_an_unknown_one_may_be_asked_again() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0), out=True)
    unknown = replace(SENT, settlement=PrintSettlement(JOB.action, PrintOutcome.UNKNOWN))
    assert orders.heard(unknown) == unknown
    assert orders.take(PRINTER, PrintDocument(JOB, 60.0), 0.0) == unknown
    taken(orders, SettlePrint(JOB.action))
    assert orders.heard(SENT) == SENT
    assert orders.take(PRINTER, SettlePrint(JOB.action), 0.0) == SENT


def test_a_withdrawn_reading_ends_when_the_other_process_says_so_and_its_card_is_dropped() -> None:
    orders = StandingOrders()
    taken(orders, ReadIdentity(ONE, 10.0), out=True)
    assert orders.withdraw(ONE, up=True) == (None, True)
    assert orders.withdraw(ONE, up=True) == (None, False)
    assert orders.heard(MediaChanged(READER, ONE, Media.PRESENT)) is None
    assert orders.heard(CardRead(READER, ONE, CARD)) == OrderEnded(DeviceId("x"), ONE)
    assert orders.heard(CardRead(READER, ONE, CARD)) is None


def test_a_withdrawn_reading_ends_with_the_process_that_had_it() -> None:
    orders = StandingOrders()
    taken(orders, ReadIdentity(ONE, 10.0), out=True)
    orders.withdraw(ONE, up=True)
    assert orders.lost() == [OrderEnded(DeviceId("x"), ONE)]
    assert given_again(orders) == []


def test_a_reading_withdrawn_while_nobody_is_there_ends_at_once() -> None:
    orders = StandingOrders()
    taken(orders, ReadIdentity(ONE, 10.0), out=True)
    assert orders.withdraw(ONE, up=False) == (OrderEnded(DeviceId("x"), ONE), False)
    assert orders.heard(CardRead(READER, ONE, CARD)) is None


def test_what_cannot_be_asked_after_is_unknown_not_absent() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0), out=True)
    orders.to_give(0.0)
    ended = orders.heard(OrderEnded(PRINTER, ONE, Fault.of("printer.absent")))
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.UNKNOWN


def test_a_print_that_never_left_and_ran_out_of_time_failed() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0))
    assert orders.next_end() == 60.0
    [ended] = orders.expired(60.0, AWAY)
    assert isinstance(ended, PrintSettledEvent)
    assert (ended.settlement.outcome, ended.settlement.evidence) == (PrintOutcome.FAILED, "not begun")
    assert len(orders) == 0


def test_a_print_that_was_out_waits_longer_for_evidence_and_then_is_unknown() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0), out=True)
    assert orders.expired(60.0, AWAY) == []
    [ended] = orders.expired(60.0 + SETTLE_S, AWAY)
    assert isinstance(ended, PrintSettledEvent)
    assert ended.settlement.outcome is PrintOutcome.UNKNOWN


def test_a_print_that_waits_for_its_process_says_so_once() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0), out=True)
    taken(orders, ReadIdentity(OrderId("two"), 60.0), out=True)
    assert orders.held_up(AWAY) == [PrintHeldUp(DeviceId("x"), ONE, AWAY)]
    assert orders.held_up(AWAY) == []
    assert orders.held_up(None) == [PrintHeldUp(DeviceId("x"), ONE, None)]
    assert orders.held_up(None) == []


def test_closing_ends_everything_but_a_print_that_is_out() -> None:
    orders = StandingOrders()
    taken(orders, PrintDocument(JOB, 60.0), out=True)
    taken(orders, ReadIdentity(OrderId("two"), 60.0), out=True)
    assert orders.end_all() == [OrderEnded(DeviceId("x"), OrderId("two"))]
    assert orders.next_end() is None


class Walk:
    """The devices' process comes and goes; `leaves` says whether what is given to it really leaves this one."""

    def __init__(self, *, leaves: bool) -> None:
        self.orders = StandingOrders()
        self.sent: list[Order] = []
        self.ended: list[DeviceEvent] = []
        self.leaves = leaves
        self.up = False
        self.now = 0.0

    def connect(self) -> None:
        self.up = True
        for standing, again in self.orders.to_give(self.now):
            self._send(standing, again.order)

    def lose(self) -> None:
        self.up = False
        for event in self.orders.lost():
            self._told(event)

    def print(self) -> None:
        self._order(PrintDocument(JOB, 5.0))

    def read(self) -> None:
        self._order(ReadIdentity(READING, 5.0))

    def withdraw(self) -> None:
        self._told(self.orders.withdraw(ONE, up=self.up)[0])

    def settle(self) -> None:
        self._told(self.orders.heard(SENT) if self.up else None)

    def end(self) -> None:
        self._told(self.orders.heard(OrderEnded(READER, READING)) if self.up else None)

    def expire(self) -> None:
        for event in [] if self.up else self.orders.expired(self.now, AWAY):
            self._told(event)

    def _order(self, order: Order) -> None:
        standing = self.orders.take(PRINTER, order, self.now)
        if isinstance(standing, Standing) and self.up:
            self._send(standing, order)

    def _send(self, standing: Standing, order: Order) -> None:
        standing.out |= self.leaves
        if self.leaves:
            self.sent.append(order)

    def _told(self, event: DeviceEvent | None) -> None:
        if event is not None and ends(event):
            self.ended.append(event)


READING = OrderId("reading")
STEPS = st.sampled_from(
    [Walk.connect, Walk.lose, Walk.print, Walk.read, Walk.withdraw, Walk.settle, Walk.end, Walk.expire]
)


@settings(max_examples=max(400, settings().max_examples))
@given(st.lists(STEPS, max_size=40), st.booleans())
def test_a_job_goes_out_at_most_once_and_ends_at_most_once_whatever_happens(
    steps: list[Callable[[Walk], None]], leaves: bool
) -> None:
    walk = Walk(leaves=leaves)
    for step in steps:
        walk.now += 1.0
        step(walk)
    assert sum(isinstance(order, PrintDocument) for order in walk.sent) <= 1
    assert sum(isinstance(event, PrintSettledEvent) for event in walk.ended) <= 1


@pytest.mark.parametrize("order", [ReadIdentity(ONE, 1.0), SettlePrint(JOB.action)])
def test_only_a_print_can_be_too_long(order: Order) -> None:
    orders = StandingOrders()
    with pytest.raises(TypeError):
        orders.refuse(taken(orders, order))
