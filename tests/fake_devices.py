"""Devices for tests of the runtime around them: they implement the production protocols and do as scripted.

A fake never sleeps by itself; what it waits for, it waits for through the deadline it was given or
through an event the test sets.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from contract.cases import PrintOutcome
from contract.fault import Fault
from contract.ids import ActionId, DeviceId
from devices.deadline import Deadline
from devices.errors import Absent, MediaTrouble
from devices.order_kinds import NO_SUCH
from devices.protocol import Device
from devices.registry import (
    AnyDriverSettings,
    CupsSettings,
    DriverSettings,
    OpencvSettings,
    PcscSettings,
    SdtSerialSettings,
    SerialLightsSettings,
    SerialScannerSettings,
)
from devices.values import (
    Advice,
    ChipCard,
    Code,
    DeviceInfo,
    DeviceKind,
    DeviceState,
    DeviceStatus,
    Frame,
    Glow,
    IdentityCard,
    Media,
    Picture,
    PrintJob,
    PrintSettlement,
    Shot,
)
from tests.device_bench import PATIENCE_S

READER_SETTINGS = SdtSerialSettings(id="id-card", kind="identity-reader", driver="sdt-serial", port="/dev/null")
PRINTER_SETTINGS = CupsSettings(id="a4", kind="printer", driver="cups", queue="A4")

SETTINGS: dict[str, AnyDriverSettings] = {
    "identity-reader": READER_SETTINGS,
    "printer": PRINTER_SETTINGS,
    "smart-card": PcscSettings(id="chip-card", kind="smart-card", driver="pcsc"),
    "code-scanner": SerialScannerSettings(id="code", kind="code-scanner", driver="serial-scanner", port="/dev/null"),
    "camera": OpencvSettings(id="document-camera", kind="camera", driver="opencv", source="/dev/null"),
    "lights": SerialLightsSettings(
        id="glow", kind="lights", driver="serial-lights", port="/dev/null", lights={"scanner": 1}
    ),
}
"""The entry of the configuration for a fake of each kind."""

Read = Callable[[Deadline, Callable[[Media], None]], IdentityCard]
ReadChip = Callable[[Deadline, Callable[[Media], None]], ChipCard]
Scan = Callable[[Deadline, Callable[[Code | Fault], None]], None]
Capture = Callable[[Shot, Deadline, Callable[[Frame], None], Callable[[Advice | None], None]], Picture]
Print = Callable[[PrintJob, Deadline, Callable[[Fault | None], None]], PrintSettlement]


@dataclass
class FakeDevice:
    """Plugged in or not; `probes` scripts what the next probes raise."""

    kind: DeviceKind
    plugged: bool = True
    opened: bool = False
    opens: int = 0
    status: DeviceStatus = field(default_factory=lambda: DeviceStatus(DeviceState.ONLINE))
    probes: deque[Exception | None] = field(default_factory=deque)
    probed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    threads: set[str] = field(default_factory=set)

    @property
    def info(self) -> DeviceInfo:
        return DeviceInfo(DeviceId("fake"), self.kind, "fake", serial_number="42")

    def open(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.opens += 1
        self.reach()
        self.opened = True

    def close(self) -> None:
        self.opened = False

    def probe(self) -> DeviceStatus:
        self.threads.add(threading.current_thread().name)
        self.probed.release()
        self.reach()
        error = self.probes.popleft() if self.probes else None
        if error is not None:
            raise error
        return self.status

    def reach(self) -> None:
        if not self.plugged:
            raise Absent(NO_SUCH[self.kind])

    def await_probes(self, count: int) -> None:
        for _ in range(count):
            assert self.probed.acquire(timeout=PATIENCE_S)


@dataclass
class FakeReader(FakeDevice):
    """Does `reads` one after another; then waits for a card that never comes."""

    kind: DeviceKind = "identity-reader"
    reads: deque[Read] = field(default_factory=deque)
    looks: deque[bool | Exception] = field(default_factory=deque)

    def read(self, until: Deadline, say: Callable[[Media], None]) -> IdentityCard:
        self.reach()
        if self.reads:
            return self.reads.popleft()(until, say)
        while not until.passed:
            until.pause(0.01)
            self.reach()
        raise MediaTrouble("card.none_presented")

    def card_present(self, until: Deadline) -> bool:
        until.check()
        self.reach()
        look = self.looks.popleft() if len(self.looks) > 1 else self.looks[0]
        if isinstance(look, Exception):
            raise look
        return look


@dataclass
class FakePrinter(FakeDevice):
    """Does `prints` one after another, then prints at once; `evidence` is what settling finds."""

    kind: DeviceKind = "printer"
    prints: deque[Print] = field(default_factory=deque)
    printed: list[ActionId] = field(default_factory=list)
    evidence: PrintOutcome | Exception = PrintOutcome.UNKNOWN

    def print(self, job: PrintJob, until: Deadline, say: Callable[[Fault | None], None]) -> PrintSettlement:
        self.reach()
        self.printed.append(job.action)
        if self.prints:
            return self.prints.popleft()(job, until, say)
        return PrintSettlement(job.action, PrintOutcome.SENT, sheets=job.sheets)

    def settle(self, action: ActionId) -> PrintSettlement:
        self.reach()
        if isinstance(self.evidence, Exception):
            raise self.evidence
        return PrintSettlement(action, self.evidence, evidence="asked")


@dataclass
class FakeChipReader(FakeDevice):
    """As `FakeReader`, for chip cards."""

    kind: DeviceKind = "smart-card"
    reads: deque[ReadChip] = field(default_factory=deque)
    looks: deque[bool] = field(default_factory=deque)

    def read(self, until: Deadline, say: Callable[[Media], None]) -> ChipCard:
        self.reach()
        if self.reads:
            return self.reads.popleft()(until, say)
        until.pause(until.left_s)
        raise MediaTrouble("card.none_presented")

    def card_present(self, until: Deadline) -> bool:
        until.check()
        self.reach()
        return self.looks.popleft() if len(self.looks) > 1 else self.looks[0]


@dataclass
class FakeScanner(FakeDevice):
    """Does `scans` one after another; then sees nothing. It looks through a camera: `show` gets its pictures."""

    kind: DeviceKind = "code-scanner"
    scans: deque[Scan] = field(default_factory=deque)
    show: Callable[[Frame], None] | None = None

    def show_frames_to(self, show: Callable[[Frame], None] | None) -> None:
        self.show = show

    def scan(self, until: Deadline, say: Callable[[Code | Fault], None]) -> None:
        self.reach()
        if self.scans:
            self.scans.popleft()(until, say)
        else:
            until.pause(until.left_s)


@dataclass
class FakeCamera(FakeDevice):
    """Does `captures` one after another; then never sees anything usable."""

    kind: DeviceKind = "camera"
    captures: deque[Capture] = field(default_factory=deque)

    def capture(
        self, shot: Shot, until: Deadline, show: Callable[[Frame], None], say: Callable[[Advice | None], None]
    ) -> Picture:
        self.reach()
        if self.captures:
            return self.captures.popleft()(shot, until, show, say)
        until.pause(until.left_s)
        raise MediaTrouble("camera.no_picture")


@dataclass
class FakeLights(FakeDevice):
    """Remembers what shines; `troubles` are raised first."""

    kind: DeviceKind = "lights"
    shining: list[Glow] = field(default_factory=list)
    troubles: deque[Exception] = field(default_factory=deque)

    def set(self, glow: Glow) -> None:
        self.reach()
        if self.troubles:
            raise self.troubles.popleft()
        self.shining.append(glow)


def settings_for(*devices: FakeDevice) -> list[AnyDriverSettings]:
    """Return the configuration that names these devices."""
    return [SETTINGS[device.kind] for device in devices]


def maker(*devices: Device) -> Callable[[DriverSettings], Device]:
    """Make the same device again for the same entry, as a registry would make a new one."""
    by_kind = {device.info.kind: device for device in devices}

    def make(settings: DriverSettings) -> Device:
        entry = next(entry for entry in SETTINGS.values() if entry.id == settings.id)
        return by_kind[entry.kind]

    return make
