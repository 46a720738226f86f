"""The camera for pages when it stalls, goes, darkens and garbles, alone and behind the hub; and careless hands."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
import pytest

from contract.ids import OrderId
from devices.conformance.waiting import later, until
from devices.connection import Pace
from devices.deadline import Deadline
from devices.drivers.opencv_camera import OpencvCamera
from devices.errors import Absent, Cancelled, NeedsHelp, Silent
from devices.events import OrderEnded, PictureTaken, TakePicture
from devices.local_hub import LocalHub
from devices.sim.desk import Place
from devices.sim.mjpeg_camera import MjpegCamera
from devices.sim.paper import sheet
from devices.values import Advice, DeviceState, Frame, Picture, Shot
from tests.camera_rig import CAMERA, camera_settings, empty_desk, looks, page_on_desk, smeared, spot
from tests.device_bench import PATIENCE_S, Ear, running

ONE = OrderId("one")
LONG_S = 3600.0
QUICK = Pace(probe_s=0.1, after_loss_s=0.05, reopen_s=0.05)


@pytest.fixture
def sim() -> Iterator[MjpegCamera]:
    with MjpegCamera(empty_desk(), fps=15) as camera:
        yield camera


@pytest.fixture
def camera(sim: MjpegCamera) -> Iterator[OpencvCamera]:
    made = OpencvCamera(camera_settings(sim.address))
    made.open()
    yield made
    made.close()


@pytest.fixture
def bench(sim: MjpegCamera) -> Iterator[tuple[LocalHub, Ear]]:
    hub = LocalHub([camera_settings(sim.address)], pace=QUICK)
    with running(hub) as ear:
        ear.await_state(DeviceState.ONLINE)
        yield hub, ear


def take(camera: OpencvCamera, seconds: float = PATIENCE_S) -> Picture:
    return camera.capture(Shot.DOCUMENT, Deadline(seconds), lambda _: None, lambda _: None)


def first_advice(camera: OpencvCamera, shot: Shot = Shot.DOCUMENT) -> Advice | None:
    """Wait for the first thing that the citizen is told, and withdraw then."""
    deadline, said = Deadline(PATIENCE_S), list[Advice | None]()

    def hear(advice: Advice | None) -> None:
        said.append(advice)
        deadline.cancel()

    with suppress(Cancelled):
        camera.capture(shot, deadline, lambda _: None, hear)
    return said[0]


@pytest.mark.parametrize("login", ["admin:secret", "admin:se@cret", "admin:'se/cret", "admin:se?#cret"])
def test_a_stream_that_is_not_there_is_told_without_its_password(login: str) -> None:
    camera = OpencvCamera(camera_settings(f"rtsp://{login}@127.0.0.1:1/secret?token=secret"))
    with pytest.raises(Absent) as raised:
        camera.open()
    detail = raised.value.fault.detail
    assert detail.startswith("rtsp://127.0.0.1:1")
    assert "se" not in detail.partition(": ")[0]


def test_a_page_that_lies_crooked_is_stored_straight_and_whole(sim: MjpegCamera, camera: OpencvCamera) -> None:
    sim.show(page_on_desk(place=Place(0.8, turn=7, tilt=8, tilt_turn=60)).image)
    picture = take(camera)
    stored = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert stored is not None
    assert (picture.height / picture.width) == pytest.approx(297 / 210, rel=0.01)
    drawn = cv2.cvtColor(sheet("letter", np.random.default_rng(7), height=1100), cv2.COLOR_BGR2GRAY)
    small = (210, 297)
    alike = np.corrcoef(
        cv2.resize(stored, small, interpolation=cv2.INTER_AREA).ravel(),
        cv2.resize(drawn, small, interpolation=cv2.INTER_AREA).ravel(),
    )[0, 1]
    assert alike > 0.8


@pytest.mark.parametrize("down", [0.62, 0.66, 0.7])
def test_a_page_of_which_a_part_is_out_of_view_is_never_taken_as_if_it_were_whole(
    sim: MjpegCamera, camera: OpencvCamera, down: float
) -> None:
    sim.show(page_on_desk(place=Place(0.8, turn=3, at=(0.5, down))).image)
    assert first_advice(camera) is Advice.MOVE_INTO_VIEW


def test_a_dark_hall_is_told_from_an_empty_desk(sim: MjpegCamera, camera: OpencvCamera) -> None:
    assert first_advice(camera) is Advice.PUT_PAGE_DOWN
    sim.show(page_on_desk().image)
    sim.light(0.12)
    assert first_advice(camera) is Advice.MORE_LIGHT


def test_a_lamp_that_mirrors_in_the_page_is_named(sim: MjpegCamera, camera: OpencvCamera) -> None:
    scene = page_on_desk()
    shaded = (scene.image * 0.75).astype(np.uint8)
    middle = scene.corners.mean(axis=0)
    sim.show(spot(shaded, (float(middle[0]), float(middle[1])), 34))
    assert first_advice(camera) is Advice.TURN_FROM_GLARE


def test_print_smeared_by_motion_is_not_taken(sim: MjpegCamera, camera: OpencvCamera) -> None:
    sim.show(smeared(page_on_desk().image, 15))
    assert first_advice(camera) is Advice.HOLD_STILL


def test_a_page_that_is_pushed_about_is_taken_once_it_rests(sim: MjpegCamera, camera: OpencvCamera) -> None:
    scenes = [page_on_desk(place=Place(0.7, turn=turn)).image for turn in (-4, -1, 2, 5)]
    resting = page_on_desk().image
    sim.show(scenes[0])
    frames: list[Frame] = []

    def push() -> None:
        for scene in scenes:
            sim.show(scene)
            sim.await_sent()
        sim.show(resting)

    pushed = later(push)
    picture = camera.capture(Shot.DOCUMENT, Deadline(PATIENCE_S), frames.append, lambda _: None)
    pushed.join()
    assert picture.shot is Shot.DOCUMENT
    assert frames


def test_a_citizens_order_survives_a_camera_that_drops_and_garbles_frames(
    sim: MjpegCamera, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    sim.drop(0.2)
    sim.garble(0.02)
    sim.show(page_on_desk().image)
    hub.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
    assert ear.await_event(PictureTaken, within_s=60).picture.jpeg


def test_a_camera_that_stalls_while_somebody_waits_is_stalled_and_takes_the_page_when_it_goes_on(
    sim: MjpegCamera, camera: OpencvCamera
) -> None:
    hand = later(lambda: until(lambda: sim.viewers > 0), sim.await_sent, sim.stall)
    with pytest.raises(Silent) as raised:
        take(camera, LONG_S)
    hand.join()
    assert raised.value.fault.code == "camera.stalled"
    sim.stall(False)
    sim.show(page_on_desk().image)
    camera.open()
    assert take(camera).jpeg


def test_a_wait_is_withdrawn_though_the_camera_stalled(sim: MjpegCamera, camera: OpencvCamera) -> None:
    sitting = Deadline(LONG_S)
    hand = later(lambda: until(lambda: sim.viewers > 0), sim.await_sent, sim.stall, sitting.cancel)
    with pytest.raises(Cancelled):
        camera.capture(Shot.DOCUMENT, sitting, lambda _: None, lambda _: None)
    hand.join()


def test_nobody_is_filmed_when_nobody_asks(sim: MjpegCamera, camera: OpencvCamera) -> None:
    sim.show(page_on_desk().image)
    take(camera)
    until(lambda: sim.viewers == 0 and looks() == 0)
    camera.probe()
    until(lambda: sim.viewers == 0)


def test_a_camera_that_nobody_plugged_in_is_absent(tmp_path: Path) -> None:
    for source in (tmp_path / "nothing.png", "/dev/v4l/by-id/nothing", "http://127.0.0.1:9/"):
        with pytest.raises(Absent) as raised:
            OpencvCamera(camera_settings(source)).open()
        assert raised.value.fault.code == "camera.absent"


@pytest.mark.parametrize(
    "model", [{}, {"face_model": "nowhere.onnx"}, {"face_model": __file__}], ids=["none", "lost", "another"]
)
def test_without_its_model_a_portrait_is_refused_and_a_page_is_taken(sim: MjpegCamera, model: dict[str, str]) -> None:
    checksum = {"face_model_sha256": "0" * 64} if model else {}
    camera = OpencvCamera(camera_settings(sim.address, **model, **checksum))
    camera.open()
    with pytest.raises(NeedsHelp) as raised:
        camera.capture(Shot.PORTRAIT, Deadline(PATIENCE_S), lambda _: None, lambda _: None)
    assert raised.value.fault.code == "camera.model_missing"
    sim.show(page_on_desk().image)
    assert take(camera).shot is Shot.DOCUMENT
    camera.close()


def test_a_citizens_order_survives_a_camera_that_stalls_is_restarted_and_comes_back(
    sim: MjpegCamera, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    hub.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
    until(lambda: sim.viewers > 0)
    sim.unplug()
    ear.await_state(DeviceState.NO_DEVICE)
    sim.show(page_on_desk().image)
    sim.plug()
    assert ear.await_event(PictureTaken).picture.jpeg


def test_a_camera_pulled_out_and_plugged_in_often_takes_pages_each_time_and_leaves_nothing(
    sim: MjpegCamera, bench: tuple[LocalHub, Ear]
) -> None:
    hub, ear = bench
    for number in range(3):
        order, since = OrderId(f"again-{number}"), len(ear.events)
        sim.unplug()
        ear.await_state(DeviceState.NO_DEVICE, since)
        sim.show(page_on_desk().image)
        sim.plug()
        ear.await_state(DeviceState.ONLINE, since)
        hub.order(CAMERA, TakePicture(order, Shot.DOCUMENT, LONG_S))
        assert ear.await_event(PictureTaken, since=since).picture.jpeg
        ear.await_end(order)
    until(lambda: sim.viewers == 0 and looks() == 0)


def test_an_order_withdrawn_takes_no_picture(sim: MjpegCamera, bench: tuple[LocalHub, Ear]) -> None:
    hub, ear = bench
    hub.order(CAMERA, TakePicture(ONE, Shot.DOCUMENT, LONG_S))
    until(lambda: sim.viewers > 0)
    hub.cancel(ONE)
    assert ear.await_end(ONE) == OrderEnded(CAMERA, ONE)
    assert not [event for event in ear.events if isinstance(event, PictureTaken)]


def test_no_frame_stays_in_the_driver(sim: MjpegCamera, camera: OpencvCamera) -> None:
    sim.show(page_on_desk().image)
    take(camera)
    kept = [value for value in (vars(camera) | vars(camera._source)).values() if isinstance(value, np.ndarray)]
    assert kept == []
