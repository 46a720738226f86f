"""Renewal: the screen's process ends between two citizens and begins anew, with nothing of the last in its memory.

Wiping a visit lets go of every value, but what an allocator, a text cache or a scene graph keeps of freed
memory is nobody's to overwrite; the kernel clears the pages of a process that ended. Never with somebody at
the screen or a card on the reader, and never before the agent has taken what was still to be told.
"""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.base.settings_sections import ScreenSection
from kiosk_app.visit.runner import VisitRunner
from kiosk_app.visit.state import Idle

QUIET_MS = 3000
"""How long nobody has to be there: whoever comes next is mostly on the way while the last one goes."""
_PAGES = Path("/proc/self/statm")
_MIB = 1024 * 1024


class Renewal(QObject):
    """Counts visits, and asks for the end when enough have gone and nobody is there."""

    def __init__(
        self,
        settings: ScreenSection,
        runner: VisitRunner,
        waiting: Callable[[], int],
        renew: Callable[[], None],
        *,
        quiet_ms: int = QUIET_MS,
    ) -> None:
        """Watch `runner`.

        Args:
            settings: after how many visits, or above how much memory.
            runner: the visit machine.
            waiting: how much the agent has still to be told.
            renew: ends this process so that it is started again at once.
            quiet_ms: for how long nobody has to be there.
        """
        super().__init__()
        self._settings = settings
        self._runner = runner
        self._waiting = waiting
        self._renew = renew
        self._visits = 0
        self._visiting = False
        self._quiet = QTimer(self, singleShot=True, interval=quiet_ms)
        self._quiet.timeout.connect(self._is_quiet)
        runner.on_change(self._moved)

    def stop(self) -> None:
        """Ask for nothing any more."""
        self._quiet.stop()

    def _moved(self) -> None:
        visiting = self._runner.state.visit is not None
        if self._visiting and not visiting:
            self._visits += 1
        self._visiting = visiting
        if not self._nobody_is_here():
            self._quiet.stop()
        elif self._due() and not self._quiet.isActive():
            self._quiet.start()

    def _is_quiet(self) -> None:
        if not self._nobody_is_here() or not self._due():
            return
        if self._waiting():
            self._quiet.start()
            return
        log(LogEvent.SCREEN_RENEWED, visits=self._visits, mib=_resident_mib())
        self._renew()

    def _nobody_is_here(self) -> bool:
        return self._runner.state.situation == Idle(card_left=False)

    def _due(self) -> bool:
        after, above_mib = self._settings.renew_after_visits, self._settings.renew_above_mib
        # Without a visit a new process would be no smaller and no emptier than this one.
        return self._visits > 0 and (0 < after <= self._visits or _resident_mib() > above_mib)


def _resident_mib() -> int:
    return int(_PAGES.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") // _MIB
