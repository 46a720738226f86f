"""The terminal's settings: defaults, the site's TOML, the environment; read once, frozen.

Unknown keys are refused. The environment overrides with ``KIOSK__SECTION__KEY``, such as
``KIOSK__CENTRAL__URL``. Whoever wants a changed setting restarts the terminal.
"""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from devices.registry import AnyDriverSettings


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class KioskSection(_Section):
    """Which terminal this is."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")
    hall: str
    language: str = Field(default="zh", pattern=r"^(zh|en)$")
    state_dir: Path = Path("/var/lib/kiosk")
    """Database, keys and logs; only the agent's user may read it."""


class CentralSection(_Section):
    """Where central is and how the terminal shows who it is."""

    url: str = Field(pattern=r"^https?://[^/]+(/.*)?$")
    token_file: Path | None = None
    verify_url: str | None = None
    """What the QR on a document points to; the default is ``{url}/verify``."""
    timeout_s: float = Field(default=8.0, gt=0, le=60)
    sync_every_s: float = Field(default=30.0, gt=0, le=3600)
    """The pace until central names its own."""


class ScreenSection(_Section):
    """The window; a real terminal runs full screen."""

    width: int = Field(default=1080, ge=800, le=4096)
    height: int = Field(default=1920, ge=800, le=4096)
    full_screen: bool = True


class Settings(_Section):
    """Everything a terminal can be told."""

    kiosk: KioskSection
    central: CentralSection
    screen: ScreenSection = ScreenSection()
    devices: tuple[AnyDriverSettings, ...] = ()

    @property
    def verify_url(self) -> str:
        return self.central.verify_url or f"{self.central.url.rstrip('/')}/verify"


def load_settings(path: Path) -> Settings:
    """Read, merge and check the configuration.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: it is not UTF-8.
        tomllib.TOMLDecodeError: it is not TOML; the message names line and column.
        pydantic.ValidationError: a key or value is wrong; `kiosk_app.base.settings_faults` words it.
    """
    raw = tomllib.loads(path.read_text("utf-8"))
    return Settings.model_validate(_with_environment(raw, dict(os.environ)))


def _with_environment(raw: dict[str, Any], environment: dict[str, str]) -> dict[str, Any]:
    for name, value in sorted(environment.items()):
        parts = [part.lower() for part in name.split("__")]
        if len(parts) == 3 and parts[0] == "kiosk" and parts[1] in Settings.model_fields:
            raw.setdefault(parts[1], {})[parts[2]] = value
    return raw
