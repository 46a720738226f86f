"""Where a demonstration keeps things, which ports it takes, and the terminal's configuration for it."""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

KIOSK = "demo-0001"
_LONGEST_SOCKET_FOLDER = 70
"""A Unix socket's path ends at 107 bytes; the longest name in the folder needs the rest."""


_MORE = """
[[devices]]
id = "chip-card"
kind = "smart-card"
driver = "pcsc"
reader = "*"

[[devices]]
id = "document-camera"
kind = "camera"
driver = "opencv"
source = "http://127.0.0.1:{camera_port}/stream.mjpg"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One demonstration on this machine. Two may run side by side with other folders and ports."""

    state: Path
    port_base: int

    @property
    def central_port(self) -> int:
        return self.port_base

    @property
    def cable_port(self) -> int:
        """What the terminal calls central: the near end of a cable that can be pulled."""
        return self.port_base + 1

    @property
    def printer_port(self) -> int:
        return self.port_base + 2

    @property
    def camera_port(self) -> int:
        return self.port_base + 3

    @property
    def central_url(self) -> str:
        return f"http://127.0.0.1:{self.central_port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.state / 'central.sqlite'}"

    @property
    def identity_file(self) -> Path:
        """What the terminal is known to central by, once it is enrolled."""
        return self.state / "terminal" / "identity" / "identity.json"

    @property
    def configuration(self) -> Path:
        return self.state / "terminal.toml"

    @property
    def sockets(self) -> Path:
        """A folder whose path is short enough for Unix sockets."""
        wished = self.state / "run"
        if len(str(wished)) <= _LONGEST_SOCKET_FOLDER:
            return wished
        digest = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"kiosk-{digest}"

    @property
    def bench_socket(self) -> Path:
        return self.sockets / "bench"

    @property
    def log(self) -> Path:
        return self.state / "terminal" / "log" / "terminal.jsonl"


def place(state: Path, port_base: int) -> Place:
    """Make the folders of a demonstration, readable by their owner only."""
    here = Place(state.resolve(), port_base)
    for folder in (here.state, here.sockets):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return here


def write_configuration(here: Place, *, width: int = 1080, height: int = 1920, whole: bool = False) -> Path:
    """Write the demonstration terminal's configuration; it looks like any terminal's.

    `whole` is with the hardware that no journey needs yet: chip cards and the document camera.
    """
    here.configuration.write_text(
        f"""# Made for the demonstration on each start; a real terminal's looks just like it.
[kiosk]
id = "{KIOSK}"
hall = "demo"
language = "zh"
state_dir = "{here.state / "terminal"}"
run_dir = "{here.sockets / "links"}"

[central]
url = "http://127.0.0.1:{here.cable_port}"
verify_url = "{here.central_url}/verify"
sync_every_s = 5

[screen]
width = {width}
height = {height}
full_screen = false

[[devices]]
id = "id-card"
kind = "identity-reader"
driver = "sdt-serial"
port = "{here.sockets / "id-card"}"
baud = "auto"

[[devices]]
id = "code"
kind = "code-scanner"
driver = "serial-scanner"
port = "{here.sockets / "code"}"
suffix = "cr"

[[devices]]
id = "a4"
kind = "printer"
driver = "cups"
queue = "A4"
server = "{here.sockets / "cups"}"
{_MORE.format(camera_port=here.camera_port) if whole else ""}""",
        encoding="utf-8",
    )
    return here.configuration
