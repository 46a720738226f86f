"""Whether a person sits well for a photograph, and the photograph: judged by where eyes, nose and mouth are."""

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from devices.drivers.face_finder import Face, YuNet
from devices.drivers.portrait import EYE_DISTANCE, EYES_AT, PHOTO_PX, crop, frame_of, judge_faces
from devices.errors import NeedsHelp
from devices.sim.face_model import crowd, person
from devices.values import Advice
from tests.camera_rig import Image, with_faces

ROOM: Image = np.full((720, 1280, 3), 150, np.uint8)


def face(at: tuple[float, float] = (640, 340), apart: float = 90, roll_deg: float = 0, nose: float = 0) -> Face:
    """A face between whose eyes is `at`; `nose` is how far it is aside, as a share of the eyes' distance."""
    along = np.array([math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))])
    down = np.array([-along[1], along[0]])
    middle = np.array(at, float)

    def place(x: float, y: float) -> tuple[float, float]:
        here = middle + apart * (x * along + y * down)
        return float(here[0]), float(here[1])

    left, top = at[0] - apart, at[1] - 0.8 * apart
    return Face((left, top, 2 * apart, 2.3 * apart), place(-0.5, 0), place(0.5, 0), place(nose, 0.6), place(0, 1.15))


def test_one_person_who_sits_well_is_taken() -> None:
    assert judge_faces(ROOM, [face()]) is None


def test_nobody_is_asked_to_look_here() -> None:
    assert judge_faces(ROOM, []) is Advice.LOOK_HERE


def test_a_second_person_is_too_many_unless_far_behind() -> None:
    assert judge_faces(ROOM, [face(), face((900, 300), 70)]) is Advice.ONE_PERSON_ONLY
    assert judge_faces(ROOM, [face(), face((1000, 200), 25)]) is None


@pytest.mark.parametrize(("apart", "advice"), [(40, Advice.COME_CLOSER), (63, None), (130, Advice.STEP_BACK)])
def test_the_distance_is_judged_by_the_eyes(apart: float, advice: Advice | None) -> None:
    assert judge_faces(ROOM, [face(apart=apart)]) is advice


@pytest.mark.parametrize("at", [(300, 340), (980, 340), (640, 120), (640, 640)])
def test_a_head_that_would_be_cut_has_to_come_to_the_middle(at: tuple[float, float]) -> None:
    assert judge_faces(ROOM, [face(at)]) is Advice.MOVE_TO_MIDDLE


@pytest.mark.parametrize(("roll_deg", "nose"), [(9, 0), (-9, 0), (0, 0.25), (0, -0.25)])
def test_a_head_that_is_tilted_or_turned_has_to_face_forward(roll_deg: float, nose: float) -> None:
    assert judge_faces(ROOM, [face(roll_deg=roll_deg, nose=nose)]) is Advice.FACE_FORWARD


@pytest.mark.parametrize("nose_down", [0.25, 1.0])
def test_a_head_that_is_raised_or_bowed_has_to_face_forward(nose_down: float) -> None:
    straight = face()
    assert judge_faces(ROOM, [replace(straight, nose=(640, 340 + 90 * nose_down))]) is Advice.FACE_FORWARD


@pytest.mark.parametrize(("level", "advice"), [(30, Advice.MORE_LIGHT), (95, None), (240, Advice.LESS_LIGHT)])
def test_the_light_is_judged_on_the_face(level: int, advice: Advice | None) -> None:
    assert judge_faces(np.full_like(ROOM, level), [face()]) is advice


@pytest.mark.parametrize("roll_deg", [0, 5])
@pytest.mark.parametrize("apart", [66, 110])
def test_the_photograph_has_the_eyes_level_and_where_they_belong(apart: float, roll_deg: float) -> None:
    sitter = face(apart=apart, roll_deg=roll_deg)
    room = ROOM.copy()
    for eye in (sitter.left_eye, sitter.right_eye):
        room[round(eye[1]) - 3 : round(eye[1]) + 4, round(eye[0]) - 3 : round(eye[0]) + 4] = (0, 0, 255)
    photo = crop(room, sitter)
    assert (photo.shape[1], photo.shape[0]) == PHOTO_PX
    rows, columns = np.nonzero(photo[:, :, 0] < 75)
    left, right = columns < PHOTO_PX[0] / 2, columns >= PHOTO_PX[0] / 2
    assert abs(rows[left].mean() - rows[right].mean()) < 2
    assert rows.mean() == pytest.approx(EYES_AT * PHOTO_PX[1], abs=2)
    assert columns[right].mean() - columns[left].mean() == pytest.approx(EYE_DISTANCE * PHOTO_PX[0], abs=2)


def test_the_frame_of_a_photograph_has_its_shape() -> None:
    left, top, right, bottom = frame_of(face())
    assert (right - left) / (bottom - top) == pytest.approx(PHOTO_PX[0] / PHOTO_PX[1])


@pytest.mark.parametrize("nose", [8, 16, 32])
def test_a_model_finds_each_face_where_it_is(tmp_path: Path, nose: int) -> None:
    settings = with_faces(tmp_path)
    finder = YuNet(settings["face_model"], settings["face_model_sha256"])
    assert finder.fit
    found = finder.ready().find(person((1280, 720), nose, (0.5, 0.5)))
    assert len(found) == 1
    assert found[0].nose == pytest.approx((640, 360), abs=nose * 2)
    assert found[0].left_eye[0] < found[0].nose[0] < found[0].right_eye[0]
    assert found[0].left_eye[1] < found[0].nose[1] < found[0].mouth[1]


def test_two_faces_come_the_largest_first_and_an_empty_room_has_none(tmp_path: Path) -> None:
    settings = with_faces(tmp_path)
    finder = YuNet(settings["face_model"], settings["face_model_sha256"]).ready()
    found = finder.find(crowd((1280, 720), [(8, (0.2, 0.5)), (16, (0.7, 0.5))]))
    assert [one.nose[0] > 640 for one in found] == [True, False]
    assert finder.find(ROOM) == []


def test_no_model_another_model_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    settings = with_faces(tmp_path)
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    for path, sha256 in (
        ("", ""),
        (str(tmp_path / "none.onnx"), settings["face_model_sha256"]),
        (settings["face_model"], "0" * 64),
        (str(broken), hashlib.sha256(b"no model").hexdigest()),
    ):
        with pytest.raises(NeedsHelp) as raised:
            YuNet(path, sha256).ready()
        assert raised.value.fault.code == "camera.model_missing"
    assert not YuNet("", "").fit


def test_no_feature_of_a_face_is_in_any_repr() -> None:
    assert repr(face()) == "Face()"
