"""``kiosk agentd``: the process that alone writes the database and alone uses the network.

It loads neither Qt nor a hardware library: screens and devices are behind its two links. Ending in order
means that no screen is answered any more, what was confirmed is written, and only then the store closes.
"""

import contextlib
import gc
import os
import signal
import socket
import sys
from pathlib import Path

from kiosk_app.agent.desk import LocalDesk
from kiosk_app.base.clock import set_civil_time
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import configure_logs, flush_logs, log, start_writing
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.watchdog import ServiceManager
from kiosk_app.entry.lifetime import end_with_parent, told_to_end
from kiosk_app.link.desk_server import DeskServer
from kiosk_app.link.device_link import RemoteHub
from kiosk_app.link.device_words import device_socket
from kiosk_app.link.parties import peer_process
from kiosk_app.link.transport import SocketTaken

PROCESS = "agentd"
_LOOK_S = 5.0


def run_agentd(settings: Settings) -> int:
    """Serve until told to stop; returns the exit status."""
    ends = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before any thread is made: all of them inherit it
    if not end_with_parent():
        return 1
    set_civil_time()
    manager = ServiceManager()
    os.umask(0o077)
    configure_logs(settings.kiosk.state_dir / "log" / "terminal.jsonl", process=PROCESS)
    start_writing()
    hub = RemoteHub(settings.kiosk.sockets, PROCESS, settings.devices)
    desk = LocalDesk(
        settings, hub, restart=lambda: _restart(device_socket(settings.kiosk.sockets)), loaded=_set_what_stays_apart
    )
    try:
        server = DeskServer(desk, settings.kiosk.sockets, screens=desk.screens)
    except (SocketTaken, OSError) as error:
        sys.stderr.write(f"kiosk agentd: {error}\n")
        return 1
    log(LogEvent.PROCESS_STARTED)
    desk.start()
    hub.start()
    server.start()
    manager.ready()
    try:
        _watch(desk, manager, ends)
    finally:
        manager.stopping()
        server.close()
        desk.close()
        hub.close()
        log(LogEvent.PROCESS_STOPPED)
        flush_logs()
    return 0


def _set_what_stays_apart() -> None:
    """Keep the collector from looking again and again through what the process is made of, which stays.

    It is a hundred times what any batch of cases is made of. What citizens leave in circles is none of it: nobody
    has been here yet, or they have gone.
    """
    gc.collect()
    gc.freeze()


def _restart(drivers: Path) -> None:
    """End the drivers' process and then this one in order; the screen has heard of it and ends by itself.

    All run as one user, and each is started again by whoever keeps it.
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(drivers))
        os.kill(peer_process(line), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)


def _watch(desk: LocalDesk, manager: ServiceManager, ends: set[signal.Signals]) -> None:
    """Wait until told to stop; the service manager hears of us for as long as the agent's loop turns."""
    turned = desk.turn()
    while not told_to_end(ends, manager.beat_s or _LOOK_S):
        if turned.done():
            manager.alive()
            turned = desk.turn()
