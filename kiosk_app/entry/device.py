"""``kiosk deviced``: the process that alone loads hardware libraries; it serves the device link.

It touches neither network nor database. A driver call that never comes back cannot be ended from within:
then the process ends with a status of its own, so that whoever keeps it starts another, and before that
gives a running print the time to end. Told to end, it hangs up first, so that orders go on with the next.
"""

import os
import signal
import sys
import time

from contract.ids import DeviceId
from devices.connection import Maker, Pace
from devices.drivers.udev_watch import UdevWatch
from devices.frame_ring import FrameRing
from devices.local_hub import LocalHub
from devices.registry import AnyDriverSettings, make_device
from kiosk_app.base.clock import set_civil_time
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.watchdog import ServiceManager
from kiosk_app.entry.device_log import DeviceLog
from kiosk_app.entry.lifetime import end_with_parent, told_to_end
from kiosk_app.link.device_words import device_socket
from kiosk_app.link.hub_server import HubServer
from kiosk_app.link.transport import SocketTaken

PROCESS = "deviced"
WEDGED_STATUS = 3
"""The exit status that says: a driver is stuck, start me anew."""

_LOOK_S = 0.5
_PRINT_S = 60.0
"""How long a wedged device waits for another one's print: longer than a sheet takes, shorter than a visit."""


def run_deviced(settings: Settings, make: Maker = make_device, pace: Pace | None = None) -> int:
    """Serve until told to stop; returns the exit status: 0 in order, 1 when it cannot serve, 3 when wedged."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread is made: all of them inherit it
    if not end_with_parent():
        return 1
    set_civil_time()
    os.umask(0o077)
    manager = ServiceManager()
    configure_logs(settings.kiosk.state_dir / "log" / "terminal.jsonl", process=PROCESS)
    rings = {DeviceId(entry.id): FrameRing() for entry in settings.devices if _shows(entry)}
    hub = LocalHub(settings.devices, make, pace, frames=rings, arrivals=UdevWatch())
    hub.subscribe(DeviceLog())
    try:
        server = HubServer(hub, device_socket(settings.kiosk.sockets), rings)
    except (SocketTaken, OSError) as error:
        sys.stderr.write(f"kiosk deviced: {error}\n")
        return 1
    server.start()
    hub.start()
    start_writing()
    log(LogEvent.PROCESS_STARTED)
    manager.ready()
    wedged = _watch(hub, manager, ends)
    manager.stopping()
    server.close()
    if wedged:
        log(LogEvent.DEVICES_WEDGED, device=", ".join(wedged))
        flush_logs()
        os._exit(WEDGED_STATUS)  # what holds a thread would hold an orderly end too
    hub.close()
    for ring in rings.values():
        ring.close()
    log(LogEvent.PROCESS_STOPPED)
    flush_logs()
    return 0


def _watch(hub: LocalHub, manager: ServiceManager, ends: set[signal.Signals]) -> tuple[DeviceId, ...]:
    """Wait until told to stop, telling the service manager of a healthy hub; returns what is wedged for good."""
    wedged_at: float | None = None
    while not told_to_end(ends, min(_LOOK_S, manager.beat_s or _LOOK_S)):
        wedged = hub.wedged
        if not hub.alive:
            return wedged or (DeviceId("all"),)
        if not wedged:
            wedged_at = None
        else:
            wedged_at = wedged_at or time.monotonic()
            if not hub.printing or time.monotonic() - wedged_at > _PRINT_S:
                return wedged
        manager.alive()  # also while a print is waited for: that ends by itself
    return ()


def _shows(entry: AnyDriverSettings) -> bool:
    return entry.kind == "camera" or entry.driver == "camera-scanner"
