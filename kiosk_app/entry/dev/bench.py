"""The bench: every simulator of a demonstration, central, and the hands that play with them.

It makes a simulator for each device of the terminal's configuration whose port is not there already,
so that real hardware can stand in for any of them. `do` is the one door: the panel, the tour and
tests all go through it.
"""

import contextlib
import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import assets
from devices.registry import CupsSettings, SdtSerialSettings, SerialScannerSettings
from devices.sim.cable import Cable
from devices.sim.card_text import card_bytes
from devices.sim.lifeline import Lifeline
from devices.sim.printer_ipp import PrintBench
from devices.sim.scanner_pty import SUFFIXES, Scanner
from devices.sim.sdt_pty import SdtModule
from kiosk_app.agent.exchange import CentralTrouble
from kiosk_app.agent.joining import let_in
from kiosk_app.base.machine_settings import Settings
from kiosk_app.entry.dev.demo import Place
from kiosk_app.entry.dev.more_hardware import part_for
from kiosk_app.entry.dev.sheets import codes_on

SHEET_S = 1.6
"""How long a sheet takes in the demonstration: long enough to be seen."""

SYNC_EVERY_S = 5.0
"""The pace that central tells the terminal: quick enough for somebody who watches."""


HELD_S = 1.0
"""How long a code is held before the scanner, which reads it several times meanwhile."""


class BenchError(Exception):
    """The bench cannot do that; the message says why."""


