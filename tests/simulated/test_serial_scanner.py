"""The serial scanner on its simulator, and behind the hub: noise, floods, unplugging, and whose code it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.fault import Fault
from contract.ids import DeviceId, OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.drivers.serial_scanner import SerialScanner
from devices.errors import Absent, Cancelled
from devices.events import CodeFault, CodeRead, OrderEnded, ReadIdentity, ScanCode
from devices.local_hub import LocalHub
from devices.registry import SerialScannerSettings, make_device
from devices.sim.scanner_pty import Scanner
from devices.values import Code, DeviceState
from tests.device_bench import PATIENCE_S, SCANNER, Ear, held, running, scanner_settings

ONE, TWO = OrderId("one"), OrderId("two")
LONG_S = 3600.0
QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "scanner"


@pytest.fixture
def sim(port: Path) -> Iterator[Scanner]:
    with Scanner(port) as plugged:
        yield plugged


@pytest.fixture
def bench(sim: Scanner, port: Path) -> Iterator[tuple[LocalHub, Ear]]:
    hub = LocalHub([scanner_settings(port)], pace=QUICK)
    with running(hub) as ear:
        if sim.plugged:
            ear.await_state(DeviceState.ONLINE)
        yield hub, ear


def first(port: Path, **changes: object) -> Code | Fault:
    """What a freshly opened scanner hears first."""
    settings = SerialScannerSettings.model_validate(
        {"id": SCANNER, "kind": "code-scanner", "driver": "serial-scanner", "port": str(port), **changes}
    )
    scanner, until, heard = SerialScanner(settings), Deadline(PATIENCE_S), list[Code | Fault]()

    def hear(one: Code | Fault) -> None:
        heard.append(one)
        until.cancel()

    scanner.open()
    try:
        with pytest.raises(Cancelled):
            scanner.scan(until, hear)
    finally:
        scanner.close()
    return heard[0]


@pytest.mark.parametrize(
    ("sent", "configured"),
    [(b"\r", "cr"), (b"\n", "lf"), (b"\r\n", "crlf"), (b"\t", "tab"), (b"\r\n", "auto"), (b"", "auto"), (b"", "none")],
)
def test_every_suffix_is_read_and_so_is_none(port: Path, sent: bytes, configured: str) -> None:
    with Scanner(port, suffix=sent) as sim:
        sim.hold("7K3M-9Q2XH5T8B4N")  # sixteen characters come in one piece, however busy this machine is
        assert first(port, suffix=configured) == Code("7K3M-9Q2XH5T8B4N")


@pytest.mark.parametrize("baud", [115200, 9600, 1200])
def test_every_speed_is_spoken(port: Path, baud: int) -> None:
    with Scanner(port, baud) as sim:
        sim.hold("HELLO")
        assert first(port, baud=baud, suffix="cr") == Code("HELLO")


def test_a_code_that_dribbles_in_pieces_is_read_whole(sim: Scanner, port: Path) -> None:
    sim.split(0.002)
    sim.hold("https://fuwu.example.gov.cn/verify?code=7K3M9Q2XH5T8B4NC")
    assert first(port, suffix="cr") == Code("https://fuwu.example.gov.cn/verify?code=7K3M9Q2XH5T8B4NC")


def test_a_code_in_the_older_encoding_is_read(sim: Scanner, port: Path) -> None:
    sim.hold("收件回执 2026-001".encode("gb18030"))
    assert first(port, suffix="cr") == Code("收件回执 2026-001")


def test_a_code_in_no_encoding_is_unreadable_and_names_no_byte(sim: Scanner, port: Path) -> None:
    sim.hold(b"\xff\xfe\x81")
    assert first(port, suffix="cr") == Fault.of("code.unreadable", "in no known encoding")


def test_a_scanner_that_floods_is_refused_and_a_code_afterwards_is_read(port: Path) -> None:
    hub = LocalHub([scanner_settings(port, baud=115200)])
    with Scanner(port, 115200) as sim, running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        hub.order(SCANNER, ScanCode(ONE, LONG_S))
        sim.flood(20_000)
        assert ear.await_event(CodeFault).fault == Fault.of("code.unreadable", "too long")
        sim.hold("HELLO")
        assert ear.await_event(CodeRead).code == Code("HELLO")


def test_a_port_that_somebody_else_holds_is_offline_and_not_shared(sim: Scanner, port: Path) -> None:
    assert sim.plugged
    one, other = make_device(scanner_settings(port)), make_device(scanner_settings(port))
    one.open()
    with pytest.raises(Absent) as raised:
        other.open()
    assert raised.value.fault.code == "scanner.offline"
    one.close()
    other.open()
    other.close()


def test_opening_and_losing_it_often_leaves_nothing_open(sim: Scanner, port: Path) -> None:
    scanner = SerialScanner(scanner_settings(port))
    before = held()
    for _ in range(20):
        scanner.open()
        sim.unplug()
        with pytest.raises(Absent):
            scanner.probe()
        sim.plug()
    assert held() == before


def test_a_citizens_code_is_heard_and_the_order_goes_on_until_it_is_withdrawn(
    sim: Scanner, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    sim.hold("NOT THE RIGHT ONE")
    ear.await_event(CodeRead)
    sim.hold("THE RIGHT ONE")
    ear.await_event(CodeRead, lambda event: event.code.text == "THE RIGHT ONE")
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(SCANNER, ONE)
    assert [type(event) for event in ear.of(ONE)] == [CodeRead, CodeRead, OrderEnded]


def test_a_code_shown_while_nobody_asks_reaches_nobody(sim: Scanner, bench: tuple[LocalHub, Ear]) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    sim.hold("FIRST")
    ear.await_event(CodeRead)
    hub.cancel(ONE)
    ear.await_end(ONE)
    sim.take_away()
    sim.scan("OF SOMEBODY PASSING BY")
    hub.order(SCANNER, ScanCode(TWO, LONG_S))
    sim.hold("SECOND")
    ear.await_event(CodeRead, lambda event: event.order == TWO)
    assert [event.code.text for event in ear.events if isinstance(event, CodeRead)] == ["FIRST", "SECOND"]


def test_a_scanner_unplugged_and_back_within_the_orders_time_still_reads(
    sim: Scanner, bench: tuple[LocalHub, Ear]
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


def test_the_half_of_a_code_that_came_before_the_plug_was_pulled_is_not_a_code(
    sim: Scanner, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    sim.split(0.05)
    sim.hold("A CODE THAT TAKES LONG TO SEND")
    sim.unplug()
    ear.await_state(DeviceState.NO_DEVICE)
    sim.split(None)
    sim.hold("WHOLE")
    sim.plug()
    assert ear.await_event(CodeRead).code == Code("WHOLE")


@pytest.mark.parametrize("plugged", [True, False])
def test_an_order_whose_time_is_up_says_why_nothing_came(
    sim: Scanner, bench: tuple[LocalHub, Ear], plugged: bool
) -> None:
    hub, ear = bench
    if not plugged:
        sim.unplug()
        ear.await_state(DeviceState.NO_DEVICE)
    hub.order(SCANNER, ScanCode(ONE, 0.3))
    ended = ear.await_end(ONE)
    assert isinstance(ended, OrderEnded)
    assert ended.fault is not None
    assert ended.fault.code == ("code.none_presented" if plugged else "scanner.absent")


def test_a_hall_without_a_scanner_says_so(bench: tuple[LocalHub, Ear]) -> None:
    hub, ear = bench
    hub.order(DeviceId("nowhere"), ScanCode(ONE, LONG_S))
    ended = ear.await_end(ONE)
    assert isinstance(ended, OrderEnded)
    assert ended.fault is not None
    assert ended.fault.code == "scanner.absent"
    hub.order(SCANNER, ReadIdentity(TWO, LONG_S))
    other = ear.await_end(TWO)
    assert isinstance(other, OrderEnded)
    assert other.fault is not None
    assert other.fault.code == "reader.absent"
