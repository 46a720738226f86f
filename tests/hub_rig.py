"""Hubs around scripted devices: one in this process, and one behind the device link with the whole link real.

A test of what an order hears runs on both. Devices begin only when whoever listens is connected, so that
what is heard does not depend on who was quicker.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from contract.ids import ActionId, DeviceId, OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.events import StatusChanged
from devices.hub import DeviceHub
from devices.local_hub import LocalHub
from devices.values import CardLayout, DeviceState, IdentityCard, Media, PrintJob, PrintSettlement
from kiosk_app.link.device_link import Entry, RemoteHub
from kiosk_app.link.device_words import device_socket
from kiosk_app.link.hub_server import HubServer
from kiosk_app.link.transport import LinkPace
from tests.device_bench import PATIENCE_S, Ear
from tests.fake_devices import FakeDevice, maker, settings_for

QUICK = Pace(
    reopen_s=0.02,
    after_loss_s=0.02,
    probe_s=0.02,
    retry_s=0.01,
    removal_look_s=0.01,
    settle_s=PATIENCE_S,
    evidence_s=PATIENCE_S,
    wedge_margin_s=PATIENCE_S,
    watch_s=0.02,
)
"""Nothing is waited for in vain, but what does come may take its time on a busy machine."""
IMPATIENT = replace(QUICK, settle_s=0.3, wedge_margin_s=0.2)
"""For a call that never returns, and a printer that never comes back."""
PATIENT_LINK = LinkPace(silent_s=PATIENCE_S)
"""A busy machine is no dead peer; what a dead one is, other tests say."""
LONG_S = 3600.0
READER, PRINTER = DeviceId("id-card"), DeviceId("a4")
ONE, TWO = OrderId("one"), OrderId("two")
CARD = IdentityCard(
    CardLayout.RESIDENT, "测试甲", "1", "汉", date(1990, 3, 7), "", "000000", "", date(2020, 1, 1), None
)
JOB = PrintJob(ActionId(ONE), "certificate", b"%PDF", 1)

Start = Callable[..., tuple[DeviceHub, Ear]]
T = TypeVar("T")


@contextmanager
def near(hub: LocalHub) -> Iterator[tuple[DeviceHub, Ear]]:
    """`hub` itself, started and closed."""
    ear = Ear(hub)
    hub.start()
    try:
        yield hub, ear
    finally:
        hub.close()


@contextmanager
def far(hub: LocalHub, entries: Sequence[Entry], folder: Path) -> Iterator[tuple[DeviceHub, Ear]]:
    """`hub` as another process has it, through a socket in `folder`."""
    server = HubServer(hub, device_socket(folder), pace=PATIENT_LINK)
    remote = RemoteHub(folder, "terminal", entries, PATIENT_LINK)
    ear = Ear(remote)
    server.start()
    remote.start()
    try:
        assert remote.await_up(PATIENCE_S)
        hub.start()
        yield remote, ear
    finally:
        remote.close()
        server.close()
        hub.close()


def local_hub(*devices: FakeDevice, pace: Pace = QUICK) -> LocalHub:
    """A hub around fakes, not started."""
    return LocalHub(settings_for(*devices), maker(*devices), pace)


def script(*items: T) -> deque[T]:
    return deque(items)


def states(ear: Ear) -> list[DeviceState]:
    return [event.status.state for event in ear.events if isinstance(event, StatusChanged)]


def reads(card: IdentityCard = CARD) -> Callable[[Deadline, Callable[[Media], None]], IdentityCard]:
    def read(_: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        say(Media.PRESENT)
        return card

    return read


def raises(error: Exception) -> Callable[..., Any]:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail


def code_of(settlement: PrintSettlement) -> str | None:
    return settlement.fault.code if settlement.fault else None
