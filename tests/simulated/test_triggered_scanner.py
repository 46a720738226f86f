"""Scanners that are triggered: dark unless somebody waits, missed when silent, and whole codes whatever they say."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.fault import Fault
from contract.ids import OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.drivers.scan_codec import BABBLE_CODES
from devices.drivers.serial_scanner import SerialScanner
from devices.errors import Absent, Cancelled, Garbled, Silent
from devices.events import CodeFault, CodeRead, OrderEnded, ScanCode
from devices.local_hub import LocalHub
from devices.sim.scanner_pty import Scanner
from devices.values import Code, DeviceState, Symbology
from tests.device_bench import PATIENCE_S, SCANNER, held, later, running
from tests.scanner_bench import FAMILIES, SPEED, Listener, family_settings, until

ONE = OrderId("one")
LONG_S = 3600.0
HELD = "https://fuwu.example.gov.cn/verify?code=7K3M9Q2XH5T8B4NC"
MUCH_FASTER = 1_000_000
"""Bits a second of a line that floods; a pseudo-terminal takes any."""
QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)


@pytest.fixture(params=FAMILIES)
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "scanner"


@pytest.fixture
def sim(port: Path, family: str) -> Iterator[Scanner]:
    with Scanner(port, SPEED, family=family) as plugged:
        yield plugged


@pytest.fixture
def scanner(sim: Scanner, port: Path, family: str) -> Iterator[SerialScanner]:
    assert sim.plugged
    made = SerialScanner(family_settings(port, family))
    made.open()
    yield made
    made.close()


def refuse_to_listen(heard: Code | Fault) -> None:
    raise RuntimeError(type(heard).__name__)


def test_it_is_dark_when_it_was_opened_and_its_kind_of_answer_is_known(sim: Scanner, scanner: SerialScanner) -> None:
    assert not sim.lit
    assert sim.triggers == 0
    assert scanner.info.capabilities == {"triggered": True, "identifiers": True}


def test_it_looks_while_somebody_waits_and_is_dark_when_the_time_is_up(sim: Scanner, scanner: SerialScanner) -> None:
    hand = later(lambda: until(lambda: sim.lit))
    scanner.scan(Deadline(0.5), lambda _: None)
    hand.join()
    assert sim.triggers == 1
    assert not sim.lit


def test_it_is_dark_when_the_wait_was_withdrawn(sim: Scanner, scanner: SerialScanner) -> None:
    deadline = Deadline(LONG_S)
    hand = later(lambda: until(lambda: sim.lit), deadline.cancel)
    with pytest.raises(Cancelled):
        scanner.scan(deadline, lambda _: None)
    hand.join()
    assert not sim.lit


def test_it_is_dark_when_whoever_waited_broke_down(sim: Scanner, scanner: SerialScanner) -> None:
    sim.hold(HELD)
    with pytest.raises(RuntimeError):
        scanner.scan(Deadline(PATIENCE_S), refuse_to_listen)
    assert not sim.lit


def test_what_somebody_who_was_killed_left_lit_is_dark_once_it_is_opened(sim: Scanner, port: Path, family: str) -> None:
    sim.light()
    scanner = SerialScanner(family_settings(port, family))
    scanner.open()
    assert not sim.lit
    scanner.close()


def test_a_code_shown_in_the_dark_is_not_even_read(sim: Scanner, scanner: SerialScanner) -> None:
    sim.scan("OF SOMEBODY PASSING BY")
    sim.hold(HELD, identifier="]Q1")
    assert Listener(scanner).listen() == [Code(HELD, Symbology.QR)]


def test_it_is_triggered_again_after_each_code_so_that_the_next_one_is_read(
    sim: Scanner, scanner: SerialScanner
) -> None:
    sim.hold("ONE")
    both = Listener(scanner, wanted=2)
    hand = later(lambda: until(lambda: bool(both.heard)), lambda: sim.hold("TWO"))
    assert both.listen() == [Code("ONE"), Code("TWO")]
    hand.join()
    assert sim.triggers >= 2


@pytest.mark.parametrize("family", ["gm65"], indirect=True)
def test_it_is_triggered_again_before_it_gives_up_by_itself(sim: Scanner, scanner: SerialScanner) -> None:
    dark: list[bool] = []
    deadline = Deadline(LONG_S)
    hand = later(lambda: until(lambda: sim.triggers >= 2), lambda: dark.append(not sim.lit), deadline.cancel)
    with pytest.raises(Cancelled):
        scanner.scan(deadline, lambda _: None)
    hand.join()
    assert dark == [False]


@pytest.mark.parametrize("family", ["honeywell"], indirect=True)
def test_a_scanner_that_says_nothing_is_offline_and_one_without_a_port_is_absent(
    sim: Scanner, port: Path, family: str
) -> None:
    scanner = SerialScanner(family_settings(port, family))
    sim.answer("never")
    with pytest.raises(Silent) as silent:
        scanner.open()
    assert silent.value.fault.code == "scanner.offline"
    with pytest.raises(Absent):
        scanner.probe()
    sim.unplug()
    with pytest.raises(Absent) as absent:
        scanner.open()
    assert absent.value.fault.code == "scanner.absent"


@pytest.mark.parametrize("family", ["newland"], indirect=True)
def test_one_that_falls_silent_while_somebody_waits_is_offline_after_three_triggers(
    sim: Scanner, scanner: SerialScanner
) -> None:
    sim.answer("never")
    with pytest.raises(Silent) as raised:
        scanner.scan(Deadline(PATIENCE_S), lambda _: None)
    assert raised.value.fault == Fault.of("scanner.offline", "trigger: 3 times no answer")
    with pytest.raises(Silent):
        scanner.probe()
    sim.answer("ack")
    assert scanner.probe().state is DeviceState.ONLINE


@pytest.mark.parametrize("family", ["newland"], indirect=True)
def test_one_that_answers_questions_but_no_trigger_is_offline_until_it_does(
    sim: Scanner, port: Path, family: str
) -> None:
    hub = LocalHub([family_settings(port, family)], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        sim.answer("never", "on")
        hub.order(SCANNER, ScanCode(ONE, LONG_S))
        lost = ear.await_state(DeviceState.OFFLINE)
        assert lost.status.fault is not None
        assert lost.status.fault.code == "scanner.offline"
        since = len(ear.events)
        sim.answer("ack")
        ear.await_state(DeviceState.ONLINE, since)
        sim.hold(HELD)
        assert ear.await_event(CodeRead).code == Code(HELD)


@pytest.mark.parametrize("family", ["honeywell"], indirect=True)
def test_a_scanner_that_refuses_to_be_triggered_is_offline(sim: Scanner, scanner: SerialScanner) -> None:
    sim.answer("nak")
    with pytest.raises(Garbled) as raised:
        scanner.scan(Deadline(PATIENCE_S), lambda _: None)
    assert raised.value.fault == Fault.of("scanner.offline", "trigger: 3 times refused")


def test_one_that_will_not_send_identifiers_still_reads(sim: Scanner, port: Path, family: str) -> None:
    sim.answer("enq", "identifiers")
    scanner = SerialScanner(family_settings(port, family))
    scanner.open()
    assert scanner.info.capabilities["identifiers"] is False
    sim.hold(HELD, identifier="]Q1")
    assert Listener(scanner).listen() == [Code(HELD)]
    scanner.close()


def test_an_answer_that_comes_late_in_the_middle_of_a_code_leaves_it_whole(
    port: Path, family: str, request: pytest.FixtureRequest
) -> None:
    for seed in range(40 if request.config.getoption("--campaign") else 1):
        with Scanner(port, SPEED, family=family, seed=seed) as sim:
            scanner = SerialScanner(family_settings(port, family))
            scanner.open()
            sim.answer("late", "on", "other")
            sim.hold(HELD, identifier="]Q1")
            assert Listener(scanner).listen() == [Code(HELD, Symbology.QR)]
            scanner.close()


def test_what_comes_byte_by_byte_is_understood(sim: Scanner, port: Path, family: str) -> None:
    sim.split(0.001, (1,))
    scanner = SerialScanner(family_settings(port, family))
    scanner.open()
    sim.hold(HELD, identifier="]Q1")
    assert Listener(scanner).listen() == [Code(HELD, Symbology.QR)]
    scanner.close()


@pytest.mark.parametrize("family", ["honeywell"], indirect=True)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_is_read_in_both_encodings(sim: Scanner, scanner: SerialScanner, encoding: str) -> None:
    sim.hold("收件回执 2026-001".encode(encoding))
    assert Listener(scanner).listen() == [Code("收件回执 2026-001")]


@pytest.mark.parametrize("family", ["gm65"], indirect=True)
@pytest.mark.parametrize("suffix", [b"\t", b""])
def test_without_its_suffix_a_pause_ends_the_code(port: Path, family: str, suffix: bytes) -> None:
    with Scanner(port, SPEED, suffix, family) as sim:
        scanner = SerialScanner(family_settings(port, family, suffix="auto"))
        scanner.open()
        sim.hold("7K3M-9Q2XH5T8B4N")
        assert Listener(scanner).listen() == [Code("7K3M-9Q2XH5T8B4N")]
        scanner.close()


def test_whatever_a_scanner_answers_only_whole_codes_are_heard(
    port: Path, family: str, request: pytest.FixtureRequest
) -> None:
    for seed in range(40 if request.config.getoption("--campaign") else 1):
        hub = LocalHub([family_settings(port, family)], pace=QUICK)
        with Scanner(port, SPEED, family=family, seed=seed) as sim, running(hub) as ear:
            ear.await_state(DeviceState.ONLINE)
            sim.answer("any")
            sim.hold(HELD, identifier="]Q1")
            hub.order(SCANNER, ScanCode(ONE, LONG_S))
            assert ear.await_event(CodeRead).code.text == HELD
            assert not [event for event in ear.events if isinstance(event, CodeFault)]


@pytest.mark.parametrize("family", ["gm65"], indirect=True)
def test_a_flood_is_unreadable_and_a_code_after_it_is_read(sim: Scanner, scanner: SerialScanner) -> None:
    both = Listener(scanner, wanted=2)
    hand = later(
        lambda: until(lambda: sim.lit),
        lambda: sim.flood(10_000),
        lambda: until(lambda: bool(both.heard)),
        lambda: sim.hold(HELD),
    )
    assert both.listen() == [Fault.of("code.unreadable", "too long"), Code(HELD)]
    hand.join()


@pytest.mark.parametrize(
    ("family", "pattern"),
    [
        ("newland", b"#"),
        ("newland", b"\x02\x010000#"),
        ("honeywell", b"TRGMOD"),
        ("gm65", b"\x02\x00\x00\xff"),
        ("gm65", b"A\rB\r"),
    ],
)
def test_one_that_babbles_without_end_is_offline_and_trusted_again_when_it_is_quiet(
    port: Path, family: str, pattern: bytes
) -> None:
    heard: list[Code | Fault] = []
    scanner = SerialScanner(family_settings(port, family))
    with Scanner(port, MUCH_FASTER, family=family) as sim:
        scanner.open()
        hand = later(lambda: until(lambda: sim.lit), lambda: sim.flood(1_000_000 // len(pattern), pattern))
        with pytest.raises(Garbled) as raised:
            scanner.scan(Deadline(PATIENCE_S), heard.append)
        assert raised.value.fault == Fault.of("scanner.offline", "sends without end")
        assert len(heard) <= BABBLE_CODES
        hand.join()
        with pytest.raises(Garbled):
            scanner.probe()
        scanner.close()
        with pytest.raises(Garbled):
            scanner.open()
    with Scanner(port, MUCH_FASTER, family=family):
        scanner.open()
        assert scanner.probe().state is DeviceState.ONLINE
    scanner.close()


def test_unplugged_while_lit_and_back_it_is_set_up_anew(sim: Scanner, port: Path, family: str) -> None:
    hub = LocalHub([family_settings(port, family)], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(SCANNER, ScanCode(ONE, LONG_S))
        until(lambda: sim.lit)
        sim.unplug()
        ear.await_state(DeviceState.NO_DEVICE)
        sim.plug()
        sim.hold(HELD, identifier="]Q1")
        assert ear.await_event(CodeRead).code == Code(HELD, Symbology.QR)
        hub.cancel(ONE)
        assert ear.await_end(ONE) == OrderEnded(SCANNER, ONE)
        until(lambda: not sim.lit)


def test_unplugged_again_and_again_it_reads_each_time_and_nothing_is_left_open(
    sim: Scanner, scanner: SerialScanner, request: pytest.FixtureRequest
) -> None:
    before = held()
    for turn in range(20 if request.config.getoption("--campaign") else 3):
        hand = later(lambda: until(lambda: sim.lit), sim.unplug)
        with pytest.raises(Absent):
            scanner.scan(Deadline(PATIENCE_S), lambda _: None)
        hand.join()
        sim.plug()
        scanner.open()
        sim.hold(f"TURN {turn}")
        assert Listener(scanner).listen() == [Code(f"TURN {turn}")]
        sim.take_away()
    assert held() == before
