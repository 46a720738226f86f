"""The terminal in one process: screen, agent and devices behind the links that will part them.

The order of starting is the order a citizen notices: the first frame, then devices and agent, then
everything that can wait. The order of stopping is the reverse, so that nothing writes after the
store is closed.
"""

import os
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing
from kiosk_app.base.settings import Settings
from kiosk_app.entry.startup import seconds_since_process_start
from ui.app import Screen

if TYPE_CHECKING:
    from kiosk_app.entry.behind import Behind

RELEASE = "0.1.0"

LOG_AFTER_MS = 2000
"""A start that hangs, or settles a print for half a minute, is the one whose log is needed."""


class Terminal:
    """Every part of the terminal, composed. Parts behind the screen exist only after the first frame."""

    def __init__(self, settings: Settings, application: QGuiApplication) -> None:
        self.settings = settings
        self.screen = Screen(application, settings.kiosk.id, settings.kiosk.language)
        self.first_frame_s: float | None = None
        self.ready_s: float | None = None
        self._behind: Behind | None = None

    @property
    def behind(self) -> "Behind":
        """What is behind the screen.

        Raises:
            RuntimeError: the first frame is not drawn yet.
        """
        if self._behind is None:
            raise RuntimeError("the terminal is still starting")
        return self._behind

    @property
    def started(self) -> bool:
        return self._behind is not None

    def start(self) -> None:
        """Show the first frame, then start what is behind it."""
        screen = self.settings.screen
        window = self.screen.load(screen.width, screen.height, full_screen=screen.full_screen)

        def drawn() -> None:
            if self.first_frame_s is None:
                self.first_frame_s = seconds_since_process_start()
                log(LogEvent.FIRST_FRAME, ms=round(self.first_frame_s * 1000))
                QTimer.singleShot(0, self._start_behind)
                QTimer.singleShot(LOG_AFTER_MS, start_writing)
            elif self.ready_s is None and self.screen.visit.page.ready:
                self.ready_s = seconds_since_process_start()
                log(LogEvent.READY, ms=round(self.ready_s * 1000))
                start_writing()
                self.screen.load_other_fonts()

        window.frameSwapped.connect(drawn)

    def _start_behind(self) -> None:
        from kiosk_app.entry.behind import Behind  # noqa: PLC0415 - after the first frame, not before

        self._behind = Behind(self.settings, self.screen)
        self._behind.start()

    def close(self) -> None:
        """Stop everything; safe when only half of it started."""
        if self._behind is not None:
            self._behind.stop_hearing()
        self.screen.close()
        if self._behind is not None:
            self._behind.close()
        log(LogEvent.TERMINAL_STOPPED, release=RELEASE)
        flush_logs()


def prepare_process() -> None:
    """Set what has to be set before Qt starts.

    The clock on the screen and the dates on paper are the country's one civil time, whatever the
    machine was installed with. Without a graphics processor the software renderer is the fastest.
    """
    os.environ["TZ"] = "CST-8"
    time.tzset()
    if not any(Path("/dev/dri").glob("renderD*")):
        os.environ.setdefault("QT_QUICK_BACKEND", "software")


def run_terminal(settings: Settings) -> int:
    """Run until told to stop; returns the exit status."""
    prepare_process()
    os.umask(0o077)
    configure_logs(settings.kiosk.state_dir / "log" / "terminal.jsonl")
    application = QGuiApplication(["kiosk"])
    terminal = Terminal(settings, application)
    waker = _quit_on_signals(application)
    log(LogEvent.TERMINAL_STARTED, release=RELEASE, kiosk=settings.kiosk.id)
    terminal.start()
    try:
        return application.exec()
    finally:
        terminal.close()
        del waker


def _quit_on_signals(application: QGuiApplication) -> QSocketNotifier:
    """End in order on SIGTERM and SIGINT. Python's own handlers would wait for the event loop to wake."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(application.quit)
    _KEPT.extend((ours, theirs))
    return notifier


_KEPT: list[socket.socket] = []
"""Sockets that have to live as long as the process."""
