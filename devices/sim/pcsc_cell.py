"""A room of its own for a pcscd: network and mount namespaces, with a small door to the outside.

pcscd's paths are fixed and vpcd listens on every address, so both run where nobody else is: /run is
private, no network but loopback, and no driver for real readers, which belong to the machine's own
service. As root, or as anybody where user namespaces are allowed. Started as a script with the standard
library alone; commands come as lines through a Unix socket, a connection to a card goes out through it.
"""

import array
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

DRIVER = "libifdvpcd.so"
DRIVERS = Path("/usr/lib/pcsc/drivers")
DOOR = "door"
"""The Unix socket in the cell's folder; pcscd's own, its readers' settings and its driver lie beside it."""
SERVICE = "run"
READERS = "readers"
NO_ROOM = 3
"""Exit status: the system does not let us have namespaces."""

_NEW_MOUNTS, _NEW_USER, _NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1
_START_S = 10.0
_LOOK_S = 0.005

_libc = ctypes.CDLL(None, use_errno=True)


def _call(what: str, result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _leave_the_others() -> None:
    """Enter namespaces of our own.

    Raises:
        OSError: neither being root nor a user namespace gets us there.
    """
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        with suppress(OSError):
            _call("unshare", _libc.unshare(_NEW_MOUNTS | _NEW_NETWORK))
            return
    _call("unshare", _libc.unshare(_NEW_USER | _NEW_MOUNTS | _NEW_NETWORK))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    where = kind.encode() if kind else None
    _call(f"mount {target}", _libc.mount(source.encode(), target.encode(), where, flags, None))


def _furnish(folder: Path) -> None:
    """Have /run/pcscd be the folder's own, hide the drivers of real readers, and bring loopback up."""
    shutil.copy(DRIVERS / "serial" / DRIVER, folder / DRIVER)
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    # By descriptor, since the folder itself may lie under what is about to be hidden.
    held = os.open(folder / SERVICE, os.O_PATH | os.O_DIRECTORY)
    _mount("tmpfs", str(DRIVERS), "tmpfs", 0)
    _mount("tmpfs", "/run", "tmpfs", 0)
    Path("/run/pcscd").mkdir()
    _mount(f"/proc/self/fd/{held}", "/run/pcscd", None, _MS_BIND | _MS_REC)
    os.close(held)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = array.array("B", struct.pack("16sh14x", b"lo", 0))
        fcntl.ioctl(any_socket, _GET_FLAGS, request)
        flags = struct.unpack("16sh14x", request)[1]
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


class _Cell:
    """pcscd in its room."""

    def __init__(self, folder: Path, program: str) -> None:
        self._folder = folder
        self._program = program
        self._service: subprocess.Popen[bytes] | None = None

    def serve(self, door: socket.socket) -> None:
        while True:
            visitor, _ = door.accept()
            with visitor, visitor.makefile("rb") as lines, suppress(ConnectionError):
                for line in lines:
                    self._answer(visitor, line.split())

    def _answer(self, visitor: socket.socket, words: list[bytes]) -> None:
        try:
            match words:
                case [b"start", readers]:
                    self._start(Path(os.fsdecode(readers)))
                case [b"kill", number]:
                    self._kill(int(number))
                case [b"connect", port]:
                    with socket.create_connection(("127.0.0.1", int(port)), _START_S) as card:
                        socket.send_fds(visitor, [b"ok\n"], [card.fileno()])
                    return
                case _:
                    raise ValueError("no such command")
        except (OSError, ValueError) as error:
            visitor.sendall(f"{type(error).__name__}: {error}\n".encode())
        else:
            visitor.sendall(b"ok\n")

    def _start(self, readers: Path) -> None:
        self._kill(signal.SIGKILL)
        for left in Path("/run/pcscd").iterdir():
            left.unlink()
        # Never with --auto-exit: the service would leave when nobody asks for a minute.
        service = self._service = subprocess.Popen([self._program, "--foreground", "--config", str(readers)])
        end = time.monotonic() + _START_S
        while True:
            with socket.socket(socket.AF_UNIX) as asking, suppress(FileNotFoundError, ConnectionRefusedError):
                asking.connect("/run/pcscd/pcscd.comm")
                return
            if service.poll() is not None or time.monotonic() > end:
                raise OSError("pcscd does not start")
            time.sleep(_LOOK_S)

    def _kill(self, number: int) -> None:
        if self._service is not None:
            self._service.send_signal(number)
            self._service.wait(_START_S)
            self._service = None


def main(folder: Path, program: str) -> int:
    """Make the room and serve until killed."""
    try:
        _leave_the_others()
        _furnish(folder)
    except OSError as error:
        print(f"it takes root or user namespaces, and the system gives neither: {error}", file=sys.stderr)  # noqa: T201 - a script's own log
        return NO_ROOM
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / DOOR))
        door.listen()
        _Cell(folder, program).serve(door)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
