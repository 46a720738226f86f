"""``kiosk device try``: one driver alone, without the rest of the product, for as long as somebody looks.

Prints what the device can do, then one JSON line for each state, reading and fault. The device runs in the
same actor as in the terminal, so that what is seen here is what the terminal would see. Fields about a
person are covered unless they are asked for; a print is followed to its outcome and never repeated.
"""

import json
import queue
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from contract.cases import PrintOutcome
from contract.ids import ActionId, DeviceId, OrderId, new_id
from devices.connection import Maker
from devices.events import (
    CardRead,
    ChipCardRead,
    DeviceEvent,
    Numbered,
    Order,
    OrderEnded,
    PictureTaken,
    PrintDocument,
    PrintSettledEvent,
    ReadChipCard,
    ReadIdentity,
    ScanCode,
    SetLight,
    StatusChanged,
    TakePicture,
)
from devices.local_hub import LocalHub
from devices.registry import AnyDriverSettings, make_device
from devices.values import Capability, DeviceInfo, Flash, Glow, PrintJob, Shot
from kiosk_app.diagnostics.covering import shown
from kiosk_app.diagnostics.trial_settings import TRIAL_ID

_DEVICE = DeviceId(TRIAL_ID)
LOOK_S = 10.0
PRINT_S = 120.0
"""How long a trial takes unless somebody says: a print may wait for a cold printer."""
_SETTLE_S = 30.0
"""How much longer a print may take to be settled when its time is up."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What to try and what to show."""

    settings: AnyDriverSettings
    seconds: float = LOOK_S
    as_json: bool = False
    reveal: bool = False
    pdf: Path | None = None
    shot: Shot = Shot.DOCUMENT


def run_trial(trial: Trial, make: Maker = make_device) -> int:
    """Try the device until the time is up or somebody interrupts; 0 when it served, and printed what it should.

    Ctrl-C ends it in order: orders are withdrawn, a print that has not begun is cancelled, the device is closed.
    """
    document = None
    if trial.pdf is not None:
        document = trial.pdf.read_bytes()
        if not document.startswith(b"%PDF-"):
            return _explain(f"{trial.pdf} is no PDF")
    hub = LocalHub([trial.settings], make)
    session = _Session(trial, hub, document)
    stop = hub.subscribe(session.hear)
    try:
        hub.start()
        session.follow()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is impatient now would leave a print behind
        hub.close()
        session.drain()
        stop()
    return session.status()


