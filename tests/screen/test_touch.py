"""Fingers on the real screen: each page's own controls lead on, and nothing hears a touch that is not its own."""

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from contract.cases import CaseStage, PrintOutcome
from contract.ids import CaseId
from kiosk_app.entry.dev.fingers import CannotTouchError
from kiosk_app.link.desk import CaseProgress, Rating
from kiosk_app.visit.state import Choosing, Finished
from tests.screen.glass import Glass
from tests.screen.sight import on_screen, place, words
from tests.unit.documents import catalogue
from tests.visit_bench import receipt
from ui.app import QML

ITEM_TILE = "item-insurance-certificate"


def find(glass: Glass, name: str) -> QQuickItem:
    return next(item for item in on_screen(glass.window) if item.objectName() == name)


def tap(glass: Glass, name: str) -> None:
    glass.fingers.touch(name)
    glass.draw()


def test_a_whole_visit_by_touch(glass: Glass) -> None:
    tap(glass, "begin")
    assert glass.situation == "Choosing"
    tap(glass, ITEM_TILE)
    assert glass.situation == "Consenting"
    tap(glass, "consent")
    glass.card()
    glass.draw()
    assert glass.situation == "Asking"
    assert glass.fingers.sees("identity")
    glass.answers()
    glass.draw()
    tap(glass, "confirm")
    glass.desk.answer("commit", receipt())
    glass.progress(CaseStage.CLOSED, PrintOutcome.SENT)
    glass.draw()
    assert glass.fingers.sees("outcome-sent")
    visit = glass.desk.questions("begin_visit")[-1]
    tap(glass, "rate-4")
    assert glass.desk.questions("rate")[-1] == Rating(visit, CaseId("case-1"), 4)
    tap(glass, "leave")
    assert glass.fingers.sees("goodbye")
    assert glass.desk.questions("end_visit")[-1] == visit


def test_the_language_buttons_of_the_idle_screen_begin_in_their_language(glass: Glass) -> None:
    tap(glass, "language-en")
    assert (glass.situation, glass.runner.state.language) == ("Choosing", "en")
    visits = len(glass.desk.questions("begin_visit"))
    glass.make_free()
    glass.draw()
    tap(glass, "language-zh")
    assert (glass.situation, glass.runner.state.language) == ("Choosing", "zh")
    assert len(glass.desk.questions("begin_visit")) == visits + 1


def test_an_item_is_found_by_the_initials_of_its_name(glass: Glass) -> None:
    glass.go("home")
    tap(glass, "search")
    for letter in "SOCIAL":
        tap(glass, f"key-{letter}")
    assert [glass.items.rowCount(), glass.fingers.sees(ITEM_TILE)] == [1, True]
    tap(glass, "key-backspace")
    state = glass.runner.state.situation
    assert isinstance(state, Choosing)
    assert state.query == "SOCIA"
    tap(glass, "search-close")
    assert not glass.fingers.sees("key-A")
    assert glass.items.rowCount() == len(catalogue().items)


def test_nothing_that_matches_is_told_with_who_can_help(glass: Glass) -> None:
    glass.go("home, nothing found")
    assert any(catalogue().hall.phone in item.property("text") for item in words(glass.window))


@pytest.mark.parametrize("scene", ["home, no paper", "home, no reader"])
def test_a_blocked_item_says_why_and_cannot_be_begun(glass: Glass, scene: str) -> None:
    glass.go(scene)
    with pytest.raises(CannotTouchError):
        tap(glass, ITEM_TILE)
    glass.fingers.touch_at(place(find(glass, ITEM_TILE)).center().toPoint())
    glass.draw()
    assert glass.situation == "Choosing"
    short = "打印机缺纸，请告诉工作人员" if scene == "home, no paper" else "读卡器暂时不可用"
    assert short in [item.property("text") for item in words(glass.window)]


def test_confirm_waits_for_the_printer_and_goes_on_when_it_is_back(glass: Glass) -> None:
    glass.go("review, no paper")
    assert glass.fingers.sees("review-blocked")
    with pytest.raises(CannotTouchError):
        tap(glass, "confirm")
    glass.fingers.touch_at(place(find(glass, "confirm")).center().toPoint())
    glass.draw()
    assert glass.situation == "Reviewing"
    glass.make_devices_well()
    glass.draw()
    tap(glass, "confirm")
    assert glass.situation == "Committing"


