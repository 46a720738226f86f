"""A hall for one planted person: the real processes under the real supervisor, and a screen that is only touched."""

import os
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

import assets
from central import demonstration
from central.store import Store
from contract.catalogue import Catalogue
from devices.sim.card_text import card_bytes
from kiosk_app.base.settings import load_screen_settings, load_settings
from kiosk_app.entry.children import Child, ChildPace
from kiosk_app.entry.dev.bench import Bench
from kiosk_app.entry.dev.demo import place, write_configuration
from kiosk_app.entry.notices import Notices
from kiosk_app.entry.supervisor import SERVICES, Family
from tests.campaigns.memory import Found, in_files, in_memory, needles
from tests.device_bench import card, number_18
from tests.e2e.books import Books
from tests.e2e.hall import ITEM
from tests.e2e.terminal import TerminalLog
from tests.e2e.waiting import until
from tests.ports import free_ports

NAME, NUMBER, ADDRESS = "欧阳犇燚", number_18("21010419870613927"), "麒麟市标记区植入巷柒佰玖拾玖号"
UNIT = "植入标记企业甲乙丙"
"""The employer, which only the register knows."""
WORDS = (NAME, NUMBER, ADDRESS, UNIT)
CARD = card(name=NAME, number=NUMBER, address=ADDRESS, birth="19870613")
_REGISTER = "social-insurance.participation"
_PACE = ChildPace(start_s=60.0, again_last_s=0.5)


def planted() -> dict[str, Any]:
    """A person as the demonstration has them, under the planted names."""
    model = next(one for one in assets.demonstration_people() if one["id"] == "zhang-wei")
    record = {**model["registers"][_REGISTER], "person": {"name": NAME, "number": NUMBER}, "unit": UNIT}
    record["schemes"] = [scheme | {"unit": UNIT} for scheme in record["schemes"]]
    return {"id": "planted", "note": model["note"], "card": CARD, "registers": {_REGISTER: record}}


class PrivateHall:
    """One terminal, and everything where a citizen may have left a trace."""

    def __init__(self, folder: Path) -> None:
        self.here = place(folder, free_ports(3))
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        configuration = write_configuration(self.here)
        self.bench = Bench(self.here, load_settings(configuration), seconds_per_sheet=0.05, sync_every_s=1)
        self.log = TerminalLog(self.here.log)
        self._settings = load_screen_settings(configuration)
        self._configuration = configuration
        self._door = self.here.sockets / "touch"
        self._line: socket.socket | None = None
        self._notices = Notices("ui")
        self._ends = ExitStack()

    def start(self) -> None:
        self._ends.callback(self._close_bench)
        self.bench.start()
        store = Store(make_url(self.here.database_url))
        demonstration.load(store, Catalogue.model_validate(assets.seed_catalogue()), [planted()])
        store.close()
        self.books = Books(self.here, self.bench)
        # From here on, for what is started from here: the terminal's processes, not the printer's.
        self._ends.callback(_set_temporary_folder, os.environ.get("TMPDIR"))
        _set_temporary_folder(str(self.temporary))
        self.family = Family(self._settings.kiosk.state_dir, self._configuration, SERVICES)
        self._ends.callback(self.family.stop)
        self.family.start()
        command = [sys.executable, "-m", "tests.campaigns.touched_screen", str(self._configuration), str(self._door)]
        complaints = self.here.state / "ui.stderr"
        self.screen = Child(
            "ui", command, complaints, lambda: self._notices.silent_s, _PACE, environment=self._notices.environment
        )
        self._ends.callback(self._notices.close)
        self._ends.callback(self.screen.stop)
        self.screen.start()
        self.log.until("screen.ready")

    def pid(self, name: str) -> int:
        child = self.screen if name == "ui" else self.family.children[name]
        return until(f"a process of {name}", lambda: child.pid)

    def touch(self, name: str) -> None:
        """Touch a thing as soon as it can be touched; the screen's process may be a new one."""
        until(f"{name} to be touchable", lambda: self._touched(name), 60, every_s=0.05)

    def _touched(self, name: str) -> bool:
        try:
            if self._line is None:
                self._line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self._line.connect(str(self._door))
            self._line.send(name.encode())
            return self._line.recv(8) == b"yes"
        except OSError:
            self._hang_up()
            return False

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def visit(self) -> str:
        """Let the planted person come as far as the paper; return the receipt."""
        self.to_the_record()
        self.touch("confirm")
        receipt = str(self.log.until("case.committed")["receipt"])
        self.log.until("print.settled", outcome="sent")
        return receipt

    def to_the_record(self) -> None:
        """Let the planted person come as far as the record."""
        self.log.mark()
        self.touch("begin")
        self.touch(f"item-{ITEM}")
        self.touch("consent")
        assert self.bench.reader is not None
        self.bench.reader.lay(card_bytes(CARD))
        self.log.until("lookup.answered")

    def leave(self) -> None:
        """Rate, take the card and go."""
        self.touch("rate-1")
        self.bench.do("card.lift")
        self.touch("leave")
        self.log.until("visit.ended")

    def write_support_bundle(self) -> None:
        """Make what goes to whoever helps from afar, and unpack it where it is searched."""
        to = self.here.state / "support.tar.gz"
        command = [sys.executable, "-m", "kiosk_app", "ctl", "--config", str(self._configuration), "support-bundle"]
        subprocess.run([*command, "--out", str(to)], check=True, capture_output=True)
        with tarfile.open(to) as bundle:
            for entry in bundle.getmembers():
                part = bundle.extractfile(entry)
                assert part is not None
                (self.here.state / f"support-{Path(entry.name).name}").write_bytes(part.read())

    def remembered_by(self, name: str) -> list[Found]:
        return in_memory(self.pid(name), needles(WORDS))

    def written(self) -> list[Found]:
        """What files hold of the person, but for the citizen's own sheets and central's database."""
        return [one for one in self._in_files() if not _is_meant(one.where)]

    def where_it_belongs(self) -> list[Found]:
        """What the citizen's own sheets and central's database hold of the person."""
        return [one for one in self._in_files() if _is_meant(one.where)]

    def _in_files(self) -> list[Found]:
        assert self.bench.printer is not None
        printer = self.bench.printer
        folders = {self.here.state, self.here.sockets, self.temporary, printer.folder, printer.cups.work}
        return in_files(folders, needles(WORDS))

    def close(self) -> None:
        self._hang_up()
        self._ends.close()

    def _close_bench(self) -> None:
        self.bench.stop()
        if self.bench.printer is not None:
            self.bench.printer.discard()


def _set_temporary_folder(path: str | None) -> None:
    if path is None:
        os.environ.pop("TMPDIR", None)
    else:
        os.environ["TMPDIR"] = path


def _is_meant(where: str) -> bool:
    path = Path(where)
    return path.name.startswith("central.sqlite") or path.parent.name == "tray"


@contextmanager
def a_private_hall(folder: Path) -> Iterator[PrivateHall]:
    """A hall that opens and closes."""
    hall = PrivateHall(folder)
    try:
        hall.start()
        yield hall
    finally:
        hall.close()
