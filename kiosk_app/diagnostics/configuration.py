"""``kiosk check``: whether a terminal could start with a configuration, each fault on its own line.

Looks at the file, at the ports and folders it names, and at what set-up should have made. It opens
no device and changes nothing. A port that is not there is a fault here, though the terminal itself
would start and call the device absent.
"""

import json
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

import assets
from kiosk_app.base.database_key import told
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.settings import load_settings
from kiosk_app.base.settings_faults import worded
from kiosk_app.base.toml_lines import Place, line_of
from kiosk_app.diagnostics.device_checks import device_faults


def check_configuration(path: Path) -> list[str]:
    """Return every fault found, worded for the person who edits the file."""
    try:
        settings = load_settings(path)
    except (OSError, ValueError) as error:
        return worded(path, error)
    lines = line_of(path.read_text("utf-8"))
    faults = [*device_faults(settings), *_folder_faults(settings), *_identity_faults(settings)]
    return [
        *(f"{path}:{lines.get(place, 1)}: {'.'.join(_named(place))}: {fault}" for place, fault in faults),
        *_release_faults(),
    ]


def notes_on(path: Path) -> list[str]:
    """Return what a technician should know of a configuration that is no fault; nothing of one that cannot be read."""
    try:
        return [told(load_settings(path).kiosk)]
    except (OSError, ValueError):
        return []


def report(faults: list[str], *, as_json: bool, notes: Sequence[str] = ()) -> int:
    """Print the faults, and for a person the notes; 0 when there are no faults, else 2."""
    if notes and not as_json:
        print("\n".join(notes))
    if as_json:
        print(json.dumps(faults, ensure_ascii=False))
    elif faults:
        print("\n".join(faults), file=sys.stderr)
    else:
        print("the configuration is right")
    return 2 if faults else 0


def _named(place: Place) -> list[str]:
    return [str(part + 1) if isinstance(part, int) else part for part in place]


def _folder_faults(settings: Settings) -> list[tuple[Place, str]]:
    folder = settings.kiosk.state_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if os.access(folder, os.W_OK):
        return []
    return [(("kiosk", "state_dir"), f"{folder} may not be written by this user")]


def _identity_faults(settings: Settings) -> list[tuple[Place, str]]:
    ca_file, identity = settings.central.ca_file, settings.kiosk.identity_file
    faults: list[tuple[Place, str]] = []
    if ca_file is not None and not ca_file.exists():
        faults.append((("central", "ca_file"), f"{ca_file} does not exist; it has the authorities of central's site"))
    try:
        seen = identity.stat()
    except FileNotFoundError:
        faults.append((("central",), "the terminal is not enrolled: kiosk enrol --config FILE CODE"))
    except PermissionError:
        pass  # the folder is the agent's user's alone, as it should be; who looks is another
    else:
        if seen.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            said = f"{identity} can be read by others; have the terminal enrolled anew"
            faults.append((("kiosk", "state_dir"), said))
    return faults


def _release_faults() -> list[str]:
    """What set-up should have made."""
    faces = (assets.SANS_REGULAR, assets.SANS_BOLD, assets.RARE_A, assets.RARE_B)
    return [f"{face}: missing; run the set-up" for face in faces if not face.exists()]
