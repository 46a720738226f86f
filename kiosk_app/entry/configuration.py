"""Reading a configuration for a command: the settings, or on standard error what is wrong with the file."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kiosk_app.base.settings import load_screen_settings, load_settings
from kiosk_app.base.settings_sections import ScreenSettings

if TYPE_CHECKING:  # its devices are not the screen's
    from kiosk_app.base.machine_settings import Settings

Read = TypeVar("Read")


def load(path: Path) -> "Settings | None":
    """Return the settings; None when the file is wrong, which has then been said."""
    return _load(path, load_settings)


def load_for_screen(path: Path) -> ScreenSettings | None:
    """Return the settings of the screen's process, as `load`; what the devices' are worth others say."""
    return _load(path, load_screen_settings)


def _load(path: Path, read: Callable[[Path], Read]) -> Read | None:
    try:
        return read(path)
    except (OSError, ValueError) as error:
        from kiosk_app.base.settings_faults import worded  # noqa: PLC0415 - only a wrong file needs words

        sys.stderr.write("\n".join(worded(path, error)) + "\n")
    return None
