"""Our cameras held to the conformance suite: devices/conformance/camera.py, on a camera that streams over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from devices.conformance.camera import CameraBench, CameraSuite, Scene
from devices.drivers.opencv_camera import OpencvCamera
from devices.sim.face_model import person
from devices.sim.mjpeg_camera import MjpegCamera
from tests.camera_rig import SIZE, camera_settings, empty_desk, page_on_desk, with_faces


@contextmanager
def opencv(folder: Path) -> Iterator[CameraBench]:
    scenes = {"page": page_on_desk().image, "nothing": empty_desk(), "person": person(SIZE)}
    with MjpegCamera(scenes["nothing"], fps=15) as sim:
        camera = OpencvCamera(camera_settings(sim.address, **with_faces(folder)))

        def show(scene: Scene) -> None:
            sim.show(scenes[scene])

        yield CameraBench(camera, show, sim.stall, lambda: sim.stall(False), sim.plug, sim.unplug)
        camera.close()


BENCHES: dict[str, Callable[[Path], AbstractContextManager[CameraBench]]] = {
    "opencv": opencv,
}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CameraBench]:
    with BENCHES[request.param](tmp_path) as made:
        yield made


class TestCamera(CameraSuite):
    """Every driver of ours."""
