"""A terminal whose disk is a file system of a few megabytes in a mount namespace of its agent alone.

The agent is the real process; what happens to its disk is done from outside, through the process' own view
of it. Printer, spooler, drivers and central are the bench's.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import assets
from contract.cases import CaseStage, Receipt
from contract.ids import LookupId, VisitId, new_id
from contract.lookups import LookupRequest
from contract.persons import RESIDENT_CARD, Applicant
from kiosk_app.base.settings import load_screen_settings
from kiosk_app.link.desk import CaseProgress, CommitRequest, Rating
from kiosk_app.link.desk_client import RemoteDesk
from tests.campaigns.kill_hall import ENVIRONMENT, PERSON, KillHall
from tests.campaigns.scripted_citizen import ITEM, REGISTER
from tests.e2e.waiting import until
from tests.fakes import Ear

SIZE_MB = 64
_ROOM = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=0700"]
_FILLER = "filler"
_STEP = 64 * 1024


class DiskHall(KillHall):
    """The hall with the agent on a disk of its own, and a screen that is a link."""

    def start(self) -> None:
        self.bench.start()
        self.state = self.here.state / "terminal"
        identity = self.state / "identity"
        self._kept = self.here.state / "identity-kept"
        identity.rename(self._kept)  # enrolled already: brought to the small disk when it is there
        self._agent: subprocess.Popen[bytes] | None = None
        self._deviced = subprocess.Popen(self._command("deviced"), env={**os.environ, **ENVIRONMENT})
        self.ear = Ear()
        self.desk = RemoteDesk(load_screen_settings(self.configuration).kiosk.sockets)
        self.desk.subscribe(self.ear)
        self.desk.start()

    def start_agent(self, *, read_only: bool = False) -> None:
        """Start the agent on an empty disk of its own, which may be written or not."""
        there = f"{' '.join(_ROOM)} tmpfs {self.state} && cp -r {self._kept} {self.state}/identity"
        locked = f" && mount -o remount,ro {self.state}" if read_only else ""
        script = f'{there}{locked} && exec "$@"'
        command = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        command += ["sh", "-c", script, "sh", *self._command("agentd")]
        with self.complaints.open("ab") as errors:
            self._agent = subprocess.Popen(command, env={**os.environ, **ENVIRONMENT}, stderr=errors)
        self.desk.catalogue().result(60)

    @property
    def disk(self) -> Path:
        """The agent's state folder, as the agent sees it."""
        assert self._agent is not None
        return Path(f"/proc/{self._agent.pid}/root{self.state}")

    def fill(self, leave_bytes: int = 0) -> None:
        """Fill the disk but for so many bytes."""
        with (self.disk / _FILLER).open("ab", buffering=0) as filler:
            while (left := _free(self.disk) - leave_bytes) > 0:
                try:
                    filler.write(bytes(min(left, _STEP)))
                except OSError:
                    return  # full

    def make_room(self) -> None:
        (self.disk / _FILLER).unlink()

    def allow_writing(self) -> None:
        """Mount the disk for writing again, in the agent's own view."""
        assert self._agent is not None
        enter = ["nsenter", f"--target={self._agent.pid}", "--mount", *([] if os.geteuid() == 0 else ["--user"])]
        subprocess.run([*enter, "mount", "-o", "remount,rw", str(self.state)], check=True)

    def visit(self) -> VisitId:
        visit = VisitId(new_id())
        self.desk.begin_visit(visit).result(60)
        return visit

    def look_up(self, visit: VisitId) -> CommitRequest:
        """Ask the register; return what the citizen could confirm."""
        card = next(one["card"] for one in assets.demonstration_people() if one["id"] == PERSON)
        applicant = Applicant(
            name=card["name"], document_type=RESIDENT_CARD, document_number=card["number"], read_by="sdt-serial"
        )
        lookup = LookupId(new_id())
        request = LookupRequest(
            lookup_id=lookup, visit_id=visit, item_id=ITEM, register_name=REGISTER, applicant=applicant
        )
        self.desk.look_up(request).result(60)
        return CommitRequest(visit_id=visit, item_id=ITEM, language="zh", applicant=applicant, lookup_id=lookup)

    def closed(self, receipt: Receipt) -> CaseProgress:
        def over(said: CaseProgress) -> bool:
            return said.case_id == receipt.case_id and said.stage is CaseStage.CLOSED

        return self.ear.wait(CaseProgress, over, 60)

    def printing(self, receipt: Receipt) -> None:
        """Wait until the case's print is with the printer."""

        def there(said: CaseProgress) -> bool:
            return said.case_id == receipt.case_id and said.stage is CaseStage.PRINTING

        self.ear.wait(CaseProgress, there, 60)

    def rate(self, receipt: Receipt, visit: VisitId) -> None:
        self.desk.rate(Rating(visit, receipt.case_id, 1)).result(60)
        self.desk.end_visit(visit).result(60)

    def sheets(self) -> int:
        assert self.bench.printer is not None
        return len(self.bench.printer.tray())

    def end_agent(self) -> None:
        if self._agent is not None:
            self._agent.send_signal(signal.SIGTERM)
            self._agent.wait(30)
            self._agent = None

    def close(self) -> None:
        self.desk.close()
        self.end_agent()
        self._deviced.terminate()
        self._deviced.wait(30)
        super().close()

    def _command(self, name: str) -> list[str]:
        return [sys.executable, "-m", "kiosk_app", name, "--config", str(self.configuration)]


def _free(folder: Path) -> int:
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


@contextmanager
def a_disk_hall(folder: Path) -> Iterator[DiskHall]:
    hall = DiskHall(folder)
    try:
        hall.start()
        until("the drivers", (hall.here.sockets / "links" / "deviced.sock").exists, 60)
        yield hall
    finally:
        hall.close()
