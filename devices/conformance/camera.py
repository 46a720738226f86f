"""What every driver of a camera has to do."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import pytest

from devices.conformance.waiting import PATIENCE_S, later, until_probe
from devices.deadline import Deadline
from devices.errors import Absent, Cancelled, DeviceError, MediaTrouble, NeedsHelp
from devices.protocol import Camera
from devices.values import Advice, DeviceState, Frame, Picture, Shot

Scene = Literal["page", "nothing", "person"]
_UNTIL_SAID_S = 5.0
"""Opening a camera, letting its exposure settle and looking for a page that is not there, on a slow machine."""
_JPEG = b"\xff\xd8\xff"


@dataclass
class CameraBench:
    """A camera and the hands at it.

    `show` puts a scene before it, in place of the one that was there: a page that lies well, nothing, or a person
    who sits well. `stall` has the device there without a picture coming, `behave` ends that.
    """

    camera: Camera
    show: Callable[[Scene], None]
    stall: Callable[[], None]
    behave: Callable[[], None]
    plug: Callable[[], None]
    unplug: Callable[[], None]


class Sitting:
    """One capture: what was shown and said while it was under way."""

    def __init__(self, bench: CameraBench, shot: Shot = Shot.DOCUMENT, seconds: float = PATIENCE_S) -> None:
        self.until = Deadline(seconds)
        self.frames: list[Frame] = []
        self.said: list[Advice | None] = []
        self._bench = bench
        self._shot = shot

    def take(self) -> Picture:
        return self._bench.camera.capture(self._shot, self.until, self.frames.append, self.said.append)

    def trouble(self) -> str:
        with pytest.raises(MediaTrouble) as raised:
            self.take()
        return raised.value.fault.code


class CameraSuite:
    """A camera for pages and people."""

    @pytest.fixture
    def opened(self, bench: CameraBench) -> CameraBench:
        bench.camera.open()
        return bench

    def test_it_is_a_camera_that_knows_its_name_unopened(self, bench: CameraBench) -> None:
        assert isinstance(bench.camera, Camera)
        assert bench.camera.info.kind == "camera"
        bench.camera.close()

    def test_a_camera_that_is_not_there_is_absent_and_found_when_plugged_in(self, bench: CameraBench) -> None:
        bench.unplug()
        with pytest.raises(Absent) as raised:
            bench.camera.open()
        assert raised.value.fault.code == "camera.absent"
        bench.plug()
        bench.camera.open()
        assert bench.camera.probe().state is DeviceState.ONLINE

    def test_opening_and_closing_twice_is_harmless(self, opened: CameraBench) -> None:
        opened.camera.open()
        opened.camera.close()
        opened.camera.close()
        opened.camera.open()
        assert opened.camera.probe().state is DeviceState.ONLINE

    def test_a_camera_that_is_not_open_says_so(self, bench: CameraBench) -> None:
        with pytest.raises(Absent):
            bench.camera.probe()
        with pytest.raises(Absent):
            Sitting(bench).take()

    def test_a_page_before_it_is_taken_as_a_jpeg(self, opened: CameraBench) -> None:
        opened.show("page")
        self._takes(opened, Shot.DOCUMENT)

    def test_a_person_before_it_is_taken_or_it_says_that_it_cannot(self, opened: CameraBench) -> None:
        opened.show("person")
        if opened.camera.info.capabilities["portrait"]:
            self._takes(opened, Shot.PORTRAIT)
        else:
            with pytest.raises(NeedsHelp) as raised:
                Sitting(opened, Shot.PORTRAIT).take()
            assert raised.value.fault.code == "camera.model_missing"

    def _takes(self, opened: CameraBench, shot: Shot) -> None:
        sitting = Sitting(opened, shot)
        picture = sitting.take()
        assert picture.shot is shot
        assert picture.jpeg.startswith(_JPEG)
        assert min(picture.width, picture.height) > 0
        assert sitting.said[-1] is None

    def test_a_citizen_sees_what_the_camera_sees_frame_after_frame(self, opened: CameraBench) -> None:
        opened.show("page")
        sitting = Sitting(opened)
        sitting.take()
        assert sitting.frames
        assert all(len(frame.pixels) == frame.width * frame.height * 3 for frame in sitting.frames)
        assert all(before.number < after.number for before, after in pairwise(sitting.frames))

    def test_with_nothing_before_it_it_says_what_to_do_on_change_only_and_takes_no_picture(
        self, opened: CameraBench
    ) -> None:
        opened.show("nothing")
        sitting = Sitting(opened, seconds=_UNTIL_SAID_S)
        assert sitting.trouble() == "camera.no_picture"
        assert sitting.said
        assert None not in sitting.said
        assert all(before != after for before, after in pairwise(sitting.said))

    def test_a_page_laid_down_while_waiting_is_taken(self, opened: CameraBench) -> None:
        opened.show("nothing")
        hand = later(lambda: opened.show("page"))
        assert Sitting(opened).take().shot is Shot.DOCUMENT
        hand.join()

    def test_a_withdrawn_wait_ends_though_its_time_is_far_from_up(self, opened: CameraBench) -> None:
        opened.show("nothing")
        sitting = Sitting(opened, seconds=3600)
        hand = later(sitting.until.cancel)
        with pytest.raises(Cancelled):
            sitting.take()
        hand.join()
        assert opened.camera.probe().state is DeviceState.ONLINE

    def test_a_deadline_that_passed_takes_nothing(self, opened: CameraBench) -> None:
        opened.show("page")
        assert Sitting(opened, seconds=0).trouble() == "camera.no_picture"

    def test_a_camera_that_stalls_is_not_believed_to_see_and_goes_on_when_it_does(self, opened: CameraBench) -> None:
        opened.show("page")
        Sitting(opened).take()
        opened.stall()
        with pytest.raises(DeviceError) as raised:
            Sitting(opened).take()
        assert raised.value.fault.code in {"camera.stalled", "camera.absent"}
        opened.behave()
        opened.camera.open()
        assert Sitting(opened).take().jpeg.startswith(_JPEG)

    def test_a_camera_unplugged_is_missed_and_plugged_in_again_takes_pictures(self, opened: CameraBench) -> None:
        opened.show("page")
        Sitting(opened).take()
        opened.unplug()
        with pytest.raises(DeviceError) as raised:
            until_probe(opened.camera, lambda _: False)
        assert raised.value.fault.code in {"camera.stalled", "camera.absent"}
        opened.plug()
        opened.camera.open()
        assert Sitting(opened).take().jpeg.startswith(_JPEG)

    def test_nothing_of_a_picture_is_in_any_repr(self, opened: CameraBench) -> None:
        opened.show("page")
        sitting = Sitting(opened)
        picture = sitting.take()
        shown = repr((picture, sitting.frames[-1]))
        assert len(shown) < 400
        assert "xff" not in shown
