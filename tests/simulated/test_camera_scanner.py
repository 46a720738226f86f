"""The camera scanner on a camera that stalls, goes and garbles, and behind the hub; what it shows and what it says."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from contract.fault import Fault
from contract.ids import OrderId
from devices.connection import Pace
from devices.deadline import Deadline
from devices.drivers.camera_scanner import CameraScanner, Said
from devices.drivers.code_finder import CodeFinder, FoundCode
from devices.errors import Absent, Cancelled, Silent
from devices.events import CodeFault, CodeRead, OrderEnded, ScanCode
from devices.local_hub import LocalHub
from devices.protocol import Viewfinder
from devices.sim.code_scene import code_scene, empty_scene
from devices.sim.mjpeg_camera import MjpegCamera
from devices.values import Code, DeviceState, Frame, Symbology
from tests.device_bench import PATIENCE_S, SCANNER, Ear, later, running
from tests.scanner_bench import Listener, camera_scanner_settings, until

ONE = OrderId("one")
LONG_S = 3600.0
QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)
TOKEN = "https://fuwu.example.gov.cn/q/7K3M9Q2XH5T8B4NC"


@pytest.fixture
def sim() -> Iterator[MjpegCamera]:
    with MjpegCamera(empty_scene(), fps=20) as camera:
        yield camera


@pytest.fixture
def scanner(sim: MjpegCamera) -> Iterator[CameraScanner]:
    made = CameraScanner(camera_scanner_settings(sim.address))
    made.open()
    yield made
    made.close()


@pytest.fixture
def bench(sim: MjpegCamera) -> Iterator[tuple[LocalHub, Ear]]:
    hub = LocalHub([camera_scanner_settings(sim.address)], pace=QUICK)
    with running(hub) as ear:
        if sim.plugged:
            ear.await_state(DeviceState.ONLINE)
        yield hub, ear


def looks() -> int:
    return sum(thread.name.startswith("camera-look") for thread in threading.enumerate())


def test_two_codes_held_side_by_side_are_both_heard_once(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.show(code_scene("ONE", "TWO"))
    heard = Listener(scanner, wanted=2).listen()
    assert set(heard) == {Code("ONE", Symbology.QR), Code("TWO", Symbology.QR)}


def test_a_bar_code_is_heard(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.show(code_scene("K3M9Q2XH5T", symbology="Code128"))
    assert Listener(scanner).listen() == [Code("K3M9Q2XH5T", Symbology.CODE_128)]


def test_a_code_in_the_older_encoding_is_heard(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.show(code_scene("收件回执 2026-001".encode("gb18030")))
    assert Listener(scanner).listen() == [Code("收件回执 2026-001", Symbology.QR)]


def test_a_code_in_no_encoding_is_unreadable_once_and_the_next_one_is_heard(
    sim: MjpegCamera, scanner: CameraScanner
) -> None:
    sim.show(code_scene(b"\xff\xfe\x81"))
    both = Listener(scanner, wanted=2)
    hand = later(lambda: until(lambda: bool(both.heard)), lambda: sim.show(code_scene("NEXT")))
    assert both.listen() == [Fault.of("code.unreadable", "in no known encoding"), Code("NEXT", Symbology.QR)]
    hand.join()


def test_a_camera_that_drops_and_garbles_frames_still_reads_and_reads_nothing_else(
    sim: MjpegCamera, scanner: CameraScanner
) -> None:
    sim.drop(0.3)
    sim.garble(0.3)
    sim.show(code_scene(TOKEN))
    assert Listener(scanner).listen() == [Code(TOKEN, Symbology.QR)]


def test_a_code_is_read_in_a_dark_hall(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.light(0.15)
    sim.show(code_scene(TOKEN))
    assert Listener(scanner).listen() == [Code(TOKEN, Symbology.QR)]


def test_a_camera_that_stalls_while_somebody_waits_is_offline_until_it_goes_on(
    sim: MjpegCamera, scanner: CameraScanner
) -> None:
    hand = later(lambda: until(lambda: sim.viewers > 0), sim.await_sent, sim.stall)
    with pytest.raises(Silent) as raised:
        scanner.scan(Deadline(LONG_S), lambda _: None)
    hand.join()
    assert raised.value.fault.code == "scanner.offline"
    sim.stall(False)
    scanner.open()
    sim.show(code_scene(TOKEN))
    assert Listener(scanner).listen() == [Code(TOKEN, Symbology.QR)]


def test_a_wait_is_withdrawn_at_once_though_the_camera_stalled(sim: MjpegCamera, scanner: CameraScanner) -> None:
    deadline = Deadline(LONG_S)
    hand = later(lambda: until(lambda: sim.viewers > 0), sim.await_sent, sim.stall, deadline.cancel)
    with pytest.raises(Cancelled):
        scanner.scan(deadline, lambda _: None)
    hand.join()


def test_nobody_looks_when_nobody_waits(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.show(code_scene(TOKEN))
    Listener(scanner).listen()
    until(lambda: sim.viewers == 0)
    scanner.probe()  # knocks at the camera's door, and looks at nothing
    until(lambda: sim.viewers == 0)


def test_looking_often_leaves_no_thread_and_no_viewer(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.show(code_scene(TOKEN))
    for _ in range(8):
        assert Listener(scanner).listen() == [Code(TOKEN, Symbology.QR)]
    until(lambda: looks() == 0 and sim.viewers == 0)


def test_what_the_camera_sees_is_shown_scaled_down_and_only_while_wanted(
    sim: MjpegCamera, scanner: CameraScanner
) -> None:
    assert isinstance(scanner, Viewfinder)
    frames: list[Frame] = []
    scanner.show_frames_to(frames.append)
    sim.show(code_scene(TOKEN, width=1280, height=720))
    Listener(scanner).listen()
    scanner.show_frames_to(None)
    assert frames
    assert {(frame.width, frame.height, len(frame.pixels)) for frame in frames} == {(960, 540, 960 * 540 * 3)}
    assert [frame.number for frame in frames] == sorted({frame.number for frame in frames})
    shown = len(frames)
    Listener(scanner).listen()
    assert len(frames) == shown


def test_a_picture_file_is_a_camera_that_sees_one_thing(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "held.png"), code_scene(TOKEN))
    scanner = CameraScanner(camera_scanner_settings(tmp_path / "held.png"))
    scanner.open()
    assert Listener(scanner).listen() == [Code(TOKEN, Symbology.QR)]
    scanner.close()


def test_a_camera_that_nobody_plugged_in_is_absent(tmp_path: Path) -> None:
    for source in (tmp_path / "nothing.png", "/dev/v4l/by-id/nothing", "http://127.0.0.1:9/"):
        with pytest.raises(Absent) as raised:
            CameraScanner(camera_scanner_settings(source)).open()
        assert raised.value.fault.code == "scanner.absent"


def test_a_citizens_order_survives_a_camera_that_stalls_and_comes_back(
    sim: MjpegCamera, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    until(lambda: sim.viewers > 0)
    sim.stall()
    lost = ear.await_state(DeviceState.OFFLINE)
    assert lost.status.fault is not None
    assert lost.status.fault.code == "scanner.offline"
    sim.stall(False)
    sim.show(code_scene(TOKEN))
    assert ear.await_event(CodeRead).code == Code(TOKEN, Symbology.QR)


def test_a_citizens_order_survives_a_camera_that_is_unplugged_and_comes_back(
    sim: MjpegCamera, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    until(lambda: sim.viewers > 0)
    sim.unplug()
    ear.await_state(DeviceState.NO_DEVICE)
    sim.show(code_scene(TOKEN))
    sim.plug()
    assert ear.await_event(CodeRead).code == Code(TOKEN, Symbology.QR)
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(SCANNER, ONE)
    assert not [event for event in ear.events if isinstance(event, CodeFault)]


def told(seen: list[tuple[float, list[str]]], frames: int = 2) -> list[list[str]]:
    """Which codes are told anew at each moment, of those that are in view then."""
    said = Said(frames)
    return [
        [code.text for code in said.new([FoundCode(text, Symbology.QR, (), "") for text in texts], at)]
        for at, texts in seen
    ]


def test_a_code_that_flickers_is_told_once_and_again_after_two_seconds_without_it() -> None:
    assert told([(0, ["A"]), (1, []), (1.9, ["A"]), (3, []), (3.8, ["A"]), (5, []), (6, []), (7, ["A"])]) == (
        [["A"], [], [], [], [], [], [], ["A"]]
    )


def test_two_codes_in_view_do_not_take_turns_in_being_told() -> None:
    assert told([(0, ["A", "B"]), (0.1, ["B"]), (0.2, ["A"]), (0.3, ["B", "A"])]) == [["A", "B"], [], [], []]


def test_a_slow_camera_is_given_all_its_ways_of_looking_before_a_code_counts_as_gone() -> None:
    slow = [(0.0, ["A"]), *((float(at), list[str]()) for at in range(1, CodeFinder().cycle)), (12.0, ["A"])]
    assert told(slow, CodeFinder().cycle)[-1] == []


def test_nothing_is_said_of_a_code_found_after_the_wait_was_withdrawn(sim: MjpegCamera, scanner: CameraScanner) -> None:
    deadline, heard = Deadline(PATIENCE_S), list[Code | Fault]()
    hear: Callable[[Code | Fault], None] = heard.append
    scanner.show_frames_to(lambda _: deadline.cancel())
    sim.show(code_scene(TOKEN))
    with pytest.raises(Cancelled):
        scanner.scan(deadline, hear)
    assert heard == []


def test_no_frame_and_no_code_stays_in_the_driver(sim: MjpegCamera, scanner: CameraScanner) -> None:
    sim.show(code_scene(TOKEN))
    Listener(scanner).listen()
    kept = [value for value in (vars(scanner) | vars(scanner._camera)).values() if isinstance(value, np.ndarray)]
    assert kept == []
    assert "7K3M" not in repr(vars(scanner))
