"""Every page in every language, look and size: nothing is cut, covered, out of reach or without a name.

A page is laid out once a size and then shown in both languages and all four looks, the way citizens switch
them; so a text that does not change, or a page that does not give way, is found here too.
"""

from collections.abc import Iterator
from itertools import combinations, product

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from tests.screen.glass import KIOSK, SCENES, Glass
from tests.screen.sight import is_text, on_screen, place, scrolls, seen, spoken, touchables, words

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
LOOKS = tuple(product(("zh", "en"), ("normal", "large", "contrast", "low")))
NARROWEST, LOWEST, LOWEST_IN_LARGE = 80.0, 96.0, 120.0
"""Touch targets on the reference screen, 4.0 px per mm: a thumb, gloves, tremor."""
KEY_LOWEST = 88.0
"""A key of the letter pad: nine have to stand side by side where the screen is low."""
HAIR = 1.5
"""Rounding, in px."""


def whole_page(item: QQuickItem) -> bool:
    """Whether touching anywhere on the page is meant; the idle screen and the goodbye."""
    parent = item.parentItem()
    return parent is not None and parent.objectName() == "page"


def is_above(item: QQuickItem, other: QQuickItem) -> bool:
    """Whether one hangs below the other in the tree."""
    return item.isAncestorOf(other) or other.isAncestorOf(item)


def painted(text: QQuickItem) -> QRectF:
    """Return where a text's letters are, which is not where its item is when it is centred."""
    return text.mapRectToScene(text.boundingRect())


def faults_of_touch(glass: Glass, mode: str) -> Iterator[str]:
    window = QRectF(0, 0, glass.window.width(), glass.window.height())
    found = [item for item in touchables(glass.window) if not whole_page(item)]
    lowest = LOWEST_IN_LARGE if mode == "large" else LOWEST
    for item in found:
        name = item.objectName()
        if not name:
            yield f"something touchable has no name: {item}"
            continue
        if not spoken(item).name.strip():
            yield f"{name} is nothing to a screen reader"
        if spoken(item).role not in (QAccessible.Role.Button, QAccessible.Role.RadioButton):
            yield f"{name} is told as {spoken(item).role}"
        least = KEY_LOWEST if name.startswith("key-") else lowest
        if item.width() < NARROWEST - HAIR or item.height() < least - HAIR:
            yield f"{name} is {item.width():.0f} x {item.height():.0f}, less than {NARROWEST:.0f} x {least:.0f}"
        if not scrolls(item) and not window.contains(place(item)):
            yield f"{name} lies outside, at {place(item)}"
    dialog = dialog_on(glass)
    for (one, here), (other, there) in combinations([(item, seen(item)) for item in found], 2):
        if "scroll-more" in (one.objectName(), other.objectName()):
            continue  # lies on what it speaks of and takes the touch for itself, see test_touch.py
        if here.intersects(there) and not layered(dialog, one, other) and not is_above(one, other):
            yield f"{one.objectName()} and {other.objectName()} lie on each other"


def faults_of_text(glass: Glass) -> Iterator[str]:
    buttons = [(item, seen(item)) for item in touchables(glass.window) if not whole_page(item)]
    texts = [(item, core(item)) for item in words(glass.window)]
    dialog = dialog_on(glass)
    for text, letters in texts:
        said = text.property("text")
        yield from faults_of_place(glass, text)
        for button, surface in buttons:
            if button.isAncestorOf(text):
                if not wider(place(button), HAIR).contains(painted(text)):
                    yield f"{said!r} runs out of {button.objectName()}"
            elif surface.intersects(letters) and not may_cover(button, text, dialog):
                yield f"{said!r} lies under {button.objectName()}"
    for (one, here), (other, there) in combinations(texts, 2):
        if here.intersects(there) and not layered(dialog, one, other) and not (is_hint(one) or is_hint(other)):
            yield f"{one.property('text')!r} and {other.property('text')!r} are written over each other"


def faults_of_place(glass: Glass, text: QQuickItem) -> Iterator[str]:
    said, letters = text.property("text"), painted(text)
    window = QRectF(0, 0, glass.window.width(), glass.window.height())
    if text.property("truncated") and not may_be_shortened(glass, said):
        yield f"{said!r} is shortened"
    if text.property("contentWidth") > text.width() + HAIR:
        yield f"{said!r} is {text.property('contentWidth') - text.width():.0f} px wider than its place"
    if scrolls(text):
        return
    if not wider(window, HAIR).contains(letters):
        yield f"{said!r} runs out of the window: {letters}"
    elif not seen(text).adjusted(-HAIR, -8, HAIR, 8).contains(letters):
        yield f"{said!r} is cut: {letters} of {seen(text)}"