def test_the_time_warning_lets_no_touch_through(glass: Glass) -> None:
    glass.go("home, warned")
    assert glass.fingers.sees("time-warning")
    before = glass.runner.state
    for item in list(on_screen(glass.window)):
        if item.objectName() in {ITEM_TILE, "leave", "search", "language", "mode-large", "mode-contrast", "mode-low"}:
            glass.fingers.touch_at(place(item).center().toPoint() + off_the_dialog(glass, item))
            glass.draw()
    for x, y in ((20, 20), (540, 300), (60, 1890), (1060, 960)):
        glass.fingers.touch_at(QPoint(x, y))
        glass.draw()
    assert glass.runner.state == before


def off_the_dialog(glass: Glass, item: QQuickItem) -> QPoint:
    """Step aside of the dialog's own buttons, so that what lies beneath them is what is meant."""
    middle = place(item).center()
    for name in ("still-here", "leave-now"):
        if place(find(glass, name)).adjusted(0, -8, 0, 8).contains(middle):
            return QPoint(0, round(place(find(glass, name)).top() - 12 - middle.y()))
    return QPoint(0, 0)


@pytest.mark.parametrize(("button", "situation"), [("still-here", "Choosing"), ("leave-now", "Leaving")])
def test_the_time_warning_is_answered_by_touch(glass: Glass, button: str, situation: str) -> None:
    glass.go("home, warned")
    tap(glass, button)
    assert glass.situation == situation
    assert not glass.fingers.sees("time-warning")


def test_the_time_warning_counts_the_seconds_that_are_left(glass: Glass) -> None:
    glass.go("home, warned")
    assert "30" in [item.property("text") for item in words(glass.window)]
    glass.clock.at += 7.5
    glass.presenter.refresh()
    assert "23" in [item.property("text") for item in words(glass.window)]


def test_more_below_scrolls_and_gives_no_grade(glass: Glass) -> None:
    """The hint lies on the five grades where the screen is low."""
    glass.resize(1920, 1080)
    glass.go("done")
    glass.touch("mode", "large")
    glass.draw()
    hint, grade = find(glass, "scroll-more"), find(glass, "rate-3")
    both = place(hint).intersected(place(grade))
    assert not both.isEmpty()
    before = place(grade).y()
    glass.fingers.touch_at(both.center().toPoint())
    glass.draw()
    situation = glass.runner.state.situation
    assert isinstance(situation, Finished)
    assert not situation.rated
    assert place(grade).y() < before


def test_what_cannot_be_scrolled_into_view_is_not_touched_somewhere_else(glass: Glass) -> None:
    glass.resize(1920, 1080)
    glass.go("done")
    glass.touch("mode", "large")
    glass.draw()
    view = find(glass, "rate-3").parentItem()
    while view is not None and view.property("contentY") is None:
        view = view.parentItem()
    assert view is not None
    view.setProperty("contentHeight", 0.0)  # as before the page is laid out
    view.setProperty("height", 40.0)
    with pytest.raises(CannotTouchError, match="scrolled away"):
        glass.fingers.touch("rate-3")


def test_a_page_that_has_just_come_is_touched_where_it_is_drawn(glass: Glass) -> None:
    """Before its first frame nothing is laid out: a finger for what stands there then would touch something else."""
    for _ in range(6):
        glass.go("printing")
        glass.desk.say(CaseProgress(CaseId("case-1"), CaseStage.CLOSED, PrintOutcome.SENT))
        while not glass.fingers.sees("rate-2"):
            glass.application.processEvents()
        glass.fingers.touch("rate-2")
        situation = glass.runner.state.situation
        assert isinstance(situation, Finished)
        assert situation.grade == 2


@pytest.mark.parametrize("name", ["leave", ITEM_TILE, "search"])
def test_a_finger_that_slides_off_has_touched_nothing(glass: Glass, name: str) -> None:
    glass.go("home")
    before = glass.runner.state
    item = find(glass, name)
    start = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
    end = QPoint(start.x(), max(0, start.y() - 700))
    device = glass.pointer
    QTest.touchEvent(glass.window, device).press(0, start, glass.window).commit()
    for part in range(1, 11):
        between = start + (end - start) * part / 10
        QTest.touchEvent(glass.window, device).move(0, between, glass.window).commit()
    QTest.touchEvent(glass.window, device).release(0, end, glass.window).commit()
    glass.draw()
    assert glass.runner.state == before


