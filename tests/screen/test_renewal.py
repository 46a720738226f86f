"""The screen's process is renewed between two citizens: when nobody is there, and nothing waits to be told."""

from collections.abc import Iterator

import pytest

from kiosk_app.base.settings_sections import ScreenSection
from kiosk_app.entry.renewal import Renewal
from tests.screen.glass import Glass

QUIET_MS = 1000


class Renewed:
    """Counts how often a new process was asked for; what the agent still has to be told is the test's."""

    def __init__(self, glass: Glass, settings: ScreenSection) -> None:
        self.times = 0
        self.waiting = 0
        self.renewal = Renewal(settings, glass.runner, lambda: self.waiting, self._count, quiet_ms=QUIET_MS)

    def _count(self) -> None:
        self.times += 1


@pytest.fixture
def renewed(glass: Glass) -> Iterator[Renewed]:
    made = Renewed(glass, ScreenSection(renew_after_visits=1))
    yield made
    made.renewal.stop()


def visit(glass: Glass) -> None:
    glass.touch("begin")
    glass.draw()
    glass.touch("leave")
    glass.make_free()


def test_after_a_visit_and_a_quiet_moment_the_process_is_renewed(glass: Glass, renewed: Renewed) -> None:
    visit(glass)
    glass.fingers.until("the renewal", lambda: renewed.times == 1)


def test_without_a_visit_it_is_never_renewed(glass: Glass, renewed: Renewed) -> None:
    glass.fingers.wait(2 * QUIET_MS / 1000)
    assert renewed.times == 0


def test_who_comes_in_the_quiet_moment_keeps_the_screen(glass: Glass, renewed: Renewed) -> None:
    visit(glass)
    glass.touch("begin")
    glass.fingers.wait(2 * QUIET_MS / 1000)
    assert renewed.times == 0
    glass.make_free()
    glass.fingers.until("the renewal", lambda: renewed.times == 1)


def test_what_the_agent_was_not_told_yet_is_told_first(glass: Glass, renewed: Renewed) -> None:
    renewed.waiting = 1
    visit(glass)
    glass.fingers.wait(2 * QUIET_MS / 1000)
    assert renewed.times == 0
    renewed.waiting = 0
    glass.fingers.until("the renewal", lambda: renewed.times == 1)


def test_it_can_serve_several_visits(glass: Glass) -> None:
    several = Renewed(glass, ScreenSection(renew_after_visits=2, renew_above_mib=4096))
    visit(glass)
    glass.fingers.wait(2 * QUIET_MS / 1000)
    assert several.times == 0
    visit(glass)
    glass.fingers.until("the renewal", lambda: several.times == 1)
    several.renewal.stop()
