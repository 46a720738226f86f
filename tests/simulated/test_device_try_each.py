"""``kiosk device try`` for every driver: what it says of itself, and the reading it is there for."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from devices.registry import driver_names, kind_of
from devices.sim.chip_bench import ChipBench
from devices.sim.code_scene import code_scene, empty_scene
from devices.sim.mjpeg_camera import MjpegCamera
from devices.sim.modbus_pty import ModbusModule
from devices.sim.ranging_pty import RangingSensor
from devices.sim.scanner_pty import Scanner
from devices.sim.sdt_pty import SdtModule
from devices.sim.ups_nut import NAME, UpsBench
from devices.sim.wedge_fifo import WedgeFifo
from tests.camera_rig import empty_desk, page_on_desk
from tests.chip_rigs import PERSON
from tests.device_bench import CARD
from tests.ports import free_port
from tests.print_rig import a_bench
from tests.trial_rig import Told, Trial

TEXT = "7K3M9Q2XH5T8B4NC"


@dataclass
class Rig:
    """A device to try: its settings, what to do to it once it serves, and what the trial then tells."""

    settings: dict[str, str]
    act: Callable[[], object]
    tells: Callable[[Told], Any]
    environment: dict[str, str] = field(default_factory=dict)


def event(name: str, **members: object) -> Callable[[Told], bool]:
    return lambda told: told["event"] == name and all(told.get(key) == value for key, value in members.items())


def senses(member: str, value: str) -> Callable[[Told], bool]:
    return lambda told: told["event"] == "StatusChanged" and [member, value] in told["status"]["auxiliaries"]


def nothing() -> None:
    """The device says what it has to say by itself."""


@contextmanager
def sdt_serial(folder: Path) -> Iterator[Rig]:
    with SdtModule(folder / "reader") as module:
        yield Rig({"port": str(folder / "reader")}, lambda: module.lay(CARD), event("CardRead"))


@contextmanager
def pcsc(_: Path) -> Iterator[Rig]:
    with ChipBench() as bench:
        yield Rig({}, lambda: bench.lay(PERSON), event("ChipCardRead"), dict(bench.environment))


@contextmanager
def serial_scanner(folder: Path) -> Iterator[Rig]:
    with Scanner(folder / "scanner") as sim:
        yield Rig({"port": str(folder / "scanner")}, lambda: sim.hold(TEXT), event("CodeRead"))


@contextmanager
def wedge_scanner(folder: Path) -> Iterator[Rig]:
    with WedgeFifo(folder / "keys") as sim:
        yield Rig({"device": str(folder / "keys"), "suffix": "enter"}, lambda: sim.hold(TEXT), event("CodeRead"))


@contextmanager
def camera_scanner(_: Path) -> Iterator[Rig]:
    with MjpegCamera(empty_scene(), fps=15) as sim:
        yield Rig({"source": sim.address}, lambda: sim.show(code_scene(TEXT)), event("CodeRead"))


@contextmanager
def opencv(_: Path) -> Iterator[Rig]:
    with MjpegCamera(empty_desk(), fps=15) as sim:
        yield Rig({"source": sim.address}, lambda: sim.show(page_on_desk().image), event("PictureTaken"))


@contextmanager
def cups(folder: Path) -> Iterator[Rig]:
    with a_bench(folder) as bench:
        yield Rig(
            {"queue": bench.queue, "server": bench.server},
            bench.empty_paper,
            lambda told: told["event"] == "StatusChanged" and told["status"]["paper"] == "out",
        )


@contextmanager
def serial_lights(folder: Path) -> Iterator[Rig]:
    with ModbusModule(folder / "relays", baud=115200):
        settings = {"port": str(folder / "relays"), "baud": "115200", "lights": "{ cardReader = 1 }"}
        yield Rig(settings, nothing, event("OrderEnded", fault=None))


@contextmanager
def serial_proximity(folder: Path) -> Iterator[Rig]:
    with RangingSensor(folder / "sensor") as sim:
        yield Rig({"port": str(folder / "sensor")}, lambda: sim.stand_at(60), senses("proximitySensor", "present"))


@contextmanager
def serial_door(folder: Path) -> Iterator[Rig]:
    with ModbusModule(folder / "door", baud=115200) as sim:
        sim.close_contact(2)
        yield Rig(
            {"port": str(folder / "door"), "baud": "115200", "input": "2"},
            lambda: sim.close_contact(2, closed=False),
            senses("cabinetDoors", "open"),
        )


@contextmanager
def nut(_: Path) -> Iterator[Rig]:
    with UpsBench(free_port()) as bench:
        yield Rig({"ups": NAME, "server": bench.address}, lambda: bench.say("OB DISCHRG", 80), senses("ups", "engaged"))


RIGS = {
    "sdt-serial": sdt_serial,
    "pcsc": pcsc,
    "serial-scanner": serial_scanner,
    "wedge-scanner": wedge_scanner,
    "camera-scanner": camera_scanner,
    "opencv": opencv,
    "cups": cups,
    "serial-lights": serial_lights,
    "serial-proximity": serial_proximity,
    "serial-door": serial_door,
    "nut": nut,
}
ABSENT = {"sdt-usb": {"where": "no-such-serial"}}
"""What a process of its own cannot be given: a simulated USB device lives where its simulator does."""


def test_every_driver_is_tried() -> None:
    assert RIGS.keys() | ABSENT.keys() == set(driver_names())


def words(driver: str, settings: dict[str, str]) -> list[str]:
    return ["try", driver, "--json", *(word for key, value in settings.items() for word in ("--set", f"{key}={value}"))]


@pytest.mark.parametrize("driver", RIGS)
def test_a_device_tells_what_it_is_and_what_happens_to_it(driver: str, tmp_path: Path) -> None:
    with RIGS[driver](tmp_path) as rig:
        trial = Trial(*words(driver, rig.settings), "--seconds", "60", **rig.environment)
        try:
            info = trial.await_event("DeviceInfo")
            assert (info["driver"], info["kind"]) == (driver, kind_of(driver))
            rig.act()
            trial.await_line(rig.tells)
            assert trial.interrupt() == 0
        finally:
            trial.kill()
    assert TEXT not in "".join(trial.printed)
    assert PERSON["name"] not in "".join(trial.printed)
    assert all(json.loads(line) for line in trial.printed)


@pytest.mark.parametrize("driver", ABSENT)
def test_a_device_that_is_not_there_is_told_absent(driver: str) -> None:
    trial = Trial(*words(driver, ABSENT[driver]), "--seconds", "2")
    try:
        assert trial.status == 1
        assert ".absent" in trial.error
    finally:
        trial.kill()
