"""The device link: how long an event takes from the devices' process to the listener, and what that process weighs.

The process is the real `kiosk deviced`; the event is the end of an order whose time is up, so no driver's time is
in it. What is measured is the whole round, the order there and the event back, which no event alone can exceed.
The baseline is a line of the same length through two bare pipes and back, without any of our code.
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from contract.ids import DeviceId, OrderId
from devices.events import Numbered, OrderEnded, ReadIdentity
from kiosk_app.entry.children import Child
from kiosk_app.entry.lifetime import own_command
from kiosk_app.link.device_link import RemoteHub

ROUNDS = 2000
TARGET_MS = 5.0
PATIENCE_S = 60.0
MIB = 1024 * 1024

_CONFIGURATION = """
[kiosk]
id = "bench-0001"
hall = "bench"
state_dir = "{folder}/state"
run_dir = "{folder}/run"
[central]
url = "http://127.0.0.1:1"
[[devices]]
id = "id-card"
kind = "identity-reader"
driver = "sdt-serial"
port = "{folder}/nowhere"
[[devices]]
id = "code"
kind = "code-scanner"
driver = "serial-scanner"
port = "{folder}/nowhere"
[[devices]]
id = "a4"
kind = "printer"
driver = "cups"
queue = "A4"
server = "{folder}/nowhere"
"""

_ECHO = (
    "import sys\nwhile line := sys.stdin.buffer.readline(): sys.stdout.buffer.write(line); sys.stdout.buffer.flush()"
)


def run() -> list[dict[str, Any]]:
    """Measure both; figures in milliseconds and MiB."""
    with _deviced() as (hub, pid):
        there_and_back = _rounds(hub)
        memory = _resident(pid)
    return [_latency(there_and_back, _through_pipes()), _memory(memory, _bare_interpreter())]


def _latency(rounds_ms: list[float], bare_ms: list[float]) -> dict[str, Any]:
    figure, baseline = _p99(rounds_ms), _p99(bare_ms)
    return {
        "name": "order and its event over the device link, p99",
        "unit": "ms",
        "figure": round(figure, 2),
        "baseline": round(baseline, 2),
        "baseline_name": "a line through a pipe",
        "ratio": round(figure / baseline, 1),
        "target": TARGET_MS,
        "better": "lower",
        "met": figure <= TARGET_MS,
        "rounds": len(rounds_ms),
    }


def _memory(figure: float, baseline: float) -> dict[str, Any]:
    return {
        "name": "resident memory of deviced, three devices",
        "unit": "MiB",
        "figure": round(figure),
        "baseline": round(baseline),
        "baseline_name": "a bare interpreter",
        "ratio": round(figure / baseline, 2),
        "target": None,
        "better": "lower",
        "met": None,
        "rounds": 1,
    }


@contextmanager
def _deviced() -> Iterator[tuple[RemoteHub, int]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configuration = folder / "kiosk.toml"
        configuration.write_text(_CONFIGURATION.format(folder=folder), "utf-8")
        hub = RemoteHub(folder / "run", "ui")
        command = own_command("deviced", "--config", str(configuration))
        child = Child("deviced", command, folder / "stderr", lambda: hub.silent_s)
        child.start()
        hub.start()
        try:
            if not hub.await_up(PATIENCE_S) or child.pid is None:
                raise RuntimeError((folder / "stderr").read_text("utf-8"))
            yield hub, child.pid
        finally:
            hub.close()
            child.stop()


def _rounds(hub: RemoteHub) -> list[float]:
    """Give orders whose time is up, one after another; return how long each round took, in milliseconds."""
    ended = threading.Event()

    def hear(numbered: Numbered) -> None:
        if isinstance(numbered.event, OrderEnded):
            ended.set()

    stop = hub.subscribe(hear)
    taken = []
    for number in range(ROUNDS):
        ended.clear()
        began = time.perf_counter()
        hub.order(DeviceId("id-card"), ReadIdentity(OrderId(f"round-{number}"), 0.0))
        if not ended.wait(PATIENCE_S):
            raise RuntimeError("an order was never answered")
        taken.append((time.perf_counter() - began) * 1000)
    stop()
    return taken


def _through_pipes() -> list[float]:
    with subprocess.Popen([sys.executable, "-S", "-c", _ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as echo:
        assert echo.stdin is not None
        assert echo.stdout is not None
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            echo.stdin.write(b"x" * 120 + b"\n")
            echo.stdin.flush()
            echo.stdout.readline()
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def _p99(values: list[float]) -> float:
    return quantiles(values, n=100)[98]


def _resident(pid: int) -> float:
    """Resident memory of a process in MiB, what it shares with others included."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / MIB
    raise RuntimeError(f"no resident memory is told of process {pid}")


def _bare_interpreter() -> float:
    program = "import os, sys; sys.stdout.write(str(os.getpid())); sys.stdout.flush(); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bare:
        assert bare.stdout is not None
        bare.stdout.read(1)
        return _resident(bare.pid)
