"""Codes and pictures: what the citizen is told on the way, what ends the order, and where frames may go."""

import threading
from collections.abc import Callable
from pathlib import Path

from contract.fault import Fault
from contract.ids import DeviceId, OrderId
from devices.deadline import Deadline
from devices.errors import MediaTrouble, NeedsHelp, Silent
from devices.events import Advised, CodeFault, CodeRead, OrderEnded, PictureTaken, ScanCode, SetLight, TakePicture
from devices.frame_ring import FrameRing
from devices.local_hub import LocalHub
from devices.values import Advice, Code, Flash, Frame, Glow, Picture, Shot, Symbology
from kiosk_app.link.device_link import RemoteHub
from kiosk_app.link.device_words import device_socket
from kiosk_app.link.hub_server import HubServer
from tests.device_bench import PATIENCE_S, Ear
from tests.fake_devices import FakeCamera, FakeLights, FakeScanner, maker, settings_for
from tests.hub_rig import LONG_S, ONE, PATIENT_LINK, QUICK, TWO, Start, raises, script

SCANNER, CAMERA, LIGHTS = DeviceId("code"), DeviceId("document-camera"), DeviceId("glow")
PAGE = Picture(Shot.DOCUMENT, b"\xff\xd8 a page", 2480, 3508, dpi=300)
GLOW = Glow("scanner", Flash.MEDIUM, "green")
FRAME = Frame(1, 2, 1, b"\x00\x01\x02\x03\x04\x05")


