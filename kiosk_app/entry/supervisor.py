"""``kiosk terminal``: the terminal's processes where no service manager keeps them, on a desk or in a demonstration.

Each is started again when it ends and killed when it hangs, as its systemd unit would have it; none outlives
this process. The screen is started first and with as little as it takes: the configuration is checked while it
draws, and a wrong one ends it again. This process serves nobody itself and loads neither Qt, nor hardware
libraries, nor the database.
"""

import os
import signal
from collections.abc import Sequence
from pathlib import Path

from kiosk_app.base.first_look import first_look
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing
from kiosk_app.entry.children import Child
from kiosk_app.entry.forgetful import FORGETFUL
from kiosk_app.entry.lifetime import end_with_parent, own_command
from kiosk_app.entry.notices import Notices

PROCESS = "terminal"
SERVICES = ("agentd", "deviced")
"""What the screen needs behind it."""
WRONG_CONFIGURATION = 2
"""The exit status, as for every command."""
_FIRST_FRAME_S = 3.0
"""A screen that takes longer is no reason to keep the others waiting."""


class Family:
    """Processes of one terminal, kept running from `start` to `stop`."""

    def __init__(self, state_dir: Path, configuration: Path, names: Sequence[str]) -> None:
        log_folder = state_dir / "log"
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
        """Start them all; returns when they are started."""
        self.start_screen()
        self.start_services()

    def start_screen(self) -> None:
        """Start the screen, if it is one of them. Returns at once."""
        if "ui" in self.children:
            self.children["ui"].start()

    def start_services(self) -> None:
        """Start the others when the screen has its first frame: on a small machine they would hold it up."""
        if "ui" in self.children:
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


def run_terminal(configuration: Path) -> int:
    """Keep the terminal running until told to stop; the exit status is 0 in order, 2 for a wrong configuration."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread is made: all of them inherit it
    if not end_with_parent():
        return 1
    os.umask(0o077)
    look = first_look(configuration)
    # A file that cannot be read, or has not even a name for the terminal, names no folder to begin in either.
    if not look.kiosk and not _is_right(configuration):
        return WRONG_CONFIGURATION
    configure_logs(look.state_dir / "log" / "terminal.jsonl", process=PROCESS)
    family = Family(look.state_dir, configuration, ("ui", *SERVICES))
    family.start_screen()
    try:
        if not _is_right(configuration):
            return WRONG_CONFIGURATION
        start_writing()
        family.start_services()
        signal.sigwait(ends)
    finally:
        family.stop()
        log(LogEvent.PROCESS_STOPPED)
        flush_logs()
    return 0


def _is_right(configuration: Path) -> bool:
    """Check the whole configuration; what is wrong with it is told on standard error."""
    from kiosk_app.entry.configuration import load  # noqa: PLC0415 - takes as long as the screen's start

    return load(configuration) is not None
