"""``kiosk terminal``: the terminal's processes where no service manager keeps them, on a desk or in a demonstration.

Each is started again when it ends and killed when it hangs, as its systemd unit would have it; none outlives
this process. It serves nobody itself and loads neither Qt, nor hardware libraries, nor the database.
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing
from kiosk_app.base.settings_sections import CommonSettings
from kiosk_app.entry.children import Child
from kiosk_app.entry.forgetful import FORGETFUL
from kiosk_app.entry.lifetime import end_with_parent, own_command
from kiosk_app.entry.notices import Notices

PROCESS = "terminal"
SERVICES = ("agentd", "deviced")
"""What the screen needs behind it."""
_FIRST_FRAME_S = 3.0
"""A screen that takes longer is no reason to keep the others waiting."""


class Family:
    """Processes of one terminal, kept running from `start` to `stop`."""

    def __init__(self, settings: CommonSettings, configuration: Path, names: Sequence[str]) -> None:
        log_folder = settings.kiosk.state_dir / "log"
        self._notices = {name: Notices(name) for name in names}
        self.children = {
            name: Child(
                name,
                own_command(name, "--config", str(configuration)),
                log_folder / f"{name}.stderr",
                lambda heard=notices: heard.silent_s,  # type: ignore[misc] # bound now, for each its own
                environment=notices.environment if name == "ui" else {**notices.environment, **FORGETFUL},
            )
            for name, notices in self._notices.items()
        }

    def start(self) -> None:
        """Start the screen, and the others when it has its first frame: on a small machine they would hold it up.

        Returns when all are started.
        """
        if "ui" in self.children:
            self.children["ui"].start()
            self._notices["ui"].ready.wait(_FIRST_FRAME_S)
        for name, child in self.children.items():
            if name != "ui":
                child.start()

    def stop(self) -> None:
        """End them in order: the screen, so that nobody begins anything, then agent and drivers. Safe twice."""
        for child in self.children.values():
            child.stop()
        for notices in self._notices.values():
            notices.close()


def run_terminal(settings: CommonSettings, configuration: Path) -> int:
    """Keep the terminal running until told to stop; returns the exit status."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread is made: all of them inherit it
    if not end_with_parent():
        return 1
    os.umask(0o077)
    configure_logs(settings.kiosk.state_dir / "log" / "terminal.jsonl", process=PROCESS)
    start_writing()
    family = Family(settings, configuration, ("ui", *SERVICES))
    family.start()
    try:
        signal.sigwait(ends)
    finally:
        family.stop()
        log(LogEvent.PROCESS_STOPPED)
        flush_logs()
    return 0
