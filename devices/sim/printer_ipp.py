"""The A4 printer's bench: ippeveprinter behind a private CUPS, and a technician's hands.

The printer is a program of others that speaks IPP Everywhere; this only moves paper, covers and the
power switch. Everything listens on loopback or a Unix socket, several benches can run side by side,
and every process ends with the one that started it.
"""

import os
import shlex
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self

from contract.ids import ActionId
from devices.deadline import Deadline
from devices.drivers.cups_device import WitnessedPrinter
from devices.drivers.ipp_peer import IppPeer, asked_by, printer_uri
from devices.drivers.ipp_state import split_reason
from devices.drivers.ipp_wire import Attribute, Operation, Tag, integer, strings
from devices.errors import DeviceError
from devices.sim.a4_machine import SERVICE_JOB, Machine, MachineFolder, Sheet
from devices.sim.cups_stack import MAX_SOCKET_PATH, CupsStack, program
from devices.sim.lifeline import Lifeline

START_S = 30.0
POLL_S = 0.02
_BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class PrintBench:
    """One simulated printer with its spooler. A context manager; or call `start` and `stop`.

    Args:
        folder: everything lives here; the same folder again is the same printer with the same tray.
        queue: the queue's name.
        server_socket: where cupsd listens.
        printer_port: where the printer listens, on loopback.
        seconds_per_sheet: how long a sheet takes to come out.
    """

    def __init__(
        self, folder: Path, queue: str, *, server_socket: Path, printer_port: int, seconds_per_sheet: float = 0.3
    ) -> None:
        self.folder, self.queue, self._port = folder, queue, printer_port
        self._seconds_per_sheet = seconds_per_sheet
        self._machine = MachineFolder(folder)
        self.cups = CupsStack(folder, queue, server_socket)
        self._bus: Lifeline | None = None
        self._bus_path = server_socket.with_name(server_socket.name + ".bus")
        self._printer: Lifeline | None = None
        self.uri = f"ipp://localhost:{printer_port}/ipp/print"
        self._told = WitnessedPrinter(self.uri, "bench")

    @property
    def server(self) -> str:
        """What a terminal's configuration calls the printer's ``server``."""
        return str(self.cups.socket)

    @property
    def powered(self) -> bool:
        return self._printer is not None and self._printer.alive

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Switch everything on and return when a print could be ordered."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._machine.make()
        self._start_bus()
        self.power_on()
        self.cups.start()
        self.cups.add_queue(self.uri)

    def stop(self) -> None:
        """End every process. Safe twice."""
        self.cups.stop()
        for child in (self._printer, self._bus):
            if child is not None:
                child.stop()
        self._told.close()

    def discard(self) -> None:
        """End every process and remove what lies outside the folder; the tray stays."""
        self.stop()
        self.cups.discard()

    def _start_bus(self) -> None:
        """Start the bus that ippeveprinter insists on; no service is on it."""
        if len(os.fsencode(self._bus_path)) > MAX_SOCKET_PATH:
            raise ValueError(f"a Unix socket's path has at most {MAX_SOCKET_PATH} bytes: {self._bus_path}")
        self._bus_path.unlink(missing_ok=True)
        configuration = self.folder / "bus.conf"
        configuration.write_text(_BUS_CONFIGURATION.format(path=self._bus_path))
        command = [program("dbus-daemon"), f"--config-file={configuration}", "--nofork", "--nopidfile"]
        self._bus = Lifeline(command, self.folder / "bus.log")
        self._wait_for("the private bus", self._bus, self._bus_path.is_socket)

    def power_on(self) -> None:
        """Switch the printer on; it forgets the documents it held, but not its paper."""
        if self.powered:
            return
        memory = self.folder / "memory"
        memory.mkdir(exist_ok=True)
        for left in memory.iterdir():
            left.unlink()
        # fmt: off
        command = [
            program("ippeveprinter"), "-p", str(self._port), "-n", "localhost", "-r", "off", "--no-web-forms",
            "-M", "Demonstration", "-m", "A4 Printer", "-d", str(memory),
            "-f", "application/pdf,image/pwg-raster", "-c", str(self._print_command()), self.queue,
        ]
        # fmt: on
        bus = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._bus_path}"}
        self._printer = Lifeline(command, self.folder / "printer.log", bus)
        self._wait_for("ippeveprinter", self._printer, self._answers)
        self._show()

    def _print_command(self) -> Path:
        """Write the one-line program that ippeveprinter runs for each document."""
        path = self.folder / "print-command"
        root = Path(__file__).parents[2]
        parts = [sys.executable, "-S", "-m", "devices.sim.print_command"]
        arguments = [str(self.folder.absolute()), str(self._seconds_per_sheet)]
        line = f'PYTHONPATH={shlex.quote(str(root))} exec {shlex.join([*parts, *arguments])} "$1"'
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)
        return path.absolute()

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1.0):
            return True
        return False

    def _wait_for(self, what: str, child: Lifeline, ready: Callable[[], bool]) -> None:
        patience = Deadline(START_S)
        while not ready():
            if patience.passed or not child.alive:
                raise RuntimeError(f"{what} does not start; see the logs in {self.folder}")
            patience.pause(POLL_S)

    def power_off(self) -> None:
        """Pull the plug, in mid-sheet or not."""
        if self._printer is not None:
            self._printer.kill()
            self._printer = None

    def kill_spooler(self, signal_number: int = signal.SIGKILL) -> None:
        """End cupsd with a signal and leave it dead."""
        self.cups.kill(signal_number)

    def start_spooler(self) -> None:
        """Start cupsd again."""
        self.cups.start()

    def empty_paper(self) -> None:
        self._change(lambda machine: setattr(machine, "paper", 0))

    def load_paper(self, sheets: int = 250) -> None:
        self._change(lambda machine: setattr(machine, "paper", sheets))

    def empty_paper_during_next_job(self, after_sheets: int = 0) -> None:
        """Let the paper run out once the next job has printed that many sheets."""
        self._change(lambda machine: setattr(machine, "empty_after", after_sheets))

    def jam(self, after_sheets: int | None = None) -> None:
        """Jam now, or once the next job has printed `after_sheets`."""
        if after_sheets is None:
            self._change(lambda machine: setattr(machine, "jammed", True))
        else:
            self._change(lambda machine: setattr(machine, "jam_after", after_sheets))

    def clear_jam(self) -> None:
        self._change(lambda machine: setattr(machine, "jammed", False))

    def open_cover(self) -> None:
        self._change(lambda machine: setattr(machine, "cover_open", True))

    def close_cover(self) -> None:
        self._change(lambda machine: setattr(machine, "cover_open", False))

    def toner_low(self, on: bool = True) -> None:
        self._change(lambda machine: setattr(machine, "toner_low", on))

    def empty_toner(self) -> None:
        self._change(lambda machine: setattr(machine, "toner_empty", True))

    def change_toner(self) -> None:
        """Put a new cartridge in."""

        def renew(machine: Machine) -> None:
            machine.toner_empty = machine.toner_low = False
            machine.toner_percent = 100

        self._change(renew)

    def wear_toner(self, percent: int) -> None:
        """Let so much toner be left, which the printer gives as a figure and not as a reason."""
        self._change(lambda machine: setattr(machine, "toner_percent", percent))

    def hold_next_job(self) -> None:
        """Let the next job wait in the printer, without any reason given, until `release`."""
        self._change(lambda machine: setattr(machine, "hold_next", True))

    def release(self) -> None:
        def free(machine: Machine) -> None:
            machine.held = machine.hold_next = False

        self._change(free)

    def repair(self) -> None:
        """Put everything right: paper in, covers closed, nothing jammed, held or running low."""

        def renew(machine: Machine) -> None:
            vars(machine).update(vars(Machine()))

        self._change(renew)

    def machine(self) -> Machine:
        """The printer's inside as it is now."""
        return self._machine.look()

    def tray(self) -> tuple[Sheet, ...]:
        """Every sheet that ever came out, in order."""
        return self._machine.sheets()

    def document(self, sheet: Sheet) -> Path:
        """The PDF that a sheet was printed from, as the printer received it."""
        return self._machine.output / sheet.file

    def wait_for_sheets(self, count: int, timeout: float = 20.0) -> tuple[Sheet, ...]:
        """Return the tray once it holds `count` sheets in all.

        Raises:
            TimeoutError: it does not by then.
        """
        patience = Deadline(timeout)
        while len(tray := self.tray()) < count:
            if patience.passed:
                raise TimeoutError(f"{len(tray)} of {count} sheets came out")
            patience.pause(POLL_S)
        return tray

    def wait_until_it_has(self, action: str, timeout: float = 20.0) -> None:
        """Return once the printer itself works on the job of that name."""
        patience = Deadline(timeout)
        while not any(not job.state.over for job in self._told.look(ActionId(action)).jobs):
            if patience.passed:
                raise TimeoutError("the job never reached the printer")
            patience.pause(POLL_S)

    def _change(self, change: Callable[[Machine], None]) -> None:
        with self._machine.changing() as machine:
            change(machine)
        if self.powered:
            self._show()

    def _show(self) -> None:
        """Have the printer report what its sensors see.

        While a job runs, the print command does; idle, an empty job makes the printer run it.
        """
        peer = IppPeer("ipp", "localhost", self._port, "/ipp/print", "printer.offline")
        patience = Deadline(START_S)
        while not self._is_shown():
            with suppress(DeviceError, HTTPException):
                peer.ask(
                    Operation.PRINT_JOB,
                    (
                        printer_uri(self.uri),
                        asked_by("bench"),
                        Attribute(Tag.NAME, "job-name", (SERVICE_JOB,)),
                        Attribute(Tag.MIME_TYPE, "document-format", ("application/pdf",)),
                    ),
                    b"%PDF-1.4\n",
                )
            if patience.passed or not self.powered:
                raise RuntimeError("the printer does not show what its sensors see")
            patience.pause(POLL_S)
        peer.close()

    def _is_shown(self) -> bool:
        machine = self._machine.look()
        sight = self._told.look(ActionId(SERVICE_JOB))
        said = strings(sight.printer, "printer-state-reasons")
        shown = {split_reason(reason)[0] for reason in said} - {"none"}
        is_right = shown in (set(machine.reasons(printing=False)), set(machine.reasons(printing=True)))
        is_right = is_right and integer(sight.printer, "marker-levels") == machine.toner_percent
        return is_right and all(job.state.over for job in sight.jobs)
