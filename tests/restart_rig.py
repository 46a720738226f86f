"""Processes of devices that come and go, in this one: each a hub with devices of its own behind a real socket."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId
from devices.deadline import Deadline
from devices.events import (
    StatusChanged,
)
from devices.local_hub import LocalHub
from devices.registry import AnyDriverSettings
from devices.values import DeviceState, PrintJob, PrintSettlement
from kiosk_app.link.device_link import RemoteHub
from kiosk_app.link.device_words import device_socket
from kiosk_app.link.hub_server import HubServer
from tests.device_bench import Ear
from tests.fake_devices import PRINTER_SETTINGS, READER_SETTINGS, FakePrinter, FakeReader, maker
from tests.hub_rig import (
    PATIENT_LINK,
    PRINTER,
    QUICK,
    READER,
    TWO,
)

ENTRIES: list[AnyDriverSettings] = [READER_SETTINGS, PRINTER_SETTINGS]
RESTARTING = Fault.of("devices.restarting")


class Process:
    """A devices' process in this one: its own devices, hub and server."""

    def __init__(self, folder: Path, printer: FakePrinter | None = None, reader: FakeReader | None = None) -> None:
        self.reader = reader or FakeReader()
        self.printer = printer or FakePrinter()
        self.hub = LocalHub(ENTRIES, maker(self.reader, self.printer), QUICK)
        self.server = HubServer(self.hub, device_socket(folder), pace=PATIENT_LINK)
        self.server.start()
        self.hub.start()

    def hang_up(self) -> None:
        """Be gone for everybody outside."""
        self.server.close()

    def close(self) -> None:
        self.server.close()
        self.hub.close()


class Hall:
    """One place for processes of devices, and those who order from them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack

    def process(self, printer: FakePrinter | None = None, reader: FakeReader | None = None) -> Process:
        process = Process(self.folder, printer, reader)
        self._stack.callback(process.close)
        return process

    def client(self, role: str = "terminal") -> tuple[RemoteHub, Ear]:
        remote = RemoteHub(self.folder, role, ENTRIES, PATIENT_LINK)
        self._stack.callback(remote.close)
        ear = Ear(remote)
        remote.start()
        return remote, ear


JOB_TWO = PrintJob(ActionId(TWO), "certificate", b"%PDF", 1)


class Slow:
    """A print that takes until the test lets it end, or until it is withdrawn."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, job: PrintJob, until: Deadline, _: Callable[[Fault | None], None]) -> PrintSettlement:
        self.begun.set()
        while not self.go_on.is_set() and not until.cancelled:
            self.go_on.wait(0.01)
        outcome = PrintOutcome.UNKNOWN if until.cancelled else PrintOutcome.SENT
        return PrintSettlement(job.action, outcome, sheets=job.sheets, evidence="driver")


def online(ear: Ear, since: int = 0) -> None:
    def is_online(event: StatusChanged, device: DeviceId) -> bool:
        return event.device == device and event.status.state is DeviceState.ONLINE

    for device in (READER, PRINTER):
        ear.await_event(StatusChanged, partial(is_online, device=device), since)
