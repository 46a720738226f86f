"""What others hold of a citizen's business: central's database, the printer's tray, and stray files.

Read from outside, as an auditor would: no part of the product is asked whether it did right.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assets
from devices.drivers.cups_spooler import Spooler
from kiosk_app.entry.dev.bench import Bench
from kiosk_app.entry.dev.demo import Place
from tests.e2e.waiting import until


@dataclass(frozen=True)
class CentralCase:
    """A case as central holds it."""

    case: str
    stage: str
    verdict: str | None
    prints: tuple[tuple[str, str | None], ...]
    """Every print that was intended: its action and its outcome."""
    rated: bool
    grade: int | None


class Books:
    """Central's database and the printer's tray."""

    def __init__(self, here: Place, bench: Bench) -> None:
        assert bench.printer is not None
        self._database = here.state / "central.sqlite"
        self._printer = bench.printer

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Ask central's database."""
        with self._opened() as database:
            return database.execute(query, values).fetchall()

    def _opened(self) -> contextlib.closing[sqlite3.Connection]:
        return contextlib.closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True))

    def case(self, receipt: str) -> CentralCase | None:
        """The case of a receipt as it is at one moment; there is never more than one."""
        with self._opened() as database:
            database.execute("begin")  # central goes on writing: what one question answers must fit the next
            query = "select id, stage, verdict from cases where receipt_number = ?"
            found = database.execute(query, (receipt,)).fetchall()
            assert len(found) <= 1, f"central holds {receipt} {len(found)} times"
            if not found:
                return None
            case, stage, verdict = found[0]
            ratings = database.execute("select grade from ratings where case_id = ?", (case,)).fetchall()
            query = "select action_id, outcome from print_actions where case_id = ?"
            prints = database.execute(query, (case,)).fetchall()
        grade = ratings[0][0] if ratings else None
        return CentralCase(case, stage, verdict, tuple((str(p[0]), p[1]) for p in prints), bool(ratings), grade)

    def until_closed(self, receipt: str) -> CentralCase:
        """Wait until central holds a case to its end."""

        def closed() -> CentralCase | None:
            case = self.case(receipt)
            return case if case is not None and case.verdict is not None and case.stage == "closed" else None

        return until(f"{receipt} to be closed at central", closed, every_s=0.05, said=lambda: str(self.case(receipt)))

    def until_rated(self, receipt: str) -> CentralCase:
        """Wait until central knows how, or that not, a case was rated."""

        def rated() -> CentralCase | None:
            case = self.case(receipt)
            return case if case is not None and case.rated else None

        return until(f"the rating of {receipt} at central", rated, every_s=0.05, said=lambda: str(self.case(receipt)))

    def was_intended(self, receipt: str) -> bool:
        """Whether the terminal noted the intent to print before it was stopped; without it nothing can come out."""
        query = "select sheets_intended from print_actions join cases on cases.id = case_id where receipt_number = ?"
        return any(row[0] is not None for row in self.rows(query, receipt))

    def count_cases(self) -> int:
        """How many cases central holds in all."""
        return int(self.rows("select count(*) from cases")[0][0])

    def newest_sequence(self) -> int:
        """The highest number of an event that central holds."""
        return int(self.rows("select coalesce(max(sequence), 0) from inbox")[0][0])

    def assert_unbroken(self) -> None:
        """Every event that a terminal wrote is there once, in order, and was understood."""
        assert not self.rows("select sequence, kind, state, reason from inbox where state <> 'applied'")
        for installation, count, first, last, ids in self.rows(
            "select installation_id, count(*), min(sequence), max(sequence), count(distinct event_id)"
            " from inbox group by installation_id"
        ):
            assert (first, last, ids) == (1, count, count), f"the journal of {installation} has gaps or doubles"

    def sheets(self, action: str) -> int:
        """How many sheets of a print came out."""
        return sum(1 for sheet in self._printer.tray() if sheet.job == action)

    def all_sheets(self) -> int:
        """How many sheets came out in all."""
        return len(self._printer.tray())

    def until_nothing_waits(self) -> None:
        """Wait until no job is left in the spooler that could still come out."""
        spooler = Spooler(self._printer.server, self._printer.queue)
        until("the spooler to be empty", lambda: all(job.state.over for job in spooler.jobs()), every_s=0.1)
        spooler.close()


def traces(person: str, here: Place, bench: Bench) -> list[Path]:
    """Every file of the terminal, its spooler and its simulators that holds the person's name or number.

    Left out are the sheets in the tray, which are the citizen's, and central's database, which is where
    the case belongs.
    """
    assert bench.printer is not None
    roots = {here.state, here.sockets, bench.printer.folder, bench.printer.cups.work}
    needles = _needles(person)
    return [path for path in sorted(set(_files(roots))) if any(needle in _content(path) for needle in needles)]


def central_holds(person: str, here: Place) -> bool:
    """Whether the search would find the person where they are known to be."""
    held = b"".join(path.read_bytes() for path in here.state.glob("central.sqlite*") if path.is_file())
    return any(needle in held for needle in _needles(person))


def _needles(person: str) -> tuple[bytes, ...]:
    card = next(one["card"] for one in assets.demonstration_people() if one["id"] == person)
    words = (card["name"], card["number"], card["address"])
    return tuple(word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "utf-16-be"))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # gone since it was listed
        return b""


def _files(roots: set[Path]) -> Iterator[Path]:
    for root in roots:
        for path in root.rglob("*"):
            ours = path.name.startswith("central.sqlite") or path.parent.name == "tray" or path.name == "cupsd"
            if path.is_file() and not ours:
                yield path
