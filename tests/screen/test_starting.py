"""A touch in the first moments: the idle page invites before there is a visit machine, and keeps what it is told."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contract.ids import VisitId
from kiosk_app.link.desk import Interrupted
from tests.screen.glass import Glass
from tests.screen.sight import words
from ui.face import Face
from ui.page_values import Shown

INVITATION = "触摸屏幕，开始办理"
PREPARING = "正在准备，请稍等"


@pytest.fixture
def starting(loaded_glass: Glass) -> Iterator[Glass]:
    """A screen whose agent has not answered yet."""
    loaded_glass.start_again()
    yield loaded_glass
    loaded_glass.start_again()
    loaded_glass.answer_start()
    loaded_glass.draw()


def shown(glass: Glass) -> set[str]:
    glass.draw()
    return {str(item.property("text")) for item in words(glass.window)}


def test_the_first_page_invites_although_nothing_is_ready(starting: Glass) -> None:
    assert INVITATION in shown(starting)


def test_a_touch_on_the_first_page_is_answered_at_once_and_begins_the_visit_when_it_can(starting: Glass) -> None:
    starting.fingers.touch("begin")
    assert PREPARING in shown(starting)
    assert starting.situation == "Idle"
    starting.answer_start()
    starting.draw()
    assert starting.situation == "Choosing"
    assert len(starting.desk.questions("begin_visit")) == 1


def test_an_early_choice_of_language_is_kept(starting: Glass) -> None:
    starting.fingers.touch("language-en")
    starting.answer_start()
    starting.draw()
    assert (starting.situation, starting.runner.state.language) == ("Choosing", "en")


def test_who_was_interrupted_is_told_first_and_an_early_touch_is_forgotten(starting: Glass) -> None:
    starting.fingers.touch("begin")
    starting.answer_start(Interrupted(VisitId("visit-1"), None, None))
    starting.draw()
    assert starting.situation == "Apologising"
    starting.touch("done")
    starting.draw()
    assert starting.situation == "Idle"
    assert INVITATION in shown(starting)


def test_a_late_start_stops_inviting(starting: Glass) -> None:
    starting.screen.visit.doubt()
    assert INVITATION not in shown(starting)
    starting.answer_start()
    assert INVITATION in shown(starting)


def test_the_first_frame_shows_the_hall_as_it_was_last_seen(tmp_path: Path) -> None:
    path = tmp_path / "ui" / "face.json"
    first = Shown(hall_title="海淀区政务大厅", notice_titles=("停电通知",), notice_bodies=("周六",))
    seen = replace(first, who="李*芬", ready=True)
    face = Face(path)
    face.keep(seen)
    until_written()
    assert Face(path).seen("zh") == first
    assert "李" not in path.read_text("utf-8").encode().decode("unicode_escape")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"hall_title": 1, "notice_titles": [], "notice_bodies": []}'])
def test_a_broken_face_is_no_face(tmp_path: Path, text: str) -> None:
    path = tmp_path / "face.json"
    path.write_text(text, "utf-8")
    assert Face(path).seen("zh") == Shown()


def test_a_face_that_cannot_be_written_hurts_nobody(tmp_path: Path) -> None:
    (tmp_path / "ui").write_text("a file where the folder should be")
    Face(tmp_path / "ui" / "face.json").keep(Shown(hall_title="大厅"))
    until_written()
    assert Face(tmp_path / "ui" / "face.json").seen("zh") == Shown()


def until_written() -> None:
    for thread in threading.enumerate():
        if thread.name == "face":
            thread.join(10)
