"""What every driver of a code scanner has to do, run on each with its simulator.

A driver joins by adding a rig to `RIGS`: the driver, and hands that hold a code, take it away and unplug.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract.fault import Fault
from devices.deadline import Deadline
from devices.drivers.serial_scanner import SerialScanner
from devices.errors import Absent, Cancelled
from devices.protocol import CodeScanner
from devices.sim.scanner_pty import Scanner
from devices.values import Code, DeviceState, Symbology
from tests.device_bench import PATIENCE_S, later, scanner_settings

HELD = "https://fuwu.example.gov.cn/verify?code=7K3M9Q2XH5T8B4NC"


@dataclass
class Rig:
    """A scanner and the hands at its simulator; `once` returns when the code was sent, heard or not."""

    scanner: CodeScanner
    hold: Callable[[str], None]
    take_away: Callable[[], None]
    once: Callable[[str], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]


@contextmanager
def serial_scanner(folder: Path) -> Iterator[Rig]:
    with Scanner(folder / "scanner") as sim:
        scanner = SerialScanner(scanner_settings(folder / "scanner"))
        yield Rig(
            scanner,
            lambda text: sim.hold(text, identifier="]Q1"),
            sim.take_away,
            lambda text: sim.scan(text, "]Q1"),
            sim.plug,
            sim.unplug,
        )
        scanner.close()


RIGS: dict[str, Callable[[Path], AbstractContextManager[Rig]]] = {"serial-scanner": serial_scanner}


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with RIGS[request.param](tmp_path) as made:
        yield made


@pytest.fixture
def opened(rig: Rig) -> Rig:
    rig.scanner.open()
    return rig


@dataclass
class Listener:
    """Scans until it has heard so many, on the calling thread."""

    rig: Rig
    wanted: int = 1
    heard: list[Code | Fault] = field(default_factory=list)
    until: Deadline = field(default_factory=lambda: Deadline(PATIENCE_S))

    def listen(self) -> list[Code | Fault]:
        with pytest.raises(Cancelled):
            self.rig.scanner.scan(self.until, self._hear)
        return self.heard

    def _hear(self, heard: Code | Fault) -> None:
        self.heard.append(heard)
        if len(self.heard) == self.wanted:
            self.until.cancel()


def test_it_is_a_code_scanner_that_knows_its_name_unopened(rig: Rig) -> None:
    assert isinstance(rig.scanner, CodeScanner)
    assert rig.scanner.info.kind == "code-scanner"
    rig.scanner.close()


def test_a_scanner_that_is_not_there_is_absent_and_found_when_plugged_in(rig: Rig) -> None:
    rig.unplug()
    with pytest.raises(Absent) as raised:
        rig.scanner.open()
    assert raised.value.fault.code == "scanner.absent"
    rig.plug()
    rig.scanner.open()
    assert rig.scanner.probe().state is DeviceState.ONLINE


def test_opening_and_closing_twice_is_harmless(opened: Rig) -> None:
    opened.scanner.open()
    opened.scanner.close()
    opened.scanner.close()
    opened.scanner.open()
    assert opened.scanner.probe().state is DeviceState.ONLINE


def test_a_scanner_that_is_not_open_says_so(rig: Rig) -> None:
    with pytest.raises(Absent):
        rig.scanner.probe()
    with pytest.raises(Absent):
        rig.scanner.scan(Deadline(PATIENCE_S), lambda _: None)


def test_a_code_held_before_it_is_read_with_its_kind(opened: Rig) -> None:
    opened.hold(HELD)
    assert Listener(opened).listen() == [Code(HELD, Symbology.QR)]


def test_what_was_scanned_before_anybody_asked_is_discarded(opened: Rig) -> None:
    opened.once("OF THE CITIZEN BEFORE")
    opened.hold(HELD)
    assert Listener(opened).listen() == [Code(HELD, Symbology.QR)]


def test_what_is_held_until_the_time_is_up_is_said_once(opened: Rig) -> None:
    opened.hold(HELD)
    heard: list[Code | Fault] = []
    opened.scanner.scan(Deadline(1.5), heard.append)
    assert heard == [Code(HELD, Symbology.QR)]


def test_the_next_order_hears_the_same_code_again(opened: Rig) -> None:
    opened.hold(HELD)
    assert Listener(opened).listen() == Listener(opened).listen() == [Code(HELD, Symbology.QR)]


def test_two_codes_in_turn_are_both_heard(opened: Rig) -> None:
    opened.hold("ONE")
    both = Listener(opened, wanted=2)
    hand = later(lambda: until(lambda: bool(both.heard)), lambda: opened.hold("TWO"))
    assert both.listen() == [Code("ONE", Symbology.QR), Code("TWO", Symbology.QR)]
    hand.join()


def test_nothing_by_the_deadline_just_returns(opened: Rig) -> None:
    opened.scanner.scan(Deadline(0.1), lambda _: None)
    opened.scanner.scan(Deadline(0), lambda _: None)


def test_a_withdrawn_wait_ends_though_its_time_is_far_from_up(opened: Rig) -> None:
    deadline = Deadline(3600)
    hand = later(deadline.cancel)
    with pytest.raises(Cancelled):
        opened.scanner.scan(deadline, lambda _: None)
    hand.join()
    assert opened.scanner.probe().state is DeviceState.ONLINE


def test_nothing_is_said_after_the_wait_was_withdrawn(opened: Rig) -> None:
    deadline = Deadline(PATIENCE_S)
    heard: list[Code | Fault] = []
    deadline.cancel()
    opened.hold(HELD)
    with pytest.raises(Cancelled):
        opened.scanner.scan(deadline, heard.append)
    assert heard == []


def test_a_scanner_unplugged_while_waiting_is_absent(opened: Rig) -> None:
    hand = later(opened.unplug)
    with pytest.raises(Absent):
        opened.scanner.scan(Deadline(PATIENCE_S), lambda _: None)
    hand.join()


def test_a_scanner_unplugged_while_nobody_listens_is_missed(opened: Rig) -> None:
    opened.unplug()
    with pytest.raises(Absent) as raised:
        opened.scanner.probe()
    assert raised.value.fault.code == "scanner.absent"


def test_a_scanner_plugged_in_again_reads(opened: Rig) -> None:
    opened.unplug()
    with pytest.raises(Absent):
        opened.scanner.probe()
    opened.plug()
    opened.scanner.open()
    opened.hold(HELD)
    assert Listener(opened).listen() == [Code(HELD, Symbology.QR)]


def test_nothing_of_the_code_is_in_any_repr(opened: Rig) -> None:
    opened.hold(HELD)
    heard = Listener(opened).listen()
    assert "verify" not in repr((heard, vars(opened.scanner)))


def until(true: Callable[[], bool]) -> None:
    """Wait for something that another thread does."""
    limit, tick = Deadline(PATIENCE_S), threading.Event()
    while not true() and not limit.passed:
        tick.wait(0.01)
