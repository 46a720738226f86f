"""``kiosk ctl support-bundle``: one file for whoever helps from afar, made of what says nothing about a person.

The log's newest lines go through the same allow-list as when central asks for them; standard error, the store,
the spool and every picture stay here, and so does all of an address but scheme and host: a camera's stream may
have its password in it. Works when the terminal does not run, and says so in the bundle.
"""

import io
import json
import os
import platform
import shutil
import sys
import tarfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devices.addresses import told
from kiosk_app.base.log_excerpt import excerpt
from kiosk_app.base.machine_settings import Settings
from kiosk_app.diagnostics.asking import PATIENCE_S, devices_of, shown_devices
from kiosk_app.diagnostics.configuration import check_configuration, notes_on

_LOGS = ("terminal.jsonl",)


def write_bundle(
    settings: Settings, configuration: Path, to: Path | None, *, as_json: bool, patience_s: float = PATIENCE_S
) -> int:
    """Write the bundle, readable by its owner alone, and print where it is.

    Raises:
        OSError: it cannot be written; one that is there already is not overwritten.
    """
    now = datetime.now(UTC)
    path = to or Path(f"kiosk-support-{settings.kiosk.id}-{now:%Y%m%dT%H%M%SZ}.tar.gz")
    parts = _parts(settings, configuration, now, patience_s)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as bundle:
        for name, content in parts.items():
            entry = tarfile.TarInfo(f"{path.name.removesuffix('.tar.gz')}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), int(now.timestamp()), 0o600
            bundle.addfile(entry, io.BytesIO(content))
    told = {"bundle": str(path), "bytes": path.stat().st_size, "parts": list(parts)}
    print(json.dumps(told, ensure_ascii=False) if as_json else f"{path}: {', '.join(parts)}")
    return 0


def _parts(settings: Settings, configuration: Path, now: datetime, patience_s: float) -> Mapping[str, bytes]:
    parts = {
        "machine.json": _written(_machine(settings, now)),
        "settings.json": _written(_cut(settings.model_dump(mode="json"))),
        "check.txt": "\n".join(_cut([*check_configuration(configuration), *notes_on(configuration), ""])).encode(),
        "devices.json": _written(_cut(_devices(settings, patience_s))),
    }
    for name in _LOGS:
        try:
            parts[name] = _lines(excerpt(settings.kiosk.state_dir / "log" / name))
        except OSError as error:
            parts[f"{name}.missing"] = f"{error.strerror}\n".encode()
    return parts


def _lines(log: bytes) -> bytes:
    return b"\n".join(json.dumps(_cut(json.loads(line)), ensure_ascii=False).encode() for line in log.splitlines())


def _cut(value: Any) -> Any:
    """Return a value of JSON with every address in its texts cut to scheme and host."""
    match value:
        case str():
            return told(value)
        case list() | tuple():
            return [_cut(one) for one in value]
        case dict():
            return {name: _cut(one) for name, one in value.items()}
        case _:
            return value


def _devices(settings: Settings, patience_s: float) -> object:
    views = devices_of(settings, patience_s)
    return {"running": False} if views is None else {"running": True, "devices": shown_devices(views)}


def _machine(settings: Settings, now: datetime) -> dict[str, Any]:
    folder = settings.kiosk.state_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    disk = shutil.disk_usage(folder)
    return {
        "kiosk": settings.kiosk.id,
        "at": now.isoformat(),
        "zone": time.strftime("%z"),
        "system": platform.platform(),
        "python": sys.version,
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "uptime_s": round(time.clock_gettime(time.CLOCK_BOOTTIME)),
        "memory": _memory(),
        "disk": {"total": disk.total, "free": disk.free},
    }


def _memory() -> dict[str, str]:
    """Return the first lines of proc(5)'s meminfo: total, free, available."""
    lines = Path("/proc/meminfo").read_text("ascii").splitlines()[:3]
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _written(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode()
