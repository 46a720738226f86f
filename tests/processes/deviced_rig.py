"""The real `kiosk deviced`, kept by the real supervisor, with a simulated reader and printer, seen over its link.

Run as a program it is a supervisor of its own, to be killed with what it keeps.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract.ids import DeviceId
from devices.events import StatusChanged
from devices.values import DeviceState
from kiosk_app.entry.children import Child, ChildPace
from kiosk_app.entry.lifetime import own_command
from kiosk_app.link.device_link import RemoteHub
from tests.device_bench import Ear

READER, PRINTER = DeviceId("id-card"), DeviceId("a4")
PATIENCE_S = 60.0
PACE = ChildPace(start_s=PATIENCE_S, again_last_s=0.5)
"""A busy machine may take its time to start a process; how long one may be silent is the product's own."""


class Deviced:
    """The process and one client of it."""

    def __init__(
        self, folder: Path, reader_port: Path, printer: tuple[str, str] | None = None, program: str = ""
    ) -> None:
        """Prepare; `program` is a module to run instead of the product's command."""
        configuration = folder / "kiosk.toml"
        configuration.write_text(_configuration(folder, reader_port, printer), encoding="utf-8")
        self.complaints = folder / "deviced.stderr"
        self.log = folder / "state" / "log" / "terminal.jsonl"
        self.hub = RemoteHub(folder / "run", "terminal")
        self.ear = Ear(self.hub)
        own = own_command("deviced", "--config", str(configuration))
        command = [sys.executable, "-m", program, str(configuration)] if program else own
        self.child = Child("deviced", command, self.complaints, lambda: self.hub.silent_s, PACE)

    @property
    def pid(self) -> int:
        pid = self.child.pid
        assert pid is not None
        return pid

    def strike(self, number: signal.Signals) -> None:
        """Kill or stop the process where it stands."""
        os.kill(self.pid, number)

    def await_state(self, device: DeviceId, state: DeviceState, since: int = 0) -> None:
        self.ear.await_event(
            StatusChanged, lambda event: event.device == device and event.status.state is state, since, PATIENCE_S
        )


@contextmanager
def deviced(folder: Path, reader_port: Path, printer: tuple[str, str] | None = None) -> Iterator[Deviced]:
    """Start the process with a reader at a port and maybe a printer (server, queue); it complains of nothing."""
    running = Deviced(folder, reader_port, printer)
    running.hub.start()
    running.child.start()
    try:
        assert running.hub.await_up(PATIENCE_S)
        yield running
    finally:
        running.hub.close()
        running.child.stop()
    assert running.complaints.read_text() == ""


def _configuration(folder: Path, reader_port: Path, printer: tuple[str, str] | None) -> str:
    text = f"""
[kiosk]
id = "demo-0001"
hall = "demo"
state_dir = "{folder / "state"}"
run_dir = "{folder / "run"}"
[central]
url = "http://127.0.0.1:1"
[[devices]]
id = "{READER}"
kind = "identity-reader"
driver = "sdt-serial"
port = "{reader_port}"
"""
    if printer is None:
        return text
    server, queue = printer
    return f"""{text}
[[devices]]
id = "{PRINTER}"
kind = "printer"
driver = "cups"
queue = "{queue}"
server = "{server}"
"""


def _keep(folder: Path) -> None:
    """Keep a deviced until killed, telling its process id."""
    with deviced(folder, folder / "no-reader") as running:
        sys.stdout.write(f"{running.pid}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    _keep(Path(sys.argv[1]))