def may_be_shortened(glass: Glass, said: str) -> bool:
    """Whether it is one of the header's two lines, which name hall and machine and nothing a citizen needs."""
    return said == glass.screen.visit.page.hall_title or said.startswith(f"{KIOSK} · ")


def dialog_on(glass: Glass) -> QQuickItem | None:
    return next((item for item in on_screen(glass.window) if item.objectName() == "time-warning"), None)


def layered(dialog: QQuickItem | None, one: QQuickItem, other: QQuickItem) -> bool:
    """Whether one is in the dialog and the other beneath it."""
    return dialog is not None and dialog.isAncestorOf(one) != dialog.isAncestorOf(other)


def is_hint(item: QQuickItem) -> bool:
    """Whether it is the hint that there is more below, which lies on what it speaks of."""
    parent = item.parentItem()
    return parent is not None and parent.objectName() == "scroll-more"


def wider(rect: QRectF, by: float) -> QRectF:
    return rect.adjusted(-by, -by, by, by)


def may_cover(button: QQuickItem, text: QQuickItem, dialog: QQuickItem | None) -> bool:
    """Whether a button may lie on a text: the hint that there is more does, and all that is in the dialog."""
    hint = button.objectName() == "scroll-more" or is_hint(text)
    return hint or layered(dialog, button, text) or is_above(button, text)


def core(text: QQuickItem) -> QRectF:
    """Return where a text's letters are without the air that its line height adds."""
    rect = painted(text).intersected(seen(text))
    air = min(12.0, rect.height() / 4)
    return rect.adjusted(1, air, -1, -air)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_a_page_can_be_read_and_touched_in_every_language_and_look(glass: Glass, scene: str, size: str) -> None:
    glass.resize(*SIZES[size])
    glass.go(scene)
    faults = []
    for language, mode in LOOKS if glass.situation != "Idle" else LOOKS[:1]:  # idle, nobody has chosen yet
        if glass.situation != "Idle":
            show(glass, language, mode)
        faults += [f"{language} {mode}: {fault}" for fault in (*faults_of_touch(glass, mode), *faults_of_text(glass))]
    assert sorted(set(faults)) == []


def show(glass: Glass, language: str, mode: str) -> None:
    """Switch language and look without answering a warning that may be up."""
    state = glass.runner.state
    glass.touch("language", language)
    glass.touch("mode", mode)
    if state.leave_at is not None and state.visit is not None and glass.situation != "Finished":
        glass.wait_for_clock()
    glass.draw()


def test_the_letter_pad_can_be_touched_in_every_language_look_and_size(glass: Glass) -> None:
    faults = []
    for size, (width, height) in SIZES.items():
        glass.resize(width, height)
        glass.go("home")
        glass.fingers.touch("search")
        for language, mode in LOOKS:
            show(glass, language, mode)
            assert glass.fingers.sees("key-A"), "the pad went away when language or look was switched"
            assert glass.fingers.sees("key-backspace")
            found = (*faults_of_touch(glass, mode), *faults_of_text(glass))
            faults += [f"{size} {language} {mode}: {fault}" for fault in found]
    assert sorted(set(faults)) == []


def test_the_idle_screen_s_invitation_is_named_for_those_who_do_not_see_it(glass: Glass) -> None:
    begin = next(item for item in on_screen(glass.window) if item.objectName() == "begin")
    assert spoken(begin).role == QAccessible.Role.Button
    assert "Touch the screen" in spoken(begin).name
    assert "触摸屏幕" in spoken(begin).name


def test_the_eye_of_these_tests_sees_what_is_wrong(glass: Glass) -> None:
    """The checks fail on a page that is spoilt on purpose."""
    glass.go("consent")
    button = next(item for item in touchables(glass.window) if item.objectName() == "back")
    label = next(item for item in button.findChildren(QQuickItem) if is_text(item) and item.property("text"))
    label.setProperty("text", "返回" * 40)
    button.setProperty("height", 40.0)
    glass.window.grabWindow()
    faults = [*faults_of_touch(glass, "normal"), *faults_of_text(glass)]
    assert any("back is" in fault and "less than" in fault for fault in faults)
    assert any("runs out of" in fault or "lies under" in fault for fault in faults)
