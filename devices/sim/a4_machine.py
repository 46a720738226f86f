"""The mechanics of the simulated A4 printer: what is in its trays and what is wrong with it.

One small file under a lock, because two sides change it: the bench that plays a technician's hands,
and the print command that draws paper. The output tray is append-only: a sheet that came out twice
stands there twice. Standard library only: the print command starts for every job.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

SERVICE_JOB = "service-menu"
"""Name of the job by which the bench makes the idle printer show its state."""


@dataclass
class Machine:
    """What can be seen with the covers open."""

    paper: int = 250
    jammed: bool = False
    cover_open: bool = False
    toner_low: bool = False
    toner_empty: bool = False
    toner_percent: int = 75
    held: bool = False
    hold_next: bool = False
    jam_after: int | None = None
    empty_after: int | None = None

    @property
    def blocked(self) -> bool:
        """Whether no sheet can move."""
        return self.paper <= 0 or self.jammed or self.cover_open or self.toner_empty or self.held

    def reasons(self, *, printing: bool) -> tuple[str, ...]:
        """The state reasons that the printer's sensors give.

        Idle, a tray without paper is "media-needed": ippeveprinter holds any job back at
        "media-empty" and then cannot cancel it.
        """
        found = []
        if self.paper <= 0:
            found += ["media-empty", "media-needed"] if printing else ["media-needed"]
        elif self.paper < 10:
            found.append("media-low")
        if self.jammed:
            found.append("media-jam")
        if self.cover_open:
            found.append("cover-open")
        if self.toner_low:
            found.append("toner-low")
        if self.toner_empty:
            found.append("toner-empty")
        return tuple(found)


@dataclass(frozen=True)
class Sheet:
    """One sheet in the output tray."""

    number: int
    job: str
    page: int
    pages: int
    file: str
    media: str


class MachineFolder:
    """Where the machine's state and its output tray live."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "tray"
        self._state = folder / "machine.json"
        self._ledger = folder / "tray.jsonl"

    def make(self) -> None:
        self.output.mkdir(parents=True, exist_ok=True)
        if not self._state.exists():
            with self.changing():
                pass

    @contextmanager
    def changing(self) -> Iterator[Machine]:
        """Hand the state out for a change and store it."""
        with (self.folder / "machine.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            machine = self._read()
            yield machine
            fresh = self._state.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(machine)))
            fresh.rename(self._state)

    def _read(self) -> Machine:
        return Machine(**json.loads(self._state.read_text())) if self._state.exists() else Machine()

    def look(self) -> Machine:
        """Return the state as it is; changing it changes nothing."""
        return self._read()

    def drop(self, job: str, page: int, pages: int, media: str, document: bytes) -> None:
        """Let a finished sheet fall into the output tray and take one out of the paper tray."""
        with self.changing() as machine:
            machine.paper -= 1
            number = len(self.sheets()) + 1
            if page == 1:
                name = f"{number:04d}-{job}.pdf"
                (self.output / name).write_bytes(document)
            else:
                name = next(sheet.file for sheet in reversed(self.sheets()) if sheet.job == job)
            with self._ledger.open("a", encoding="utf-8") as ledger:
                ledger.write(json.dumps(asdict(Sheet(number, job, page, pages, name, media))) + "\n")

    def sheets(self) -> tuple[Sheet, ...]:
        """Everything that ever came out, in order."""
        if not self._ledger.exists():
            return ()
        lines = self._ledger.read_text(encoding="utf-8").splitlines()
        return tuple(Sheet(**json.loads(line)) for line in lines)
