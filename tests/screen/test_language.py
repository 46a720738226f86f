"""Language at run time: whoever switches sees the same page as somebody who began in that language."""

import re

import pytest

from tests.screen.glass import KIOSK, SCENES, Glass
from tests.screen.sight import words
from tests.screen.test_layout import show

VISITS = [scene for scene in SCENES if not scene.startswith(("idle", "interrupted"))]
HAN = re.compile("[一-鿿]")


def told(glass: Glass) -> list[str]:
    """Every text on the screen, without the minute of the clock."""
    return [said for item in words(glass.window) if not (said := item.property("text")).startswith(KIOSK)]


@pytest.mark.parametrize("scene", VISITS)
def test_a_language_switched_on_the_way_changes_every_text(glass: Glass, scene: str) -> None:
    shown: dict[str, list[str]] = {}
    for language in ("zh", "en"):
        glass.begin_in = language
        glass.go(scene)
        shown[language] = told(glass)
    for language in ("zh", "en"):
        show(glass, language, "normal")
        assert told(glass) == shown[language]
    assert shown["zh"] != shown["en"]


@pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.startswith("interrupted")])
def test_an_apology_can_be_read_in_the_other_language(glass: Glass, scene: str) -> None:
    glass.go(scene)
    assert any(HAN.search(said) for said in told(glass))
    glass.touch("language", "en")
    glass.draw()
    assert [said for said in told(glass) if HAN.search(said)] == ["中文"]


def test_the_services_are_told_in_the_citizen_s_language(glass: Glass) -> None:
    glass.go("home")
    assert "参保证明" in told(glass)
    show(glass, "en", "normal")
    assert "Social insurance certificate" in told(glass)
    assert [said for said in told(glass) if HAN.search(said)] == ["中文"]


def test_the_idle_screen_speaks_to_everybody(glass: Glass) -> None:
    glass.go("idle")
    assert {"触摸屏幕，开始办理", "Touch the screen to begin", "中文", "English"} <= set(told(glass))
