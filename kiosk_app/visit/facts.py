"""What is true around a visit when something happens in it: time, devices, the catalogue.

The machine reads facts and never changes them. `blocked` derives whether an item can be served from
the health of the devices it needs, so that nobody starts what cannot be finished.
"""

from dataclasses import dataclass
from typing import assert_never

from contract.catalogue import Catalogue, Need, ServiceItem
from contract.fault import Fault
from devices.values import DeviceState, DeviceStatus
from kiosk_app.link.desk import CentralSeen


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one moment.

    `fresh` is an identifier nobody has used, empty where nothing can begin; `verify_url` the page that codes on
    documents lead to. `settled` says that nothing of an earlier process is open any more.
    """

    now: float
    fresh: str
    catalogue: Catalogue | None
    reader: DeviceStatus | None = None
    printer: DeviceStatus | None = None
    central: CentralSeen | None = None
    scanner: DeviceStatus | None = None
    verify_url: str = ""
    settled: bool = True
    in_service: bool = True
    """Whether central lets this terminal serve anybody; a visit that runs is not cut off."""

    @property
    def ready(self) -> bool:
        """Whether a visit could begin.

        Not before what an earlier process left open is settled: whoever was interrupted still stands there,
        and a new visit would take the place of what has to be said to them.
        """
        return self.settled and self.in_service and self.catalogue is not None


def blocked(item: ServiceItem, facts: Facts) -> Fault | None:
    """Return why `item` cannot be served now, or None."""
    for need in item.needs:
        status, absent = _of(need, facts)
        if status is None:
            return Fault.of(absent)
        if not status.state.serves and status.state is not DeviceState.STARTING:
            return status.fault or Fault.of(absent)
    return None


def _of(need: Need, facts: Facts) -> tuple[DeviceStatus | None, str]:
    """The status of the device that is needed, and the fault when there is none."""
    match need:
        case "identity-reader":
            return facts.reader, "reader.absent"
        case "code-scanner":
            return facts.scanner, "scanner.absent"
        case "printer":
            return facts.printer, "printer.absent"
        case _:
            assert_never(need)
