"""One device as its actor holds it: opened, probed, lost, found again, and its status told on change.

Every call of a driver goes through `calling`, which bounds it in time for the wedge watch and turns
what no driver may raise into the fault ``device.bug``. One bad answer is no loss: it is looked at
again at once. Runs on the actor's thread only; guards against a blip that ends a citizen's session.
"""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from contract.fault import Action, Fault
from contract.ids import DeviceId
from devices.errors import Absent, Cancelled, DeviceError, Garbled, MediaTrouble, NeedsHelp, Silent
from devices.protocol import Device, Sensing
from devices.registry import AnyDriverSettings, DriverSettings
from devices.values import DeviceInfo, DeviceState, DeviceStatus

Maker = Callable[[DriverSettings], Device]


@dataclass(frozen=True, slots=True)
class Pace:
    """The delays of the device runtime."""

    reopen_s: float = 1.0
    """Between attempts to open a device that is not there."""
    after_loss_s: float = 0.5
    """Before the first attempt after a loss: a plug that was only bumped is back by then."""
    probe_s: float = 1.5
    """Between looks at a device that nobody uses."""
    retry_s: float = 0.1
    """Before an order goes on after trouble."""
    removal_look_s: float = 0.2
    """Between looks at a card that should be taken."""
    settle_s: float = 60.0
    """How long an old print waits for its printer before its outcome stays unknown."""
    evidence_s: float = 3.0
    """How long a print that broke off is looked into."""
    wedge_margin_s: float = 10.0
    """How far a call may overrun its time before the device counts as wedged."""
    watch_s: float = 0.25
    """Between looks of the hub at its actors."""


_CALL_S = 10.0
"""Time for a call that has no deadline of its own: open, probe, close, settle."""

_STATES = {
    "reader.absent": DeviceState.NO_DEVICE,
    "reader.offline": DeviceState.OFFLINE,
    "reader.access_denied": DeviceState.OFFLINE,
    "scanner.absent": DeviceState.NO_DEVICE,
    "scanner.offline": DeviceState.OFFLINE,
    "chip.absent": DeviceState.NO_DEVICE,
    "chip.offline": DeviceState.OFFLINE,
    "chip.service_down": DeviceState.OFFLINE,
    "camera.absent": DeviceState.NO_DEVICE,
    "camera.stalled": DeviceState.OFFLINE,
    "devices.restarting": DeviceState.OFFLINE,
    "printer.absent": DeviceState.NO_DEVICE,
    "printer.offline": DeviceState.OFFLINE,
    "printer.spooler_down": DeviceState.OFFLINE,
    "printer.powered_off": DeviceState.POWER_OFF,
}


class DriverBug(Exception):
    """A driver raised what no driver may raise; `fault` names the place, never the message."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.detail)
        self.fault = fault


class CallWatch:
    """When the driver call that runs now should be back. Read by the hub's thread, written by the actor's."""

    def __init__(self) -> None:
        self._running: tuple[str, float] | None = None

    def begin(self, what: str, seconds: float) -> None:
        self._running = (what, time.monotonic() + seconds)

    def hurry(self) -> None:
        """The call's deadline was withdrawn: it should be back now."""
        running = self._running
        if running is not None:
            self._running = (running[0], min(running[1], time.monotonic()))

    def end(self) -> None:
        self._running = None

    def overrun(self, margin_s: float) -> str | None:
        """Name the call that should have been back `margin_s` ago."""
        running = self._running
        return running[0] if running is not None and time.monotonic() > running[1] + margin_s else None


