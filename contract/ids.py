"""Identifiers: ULIDs, so that they sort by time of making and never need a round trip.

Distinct `NewType`s keep a case from being passed where a visit is meant. An identifier says
nothing about a person and may be logged.
"""

from typing import NewType

KioskId = NewType("KioskId", str)
"""Name of a terminal as its operator gave it, such as ``demo-0001``."""
InstallationId = NewType("InstallationId", str)
"""One life of one terminal's disk; a wiped disk is a new installation."""
VisitId = NewType("VisitId", str)
CaseId = NewType("CaseId", str)
LookupId = NewType("LookupId", str)
ActionId = NewType("ActionId", str)
"""One physical action, such as one print; the same from button to spooler to central."""
DeviceId = NewType("DeviceId", str)
"""The device's ``id`` in the terminal's configuration."""
OrderId = NewType("OrderId", str)
"""One request to one device; a print's order id is its action id."""
EventId = NewType("EventId", str)


def new_id() -> str:
    """Return a fresh ULID of 26 characters."""
    from ulid import ULID  # noqa: PLC0415 - reads package metadata, which the first frame does not wait for

    return str(ULID())
