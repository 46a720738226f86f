"""What the very first frame needs of a configuration, read without the library that checks the rest.

It judges nothing: what is missing or wrong here is a default, and the whole file is read and refused in
words right after the frame (`kiosk_app.base.settings`). Loading that reader would cost a quarter of the
time that a citizen waits for the first frame.
"""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Which terminal this is and how large its window is."""

    kiosk: str = ""
    language: str = "zh"
    state_dir: Path = Path("/var/lib/kiosk")
    width: int = 1080
    height: int = 1920
    full_screen: bool = True


def merged(path: Path) -> dict[str, Any]:
    """Return the file's tables with what the environment overrides, as ``KIOSK__SECTION__KEY``.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: it is not UTF-8.
        tomllib.TOMLDecodeError: it is not TOML; the message names line and column.
    """
    raw = tomllib.loads(path.read_text("utf-8"))
    for name, value in sorted(os.environ.items()):
        parts = [part.lower() for part in name.split("__")]
        if len(parts) == 3 and parts[0] == "kiosk" and parts[1] in _SECTIONS:
            raw.setdefault(parts[1], {})[parts[2]] = value
    return raw


_SECTIONS = ("kiosk", "central", "screen")
"""The tables that the environment can reach into; devices are a list and out of its reach."""


def first_look(path: Path) -> FirstLook:
    """Read what the first frame needs; whatever is wrong with the file is a default here."""
    try:
        raw = merged(path)
    except (OSError, ValueError):
        return FirstLook()
    kiosk, screen = _table(raw, "kiosk"), _table(raw, "screen")
    plain = FirstLook()
    language = kiosk.get("language")
    return FirstLook(
        kiosk=str(kiosk.get("id", "")),
        language=language if language in ("zh", "en") else plain.language,
        state_dir=Path(str(kiosk.get("state_dir", plain.state_dir))),
        width=_whole(screen.get("width"), plain.width),
        height=_whole(screen.get("height"), plain.height),
        full_screen=screen.get("full_screen", True) not in (False, "false", "0", "no", "off"),
    )


def _table(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def _whole(value: Any, otherwise: int) -> int:
    try:
        return min(4096, max(320, int(value)))
    except (TypeError, ValueError):
        return otherwise