class Connection:
    """The device behind `settings`."""

    def __init__(
        self, settings: AnyDriverSettings, make: Maker, pace: Pace, watch: CallWatch, tell: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._make = make
        self._pace = pace
        self._watch = watch
        self._tell = tell
        self._device: Device | None = None
        self._opened = False
        self._due = 0.0
        self.status = DeviceStatus(DeviceState.STARTING)
        self.info = DeviceInfo(DeviceId(settings.id), settings.kind, settings.driver)

    @property
    def due_s(self) -> float:
        """Seconds until `tend` has something to do."""
        return max(0.0, self._due - time.monotonic())

    def tend(self) -> None:
        """Look at an idle device, or try to open it, when that is due."""
        if self.due_s > 0:
            return
        if self._device is None or not self._opened:
            self._open()
            return
        try:
            self._probe(self._device)
        except DeviceError as error:
            self.recheck(error)
        except DriverBug:
            pass  # The status tells it already.

    def reach(self) -> Device | None:
        """Return the open device; tries to open it when that is due, and does not wait."""
        if not self._opened and self.due_s <= 0:
            self._open()
        return self._device if self._opened else None

    def recheck(self, error: DeviceError) -> None:
        """Look again at once, because a call ended in `error`; only what stays bad is a loss."""
        match error:
            case Garbled():  # Counted by the driver already: this many in a row are no accident.
                self._lose(status_of(error))
            case Absent():
                self._shut()
                self._open()
            case _ if self._device is not None and self._opened:
                try:
                    self._probe(self._device)
                except DeviceError as second:
                    self._lose(status_of(second))
                except DriverBug:
                    pass  # The status tells it already.

    @contextmanager
    def calling(self, what: str, seconds: float) -> Iterator[None]:
        """Bound one driver call.

        Raises:
            DriverBug: the driver raised something of its own; the device is closed and will be made anew.
        """
        self._watch.begin(what, seconds)
        try:
            yield
        except (DeviceError, Cancelled):
            raise
        except Exception as error:  # noqa: BLE001 - the one place where a driver's bug becomes a fault
            # Without its cause: the message and the frames may hold what was on a card.
            raise DriverBug(self.fail(error)) from None
        finally:
            self._watch.end()

    def fail(self, error: Exception) -> Fault:
        """Take `error` for the bug it is: let go of the device, which will be made anew."""
        fault = Fault.of("device.bug", f"{type(error).__name__} at {where(error)}")
        self._lose(DeviceStatus(DeviceState.HARDWARE_ERROR, fault=fault))
        self._device = None
        return fault

    def look_now(self) -> None:
        """Have the device looked at, or looked for, at the next turn: something was plugged or pulled."""
        self._due = 0.0

    def close(self) -> None:
        self._shut()

    def _open(self) -> None:
        try:
            with self.calling("open", _CALL_S):
                if self._device is None:
                    self._device = self._make(self._settings)
                self._device.open()
                status = self._device.probe()
                # Whatever the driver calls itself, here it is known by its entry in the configuration.
                self.info = replace(self._device.info, device=self.info.device)
        except DeviceError as error:
            self._lose(status_of(error))
        except DriverBug:
            pass  # The status tells it already.
        else:
            self._opened = True
            self._known(status)

    def _probe(self, device: Device) -> None:
        with self.calling("probe", _CALL_S):
            status = device.probe()
        self._known(status)

    def _known(self, status: DeviceStatus) -> None:
        # What a sensor senses changes by itself, and sooner than a device is lost.
        look_s = self._device.look_s if isinstance(self._device, Sensing) else self._pace.probe_s
        self._due = time.monotonic() + min(look_s, self._pace.probe_s)
        self._set(status)

    def _lose(self, status: DeviceStatus) -> None:
        self._shut()
        served = self.status.state.serves
        self._due = time.monotonic() + (self._pace.after_loss_s if served else self._pace.reopen_s)
        self._set(status)

    def _shut(self) -> None:
        self._opened = False
        if self._device is not None:
            try:
                self._device.close()
            except Exception:  # noqa: BLE001 - whatever a broken driver raises, it is let go of
                self._device = None

    def _set(self, status: DeviceStatus) -> None:
        changed = _shown(status) != _shown(self.status)
        self.status = status
        if changed:
            self._tell()


def status_of(error: DeviceError) -> DeviceStatus:
    """Say in XFS4IoT's words how a device is that answers with `error`."""
    fault = error.fault
    if fault.code in _STATES:
        return DeviceStatus(_STATES[fault.code], fault=fault)
    match error:
        case Absent():
            state = DeviceState.NO_DEVICE
        case Silent():
            state = DeviceState.OFFLINE
        case NeedsHelp() | MediaTrouble() if fault.action is Action.CLEAR:
            state = DeviceState.USER_ERROR
        case _:
            state = DeviceState.HARDWARE_ERROR
    return DeviceStatus(state, fault=fault)


def _shown(status: DeviceStatus) -> tuple[object, ...]:
    """What makes a status another one; the same loss with other technical detail is still that loss."""
    code = status.fault.code if status.fault else None
    return (status.state, status.media, status.paper, status.toner, code, status.auxiliaries)


def where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
