"""A UPS that is not there: a real upsd with its driver dummy-ups, in a folder and on a port of its own.

Both are programs of Network UPS Tools and speak what they speak anywhere; this only writes the figures that
the driver reads. The mains can fail, the battery run down, the driver die or hang, and upsd go away.
"""

import os
import shutil
import signal
import socket
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.deadline import Deadline
from devices.drivers.nut_codec import NoSuchAnswer, Refusal, VariableList
from devices.sim.cups_stack import program
from devices.sim.lifeline import Lifeline

NAME = "hall"
START_S = 20.0
POLL_S = 0.05
STALE_S = 3
"""How old upsd lets figures get; its own default is 15."""
_DRIVERS = ("/lib/nut", "/usr/lib/nut", "/usr/libexec/nut", "/usr/lib/ups/driver")


def _driver(name: str) -> str:
    found = next((path for folder in _DRIVERS if (path := Path(folder) / name).is_file()), None)
    return str(found) if found is not None else program(name)


class UpsBench:
    """The UPS with its upsd. A context manager."""

    def __init__(self, port: int) -> None:
        self._port = port
        # Of its own and short: the driver's socket lies in it, whose path has at most 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-ups-"))
        self._written_s = 0
        self._figures = {
            "device.mfr": "Demonstration",
            "device.model": "UPS 650",
            "device.serial": "SIM-0001",
            "ups.status": "OL",
            "battery.charge": "100",
        }
        self._driver: Lifeline | None = None
        self._server: Lifeline | None = None

    @property
    def _socket(self) -> Path:
        return self._folder / f"dummy-ups-{NAME}"

    @property
    def address(self) -> str:
        """What a terminal's configuration calls the UPS's ``server``."""
        return f"127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start the driver and upsd, and return when upsd tells the figures."""
        driver = "  driver = dummy-ups\n  mode = dummy-once\n  port = figures.dev\n"
        files = {
            "ups.conf": f"maxretry = 3\npollinterval = 1\n[{NAME}]\n{driver}",
            "upsd.conf": f"LISTEN 127.0.0.1 {self._port}\nMAXAGE {STALE_S}\nSTATEPATH {self._folder}\n",
            "upsd.users": "",
        }
        for name, text in files.items():
            (self._folder / name).write_text(text)
            (self._folder / name).chmod(0o640)
        self._write()
        self.start_driver()
        self.start_server()
        self._await(self._figures["ups.status"])

    def stop(self) -> None:
        """End both and remove the folder. Safe twice."""
        for child in (self._server, self._driver):
            if child is not None:
                child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start_driver(self) -> None:
        """Start the driver, which then is where it was."""
        if self._driver is None or not self._driver.alive:
            command = [_driver("dummy-ups"), "-a", NAME, "-F", *self._account()]
            self._socket.unlink(missing_ok=True)
            self._driver = Lifeline(command, self._folder / "driver.log", self._environment())
            patience = Deadline(START_S)
            while not self._socket.is_socket():  # upsd would look for it again only seconds later
                if patience.passed or not self._driver.alive:
                    raise RuntimeError(f"dummy-ups does not start; see the logs in {self._folder}")
                patience.pause(POLL_S)

    def start_server(self) -> None:
        """Start upsd."""
        if self._server is None or not self._server.alive:
            command = [_driver("upsd") if Path("/lib/nut/upsd").is_file() else program("upsd"), "-F", *self._account()]
            self._server = Lifeline(command, self._folder / "upsd.log", self._environment())

    def kill_driver(self) -> None:
        if self._driver is not None:
            self._driver.kill()

    def kill_server(self) -> None:
        if self._server is not None:
            self._server.kill()

    def hang_driver(self) -> None:
        """Let the driver measure no more, as behind a cable that was pulled."""
        if self._driver is not None:
            os.kill(self._driver.pid, signal.SIGSTOP)

    def hang_server(self, on: bool = True) -> None:
        """Let upsd answer nothing."""
        if self._server is not None:
            os.kill(self._server.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def say(self, status: str, charge: int) -> None:
        """Have the UPS be so, and return when upsd tells it."""
        self._figures |= {"ups.status": status, "battery.charge": str(charge)}
        self._write()
        self._await(status)

    def _write(self) -> None:
        lines = [f"{name}: {value}" for name, value in self._figures.items()]
        fresh = self._folder / "figures.new"
        fresh.write_text("\n".join([*lines, ""]))
        fresh.chmod(0o640)
        # The driver tells a new file by the whole second it was changed in: two within one are two all the same.
        self._written_s = max(int(time.time()), self._written_s + 1)
        os.utime(fresh, (self._written_s, self._written_s))
        fresh.replace(self._folder / "figures.dev")

    def _account(self) -> tuple[str, ...]:
        """Stay who we are: as root, both would else become the account that their package made."""
        return ("-u", "root") if os.geteuid() == 0 else ()

    def _environment(self) -> dict[str, str]:
        folder = str(self._folder)
        return {"NUT_CONFPATH": folder, "NUT_STATEPATH": folder, "NUT_ALTPIDPATH": folder}

    def _await(self, status: str) -> None:
        patience = Deadline(START_S)
        while self._told() != status:
            if patience.passed or self._server is None or not self._server.alive:
                raise RuntimeError(f"upsd does not tell {status}; see the logs in {self._folder}")
            patience.pause(POLL_S)

    def _told(self) -> str | None:
        """Ask upsd as anybody would."""
        wanted = VariableList(NAME)
        with suppress(OSError, Refusal, NoSuchAnswer), socket.create_connection(("127.0.0.1", self._port), 1.0) as line:
            line.sendall(wanted.request)
            with line.makefile("rb") as answer:
                for text in answer:
                    if (variables := wanted.take(text)) is not None:
                        return variables.get("ups.status")
        return None
