"""Colours by role: every ink on every ground it stands on can be read, in plain and in high contrast.

WCAG 2.2: 4.5 : 1 for text, 3 : 1 for large text and for what says that something can be touched.
"""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from PySide6.QtQml import QQmlComponent

from tests.screen.glass import Glass

TEXT, LARGE, ENHANCED = 4.5, 3.0, 7.0
GROUNDS = ("surface", "card", "sunken")
PAIRS = [
    *((ink, ground, TEXT) for ground in GROUNDS for ink in ("text", "secondary", "primary")),
    *((ink, ground, LARGE) for ground in ("surface", "card") for ink in ("success", "warning", "danger")),
    ("primaryInk", "primary", TEXT),
    ("primaryInk", "primaryPressed", TEXT),
    *((ink, "primarySoft", TEXT) for ink in ("primary", "text", "secondary")),
    *((f"{kind}", f"{kind}Soft", TEXT) for kind in ("success", "warning", "danger")),
    *(("text", f"{kind}Soft", TEXT) for kind in ("success", "warning", "danger")),
    ("disabledText", "card", TEXT),
    ("disabledText", "surface", LARGE),
    ("disabledText", "sunken", LARGE),
    ("card", "text", TEXT),  # the hint that there is more below
]
"""Ink, ground, and how far apart they have to be."""


@pytest.fixture
def theme(glass: Glass) -> QObject:
    source = b"import QtQuick\nimport Kiosk\nQtObject { property QtObject theme: Theme }"
    component = QQmlComponent(glass.engine)
    component.setData(source, "")
    holder = component.create()
    found = holder.property("theme")
    assert isinstance(found, QObject)
    holder.setParent(glass.engine)
    return found


def luminance(colour: QColor) -> float:
    """WCAG's relative luminance."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [((c + 0.055) / 1.055) ** 2.4 if c > 0.04045 else c / 12.92 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor, other: QColor) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21.0)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("mode", ["normal", "contrast"])
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]} on {pair[1]}")
def test_an_ink_can_be_read_on_its_ground(
    glass: Glass, theme: QObject, pair: tuple[str, str, float], mode: str
) -> None:
    ink, ground, least = pair
    glass.go("home")
    glass.touch("mode", mode)
    found = contrast(theme.property(ink), theme.property(ground))
    assert found >= (ENHANCED if mode == "contrast" and least == TEXT else least), f"{found:.2f} : 1"


def test_white_can_be_read_on_the_hall_s_own_colour(theme: QObject) -> None:
    """The poster and the figure that matters most are white on it, whatever the hall chooses."""
    assert contrast(QColor("white"), theme.property("brand")) >= TEXT


def test_the_focus_ring_stands_out(theme: QObject) -> None:
    assert contrast(theme.property("focus"), QColor("black")) >= LARGE
