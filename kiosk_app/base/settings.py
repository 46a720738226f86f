"""The terminal's settings: defaults, the site's TOML, the environment; read once, frozen.

Unknown keys are refused. The environment overrides with ``KIOSK__SECTION__KEY``, such as
``KIOSK__CENTRAL__URL``. Whoever wants a changed setting restarts the terminal.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from kiosk_app.base.first_look import merged
from kiosk_app.base.settings_sections import (
    CentralSection,
    KioskSection,
    ScreenSection,
    ScreenSettings,
)

if TYPE_CHECKING:  # its devices are not the screen's
    from kiosk_app.base.machine_settings import Settings

__all__ = ["CentralSection", "KioskSection", "ScreenSection", "ScreenSettings", "load_screen_settings", "load_settings"]


def load_settings(path: Path) -> "Settings":
    """Read, merge and check the configuration.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: it is not UTF-8.
        tomllib.TOMLDecodeError: it is not TOML; the message names line and column.
        pydantic.ValidationError: a key or value is wrong; `kiosk_app.base.settings_faults` words it.
    """
    from kiosk_app.base.machine_settings import Settings  # noqa: PLC0415 - see `settings_sections`

    return Settings.model_validate(merged(path))


def load_screen_settings(path: Path) -> ScreenSettings:
    """Read, merge and check what the screen's process needs. Raises as `load_settings` does."""
    return ScreenSettings.model_validate(merged(path))
