"""What holds for a hub whatever its devices do: numbers, listeners, orders for nobody, and its end."""

import pytest

from contract.ids import ActionId, DeviceId, OrderId
from devices.events import (
    CardRead,
    Numbered,
    OrderEnded,
    PrintDocument,
    PrintSettledEvent,
    ReadIdentity,
    SettlePrint,
    WatchRemoval,
)
from devices.values import (
    DeviceState,
    PrintJob,
)
from tests.device_bench import Ear, held
from tests.fake_devices import FakePrinter, FakeReader
from tests.hub_rig import JOB, LONG_S, ONE, PRINTER, READER, TWO, Start, local_hub, near, reads, script


@pytest.mark.parametrize(
    ("device", "order", "code"),
    [
        (DeviceId("nobody"), ReadIdentity(ONE, 1), "reader.absent"),
        (DeviceId(""), WatchRemoval(ONE, 1), "reader.absent"),
        (DeviceId("nobody"), PrintDocument(JOB, 1), "printer.absent"),
        (DeviceId("nobody"), SettlePrint(JOB.action), "printer.absent"),
        (READER, PrintDocument(JOB, 1), "printer.absent"),
    ],
)
def test_an_order_for_no_such_device_ends_as_absent(
    start: Start, device: DeviceId, order: ReadIdentity | WatchRemoval | PrintDocument | SettlePrint, code: str
) -> None:
    hub, ear = start(FakeReader())
    hub.order(device, order)
    ended = ear.await_end(ONE)
    assert isinstance(ended, OrderEnded)
    assert ended.fault is not None
    assert (ended.device, ended.fault.code) == (device, code)


def test_events_are_numbered_without_a_gap_and_the_snapshot_says_how_far(start: Start) -> None:
    reader, printer = FakeReader(reads=script(reads())), FakePrinter()
    hub, ear = start(reader, printer)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(PRINTER, PrintDocument(PrintJob(ActionId(TWO), "t", b""), LONG_S))
    ear.await_end(ONE)
    ear.await_end(TWO)
    assert ear.numbers == list(range(1, len(ear.numbers) + 1))
    assert hub.snapshot().number == ear.numbers[-1]


def test_a_listener_that_raises_ends_nobodys_thread(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    reader = FakeReader(reads=script(reads()))
    hub, ear = start(reader)

    def broken(_: Numbered) -> None:
        raise ValueError("测试甲")

    stop = hub.subscribe(broken)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert isinstance(ear.await_end(ONE), CardRead)
    stop()
    stop()
    assert "测试" not in caplog.text


def test_a_listener_that_raises_is_noted_by_type_and_place(caplog: pytest.LogCaptureFixture) -> None:
    with near(local_hub(FakeReader())) as (hub, ear):

        def broken(_: Numbered) -> None:
            raise ValueError("测试甲")

        hub.subscribe(broken)
        hub.order(READER, ReadIdentity(ONE, 0.01))
        ear.await_end(ONE)
    assert "ValueError at test_hub.py" in caplog.text
    assert "测试" not in caplog.text


def test_a_listener_may_order_cancel_and_look(start: Start) -> None:
    reader = FakeReader(reads=script(reads()))
    hub, ear = start(reader)

    def react(numbered: Numbered) -> None:
        if isinstance(numbered.event, CardRead):
            assert hub.snapshot().number == numbered.number
            hub.order(READER, ReadIdentity(TWO, LONG_S))
            hub.cancel(TWO)

    hub.subscribe(react)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    assert ear.await_end(TWO) == OrderEnded(READER, TWO)


def test_who_stopped_listening_hears_nothing_more(start: Start) -> None:
    hub, ear = start(FakeReader())
    heard: list[Numbered] = []
    hub.subscribe(heard.append)()
    hub.order(READER, ReadIdentity(ONE, 0.01))
    ear.await_end(ONE)
    assert heard == []


def test_closing_ends_every_order_every_device_and_every_thread() -> None:
    before = held()
    reader, printer = FakeReader(), FakePrinter(plugged=False)
    hub = local_hub(reader, printer)
    ear = Ear(hub)
    hub.start()
    hub.start()
    ear.await_state(DeviceState.ONLINE)
    hub.order(READER, ReadIdentity(ONE, LONG_S))
    hub.order(READER, ReadIdentity(TWO, LONG_S))
    hub.order(PRINTER, PrintDocument(PrintJob(ActionId("three"), "t", b""), LONG_S))
    hub.close()
    hub.close()
    assert ear.await_end(ONE) == OrderEnded(READER, ONE)
    assert ear.await_end(TWO) == OrderEnded(READER, TWO)
    assert isinstance(ear.await_end(OrderId("three")), PrintSettledEvent)
    assert not reader.opened
    assert held() == before
