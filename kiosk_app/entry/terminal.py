"""``kiosk ui``: the screen's process. It knows agent and devices by their links only.

The order of starting is the order a citizen notices: the first frame, which invites and keeps a touch,
then the links and the visit, then everything that can wait.
"""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication

from kiosk_app.base.clock import set_civil_time
from kiosk_app.base.first_look import first_look
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing
from kiosk_app.base.watchdog import ServiceManager
from kiosk_app.entry.lifetime import RENEWED_STATUS, end_with_parent
from kiosk_app.entry.startup import seconds_since_process_start
from ui.app import Screen

if TYPE_CHECKING:
    from kiosk_app.entry.behind import Behind
    from kiosk_app.entry.renewal import Renewal

RELEASE = "0.1.0"

PROCESS = "ui"
WRONG_CONFIGURATION = 2
"""The exit status, as for every command."""

LOG_AFTER_MS = 2000
"""A start that hangs, or settles a print for half a minute, is the one whose log is needed."""


class Terminal:
    """The screen and what is behind it, composed. What is behind it exists only after the first frame."""

    def __init__(
        self,
        configuration: Path,
        application: QGuiApplication,
        up: Callable[[], None] = lambda: None,
        renew: Callable[[], None] | None = None,
    ) -> None:
        """Compose the screen; `up` is called when its first frame is drawn, `renew` when its memory should be new."""
        self._configuration = configuration
        self._application = application
        self._up = up
        self._renew = renew
        self.look = first_look(configuration)
        self.screen = Screen(application, self.look.kiosk, self.look.language, state_dir=self.look.state_dir)
        self.first_frame_s: float | None = None
        self.ready_s: float | None = None
        self._behind: Behind | None = None
        self._renewal: Renewal | None = None

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
        window = self.screen.load(self.look.width, self.look.height, full_screen=self.look.full_screen)

        def drawn() -> None:
            if self.first_frame_s is None:
                self.first_frame_s = seconds_since_process_start()
                log(LogEvent.FIRST_FRAME, ms=round(self.first_frame_s * 1000))
                self._up()
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
        from kiosk_app.entry.configuration import load_for_screen  # noqa: PLC0415 - as above

        settings = load_for_screen(self._configuration)
        if settings is None:
            self._application.exit(WRONG_CONFIGURATION)
            return
        self._behind = behind = Behind(settings, self.screen)
        if self._renew is not None:
            from kiosk_app.entry.renewal import Renewal  # noqa: PLC0415 - as above

            desk = behind.desk
            self._renewal = Renewal(settings.screen, behind.runner, lambda: desk.waiting, self._renew)
        behind.start()

    def close(self) -> None:
        """Stop everything; safe when only half of it started."""
        if self._renewal is not None:
            self._renewal.stop()
        if self._behind is not None:
            self._behind.stop_hearing()
        self.screen.close()
        if self._behind is not None:
            self._behind.close()
        log(LogEvent.TERMINAL_STOPPED, release=RELEASE)
        flush_logs()


def prepare_process() -> None:
    """Set what has to be set before Qt starts.

    Without a graphics processor the software renderer is the fastest.
    """
    set_civil_time()
    if not any(Path("/dev/dri").glob("renderD*")):
        os.environ.setdefault("QT_QUICK_BACKEND", "software")


def run_screen(configuration: Path) -> int:
    """Run until told to stop; returns the exit status: 0 in order, 2 for a wrong configuration."""
    if not end_with_parent():
        return 1
    prepare_process()
    manager = ServiceManager()
    os.umask(0o077)
    application = QGuiApplication(["kiosk"])
    terminal = Terminal(configuration, application, manager.ready, lambda: application.exit(RENEWED_STATUS))
    configure_logs(terminal.look.state_dir / "log" / "terminal.jsonl", process=PROCESS)
    waker = _quit_on_signals(application)
    log(LogEvent.TERMINAL_STARTED, release=RELEASE, kiosk=terminal.look.kiosk)
    terminal.start()
    beat = _beat(manager)
    try:
        return application.exec()
    finally:
        beat.stop()
        manager.stopping()
        terminal.close()
        del waker


def _beat(manager: ServiceManager) -> QTimer:
    """Have the service manager hear of us for as long as Qt's loop turns."""
    beat = QTimer()
    beat.timeout.connect(manager.alive)
    if manager.beat_s is not None:
        beat.start(round(manager.beat_s * 1000))
    return beat


def _quit_on_signals(application: QGuiApplication) -> QSocketNotifier:
    """End in order on SIGTERM and SIGINT. Python's own handlers would wait for the event loop to wake."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno())
    ends = (signal.SIGTERM, signal.SIGINT)
    for number in ends:
        signal.signal(number, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ends)  # whoever started us may have blocked them for itself
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(application.quit)
    _KEPT.extend((ours, theirs))
    return notifier


_KEPT: list[socket.socket] = []
"""Sockets that have to live as long as the process."""
