"""What is behind the screen, in this process: devices, agent, and the visit between them.

Made after the first frame. When the terminal is split into processes, the two local ends here become
the remote ends of the same links.
"""

from collections.abc import Callable

from devices.local_hub import LocalHub
from kiosk_app.agent.desk import LocalDesk
from kiosk_app.base.clock import SystemClock
from kiosk_app.base.settings import Settings
from kiosk_app.entry.device_log import DeviceLog
from kiosk_app.visit.events import VisitEvent
from kiosk_app.visit.runner import VisitRunner
from ui.app import Screen
from ui.presenter import Presenter


class Behind:
    """Hub, desk and presenter."""

    def __init__(self, settings: Settings, screen: Screen) -> None:
        self._settings = settings
        self.hub = LocalHub(settings.devices)
        self.hub.subscribe(DeviceLog())
        self.desk = LocalDesk(settings, self.hub)
        self.presenter = Presenter(screen, self._make_runner)

    @property
    def runner(self) -> VisitRunner:
        return self.presenter.runner

    def start(self) -> None:
        """Start agent and devices, then listen to them."""
        self.desk.start()
        self.hub.start()
        self.presenter.start()

    def stop_hearing(self) -> None:
        """Have nothing reach the screen any more."""
        self.presenter.stop()

    def close(self) -> None:
        """Let the agent finish what it writes, then end the devices."""
        self.desk.close()
        self.hub.close()

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
