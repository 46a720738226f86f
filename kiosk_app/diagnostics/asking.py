"""``kiosk ctl``: what the terminal that runs on this machine says of itself, over the link its own parts use.

Asks and looks, and orders nothing: the link lets this role do no more. When no terminal runs, says so and
how to start one, instead of waiting.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from devices.events import DeviceView
from devices.values import DeviceState, DeviceStatus, Media, Supply
from kiosk_app.base.machine_settings import Settings
from kiosk_app.diagnostics.covering import shown
from kiosk_app.link.device_link import RemoteHub
from kiosk_app.link.device_words import device_socket

PATIENCE_S = 3.0
"""How long a terminal may take to answer: it does so in milliseconds unless it is being replaced."""
_ROLE = "ctl"


def ask_terminal(settings: Settings, question: str, *, as_json: bool, patience_s: float = PATIENCE_S) -> int:
    """Print the answer to ``status`` or ``devices``; 1 with the reason when no terminal answers."""
    views = devices_of(settings, patience_s)
    if views is None:
        return 1
    if question == "status":
        _print_status(views, as_json=as_json)
    else:
        _print_devices(views, as_json=as_json)
    return 0


def devices_of(settings: Settings, patience_s: float = PATIENCE_S) -> Sequence[DeviceView] | None:
    """Return what the terminal that runs here says of its devices; None, with the reason on stderr, when none does."""
    folder = settings.kiosk.sockets
    socket = device_socket(folder)
    try:
        if not socket.exists():
            _explain(f"no terminal runs here: {socket} does not exist (kiosk terminal --config FILE starts one)")
            return None
    except PermissionError:
        _explain(f"{socket} may not be looked at by this user; ask as the terminal's own user")
        return None
    hub = RemoteHub(folder, _ROLE, settings.devices)
    try:
        hub.start()
        if not hub.await_up(patience_s):
            _explain(f"no terminal answers at {socket} within {patience_s:g} s; is it running, as this user?")
            return None
        return hub.snapshot().devices
    finally:
        hub.close()


def _print_status(views: Sequence[DeviceView], *, as_json: bool) -> None:
    serving = [view.info.device for view in views if view.status.state.serves]
    missing = {view.info.device: _trouble(view.status) for view in views if not view.status.state.serves}
    if as_json:
        print(json.dumps({"running": True, "serving": serving, "missing": missing}, ensure_ascii=False))
        return
    print(f"running, {len(serving)} of {len(views)} devices serve")
    for device, trouble in missing.items():
        print(f"{device}: {trouble}")


def _print_devices(views: Sequence[DeviceView], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(shown_devices(views), ensure_ascii=False))
        return
    rows = [("id", "driver", "state", "fault", "more"), *(_row(view) for view in views)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def shown_devices(views: Sequence[DeviceView]) -> list[dict[str, Any]]:
    """Return devices as plain values, whatever is about a person covered."""
    return [shown(view.info) | shown(view.status) for view in views]


def _row(view: DeviceView) -> tuple[str, ...]:
    status = view.status
    more = [f"paper {status.paper}"] if status.paper is not Supply.UNKNOWN else []
    more += [f"toner {status.toner}"] if status.toner is not Supply.UNKNOWN else []
    more += [f"media {status.media}"] if status.media is not Media.UNKNOWN else []
    more += [f"{member} {value}" for member, value in status.auxiliaries]
    fault = _trouble(status) if status.fault is not None else "-"
    return (str(view.info.device), view.info.driver, status.state.value, fault, ", ".join(more))


def _trouble(status: DeviceStatus) -> str:
    fault = status.fault
    if fault is None:
        return "still starting" if status.state is DeviceState.STARTING else status.state.value
    return f"{fault.code} ({fault.detail})" if fault.detail else fault.code


def _explain(trouble: str) -> None:
    print(f"kiosk ctl: {trouble}", file=sys.stderr)
