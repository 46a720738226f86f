"""The sections of a terminal's settings that every process reads, and of the devices only their names.

The screen's process reads these alone: making sense of every driver's settings costs a tenth of its start
and is the business of `deviced`, which refuses what is wrong there. Unknown keys are refused here too.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """Base of every table in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KioskSection(Section):
    """Which terminal this is."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,30}$")
    hall: str
    language: str = Field(default="zh", pattern=r"^(zh|en)$")
    state_dir: Path = Path("/var/lib/kiosk")
    """Database, keys and logs; only the agent's user may read it."""
    database_key: Literal["auto", "credential", "file"] = "auto"
    """Who keeps the secret of the database key: by default the system's credential where there is one. It may be
    changed at any time: the next start that is given both wraps the same key anew."""
    run_dir: Path | None = None
    """Where the processes' sockets are; the default is ``run`` in `state_dir`."""

    @property
    def sockets(self) -> Path:
        return self.run_dir if self.run_dir is not None else self.state_dir / "run"

    @property
    def log_file(self) -> Path:
        """One for all processes."""
        return self.state_dir / "log" / "terminal.jsonl"

    @property
    def identity_file(self) -> Path:
        """Who this terminal is to central: a secret of the agent's."""
        return self.state_dir / "identity" / "identity.json"


class CentralSection(Section):
    """Where central is and how the terminal shows who it is."""

    url: str = Field(pattern=r"^https?://[^/]+(/.*)?$")
    ca_file: Path | None = None
    """Authorities that may have signed central's certificate, in place of those that the release knows."""
    verify_url: str | None = None
    """What the QR on a document points to; the default is ``{url}/verify``."""
    timeout_s: float = Field(default=8.0, gt=0, le=60)
    sync_every_s: float = Field(default=30.0, gt=0, le=3600)
    """The pace until central names its own."""


class ScreenSection(Section):
    """The window; a real terminal runs full screen."""

    width: int = Field(default=1080, ge=800, le=4096)
    height: int = Field(default=1920, ge=800, le=4096)
    full_screen: bool = True
    renew_after_visits: int = Field(default=1, ge=0)
    """The screen's process begins anew, with empty memory, after so many visits; 0 is only above `renew_above_mib`."""
    renew_above_mib: int = Field(default=512, ge=128)
    """The same after a visit that left the process with more resident memory than this, in MiB."""


class DeviceEntry(BaseModel):
    """A device by name; what else stands there is its driver's."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    kind: str
    driver: str


class CommonSettings(Section):
    """What every process is told."""

    kiosk: KioskSection
    central: CentralSection
    screen: ScreenSection = ScreenSection()

    @property
    def verify_url(self) -> str:
        return self.central.verify_url or f"{self.central.url.rstrip('/')}/verify"


class ScreenSettings(CommonSettings):
    """What the screen's process is told."""

    devices: tuple[DeviceEntry, ...] = ()
