"""What tests of devices share: synthetic cards, an identity reader on its simulator, and an ear on a hub.

Nothing here waits by the clock: every wait is for something to happen, with a bound far beyond what a
healthy run needs, so that a slow machine does not fail a test.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from stdnum.cn.ric import calc_check_digit

from contract.ids import DeviceId, OrderId
from devices.deadline import Deadline
from devices.drivers.sdt_reader import SdtReader
from devices.events import DeviceEvent, Numbered, StatusChanged
from devices.hub import DeviceHub
from devices.local_hub import LocalHub
from devices.order_kinds import ends
from devices.registry import SdtSerialSettings, SerialScannerSettings
from devices.sim.card_text import card_bytes
from devices.values import DeviceState, IdentityCard, Media

PATIENCE_S = 20.0
SLOW_CARD_S = 1.5
"""Long enough to do something while a card is read; a driver gives it up after two seconds."""
READER = DeviceId("id-card")
SCANNER = DeviceId("code")
THREADS = ("device-", "link-", "sdt-module", "pty", "scanner")
"""How the threads of devices and of their simulators begin their names."""
TODAY = date(2026, 6, 1)
E = TypeVar("E", bound=DeviceEvent)


def number_18(head: str) -> str:
    """Append the check digit to 17 digits."""
    return head + str(calc_check_digit(head + "0"))


def card(**changes: str) -> dict[str, str]:
    """Return the fields of a synthetic resident's card."""
    fields = {
        "layout": "resident",
        "name": "测试甲",
        "sex": "1",
        "ethnic": "01",
        "birth": "19900307",
        "address": "虚构市样例区模拟路1号",
        "number": number_18("11010119900307001"),
        "issuer": "虚构市公安局样例分局",
        "valid_from": "20200101",
        "valid_to": "20400101",
    }
    return fields | changes


CARD = card_bytes(card())
OTHER_CARD = card_bytes(card(name="测试乙", number=number_18("11010119900307003")))


def reader_settings(port: Path) -> SdtSerialSettings:
    return SdtSerialSettings(id=READER, kind="identity-reader", driver="sdt-serial", port=str(port))


def scanner_settings(port: Path, baud: Literal[9600, 115200] = 9600) -> SerialScannerSettings:
    """A scanner that is set to send CR after each code, as most are when they are delivered."""
    return SerialScannerSettings(
        id=SCANNER, kind="code-scanner", driver="serial-scanner", port=str(port), baud=baud, suffix="cr"
    )


@contextmanager
def opened(port: Path) -> Iterator[SdtReader]:
    """An open reader on `port`."""
    reader = SdtReader(reader_settings(port), today=lambda: TODAY)
    reader.open()
    try:
        yield reader
    finally:
        reader.close()


def read(reader: SdtReader, seconds: float = PATIENCE_S, say: Callable[[Media], None] = lambda _: None) -> IdentityCard:
    return reader.read(Deadline(seconds), say)


def later(*acts: Callable[[], object]) -> threading.Thread:
    """Do `acts` one after another beside the test; join what is returned."""
    thread = threading.Thread(target=lambda: [act() for act in acts])
    thread.start()
    return thread


class Ear:
    """Hears a hub's events and lets a test wait for one."""

    def __init__(self, hub: DeviceHub) -> None:
        self._heard: list[Numbered] = []
        self._more = threading.Condition()
        hub.subscribe(self._hear)

    @property
    def events(self) -> list[DeviceEvent]:
        with self._more:
            return [numbered.event for numbered in self._heard]

    @property
    def numbers(self) -> list[int]:
        with self._more:
            return [numbered.number for numbered in self._heard]

    def of(self, order: OrderId) -> list[DeviceEvent]:
        """Return the events of one order, in order."""
        return [event for event in self.events if _of(event, order)]

    def await_event(
        self, kind: type[E], fits: Callable[[E], bool] = lambda _: True, since: int = 0, within_s: float = PATIENCE_S
    ) -> E:
        """Wait for the first event of `kind` that fits, among those after the first `since` ones."""

        def look() -> E | None:
            for numbered in self._heard[since:]:
                if isinstance(numbered.event, kind) and fits(numbered.event):
                    return numbered.event
            return None

        with self._more:
            self._more.wait_for(lambda: look() is not None, within_s)
            found = look()
        assert found is not None, f"no fitting {kind.__name__} in {self.events}"
        return found

    def await_state(self, state: DeviceState, since: int = 0) -> StatusChanged:
        return self.await_event(StatusChanged, lambda event: event.status.state is state, since)

    def await_end(self, order: OrderId, patience_s: float = PATIENCE_S) -> DeviceEvent:
        """Wait for the event that ends `order`."""

        def last() -> DeviceEvent | None:
            return next((one.event for one in self._heard if ends(one.event) and _of(one.event, order)), None)

        with self._more:
            self._more.wait_for(lambda: last() is not None, patience_s)
            ended = last()
        assert ended is not None, f"{order} did not end: {self.events}"
        return ended

    def _hear(self, numbered: Numbered) -> None:
        with self._more:
            self._heard.append(numbered)
            self._more.notify_all()


def _of(event: DeviceEvent, order: OrderId) -> bool:
    return not isinstance(event, StatusChanged) and event.order == order


@contextmanager
def running(hub: LocalHub) -> Iterator[Ear]:
    """Start `hub`, listen, and close it."""
    ear = Ear(hub)
    hub.start()
    try:
        yield ear
    finally:
        hub.close()


def held() -> tuple[int, int]:
    """The pseudo-terminals' ends and the threads that devices and their simulators hold here.

    Only theirs: connections and threads of tests that ran before may still be ending meanwhile.
    """
    ends = 0
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            ends += str(entry.readlink()).startswith(("/dev/pts/", "/dev/ptmx"))
    return ends, sum(thread.name.startswith(THREADS) for thread in threading.enumerate())
