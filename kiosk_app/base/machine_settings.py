"""All that a terminal can be told: the sections of every process, and the devices."""

from devices.registry import AnyDriverSettings
from kiosk_app.base.settings_sections import CommonSettings


class Settings(CommonSettings):
    """Everything a terminal can be told."""

    devices: tuple[AnyDriverSettings, ...] = ()
