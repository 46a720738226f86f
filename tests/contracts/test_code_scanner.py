"""Our drivers held to the conformance suite: devices/conformance/code_scanner.py, each on its simulator."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest

from devices.conformance.code_scanner import CodeScannerBench, CodeScannerSuite
from devices.drivers.camera_scanner import CameraScanner
from devices.drivers.serial_scanner import SerialScanner
from devices.drivers.wedge_scanner import WedgeScanner
from devices.sim.code_scene import code_scene, empty_scene
from devices.sim.mjpeg_camera import MjpegCamera
from devices.sim.scanner_pty import Scanner
from devices.sim.wedge_fifo import WedgeFifo
from tests.device_bench import scanner_settings
from tests.scanner_bench import FAMILIES, SPEED, camera_scanner_settings, family_settings, wedge_settings


@contextmanager
def serial_scanner(folder: Path) -> Iterator[CodeScannerBench]:
    with Scanner(folder / "scanner") as sim:
        yield from on(sim, SerialScanner(scanner_settings(folder / "scanner")))


def triggered_scanner(family: str, folder: Path) -> AbstractContextManager[CodeScannerBench]:
    @contextmanager
    def made() -> Iterator[CodeScannerBench]:
        port = folder / "scanner"
        with Scanner(port, SPEED, family=family) as sim:
            yield from on(sim, SerialScanner(family_settings(port, family)))

    return made()


def on(sim: Scanner, scanner: SerialScanner) -> Iterator[CodeScannerBench]:
    yield CodeScannerBench(
        scanner,
        lambda text: sim.hold(text, identifier="]Q1"),
        sim.take_away,
        lambda text: sim.scan(text, "]Q1"),
        sim.plug,
        sim.unplug,
    )
    scanner.close()


@contextmanager
def wedge_scanner(folder: Path) -> Iterator[CodeScannerBench]:
    with WedgeFifo(folder / "keys") as sim:
        scanner = WedgeScanner(wedge_settings(folder / "keys"))
        yield CodeScannerBench(
            scanner,
            lambda text: sim.hold("]Q1" + text),
            sim.take_away,
            lambda text: sim.scan("]Q1" + text),
            sim.plug,
            sim.unplug,
        )
        scanner.close()


@contextmanager
def camera_scanner(_folder: Path) -> Iterator[CodeScannerBench]:
    with MjpegCamera(empty_scene(), fps=20) as sim:
        scanner = CameraScanner(camera_scanner_settings(sim.address))

        def once(text: str) -> None:
            sim.show(code_scene(text))
            if sim.viewers:  # or one that is just leaving
                with suppress(TimeoutError):
                    sim.await_sent(2, within_s=0.5)
            sim.show(empty_scene())

        yield CodeScannerBench(
            scanner,
            lambda text: sim.show(code_scene(text)),
            lambda: sim.show(empty_scene()),
            once,
            sim.plug,
            sim.unplug,
        )
        scanner.close()


BENCHES: dict[str, Callable[[Path], AbstractContextManager[CodeScannerBench]]] = {
    "serial-scanner": serial_scanner,
    **{f"serial-scanner-{family}": partial(triggered_scanner, family) for family in FAMILIES},
    "wedge-scanner": wedge_scanner,
    "camera-scanner": camera_scanner,
}


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CodeScannerBench]:
    with BENCHES[request.param](tmp_path) as made:
        yield made


class TestCodeScanner(CodeScannerSuite):
    """Every driver of ours."""
