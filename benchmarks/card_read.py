"""An identity card read by the driver alone, against the same bytes on the same line without any driver.

The module is the simulator on a pseudo-terminal paced to 115,200 baud. The baseline plays its answers on
such a line too, and takes them off with plain system calls: what is left is what the driver adds, from
the card lying there to its record decoded and checked.
"""

import os
import tempfile
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import serial

import assets
from devices.deadline import Deadline
from devices.drivers import sdt_codec as codec
from devices.drivers.sdt_codec import Command, Status
from devices.drivers.sdt_reader import SdtReader
from devices.registry import SdtSerialSettings
from devices.sim.card_text import card_bytes
from devices.sim.paced_pty import PacedPty
from devices.sim.sdt_module import PHOTO
from devices.sim.sdt_pty import SdtModule

ROUNDS = 21
TARGET = 1.15
BAUD = 115200


def run() -> list[dict[str, Any]]:
    """Measure a card that lies there, one that is laid while the driver waits, and the bare line, in turn."""
    text = card_bytes(assets.demonstration_people()[0]["card"])
    with (
        tempfile.TemporaryDirectory(prefix="kb-") as folder,
        _driver(Path(folder) / "reader", text) as take,
        _bare_line(Path(folder) / "bare", text) as carry,
    ):
        rounds = [(take(None), take(phase), carry()) for phase in _phases(ROUNDS + 1)][1:]
    lying, waiting, bare = (median(column) for column in zip(*rounds, strict=True))
    return [_row("identity card read by its driver", lying, bare), _row("the same, laid while it waits", waiting, bare)]


def _phases(count: int) -> list[float]:
    """When within the driver's looks for a card it is laid down, in seconds: spread evenly over 50 ms, as by chance."""
    return [0.1 + 0.05 * (number * 0.618 % 1) for number in range(count)]


def _row(name: str, figure: float, baseline: float) -> dict[str, Any]:
    return {
        "name": name,
        "unit": "ms",
        "figure": round(figure * 1000, 1),
        "baseline": round(baseline * 1000, 1),
        "baseline_name": "the same bytes read raw",
        "ratio": round(figure / baseline, 3),
        "target": TARGET,
        "better": "lower",
        "met": figure <= TARGET * baseline,
        "rounds": ROUNDS,
    }


@contextmanager
def _driver(port: Path, text: bytes) -> Iterator[Callable[[float | None], float]]:
    """Yield what lays a card, before the driver is asked or so long after, and returns the seconds to its record."""
    settings = SdtSerialSettings(id="id-card", kind="identity-reader", driver="sdt-serial", port=str(port))
    with SdtModule(port, BAUD) as module:
        reader = SdtReader(settings)
        reader.open()

        def take(wait_s: float | None) -> float:
            laid = []

            def lay() -> None:
                laid.append(time.perf_counter())
                module.lay(text)

            hand = threading.Timer(wait_s or 0, lay)
            if wait_s is None:
                lay()
            else:
                hand.start()
            reader.read(Deadline(10), lambda _: None)
            took = time.perf_counter() - laid[0]
            module.lift()
            hand.cancel()
            return took

        yield take
        reader.close()


@contextmanager
def _bare_line(port: Path, text: bytes) -> Iterator[Callable[[], float]]:
    """Yield what carries the bytes of one card, request by request, and returns the seconds that took."""
    line = PacedPty(port, BAUD)
    exchanges = [
        (codec.request(Command.FIND), codec.reply(Status.FOUND, bytes(4))),
        (codec.request(Command.SELECT), codec.reply(Status.SUCCESS, bytes(8))),
        (codec.request(Command.READ), codec.reply(Status.SUCCESS, codec.card_data(text, PHOTO))),
    ]
    answers = dict(exchanges)

    def serve() -> None:
        while not line.stopped:
            for _ in line.send(answers.get(line.receive(), b"")):
                pass

    thread = threading.Thread(target=serve, name="bare-line", daemon=True)
    thread.start()
    with serial.Serial(str(port), BAUD, exclusive=True) as opened:  # sets the speed, and does nothing after that
        tty.setraw(opened.fileno())

        def carry() -> float:
            began = time.perf_counter()
            for request, answer in exchanges:
                os.write(opened.fileno(), request)
                missing = len(answer)
                while missing:
                    missing -= len(os.read(opened.fileno(), missing))
            return time.perf_counter() - began

        os.set_blocking(opened.fileno(), True)
        yield carry
    line.stop()
    thread.join()
    line.close()
