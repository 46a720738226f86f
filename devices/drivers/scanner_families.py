"""The families of scanners by the names that the configuration has for them."""

from typing import Literal, assert_never

from devices.drivers.scanner_gm65 import Gm65
from devices.drivers.scanner_honeywell import Honeywell
from devices.drivers.scanner_newland import Newland
from devices.drivers.scanner_talk import Family

FamilyName = Literal["none", "newland", "honeywell", "gm65"]


def family_of(name: FamilyName) -> Family | None:
    """Return how to talk with a scanner; None for one that is not talked with."""
    match name:
        case "none":
            return None
        case "newland":
            return Newland()
        case "honeywell":
            return Honeywell()
        case "gm65":
            return Gm65()
        case _:
            assert_never(name)