SLOW_S = 1.2
"""How long a slow finger rests: longer than the 0.8 s from which Qt takes a touch for a "long press"."""


def hold(glass: Glass, name: str) -> None:
    """Touch a thing as one does who is old, careful or unsure: the finger rests on it."""
    item = find(glass, name)
    point = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
    QTest.touchEvent(glass.window, glass.pointer).press(0, point, glass.window).commit()
    glass.fingers.wait(SLOW_S)
    QTest.touchEvent(glass.window, glass.pointer).release(0, point, glass.window).commit()
    glass.draw()


@pytest.mark.parametrize(
    ("scene", "name", "situation"),
    [
        ("idle", "begin", "Choosing"),
        ("home", ITEM_TILE, "Consenting"),
        ("home", "leave", "Leaving"),
        ("review", "confirm", "Committing"),
    ],
)
def test_a_slow_finger_is_a_touch_too(glass: Glass, scene: str, name: str, situation: str) -> None:
    glass.go(scene)
    hold(glass, name)
    assert glass.situation == situation


def test_a_slow_finger_opens_the_letters(glass: Glass) -> None:
    glass.go("home")
    assert not glass.fingers.sees("key-A")
    hold(glass, "search")
    assert glass.fingers.sees("key-A")


def test_a_slow_finger_gives_its_grade(glass: Glass) -> None:
    glass.go("done")
    hold(glass, "rate-2")
    situation = glass.runner.state.situation
    assert isinstance(situation, Finished)
    assert situation.grade == 2


def test_every_control_hears_a_slow_finger() -> None:
    """Qt's own handler does nothing when a finger rests on it."""
    of_qt = {path.name for path in QML.rglob("*.qml") if "TapHandler {" in path.read_text("utf-8")}
    assert of_qt == {"Touch.qml"}


TREMOR = ((0, 14), (-12, 20), (9, -18), (0, -20), (11, 6))
"""Pixels from where the finger was set down: some 5 mm on a screen of 21 inches."""


@pytest.mark.parametrize(
    ("scene", "name", "situation"),
    [("home", ITEM_TILE, "Consenting"), ("home", "leave", "Leaving"), ("review", "confirm", "Committing")],
)
def test_a_trembling_finger_is_a_touch_too(glass: Glass, scene: str, name: str, situation: str) -> None:
    glass.go(scene)
    item = find(glass, name)
    start = item.mapToScene(QPointF(item.width() / 2, item.height() / 2)).toPoint()
    QTest.touchEvent(glass.window, glass.pointer).press(0, start, glass.window).commit()
    for x, y in TREMOR:
        QTest.touchEvent(glass.window, glass.pointer).move(0, start + QPoint(x, y), glass.window).commit()
    QTest.touchEvent(glass.window, glass.pointer).release(0, start + QPoint(*TREMOR[-1]), glass.window).commit()
    glass.draw()
    assert glass.situation == situation


def test_looks_are_switched_by_touch_and_back(glass: Glass) -> None:
    glass.go("home")
    for mode in ("large", "contrast", "low"):
        seen_modes = []
        for _ in range(2):
            tap(glass, f"mode-{mode}")
            seen_modes.append(glass.runner.state.mode)
        assert seen_modes == [mode, "normal"]


def test_within_a_wheelchair_s_reach_everything_lies_in_the_lower_part(glass: Glass) -> None:
    glass.go("home")
    tap(glass, "mode-low")
    glass.draw()
    for name in ("language", "mode-low", "search", "leave"):
        assert place(find(glass, name)).top() >= 0.4 * glass.window.height()


def test_the_card_that_is_called_out_keeps_the_next_citizen_waiting(glass: Glass) -> None:
    glass.go("leaving, card there")
    assert glass.fingers.sees("take-card")
    glass.fingers.touch_at(QPoint(540, 960))
    glass.draw()
    assert glass.situation == "Leaving"
