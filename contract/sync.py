"""The one request between a terminal and central: ``POST /v1/sync``."""

from contract.cases import JournalEvent
from contract.catalogue import Catalogue
from contract.fleet import Health
from contract.ids import CaseId, InstallationId, KioskId
from contract.model import Value

SYNC_PROTOCOL = 1


class SyncRequest(Value):
    """Events after the last acknowledged one, in order, with the terminal's health.

    Idempotent on ``(installation, sequence)``: sending an event again changes nothing.
    """

    protocol: int = SYNC_PROTOCOL
    kiosk: KioskId
    installation: InstallationId
    catalogue_version: int
    events: tuple[JournalEvent, ...] = ()
    health: Health | None = None


class Verdict(Value):
    """What central made of a case, later than its receipt."""

    case_id: CaseId
    verdict: str
    at: str


class SyncReply(Value):
    """`acknowledged` is the highest sequence up to which central has every event durably."""

    acknowledged: int
    verdicts: tuple[Verdict, ...] = ()
    catalogue: Catalogue | None = None
    next_delay_s: float
    server_time: str
