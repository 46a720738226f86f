"""Nothing of a citizen is shown to those who stand behind, and nothing of them is left when they are gone."""

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtQml import QQmlEngine, QQmlExpression

from tests.screen.glass import SCENES, Glass
from tests.screen.sight import below, words
from tests.visit_bench import MARKS, NAME, NUMBER, marks_in

KNOWN = [scene for scene in SCENES if scene.split(",")[0] in {"asking", "review", "committing", "printing", "done"}]


def everything_told(glass: Glass) -> Iterator[str]:
    """Yield every text of every item, seen or not, and what a screen reader is told of it."""
    for item in below(glass.window.contentItem()):
        for name in ("text", "value", "label", "title", "lead"):
            said = item.property(name)
            if isinstance(said, str):
                yield said
        context = QQmlEngine.contextForObject(item)
        if context is not None:
            told, undefined = QQmlExpression(context, item, "Accessible.name + ' ' + Accessible.description").evaluate()
            if not undefined and isinstance(told, str):
                yield told


def everything_held(glass: Glass) -> Iterator[tuple[str, Any]]:
    """Yield every property of every view that QML can read, rows of models included."""
    for view in views(glass):
        meta = view.metaObject()
        for n in range(meta.propertyCount()):
            entry = meta.property(n)
            yield f"{type(view).__name__}.{entry.name()!r}", entry.read(view)
        for name, value in vars(view).items():
            yield f"{type(view).__name__}.{name}", value
    items = glass.items
    for row in range(items.rowCount()):
        for role in items.roleNames():
            yield "items", items.data(items.index(row), role)


def views(glass: Glass) -> list[QObject]:
    return [
        value for value in vars(glass.screen).values() if isinstance(value, QObject) and "View" in type(value).__name__
    ]


@pytest.mark.parametrize("scene", SCENES)
def test_no_page_shows_a_whole_name_or_number(glass: Glass, scene: str) -> None:
    glass.go(scene)
    told = list(everything_told(glass))
    assert not [mark for mark in MARKS for said in told if mark in said]


def test_the_search_for_marks_sees_what_the_page_shows(glass: Glass) -> None:
    """The masked name and number are there, so that the tests above do not pass by seeing nothing."""
    glass.go("review")
    told = " ".join(everything_told(glass))
    assert f"{NAME[0]}***" in told
    assert f"{NUMBER[:6]}********{NUMBER[-4:]}" in told
    glass.screen.review.setProperty("x", NAME)
    words(glass.window)[0].setProperty("text", NAME)
    assert NAME in " ".join(everything_told(glass))


@pytest.mark.parametrize("scene", KNOWN)
@pytest.mark.parametrize("end", ["leave", "time"])
def test_after_the_end_nothing_anywhere_holds_the_citizen(glass: Glass, scene: str, end: str) -> None:
    glass.go(scene)
    if glass.situation == "Committing":
        glass.desk.fail("commit", "storage.full")
        glass.deliver()
    masked = (f"{NAME[0]}***", f"{NUMBER[:6]}********{NUMBER[-4:]}")
    if end == "leave":
        glass.touch("leave")
    else:
        while glass.situation not in {"Leaving", "Printing"}:
            glass.wait_for_clock()
        if glass.situation == "Printing":  # nobody is warned while the paper moves
            glass.touch("leave")
    glass.draw()
    assert glass.situation == "Leaving"
    assert_forgotten(glass, masked)
    glass.wait_for_clock()
    glass.draw()
    assert glass.situation == "Idle"
    assert_forgotten(glass, masked)


def assert_forgotten(glass: Glass, masked: tuple[str, ...]) -> None:
    """Not even what was masked is left, nor the receipt: it is the next citizen's screen now."""
    told = list(everything_told(glass))
    left = (*MARKS, *masked, "D0001-20261121-0007")
    assert not [mark for mark in left for said in told if mark in said]
    for name, value in everything_held(glass):
        assert not marks_in(value), name
        assert not [mark for mark in left if mark in repr(value)], name
    assert not marks_in(glass.runner.state)
    assert not marks_in(glass.runner.facts())


def test_the_clipboard_is_never_used(glass: Glass) -> None:
    glass.go("review")
    assert not glass.application.clipboard().text()
