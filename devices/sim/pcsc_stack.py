"""A private pcscd with one virtual reader, as root or as an ordinary user, beside a machine's own pcscd.

It lives in a cell (`pcsc_cell`) that ends with the process that made it. Clients in the same process find
it through the environment; libpcsclite reads that once and for good, so the name it learns is a link that
each stack points at itself, and only one stack runs at a time in one process.
"""

import atexit
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

from devices.deadline import Deadline
from devices.sim import pcsc_cell
from devices.sim.lifeline import Lifeline

READER = "Kiosk Chip"
"""How the reader calls itself; pcscd adds the numbers of reader and slot."""
SLOT_PORT = 0x8C7B
"""Where vpcd waits for the first slot's card, in a network of its own: no other program can be there."""
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
START_S = 20.0
_LOOK_S = 0.005
_ANSWER_BYTES = 4096

_running = threading.Lock()


def _program() -> str:
    found = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError("pcscd is not installed")
    if not (pcsc_cell.DRIVERS / "serial" / pcsc_cell.DRIVER).exists():
        raise FileNotFoundError("the virtual card reader (vsmartcard-vpcd) is not installed")
    return found


@cache
def _link() -> Path:
    """Return the name under which this process's PC/SC library looks for the service, from now on."""
    folder = tempfile.mkdtemp(prefix="kiosk-pcsc-name-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    name = Path(folder) / "pcscd.comm"
    os.environ[SOCKET_VARIABLE] = str(name)
    return name


class PcscStack:
    """The service and its reader. A context manager: running on entry, gone on exit.

    `environment` is what another process needs to find it.
    """

    def __init__(self) -> None:
        self._folder = Path()
        self._cell: Lifeline | None = None
        self._door: socket.socket | None = None
        self._asking = threading.Lock()
        self._plugged = True

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        return {SOCKET_VARIABLE: str(self._folder / pcsc_cell.SERVICE / "pcscd.comm")}

    @property
    def pid(self) -> int:
        """The process of pcscd itself."""
        return int((self._folder / pcsc_cell.SERVICE / "pcscd.pid").read_text().strip("\0\n "))

    def start(self) -> None:
        """Make the cell and start the service in it.

        Raises:
            FileNotFoundError: pcscd or vpcd is not installed.
            RuntimeError: another stack runs in this process, or the system gives no namespaces.
        """
        program = _program()
        if not _running.acquire(blocking=False):
            raise RuntimeError("one private pcscd at a time in one process")
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-pcsc-"))
        try:
            self._make_cell(program)
            self.start_service()
            link = _link()
            link.unlink(missing_ok=True)
            link.symlink_to(self._folder / pcsc_cell.SERVICE / "pcscd.comm")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the service and all that belongs to it. Safe twice."""
        if not self._folder.name:
            return
        if self._door is not None:
            self._door.close()
            self._door = None
        if self._cell is not None:
            self._cell.stop()
            self._cell = None
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = Path()
        _running.release()

    def start_service(self) -> None:
        """Start pcscd, with its reader when that is plugged in; return when it answers."""
        readers = self._folder / pcsc_cell.READERS / ("plugged" if self._plugged else "none")
        self._ask(f"start {readers}")

    def kill_service(self, signal_number: int = signal.SIGKILL) -> None:
        """End pcscd by a signal, and return when it is gone."""
        self._ask(f"kill {int(signal_number)}")

    def plug(self, plugged: bool = True) -> None:
        """Plug the reader in, or pull it out; the service starts anew, which it does for serial readers."""
        self._plugged = plugged
        self.start_service()

    def connect_card(self) -> socket.socket:
        """Return a connection to the reader's slot, as a card has that is put in.

        Raises:
            ConnectionError: there is no reader.
        """
        answer, descriptors = self._exchange(f"connect {SLOT_PORT}")
        if not descriptors:
            raise ConnectionError(answer)
        card = socket.socket(fileno=descriptors[0])
        card.setblocking(True)  # it comes as its maker left it, with a limit on its time
        return card

    def _ask(self, command: str) -> None:
        answer, _ = self._exchange(command)
        if answer != "ok":
            raise RuntimeError(f"{command}: {answer}")

    def _exchange(self, command: str) -> tuple[str, list[int]]:
        door = self._door
        if door is None:
            raise ConnectionError("not started")
        with self._asking:
            door.sendall(f"{command}\n".encode())
            data, descriptors, _, _ = socket.recv_fds(door, _ANSWER_BYTES, 1)
        return data.decode().strip(), list(descriptors)

    def _make_cell(self, program: str) -> None:
        readers = self._folder / pcsc_cell.READERS
        for name in (self._folder / pcsc_cell.SERVICE, readers / "plugged", readers / "none"):
            name.mkdir(parents=True)
        lines = (
            f'FRIENDLYNAME "{READER}"',
            f"DEVICENAME /dev/null:{SLOT_PORT:#x}",
            f"LIBPATH {self._folder / pcsc_cell.DRIVER}",
            f"CHANNELID {SLOT_PORT:#x}",
        )
        (readers / "plugged" / "vpcd").write_text("\n".join(lines) + "\n")
        log = self._folder / "log"
        command = [sys.executable, "-S", "-E", pcsc_cell.__file__, str(self._folder), program]
        self._cell = Lifeline(command, log)
        patience = Deadline(START_S)
        door = self._door = socket.socket(socket.AF_UNIX)
        door.settimeout(START_S)
        while True:
            with suppress(FileNotFoundError, ConnectionRefusedError):
                door.connect(str(self._folder / pcsc_cell.DOOR))
                return
            if not self._cell.alive or patience.passed:
                said = log.read_text(errors="replace").strip()
                raise RuntimeError(f"no private pcscd: {said or 'its cell does not answer'}")
            patience.pause(_LOOK_S)
