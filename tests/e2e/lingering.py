"""Somebody who touches a screen, stays at its home page and goes: watched beside the other tests.

How long the home page waits is in the code, a minute and a half in all, so a terminal of its own, without
devices or central, waits it out in real time while the hall's terminal is busy with other citizens.
"""

import threading
from pathlib import Path

from kiosk_app.entry.dev.demo import place, write_configuration
from tests.e2e.terminal import Glance, Terminal
from tests.e2e.waiting import until

IDLE_S, WARNING_S = 60, 30


class Lingering:
    """A terminal with somebody at it who says nothing any more."""

    def __init__(self, folder: Path, port: int) -> None:
        here = place(folder, port)
        path = write_configuration(here)
        text = path.read_text("utf-8")
        path.write_text(text[: text.index("[[devices]]")], encoding="utf-8")
        self.terminal = Terminal(here)
        self._trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def finish(self) -> None:
        """Wait until the machine is free again.

        Raises:
            AssertionError: it asked nobody, or did not count, or was not free in the end.
        """
        self._thread.join()
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """End the terminal, and with it the watching."""
        self.terminal.kill()
        self._thread.join()

    def _watch(self) -> None:
        try:
            self.terminal.until_says("idle.what")
            until("a catalogue", lambda: self.terminal.look().says("Touch the screen to begin"))
            self.terminal.touch("begin")
            self.terminal.until_says("home.title")
            self.terminal.until_sees("time-warning", IDLE_S + 30)
            see_the_warning(self.terminal, "warning.text", WARNING_S)
            self.terminal.picture("warning-at-home")
            self.terminal.until_sees("goodbye", WARNING_S + 30)
            self.terminal.until_sees("begin")
        except BaseException as error:  # noqa: BLE001 - told to the test by `finish`
            self._trouble = error


def seconds_shown(glance: Glance) -> int | None:
    """The number that counts down in the warning."""
    numbers = [int(text) for text in glance.things.get("time-warning", []) if text.isdecimal()]
    return numbers[0] if numbers else None


def see_the_warning(terminal: Terminal, sentence: str, at_most_s: int) -> None:
    """See the question with its answers, and its countdown run."""
    terminal.until_sees("time-warning")
    glance = terminal.until_says("warning.title", sentence)
    assert glance.sees("still-here")
    assert glance.sees("leave-now")
    first = seconds_shown(glance)
    assert first is not None
    assert 0 < first <= at_most_s

    def runs() -> bool:
        now = seconds_shown(terminal.look())
        return now is not None and now < first

    until("the countdown to run", runs)
