"""``kiosk check``: whether a terminal could start with a configuration, each fault on its own line.

Looks at the file, at the ports and folders it names, and at what set-up should have made. It opens
no device and changes nothing. A port that is not there is a fault here, though the terminal itself
would start and call the device absent.
"""

import json
import os
import stat
import sys
from pathlib import Path

import assets
from devices.registry import CupsSettings, SdtSerialSettings, SerialScannerSettings
from kiosk_app.base.settings import Settings, load_settings
from kiosk_app.base.settings_faults import Place, line_of, worded


def check_configuration(path: Path) -> list[str]:
    """Return every fault found, worded for the person who edits the file."""
    try:
        settings = load_settings(path)
    except (OSError, ValueError) as error:
        return worded(path, error)
    lines = line_of(path.read_text("utf-8"))
    faults = [*_device_faults(settings), *_folder_faults(settings), *_token_faults(settings)]
    return [
        *(f"{path}:{lines.get(place, 1)}: {'.'.join(_named(place))}: {fault}" for place, fault in faults),
        *_release_faults(),
    ]


def report(faults: list[str], *, as_json: bool) -> int:
    """Print the faults; 0 when there are none, else 2."""
    if as_json:
        print(json.dumps(faults, ensure_ascii=False))
    elif faults:
        print("\n".join(faults), file=sys.stderr)
    else:
        print("the configuration is right")
    return 2 if faults else 0


def _named(place: Place) -> list[str]:
    return [str(part + 1) if isinstance(part, int) else part for part in place]


def _device_faults(settings: Settings) -> list[tuple[Place, str]]:
    faults: list[tuple[Place, str]] = []
    seen: dict[str, int] = {}
    for number, device in enumerate(settings.devices):
        if device.id in seen:
            faults.append((("devices", number, "id"), f"device {seen[device.id] + 1} has the id {device.id!r} too"))
        seen.setdefault(device.id, number)
        match device:
            case SdtSerialSettings(port=port):
                faults += [(("devices", number, "port"), fault) for fault in _port_faults(Path(port), "reader")]
            case SerialScannerSettings(port=port):
                faults += [(("devices", number, "port"), fault) for fault in _port_faults(Path(port), "scanner")]
            case CupsSettings(server=server) if server.startswith("/") and not Path(server).exists():
                faults.append((("devices", number, "server"), f"{server} does not exist; is cupsd running?"))
            case CupsSettings():
                pass
    return faults


def _port_faults(port: Path, what: str) -> list[str]:
    if not port.exists():
        return [f"{port} does not exist; is the {what} plugged in?"]
    if not stat.S_ISCHR(port.stat().st_mode):
        return [f"{port} is not a serial port"]
    if not os.access(port, os.R_OK | os.W_OK):
        return [f"{port} may not be read and written by this user; add the user to the group dialout"]
    return []


def _folder_faults(settings: Settings) -> list[tuple[Place, str]]:
    folder = settings.kiosk.state_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if os.access(folder, os.W_OK):
        return []
    return [(("kiosk", "state_dir"), f"{folder} may not be written by this user")]


def _token_faults(settings: Settings) -> list[tuple[Place, str]]:
    token = settings.central.token_file
    if token is None:
        return [(("central",), "token_file is missing: central lets in no terminal without its token")]
    if not token.exists():
        return [(("central", "token_file"), f"{token} does not exist; kiosk-central enrol makes it")]
    if token.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [(("central", "token_file"), f"{token} can be read by others; chmod 600 it")]
    return []


def _release_faults() -> list[str]:
    """What set-up should have made."""
    faces = (assets.SANS_REGULAR, assets.SANS_BOLD, assets.RARE_A, assets.RARE_B)
    return [f"{face}: missing; run the set-up" for face in faces if not face.exists()]