class _Session:
    """One trial under way: gives orders when the device serves, and tells what comes back."""

    def __init__(self, trial: Trial, hub: LocalHub, document: bytes | None) -> None:
        self._trial = trial
        self._hub = hub
        self._document = document
        self._began = time.monotonic()
        self._heard: queue.SimpleQueue[Numbered] = queue.SimpleQueue()
        self._running: OrderId | None = None
        self._lights: list[Glow] | None = None
        self._served = self._told_info = False
        self._settled: PrintSettledEvent | None = None
        self._trouble = ""

    def hear(self, numbered: Numbered) -> None:
        """Take an event from the hub's threads."""
        self._heard.put(numbered)

    def follow(self) -> None:
        """Tell what happens until the time is up; a print that is under way is followed to its outcome."""
        self._tell(StatusChanged(_DEVICE, self._hub.snapshot().devices[0].status))
        if self._document is not None:
            self._order_next()  # it waits for its printer as it would in the terminal
        while (left_s := self._left_s()) > 0:
            try:
                self._take(self._heard.get(timeout=left_s).event)
            except queue.Empty:
                continue

    def drain(self) -> None:
        """Tell what came while the device was being closed, such as the outcome of a print that was withdrawn."""
        while not self._heard.empty():
            self._take(self._heard.get().event)

    def status(self) -> int:
        """Say how it went, in the words of a command: 0, or 1 with the reason on standard error."""
        if self._document is not None:
            if self._settled is None:
                return _explain(f"the device never took the print: {self._trouble or 'it did not come to serve'}")
            outcome = self._settled.settlement.outcome
            return 0 if outcome is PrintOutcome.SENT else _explain(f"the print ended as {outcome.value}")
        if self._served:
            return 0
        return _explain(f"the device did not come to serve: {self._trouble or 'nothing was heard of it'}")

    def _left_s(self) -> float:
        passed_s = time.monotonic() - self._began
        if self._document is None:
            return self._trial.seconds - passed_s
        if self._settled is not None:
            return 0.0
        return self._trial.seconds - passed_s + _SETTLE_S

    def _take(self, event: DeviceEvent) -> None:
        if isinstance(event, StatusChanged):
            self._note(event)
        self._tell(event)
        match event:
            case PrintSettledEvent():
                self._settled = event
            case StatusChanged(_, status) if status.state.serves and self._running is None:
                self._order_next()
            case CardRead() | ChipCardRead() | PictureTaken() | OrderEnded() if event.order == self._running:
                self._running = None
                if self._served:
                    self._order_next()
            case _:
                pass

    def _note(self, event: StatusChanged) -> None:
        fault = event.status.fault
        if event.status.state.serves:
            self._served = True
            if not self._told_info:
                self._told_info = True
                self._say_info(self._hub.snapshot().devices[0].info)
        elif fault is not None:
            self._trouble = f"{fault.code} ({fault.detail})" if fault.detail else fault.code

    def _order_next(self) -> None:
        left_s = max(0.0, self._trial.seconds - (time.monotonic() - self._began))
        order = self._next(OrderId(new_id()), left_s) if left_s > 0 else None
        if order is not None:
            self._running = order.order
            self._hub.order(_DEVICE, order)

    def _next(self, order: OrderId, left_s: float) -> Order | None:
        """Return what to ask of the device now; None when there is nothing to ask."""
        kind = self._trial.settings.kind
        asked: Order | None = None
        match kind:
            case "identity-reader":
                asked = ReadIdentity(order, left_s)
            case "smart-card":
                asked = ReadChipCard(order, left_s)
            case "code-scanner":
                asked = ScanCode(order, left_s)
            case "camera":
                asked = TakePicture(order, self._trial.shot, left_s)
            case "printer":
                if self._document is not None and self._settled is None:
                    job = PrintJob(ActionId(order), "kiosk device try", self._document)
                    asked = PrintDocument(job, left_s)
            case "lights":
                asked = self._next_light(order)
            case "proximity" | "door" | "ups":
                pass  # what they sense is their state
            case _:
                assert_never(kind)
        return asked

    def _next_light(self, order: OrderId) -> Order | None:
        """Light one after another; they go out when the device is closed."""
        if self._lights is None:
            lights = self._hub.snapshot().devices[0].info.capabilities.get("lights", ())
            names = lights if isinstance(lights, tuple) else ()
            self._lights = [Glow(name, Flash.CONTINUOUS) for name in names]
        return SetLight(order, self._lights.pop(0)) if self._lights else None

    def _say_info(self, info: DeviceInfo) -> None:
        if self._trial.as_json:
            _print_line({"t": self._t(), "event": "DeviceInfo"} | shown(info))
            return
        for name, value in (("driver", info.driver), ("kind", info.kind), ("model", info.model or "(not told)"),
                            ("serial number", info.serial_number or "(not told)")):  # fmt: skip
            print(f"{name:<20}{value}")
        for capability, can in info.capabilities.items():
            print(f"{capability:<20}{_in_words(can)}")
        sys.stdout.flush()

    def _tell(self, event: DeviceEvent) -> None:
        told = shown(event, reveal=self._trial.reveal)
        told.pop("device", None)
        told.pop("order", None)
        _print_line({"t": self._t(), "event": type(event).__name__} | told)

    def _t(self) -> float:
        return round(time.monotonic() - self._began, 3)


def _in_words(can: Capability) -> str:
    match can:
        case bool():
            return "yes" if can else "no"
        case tuple():
            return ", ".join(can)
        case _:
            return str(can)


def _print_line(told: dict[str, Any]) -> None:
    print(json.dumps(told, ensure_ascii=False), flush=True)


def _explain(trouble: str) -> int:
    print(f"kiosk device try: {trouble}", file=sys.stderr)
    return 1