class Bench:
    """Simulators, central and cable of one demonstration."""

    def __init__(
        self, here: Place, settings: Settings, *, seconds_per_sheet: float = SHEET_S, sync_every_s: float = SYNC_EVERY_S
    ) -> None:
        self._here = here
        self._settings = settings
        self._sync_every_s = sync_every_s
        self._people = {person["id"]: person for person in assets.demonstration_people()}
        self._card = ""
        self._lock = threading.RLock()
        self._central: Lifeline | None = None
        self.cable = Cable(here.cable_port, here.central_port)
        self.reader: SdtModule | None = None
        self.scanner: Scanner | None = None
        self.printer: PrintBench | None = None
        self._more = [part for one in settings.devices if (part := part_for(one, self._people)) is not None]
        for device in settings.devices:
            match device:
                case SdtSerialSettings(port=port) if not Path(port).exists() or Path(port).is_symlink():
                    self.reader = SdtModule(Path(port))
                case SerialScannerSettings(port=port) if not Path(port).exists() or Path(port).is_symlink():
                    self.scanner = Scanner(Path(port), device.baud, SUFFIXES[device.suffix], device.family)
                case CupsSettings(server=server, queue=queue) if _is_ours(server, here):
                    self.printer = PrintBench(
                        here.state / "printer",
                        queue,
                        server_socket=Path(server),
                        printer_port=here.printer_port,
                        seconds_per_sheet=seconds_per_sheet,
                    )
                case _:
                    pass

    @property
    def environment(self) -> dict[str, str]:
        """What the terminal's processes need to find this hardware."""
        return {name: value for part in self._more for name, value in part.environment.items()}

    def start(self) -> None:
        """Switch everything on; returns when a citizen could come."""
        for part in self._more:
            part.start()
        printing = threading.Thread(target=self.printer.start) if self.printer is not None else None
        if printing is not None:
            printing.start()
        if self.reader is not None:
            self.reader.plug()
        if self.scanner is not None:
            self.scanner.plug()
        self._prepare_central()
        self.start_central()
        self.cable.plug()
        self._enrol()
        if printing is not None:
            printing.join()

    def stop(self) -> None:
        """Switch everything off. Safe twice."""
        self.cable.pull()
        if self.reader is not None:
            self.reader.unplug()
        if self.scanner is not None:
            self.scanner.unplug()
        if self.printer is not None:
            self.printer.stop()
        for part in self._more:
            part.stop()
        self.stop_central()

    def do(self, name: str, value: str = "") -> Any:
        """Do one deed by name.

        Raises:
            BenchError: there is no such deed or person, or no simulator for it.
        """
        with self._lock:
            act = self._deeds().get(name)
            if act is None:
                raise BenchError(f"the bench cannot {name!r}; it can {', '.join(sorted(self._deeds()))}")
            return act(value)

    def state(self) -> dict[str, Any]:
        """What a person standing at the bench sees."""
        with self._lock:
            machine = self.printer.machine() if self.printer is not None else None
            return {
                "card": self._card if self.reader is not None and self.reader.card_lies else "",
                "reader": self.reader is not None and self.reader.plugged,
                "scanner": self.scanner is not None and self.scanner.plugged,
                "printer": self.printer is not None and self.printer.powered,
                "paper": machine is not None and machine.paper > 0,
                "jammed": machine is not None and machine.jammed,
                "network": self.cable.plugged,
                "central": self._central is not None and self._central.alive,
                "sheets": len(self.printer.tray()) if self.printer is not None else 0,
                **{name: value for part in self._more for name, value in part.state().items()},
            }

    def _deeds(self) -> dict[str, Callable[[str], Any]]:
        deeds: dict[str, Callable[[str], Any]] = {
            "state": lambda _: self.state(),
            "people": lambda _: [
                {"id": key, "name": p["card"]["name"], "note": p["note"]} for key, p in self._people.items()
            ],
            "cable.pull": lambda _: self.cable.pull(),
            "cable.plug": lambda _: self.cable.plug(),
            "cable.stall": lambda value: self.cable.stall(value != "off", answers_only=value == "answers"),
            "central.stop": lambda _: self.stop_central(),
            "central.kill": lambda _: self.kill_central(),
            "central.start": lambda _: self.start_central(),
            "central.case": self._case,
        }
        for part in self._more:
            deeds |= part.deeds()
        if self.reader is not None:
            reader = self.reader
            deeds |= {
                "card.lay": self._lay,
                "card.lift": lambda _: reader.lift(),
                "card.lift_while_reading": lambda value: reader.lift_during_read(int(value) if value else None),
                "reader.unreadable": lambda value: reader.unreadable(value != "off"),
                "reader.slow": lambda value: reader.slow(float(value or 0)),
                "reader.silent": lambda value: reader.silent(value != "off"),
                "reader.garble": lambda value: reader.garble(int(value or 1)),
                "reader.unplug": lambda _: reader.unplug(),
                "reader.plug": lambda _: reader.plug(),
                "reader.last": lambda _: self._last_reading(),
            }
        if self.scanner is not None:
            scanner = self.scanner
            deeds |= {
                "code.scan": self._hold,
                "code.scan_last_sheet": lambda _: self._hold_last_sheet(),
                "code.take_away": lambda _: scanner.take_away(),
                "code.unplug": lambda _: scanner.unplug(),
                "code.plug": lambda _: scanner.plug(),
            }
        if self.printer is not None:
            printer = self.printer
            deeds |= {
                "paper.empty": lambda _: printer.empty_paper(),
                "paper.load": lambda _: printer.load_paper(),
                "paper.empty_during_next_job": lambda value: printer.empty_paper_during_next_job(int(value or 0)),
                "paper.jam": lambda _: printer.jam(),
                "paper.clear_jam": lambda _: printer.clear_jam(),
                "printer.off": lambda _: printer.power_off(),
                "printer.on": lambda _: printer.power_on(),
                "printer.hold_next": lambda _: printer.hold_next_job(),
                "printer.release": lambda _: printer.release(),
                "printer.repair": lambda _: printer.repair(),
                "printer.await_job": printer.wait_until_it_has,
                "spooler.kill": lambda _: printer.kill_spooler(),
                "spooler.start": lambda _: printer.start_spooler(),
                "tray": lambda _: [
                    {"job": sheet.job, "page": sheet.page, "document": str(printer.document(sheet))}
                    for sheet in printer.tray()
                ],
            }
        return deeds

    def _who_there_is(self) -> list[dict[str, Any]]:
        return [{"id": key, "name": who["card"]["name"], "note": who["note"]} for key, who in self._people.items()]

    def _lay(self, person: str) -> None:
        if person not in self._people:
            raise BenchError(f"there is no person {person!r}; there are {', '.join(self._people)}")
        assert self.reader is not None
        self.reader.lay(card_bytes(self._people[person]["card"]))
        self._card = person

    def _hold(self, text: str) -> None:
        """Hold a code before the scanner for a moment."""
        assert self.scanner is not None
        if not self.scanner.plugged:
            raise BenchError("the scanner is unplugged")
        self.scanner.hold(text, HELD_S, identifier="]Q1")

    def _hold_last_sheet(self) -> None:
        """Hold the newest sheet of the tray before the scanner."""
        tray = self.printer.tray() if self.printer is not None else ()
        if self.printer is None or not tray:
            raise BenchError("no sheet was printed yet")
        found = codes_on(self.printer.document(tray[-1]), tray[-1].page)
        if not found:
            raise BenchError("there is no code on the sheet")
        self._hold(found[0])

    def _last_reading(self) -> dict[str, float] | None:
        reading = self.reader.last_reading if self.reader is not None else None
        return None if reading is None else {name: getattr(reading, name) for name in reading.__slots__}

    def _case(self, receipt: str) -> dict[str, Any] | None:
        """What central holds of a case, by receipt number; read from its database, as an auditor would."""
        query = (
            "select c.id, c.stage, c.verdict, d.verification_code, r.case_id is not null, r.grade from cases c "
            "left join documents d on d.case_id = c.id left join ratings r on r.case_id = c.id "
            "where c.receipt_number = ?"
        )
        with contextlib.closing(sqlite3.connect(f"file:{self._here.state / 'central.sqlite'}?mode=ro", uri=True)) as db:
            row = db.execute(query, (receipt,)).fetchone()
        names = ("case", "stage", "verdict", "verification_code", "rated", "grade")
        return dict(zip(names, row, strict=True)) if row is not None else None

    def start_central(self) -> None:
        """Start central and return when it answers. Does nothing when it runs."""
        if self._central is not None and self._central.alive:
            return
        log = self._here.state / "central.log"
        listen = f"127.0.0.1:{self._here.central_port}"
        command = [*_central("serve", self._here), "--listen", listen, "--sync-every", str(self._sync_every_s)]
        self._central = Lifeline(command, log)
        _wait_for_port(self._here.central_port, self._central, log)

    def stop_central(self) -> None:
        """End central. Safe twice."""
        if self._central is not None:
            self._central.stop()

    def kill_central(self) -> None:
        """End central as a crash would, in mid-request or not."""
        if self._central is not None:
            self._central.kill()

    def _prepare_central(self) -> None:
        """Bring the database up to this release."""
        for command in ("migrate", "demo-data"):
            _run(_central(command, self._here))

    def _enrol(self) -> None:
        """Have the terminal known to central, as a person would who brings a code from there to here."""
        kiosk = self._settings.kiosk
        if not kiosk.identity_file.exists():
            code = json.loads(_run([*_central("enrol", self._here), "--json", kiosk.id]))["code"]
            try:
                let_in(self._settings, code)
            except CentralTrouble as trouble:
                raise BenchError(f"central does not take the terminal: {trouble}") from None


def _central(command: str, here: Place) -> list[str]:
    return [sys.executable, "-m", "central", command, "--database", here.database_url]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command[2:4])} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def _is_ours(server: str, here: Place) -> bool:
    """Whether a printer's server is for the bench to start: a socket of its own folder, or none yet."""
    path = Path(server)
    return path.is_absolute() and (path.is_relative_to(here.sockets) or not path.exists())


def _wait_for_port(port: int, process: Lifeline, log: Path) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if not process.alive:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            threading.Event().wait(0.05)
        else:
            return
    raise BenchError(f"central does not answer on port {port}; it said: {log.read_text('utf-8')[-500:]}")
