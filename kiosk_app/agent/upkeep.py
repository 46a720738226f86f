"""Upkeep: what the terminal says of its own health with each sync. Nothing personal, nothing guessed.

Device states are the hub's latest, not a fresh probe, so that reporting never disturbs a citizen.
"""

import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from contract.fleet import DeviceHealth, Health
from devices.hub import DeviceHub
from kiosk_app.base.clock import Clock, instant


class Upkeep:
    """Gathers the health report."""

    def __init__(self, state_dir: Path, hub: DeviceHub, clock: Clock) -> None:
        self._state_dir = state_dir
        self._hub = hub
        self._clock = clock
        self._started_at = instant(clock.now())
        self._release = release()

    def health(self, undelivered: int, clock_skew_s: float | None = None, *, in_service: bool = True) -> Health:
        return Health(
            release=self._release,
            started_at=self._started_at,
            at=instant(self._clock.now()),
            undelivered=undelivered,
            disk_free_mb=self._disk_free_mb(),
            devices=tuple(
                DeviceHealth(
                    device=view.info.device,
                    kind=view.info.kind,
                    driver=view.info.driver,
                    state=view.status.state.value,
                    fault=view.status.fault,
                )
                for view in self._hub.snapshot().devices
            ),
            clock_skew_ms=None if clock_skew_s is None else round(clock_skew_s * 1000),
            in_service=in_service,
        )

    def _disk_free_mb(self) -> int:
        try:
            return shutil.disk_usage(self._state_dir).free // (1024 * 1024)
        except OSError:
            return 0


def release() -> str:
    """Return the version of this release; a checkout that was never installed has none."""
    try:
        return version("kiosk")
    except PackageNotFoundError:
        return "unreleased"
