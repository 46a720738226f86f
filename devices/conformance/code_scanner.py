"""What every driver of a code scanner has to do."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from contract.fault import Fault
from devices.conformance.waiting import PATIENCE_S, later, until
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled
from devices.protocol import CodeScanner
from devices.values import Code, DeviceState, Symbology

HELD = "https://fuwu.example.gov.cn/verify?code=7K3M9Q2XH5T8B4NC"


@dataclass
class CodeScannerBench:
    """A scanner and the hands at it. What is held is a QR code; `once` returns when it was sent, heard or not."""

    scanner: CodeScanner
    hold: Callable[[str], None]
    take_away: Callable[[], None]
    once: Callable[[str], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]


@dataclass
class Listener:
    """Scans until it has heard so many, on the calling thread."""

    scanner: CodeScanner
    wanted: int = 1
    heard: list[Code | Fault] = field(default_factory=list)
    until: Deadline = field(default_factory=lambda: Deadline(PATIENCE_S))

    def listen(self) -> list[Code | Fault]:
        with pytest.raises(Cancelled):
            self.scanner.scan(self.until, self._hear)
        return self.heard

    def _hear(self, heard: Code | Fault) -> None:
        self.heard.append(heard)
        if len(self.heard) == self.wanted:
            self.until.cancel()


class CodeScannerSuite:
    """A scanner of codes."""

    @pytest.fixture
    def opened(self, bench: CodeScannerBench) -> CodeScannerBench:
        bench.scanner.open()
        return bench

    def test_it_is_a_code_scanner_that_knows_its_name_unopened(self, bench: CodeScannerBench) -> None:
        assert isinstance(bench.scanner, CodeScanner)
        assert bench.scanner.info.kind == "code-scanner"
        bench.scanner.close()

    def test_a_scanner_that_is_not_there_is_absent_and_found_when_plugged_in(self, bench: CodeScannerBench) -> None:
        bench.unplug()
        with pytest.raises(Absent) as raised:
            bench.scanner.open()
        assert raised.value.fault.code == "scanner.absent"
        bench.plug()
        bench.scanner.open()
        assert bench.scanner.probe().state is DeviceState.ONLINE

    def test_opening_and_closing_twice_is_harmless(self, opened: CodeScannerBench) -> None:
        opened.scanner.open()
        opened.scanner.close()
        opened.scanner.close()
        opened.scanner.open()
        assert opened.scanner.probe().state is DeviceState.ONLINE

    def test_a_scanner_that_is_not_open_says_so(self, bench: CodeScannerBench) -> None:
        with pytest.raises(Absent):
            bench.scanner.probe()
        with pytest.raises(Absent):
            bench.scanner.scan(Deadline(PATIENCE_S), lambda _: None)

    def test_a_code_held_before_it_is_read_with_its_kind(self, opened: CodeScannerBench) -> None:
        opened.hold(HELD)
        assert Listener(opened.scanner).listen() == [Code(HELD, Symbology.QR)]

    def test_what_was_scanned_before_anybody_asked_is_discarded(self, opened: CodeScannerBench) -> None:
        opened.once("OF THE CITIZEN BEFORE")
        opened.hold(HELD)
        assert Listener(opened.scanner).listen() == [Code(HELD, Symbology.QR)]

    def test_what_is_held_until_the_order_is_over_is_said_once(self, opened: CodeScannerBench) -> None:
        opened.hold(HELD)
        heard: list[Code | Fault] = []
        deadline = Deadline(PATIENCE_S)
        hand = later(lambda: until(lambda: bool(heard)), lambda: deadline.pause(1.5), deadline.cancel)
        with pytest.raises(Cancelled):
            opened.scanner.scan(deadline, heard.append)
        hand.join()
        assert heard == [Code(HELD, Symbology.QR)]

    def test_the_next_order_hears_the_same_code_again(self, opened: CodeScannerBench) -> None:
        opened.hold(HELD)
        assert Listener(opened.scanner).listen() == Listener(opened.scanner).listen() == [Code(HELD, Symbology.QR)]

    def test_two_codes_in_turn_are_both_heard(self, opened: CodeScannerBench) -> None:
        opened.hold("ONE")
        both = Listener(opened.scanner, wanted=2)
        hand = later(lambda: until(lambda: bool(both.heard)), lambda: opened.hold("TWO"))
        assert both.listen() == [Code("ONE", Symbology.QR), Code("TWO", Symbology.QR)]
        hand.join()

    def test_nothing_by_the_deadline_just_returns(self, opened: CodeScannerBench) -> None:
        opened.scanner.scan(Deadline(0.1), lambda _: None)
        opened.scanner.scan(Deadline(0), lambda _: None)

    def test_a_withdrawn_wait_ends_though_its_time_is_far_from_up(self, opened: CodeScannerBench) -> None:
        deadline = Deadline(3600)
        hand = later(deadline.cancel)
        with pytest.raises(Cancelled):
            opened.scanner.scan(deadline, lambda _: None)
        hand.join()
        assert opened.scanner.probe().state is DeviceState.ONLINE

    def test_nothing_is_said_after_the_wait_was_withdrawn(self, opened: CodeScannerBench) -> None:
        deadline = Deadline(PATIENCE_S)
        heard: list[Code | Fault] = []
        deadline.cancel()
        opened.hold(HELD)
        with pytest.raises(Cancelled):
            opened.scanner.scan(deadline, heard.append)
        assert heard == []

    def test_a_scanner_unplugged_while_waiting_is_absent(self, opened: CodeScannerBench) -> None:
        hand = later(opened.unplug)
        with pytest.raises(Absent):
            opened.scanner.scan(Deadline(PATIENCE_S), lambda _: None)
        hand.join()

    def test_a_scanner_unplugged_while_nobody_listens_is_missed(self, opened: CodeScannerBench) -> None:
        opened.unplug()
        with pytest.raises(Absent) as raised:
            opened.scanner.probe()
        assert raised.value.fault.code == "scanner.absent"

    def test_a_scanner_plugged_in_again_reads(self, opened: CodeScannerBench) -> None:
        opened.unplug()
        with pytest.raises(Absent):
            opened.scanner.probe()
        opened.plug()
        opened.scanner.open()
        opened.hold(HELD)
        assert Listener(opened.scanner).listen() == [Code(HELD, Symbology.QR)]

    def test_nothing_of_the_code_is_in_any_repr(self, opened: CodeScannerBench) -> None:
        opened.hold(HELD)
        heard = Listener(opened.scanner).listen()
        assert "verify" not in repr((heard, vars(opened.scanner)))
