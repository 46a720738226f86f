"""The terminal in one process: screen, agent and devices behind the links that will part them.

The order of starting is the order a citizen notices: the first frame, then devices and agent, then
everything that can wait. The order of stopping is the reverse, so that nothing writes after the
store is closed.
"""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, QTimer
from PySide6.QtGui import QGuiApplication

from devices.local_hub import LocalHub
from kiosk_app.agent.desk import LocalDesk
from kiosk_app.base.clock import SystemClock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, log
from kiosk_app.base.settings import Settings
from kiosk_app.entry.device_log import DeviceLog
from kiosk_app.entry.startup import seconds_since_process_start
from kiosk_app.visit.events import VisitEvent
from kiosk_app.visit.runner import VisitRunner
from ui.app import Screen

RELEASE = "0.1.0"


class Terminal:
    """Every part of the terminal, composed."""

    def __init__(self, settings: Settings, application: QGuiApplication) -> None:
        self.settings = settings
        self.hub = LocalHub(settings.devices)
        self.hub.subscribe(DeviceLog())
        self.desk = LocalDesk(settings, self.hub)
        self.screen = Screen(application, settings.kiosk.id, self._make_runner)
        self.first_frame_s: float | None = None

    def start(self, on_first_frame: Callable[[], None] | None = None) -> None:
        """Show the first frame, then start what is behind it."""
        screen = self.settings.screen
        window = self.screen.load(screen.width, screen.height, full_screen=screen.full_screen)

        def drawn() -> None:
            if self.first_frame_s is not None:
                return
            self.first_frame_s = seconds_since_process_start()
            log(LogEvent.FIRST_FRAME, ms=round(self.first_frame_s * 1000))
            QTimer.singleShot(0, self._start_behind)
            if on_first_frame is not None:
                on_first_frame()

        window.frameSwapped.connect(drawn)

    def _start_behind(self) -> None:
        self.desk.start()
        self.hub.start()
        self.screen.runner.start()
        QTimer.singleShot(50, self.screen.load_other_fonts)

    def close(self) -> None:
        """Stop everything; safe when only half of it started."""
        self.screen.close()
        self.desk.close()
        self.hub.close()
        log(LogEvent.TERMINAL_STOPPED, release=RELEASE)

    def _make_runner(self, post: Callable[[VisitEvent], None]) -> VisitRunner:
        first = "zh" if self.settings.kiosk.language == "zh" else "en"
        return VisitRunner(self.hub, self.desk, SystemClock(), post, first)


def prepare_drawing() -> None:
    """Choose how to draw before Qt starts: without a graphics processor the software renderer is the fastest."""
    if not any(Path("/dev/dri").glob("renderD*")):
        os.environ.setdefault("QT_QUICK_BACKEND", "software")


def run_terminal(settings: Settings) -> int:
    """Run until told to stop; returns the exit status."""
    prepare_drawing()
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
