"""How far each driver is proven: bronze, silver or gold, as docs/drivers.md says what each takes.

A claim and no more; the tests hold each against what is really there. Kept beside the table of drivers, so
that whoever chooses a device for a hall sees it (``kiosk device list-drivers``) without the tests at hand.
"""

from enum import StrEnum


class Grade(StrEnum):
    """How far a driver is proven; each grade includes those before it."""

    BRONZE = "bronze"
    """Passes its capability's conformance suite on a simulator that speaks the device's bytes."""
    SILVER = "silver"
    """Besides: faults scripted, hot-plug, codec fuzzed and searched, a page of hardware notes."""
    GOLD = "gold"
    """Besides: proven on hardware that is named, and measured."""


GRADES: dict[str, Grade] = {
    "sdt-serial": Grade.SILVER,
    "sdt-usb": Grade.SILVER,
    "pcsc": Grade.SILVER,
    "serial-scanner": Grade.SILVER,
    "wedge-scanner": Grade.SILVER,
    "camera-scanner": Grade.SILVER,
    "opencv": Grade.SILVER,
    "cups": Grade.SILVER,
    "serial-lights": Grade.SILVER,
    "serial-proximity": Grade.SILVER,
    "serial-door": Grade.SILVER,
    "nut": Grade.SILVER,
}
"""The grade of each driver of `devices.registry`; one that is not here has none yet."""
