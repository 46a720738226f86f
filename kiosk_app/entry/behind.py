"""What is behind the screen: the far ends of its two links, and the visit between them.

Made after the first frame. Devices and agent are other processes; while one of them is away the screen
says so and the visit waits. Nothing here touches network, database or hardware.
"""

import os
import signal
from collections.abc import Callable

from kiosk_app.base.clock import SystemClock
from kiosk_app.base.settings_sections import ScreenSettings
from kiosk_app.link.desk import DeskEvent, Restarting, ScreenshotWanted
from kiosk_app.link.desk_client import RemoteDesk
from kiosk_app.link.device_link import RemoteHub
from kiosk_app.visit.events import VisitEvent
from kiosk_app.visit.runner import VisitRunner
from ui.app import Screen
from ui.photographer import Photographer
from ui.presenter import Presenter

ROLE = "ui"


class Behind:
    """Hub, desk and presenter."""

    def __init__(self, settings: ScreenSettings, screen: Screen) -> None:
        self._settings = settings
        sockets = settings.kiosk.sockets
        self.hub = RemoteHub(sockets, ROLE, settings.devices)
        self.desk = RemoteDesk(sockets)
        self.presenter = Presenter(screen, self._make_runner)
        self._photographer = Photographer(screen, self.runner, self.desk)

    @property
    def runner(self) -> VisitRunner:
        return self.presenter.runner

    def start(self) -> None:
        """Look for the agent and the devices, and listen to them."""
        self.desk.subscribe(self._hear)
        self.desk.start()
        self.hub.start()
        self.presenter.start()

    def stop_hearing(self) -> None:
        """Have nothing reach the screen any more."""
        self._photographer.close()
        self.presenter.stop()

    def close(self) -> None:
        """Hang up."""
        self.desk.close()
        self.hub.close()

    def _hear(self, event: DeskEvent) -> None:
        match event:
            case Restarting():
                os.kill(os.getpid(), signal.SIGTERM)  # as whoever keeps this process would end it
            case ScreenshotWanted():
                self._photographer.wanted(event)
            case _:
                pass  # the visit's

    def _make_runner(self, post: Callable[[VisitEvent], None]) -> VisitRunner:
        first = self._settings.kiosk.language
        return VisitRunner(
            self.hub,
            self.desk,
            SystemClock(),
            post,
            "zh" if first == "zh" else "en",
            verify_url=self._settings.verify_url,
        )
