"""Health of a terminal, in XFS4IoT's words for devices."""

from contract.fault import Fault
from contract.ids import DeviceId
from contract.model import Value


class DeviceHealth(Value):
    """One device as central sees it."""

    device: DeviceId
    kind: str
    driver: str
    state: str
    fault: Fault | None = None


class Health(Value):
    """What a terminal says of itself with each sync; nothing personal."""

    release: str
    started_at: str
    at: str
    undelivered: int
    disk_free_mb: int
    devices: tuple[DeviceHealth, ...] = ()
