"""What is true around a visit when something happens in it: time, devices, the catalogue.

The machine reads facts and never changes them. `blocked` derives whether an item can be served from
the health of the devices it needs, so that nobody starts what cannot be finished.
"""

from dataclasses import dataclass

from contract.catalogue import Catalogue, ServiceItem
from contract.fault import Fault
from devices.values import DeviceState, DeviceStatus
from kiosk_app.link.desk import CentralSeen


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one moment. `fresh` is an identifier nobody has used."""

    now: float
    fresh: str
    catalogue: Catalogue | None
    reader: DeviceStatus | None = None
    printer: DeviceStatus | None = None
    central: CentralSeen | None = None


def blocked(item: ServiceItem, facts: Facts) -> Fault | None:
    """Return why `item` cannot be served now, or None."""
    for need in item.needs:
        status = facts.reader if need == "identity-reader" else facts.printer
        absent = "reader.absent" if need == "identity-reader" else "printer.absent"
        if status is None:
            return Fault.of(absent)
        if not status.state.serves and status.state is not DeviceState.STARTING:
            return status.fault or Fault.of(absent)
    return None
