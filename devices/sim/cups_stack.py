"""A private cupsd with a terminal's configuration, as root or as an ordinary user.

It uses `packaging/cups/cupsd.conf` itself, so what the tests show holds for what is shipped. It
listens on one Unix socket and touches nothing outside its folders. Two hazards of a borrowed daemon:
AppArmor confines /usr/sbin/cupsd by its path, so a copy runs; and as root it hands files to user lp,
who cannot enter a private folder, so then its files live in a folder of their own in /tmp.
"""

import grp
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from devices.deadline import Deadline
from devices.drivers.cups_spooler import Spooler
from devices.drivers.ipp_wire import strings
from devices.errors import Absent
from devices.sim.lifeline import Lifeline

PACKAGED = Path(__file__).parents[2] / "packaging" / "cups" / "cupsd.conf"
RAW_MODEL = "Local Raw Printer"
START_S = 30.0
POLL_S = 0.02
MAX_SOCKET_PATH = 107


def program(name: str) -> str:
    """Find a system program, also where an ordinary user's path does not look.

    Raises:
        FileNotFoundError: it is not installed.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def _everybody_can_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents))


def _working_folder(folder: Path) -> Path:
    """Return a folder that cupsd and its filters can work in; the same one each time."""
    link = folder / "cups"
    if os.geteuid() != 0 or _everybody_can_enter(folder):
        link.mkdir(exist_ok=True)
        return link
    if not link.is_dir() or link.stat().st_uid != 0:
        link.unlink(missing_ok=True)
        outside = Path(tempfile.mkdtemp(prefix="kiosk-cups-"))
        outside.chmod(0o711)
        link.symlink_to(outside)
    return link.resolve()


class CupsStack:
    """cupsd and one queue."""

    def __init__(self, folder: Path, queue: str, server_socket: Path) -> None:
        if len(os.fsencode(server_socket)) > MAX_SOCKET_PATH:
            raise ValueError(f"a Unix socket's path has at most {MAX_SOCKET_PATH} bytes: {server_socket}")
        self._folder, self._queue, self.socket = folder, queue, server_socket
        self._daemon: Lifeline | None = None
        self._work = folder

    @property
    def spool(self) -> Path:
        """Where jobs and, while they run, their documents lie."""
        return self._work / "spool"

    @property
    def work(self) -> Path:
        """Everything cupsd writes to lies under here."""
        return self._work

    @property
    def pid(self) -> int:
        """The process of cupsd itself; 0 before the first start."""
        return 0 if self._daemon is None else self._daemon.pid

    @property
    def running(self) -> bool:
        return self._daemon is not None and self._daemon.alive

    def start(self, changes: Mapping[str, str] | None = None) -> None:
        """Start cupsd as a terminal's service manager does: documents of an earlier life go first.

        `changes` are texts of its configuration and what stands there instead, as on a terminal that was set
        up differently.
        """
        self._work = _working_folder(self._folder)
        self._configure(changes or {})
        for left in (*self.spool.glob("[ad]*"), *(self._work / "drafts").glob("*")):
            if left.is_file():
                left.unlink()
        self.socket.unlink(missing_ok=True)
        # Its own name for the program keeps the distribution's AppArmor profile off it.
        binary = self._work / "cupsd"
        if not binary.exists():
            shutil.copy(program("cupsd"), binary)
        command = [str(binary), "-f", "-c", str(self._work / "cupsd.conf"), "-s", str(self._work / "cups-files.conf")]
        self._daemon = Lifeline(command, self._folder / "cupsd.log")
        self._wait_until_it_answers()

    def _configure(self, changes: Mapping[str, str]) -> None:
        for name in ("root", "spool", "cache", "state", "drafts"):
            (self._work / name).mkdir(exist_ok=True)
        group = "root" if os.geteuid() == 0 else grp.getgrgid(os.getegid()).gr_name
        lines = [
            f"ServerRoot {self._work}/root",
            f"RequestRoot {self.spool}",
            f"CacheDir {self._work}/cache",
            f"StateDir {self._work}/state",
            f"TempDir {self._work}/drafts",
            f"ErrorLog {self._work}/error_log",
            f"AccessLog {self._work}/access_log",
            f"PageLog {self._work}/page_log",
            f"SystemGroup {group}",
            "Printcap",
        ]
        if os.geteuid() == 0:
            lines += ["User lp", "Group lp"]
        (self._work / "cups-files.conf").write_text("\n".join(lines) + "\n")
        packaged = PACKAGED.read_text(encoding="utf-8")
        listen = "Listen /run/cups/cups.sock"
        if listen not in packaged:
            raise ValueError(f"{PACKAGED} does not hold the line “{listen}”")
        text = packaged.replace(listen, f"Listen {self.socket}")
        for stands, instead in changes.items():
            if stands not in text:
                raise ValueError(f"{PACKAGED} does not hold “{stands}”")
            text = text.replace(stands, instead)
        (self._work / "cupsd.conf").write_text(text)

    def _wait_until_it_answers(self) -> None:
        spooler = Spooler(str(self.socket), self._queue)
        patience = Deadline(START_S)
        while True:
            try:
                spooler.queue()
            except Absent as error:
                if error.fault.code == "printer.absent":
                    break  # it answers, only the queue is still to be made
                if not self.running or patience.passed:
                    raise RuntimeError(f"cupsd does not start; see {self._folder / 'cupsd.log'}") from error
                patience.pause(POLL_S)
            else:
                break
        spooler.close()

    def add_queue(self, device_uri: str) -> None:
        """Make the queue with the printer's own description; an existing one is made anew."""
        # fmt: off
        command = [
            program("lpadmin"), "-h", str(self.socket), "-p", self._queue, "-v", device_uri, "-m", "everywhere",
            "-o", "printer-error-policy=abort-job", "-E",
        ]
        # fmt: on
        environment = {**os.environ, "CUPS_SERVER": str(self.socket), "LC_ALL": "C"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=START_S, check=False)
        if done.returncode:
            raise RuntimeError(f"lpadmin: {done.stderr.strip()}")
        # cupsd reads the new description after it has answered; a job before that would go out raw.
        spooler = Spooler(str(self.socket), self._queue)
        patience = Deadline(START_S)
        while strings(spooler.queue(), "printer-make-and-model") in ((), (RAW_MODEL,)):
            if patience.passed:
                raise RuntimeError("the queue stays raw")
            patience.pause(POLL_S)
        spooler.close()

    def set_option(self, name: str, value: str) -> None:
        """Change one option of the queue, as an administrator does."""
        command = [program("lpadmin"), "-h", str(self.socket), "-p", self._queue, "-o", f"{name}={value}"]
        environment = {**os.environ, "CUPS_SERVER": str(self.socket)}
        subprocess.run(command, env=environment, check=True, timeout=START_S)

    def pause(self) -> None:
        """Stop the queue, as an administrator does."""
        self._administer("cupsdisable")

    def stop_by_itself(self) -> None:
        """Stop the queue with the message of a backend that gave up, as CUPS does on its own."""
        self._administer("cupsdisable", "-r", "Printer stopped due to backend errors")

    def resume(self) -> None:
        """Let the queue print again."""
        self._administer("cupsenable")

    def _administer(self, command: str, *options: str) -> None:
        environment = {**os.environ, "CUPS_SERVER": str(self.socket)}
        subprocess.run([program(command), *options, self._queue], env=environment, check=True, timeout=START_S)

    def kill(self, signal_number: int = signal.SIGKILL) -> None:
        """End cupsd with a signal; filters and backends go with it, as in a control group."""
        if self._daemon is not None:
            self._daemon.kill(signal_number)

    def stop(self) -> None:
        """End cupsd. Its jobs' history stays for the next start in the same folder. Safe twice."""
        if self._daemon is not None:
            self._daemon.stop()
            self._daemon = None

    def discard(self) -> None:
        """Remove the folder outside, if there is one."""
        self.stop()
        link = self._folder / "cups"
        if link.is_symlink():
            shutil.rmtree(link.resolve(), ignore_errors=True)
            link.unlink()