def test_codes_are_told_until_the_order_is_withdrawn(start: Start) -> None:
    def scan(until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        say(Code("https://demo/1", Symbology.QR))
        say(Fault.of("code.unreadable"))
        until.pause(until.left_s)

    hub, ear = start(FakeScanner(scans=script(scan)))
    hub.order(SCANNER, ScanCode(ONE, LONG_S))
    ear.await_event(CodeFault)
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(SCANNER, ONE)
    assert ear.of(ONE)[:-1] == [
        CodeRead(SCANNER, ONE, Code("https://demo/1", Symbology.QR)),
        CodeFault(SCANNER, ONE, Fault.of("code.unreadable")),
    ]


def test_a_citizen_is_advised_and_the_picture_ends_the_order(start: Start) -> None:
    def capture(
        shot: Shot, _: Deadline, show: Callable[[Frame], None], say: Callable[[Advice | None], None]
    ) -> Picture:
        assert shot is Shot.DOCUMENT
        show(FRAME)
        for advice in (Advice.FLATTEN, Advice.FLATTEN, Advice.HOLD_STILL, None):
            say(advice)
        return PAGE

    hub, ear = start(FakeCamera(captures=script(capture)))
    hub.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
    assert ear.await_end(ONE) == PictureTaken(CAMERA, ONE, PAGE)
    assert [event.advice for event in ear.of(ONE) if isinstance(event, Advised)] == [
        Advice.FLATTEN,
        Advice.HOLD_STILL,
        None,
    ]


def test_no_usable_picture_in_time_ends_the_order_with_that(start: Start) -> None:
    hub, ear = start(FakeCamera(captures=script(raises(MediaTrouble("camera.no_picture")))))
    hub.order(CAMERA, TakePicture(ONE, Shot.PORTRAIT, LONG_S))
    assert ear.await_end(ONE) == OrderEnded(CAMERA, ONE, Fault.of("camera.no_picture"))


def test_a_stalled_camera_is_waited_for_within_the_orders_time(start: Start) -> None:
    hub, ear = start(FakeCamera(captures=script(raises(Silent("camera.stalled")), lambda *_: PAGE)))
    hub.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
    assert ear.await_end(ONE) == PictureTaken(CAMERA, ONE, PAGE)


def test_a_camera_without_its_model_says_so_at_once(start: Start) -> None:
    hub, ear = start(FakeCamera(captures=script(raises(NeedsHelp("camera.model_missing")))))
    hub.order(CAMERA, TakePicture(ONE, Shot.PORTRAIT, LONG_S))
    assert ear.await_end(ONE) == OrderEnded(CAMERA, ONE, Fault.of("camera.model_missing"))


def test_a_light_is_set_once_it_can_be_reached(start: Start) -> None:
    lights = FakeLights(troubles=script(Silent("lights.absent")))
    hub, ear = start(lights)
    hub.order(LIGHTS, SetLight(ONE, GLOW))
    assert ear.await_end(ONE) == OrderEnded(LIGHTS, ONE)
    assert lights.shining == [GLOW]


def test_a_light_that_is_not_there_is_told(start: Start) -> None:
    hub, ear = start(FakeLights(troubles=script(NeedsHelp("lights.unsupported"))))
    hub.order(LIGHTS, SetLight(ONE, GLOW))
    assert ear.await_end(ONE) == OrderEnded(LIGHTS, ONE, Fault.of("lights.unsupported"))


def test_a_picture_larger_than_the_link_takes_is_no_picture(tmp_path: Path) -> None:
    huge = Picture(Shot.DOCUMENT, bytes(13 * 1024 * 1024), 9, 9)
    camera = FakeCamera(captures=script(lambda *_: huge))
    hub = LocalHub(settings_for(camera), maker(camera), QUICK)
    server = HubServer(hub, device_socket(tmp_path), pace=PATIENT_LINK)
    remote = RemoteHub(tmp_path, "ui", settings_for(camera), PATIENT_LINK)
    ear = Ear(remote)
    try:
        for each in (server, remote, hub):
            each.start()
        remote.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
        ended = ear.await_end(ONE)
        assert isinstance(ended, OrderEnded)
        assert ended.fault is not None
        assert ended.fault.code == "camera.no_picture"
    finally:
        remote.close()
        server.close()
        hub.close()


def test_frames_reach_the_screen_while_the_order_runs_and_are_gone_after_it(tmp_path: Path) -> None:
    seen, go_on = threading.Event(), threading.Event()

    def capture(_: Shot, __: Deadline, show: Callable[[Frame], None], ___: Callable[[Advice | None], None]) -> Picture:
        show(FRAME)
        seen.set()
        assert go_on.wait(PATIENCE_S)
        return PAGE

    camera, scanner = FakeCamera(captures=script(capture)), FakeScanner()
    scanner.scans.append(lambda *_: (scanner.show or fail)(FRAME))
    rings = {CAMERA: FrameRing(2, 64), SCANNER: FrameRing(2, 64)}
    entries = settings_for(camera, scanner)
    hub = LocalHub(entries, maker(camera, scanner), QUICK, frames=rings)
    server = HubServer(hub, device_socket(tmp_path), rings, PATIENT_LINK)
    remote = RemoteHub(tmp_path, "ui", entries, PATIENT_LINK)
    ear = Ear(remote)
    try:
        for each in (server, remote, hub):
            each.start()
        assert remote.await_up(PATIENCE_S)
        assert remote.newest_frame(CAMERA, ONE) is None
        remote.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
        assert seen.wait(PATIENCE_S)
        assert remote.newest_frame(CAMERA, ONE) == FRAME
        assert remote.newest_frame(CAMERA, ONE, after=FRAME.number) is None
        assert remote.newest_frame(CAMERA, OrderId("of another citizen")) is None
        go_on.set()
        ear.await_end(ONE)
        assert remote.newest_frame(CAMERA, ONE) is None
        remote.order(SCANNER, ScanCode(TWO, 0.2))
        ear.await_end(TWO)
        assert scanner.show is None
    finally:
        go_on.set()
        remote.close()
        server.close()
        hub.close()
        for ring in rings.values():
            ring.close()


def fail(_: Frame) -> None:
    raise AssertionError("nobody shows what the scanner sees")
