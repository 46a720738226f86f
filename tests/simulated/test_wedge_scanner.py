"""The scanner that types, on its simulator: layouts, lost keys, floods, unplugging, and whose code it is."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from evdev.ecodes import KEY_A, KEY_LEFTSHIFT

from contract.fault import Fault
from contract.ids import OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.drivers.scan_codec import BABBLE_CODES, LONGEST_BYTES
from devices.drivers.wedge_keymap import LAYOUTS, AltCodes, LayoutName
from devices.drivers.wedge_scanner import WedgeScanner
from devices.errors import Absent, Garbled
from devices.events import CodeFault, CodeRead, OrderEnded, ScanCode
from devices.local_hub import LocalHub
from devices.registry import make_device
from devices.sim.wedge_fifo import WedgeFifo
from devices.values import Code, DeviceState, Symbology
from tests.device_bench import PATIENCE_S, SCANNER, Ear, later, running
from tests.holdings import holdings, until_given_back
from tests.scanner_bench import Listener, opened_ends, until, wedge_settings

ONE, TWO = OrderId("one"), OrderId("two")
LONG_S = 3600.0
HELD = "https://fuwu.example.gov.cn/verify?code=7K3M-9Q2X&to=[A]{b}|\\@#~^`"
QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def sim(path: Path) -> Iterator[WedgeFifo]:
    with WedgeFifo(path) as plugged:
        yield plugged


@pytest.fixture
def scanner(sim: WedgeFifo, path: Path) -> Iterator[WedgeScanner]:
    assert sim.plugged
    made = WedgeScanner(wedge_settings(path))
    made.open()
    yield made
    made.close()


@pytest.fixture
def bench(sim: WedgeFifo, path: Path) -> Iterator[tuple[LocalHub, Ear]]:
    assert sim.plugged
    hub = LocalHub([wedge_settings(path)], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        yield hub, ear


def first(path: Path, **changes: object) -> Code | Fault:
    """What a freshly opened scanner hears first."""
    scanner = WedgeScanner(wedge_settings(path, **changes))
    scanner.open()
    try:
        return Listener(scanner).listen()[0]
    finally:
        scanner.close()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_code_is_read_on_every_layout(path: Path, layout: LayoutName) -> None:
    with WedgeFifo(path, layout) as sim:
        sim.hold("]Q1" + HELD)
        assert first(path, layout=layout) == Code(HELD, Symbology.QR)


@pytest.mark.parametrize("alt_codes", ["unicode", "gbk", "bytes"])
def test_chinese_is_read_however_it_is_numbered(path: Path, alt_codes: AltCodes) -> None:
    with WedgeFifo(path, "us", alt_codes=alt_codes) as sim:
        sim.hold("收件回执 2026-001")
        assert first(path, alt_codes=alt_codes) == Code("收件回执 2026-001")


@pytest.mark.parametrize(
    ("pressed", "configured"),
    [("enter", "enter"), ("tab", "tab"), ("enter", "auto"), ("tab", "auto"), ("none", "none"), ("none", "auto")],
)
def test_every_suffix_is_read_and_so_is_none(path: Path, pressed: str, configured: str) -> None:
    with WedgeFifo(path, suffix=pressed) as sim:
        sim.hold("7K3M-9Q2XH5T8B4N")
        assert first(path, suffix=configured) == Code("7K3M-9Q2XH5T8B4N")


def test_its_name_is_not_known_from_a_fifo_and_it_cannot_be_triggered(scanner: WedgeScanner) -> None:
    assert scanner.info.model == "keyboard scanner"
    assert scanner.info.capabilities == {"triggered": False}


def test_records_that_come_byte_by_byte_are_understood(sim: WedgeFifo, path: Path) -> None:
    sim.split(0.0)
    sim.hold("7K3M")
    assert first(path) == Code("7K3M")


def test_keys_that_were_lost_make_the_code_unreadable_and_the_next_one_is_read(
    sim: WedgeFifo, scanner: WedgeScanner
) -> None:
    heard = Listener(scanner, wanted=3)

    def hands() -> None:
        until(lambda: bool(heard.heard))
        sim.take_away()
        sim.type([(KEY_LEFTSHIFT, 1), (KEY_A, 1), (KEY_A, 0)])
        sim.lose()
        sim.scan("THE SECOND HALF")
        sim.scan("TWO")

    sim.hold("ONE")
    hand = later(hands)
    assert heard.listen() == [Code("ONE"), Fault.of("code.unreadable", "lost in part"), Code("TWO")]
    hand.join()


def test_more_than_any_code_holds_is_refused_and_the_next_one_is_read(sim: WedgeFifo, scanner: WedgeScanner) -> None:
    heard = Listener(scanner, wanted=3)
    sim.hold("ONE")
    hand = later(
        lambda: until(lambda: bool(heard.heard)),
        sim.take_away,
        lambda: sim.scan("A" * (LONGEST_BYTES + 10)),
        lambda: sim.hold("SHORT"),
    )
    one, fault, short = heard.listen()
    hand.join()
    assert [one, short] == [Code("ONE"), Code("SHORT")]
    assert isinstance(fault, Fault)
    assert fault.code == "code.unreadable"


def test_shift_that_went_down_before_anybody_asked_is_still_down(sim: WedgeFifo, scanner: WedgeScanner) -> None:
    sim.type([(KEY_LEFTSHIFT, 1)])
    listener = Listener(scanner)
    sim.hold("1")
    assert listener.listen() == [Code("!")]


@contextmanager
def without_end(act: Callable[[], object]) -> Iterator[None]:
    """Do `act` again and again beside the test."""
    ended = threading.Event()

    def again() -> None:
        while not ended.is_set():
            act()

    hand = later(again)
    try:
        yield
    finally:
        ended.set()
        hand.join()


def test_a_scanner_that_types_without_end_is_offline_and_trusted_again_when_it_is_quiet(
    sim: WedgeFifo, scanner: WedgeScanner
) -> None:
    heard: list[Code | Fault] = []
    with without_end(lambda: sim.type([(KEY_A, 1), (KEY_A, 0)] * 50)):
        with pytest.raises(Garbled) as raised:
            scanner.scan(Deadline(PATIENCE_S), heard.append)
        assert raised.value.fault == Fault.of("scanner.offline", "types without end")
        assert len(heard) <= BABBLE_CODES
        with pytest.raises(Garbled):
            scanner.probe()
    assert scanner.probe().state is DeviceState.ONLINE


def test_codes_without_a_pause_are_no_citizens(sim: WedgeFifo, scanner: WedgeScanner) -> None:
    heard: list[Code | Fault] = []
    turns = count()
    with without_end(lambda: sim.scan(f"{next(turns)}")), pytest.raises(Garbled):
        scanner.scan(Deadline(PATIENCE_S), heard.append)
    assert len(heard) <= BABBLE_CODES


def test_a_code_shown_while_nobody_asks_reaches_nobody(sim: WedgeFifo, bench: tuple[LocalHub, Ear]) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    sim.hold("FIRST")
    ear.await_event(CodeRead)
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(SCANNER, ONE)
    sim.take_away()
    sim.scan("OF SOMEBODY PASSING BY")
    hub.order(SCANNER, ScanCode(TWO, LONG_S))
    sim.hold("SECOND")
    ear.await_event(CodeRead, lambda event: event.order == TWO)
    assert [event.code.text for event in ear.events if isinstance(event, CodeRead)] == ["FIRST", "SECOND"]
    assert not [event for event in ear.events if isinstance(event, CodeFault)]


def test_a_scanner_unplugged_and_back_within_the_orders_time_still_reads(
    sim: WedgeFifo, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    sim.unplug()
    lost = ear.await_state(DeviceState.NO_DEVICE)
    assert lost.status.fault is not None
    assert lost.status.fault.code == "scanner.absent"
    sim.plug()
    sim.hold("AFTER ALL")
    assert ear.await_event(CodeRead).code == Code("AFTER ALL")


def test_unplugged_again_and_again_it_reads_each_time_and_nothing_is_left_open(
    sim: WedgeFifo, scanner: WedgeScanner, path: Path, request: pytest.FixtureRequest
) -> None:
    before, ends = holdings(), opened_ends(path)
    for turn in range(20 if request.config.getoption("--campaign") else 3):
        hand = later(sim.unplug)
        with pytest.raises(Absent):
            scanner.scan(Deadline(PATIENCE_S), lambda _: None)
        hand.join()
        sim.plug()
        scanner.open()
        sim.hold(f"TURN {turn}")
        assert Listener(scanner).listen() == [Code(f"TURN {turn}")]
        sim.take_away()
    assert opened_ends(path) == ends
    until_given_back(before)


def test_the_registry_makes_it_and_a_device_by_its_usb_ids_is_absent_here() -> None:
    scanner = make_device(wedge_settings("usb:ffff:fffe:no-such-scanner"))
    assert isinstance(scanner, WedgeScanner)
    with pytest.raises(Absent) as raised:
        scanner.open()
    assert raised.value.fault.code == "scanner.absent"
