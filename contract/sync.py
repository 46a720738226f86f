"""The one request between a terminal and central: ``POST /v1/sync``.

Every later addition has a default, so that two releases understand each other. Nothing is ordered by
time: events by sequence, verdicts by cursor, and `turn` tells one life of a disk from its copy.
"""

from typing import Annotated

from pydantic import Field

from contract.cases import JournalEvent
from contract.catalogue import Catalogue
from contract.fleet import CommandAnswer, Health, SignedCommand
from contract.ids import CaseId, InstallationId, KioskId
from contract.model import Value
from contract.ranges import RangeHeld, RangeLease, RangeRequest

SYNC_PROTOCOL = 1

Sequence = Annotated[int, Field(ge=1, lt=2**62)]
BlobHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a blob's bytes as they cross the wire."""


class SequenceSpan(Value):
    """Sequences from `first` to `last`, both included."""

    first: Sequence
    last: Sequence


class SyncRequest(Value):
    """Events after the last acknowledged one, in order, with the terminal's health.

    Idempotent on ``(installation, sequence)``: sending an event again changes nothing.

    `turn` and `verdict_cursor` are the last ones of a reply that were made durable together with its
    acknowledgement. `first_sequence` is the lowest that this installation ever numbered. `lost` names
    events that central asks for again, after an older backup was restored, and that are gone here.
    """

    protocol: int = SYNC_PROTOCOL
    kiosk: KioskId
    installation: InstallationId
    catalogue_version: int
    events: tuple[JournalEvent, ...] = ()
    health: Health | None = None
    turn: str | None = None
    first_sequence: Sequence = 1
    lost: tuple[SequenceSpan, ...] = ()
    verdict_cursor: int | None = None
    command_answers: tuple[CommandAnswer, ...] = ()
    range_requests: tuple[RangeRequest, ...] = ()
    ranges_held: tuple[RangeHeld, ...] = ()
    blobs_lost: tuple[BlobHash, ...] = ()


class Verdict(Value):
    """What central made of a case, later than its receipt."""

    case_id: CaseId
    verdict: str
    at: str


class SyncReply(Value):
    """`acknowledged` is the highest sequence up to which central has every event durably.

    It goes back only when an older backup of central was restored: the terminal then sends again what it
    still holds and names the rest in `lost`. `rotate_key` asks for a new key soon.
    """

    acknowledged: int
    verdicts: tuple[Verdict, ...] = ()
    catalogue: Catalogue | None = None
    next_delay_s: float
    server_time: str
    turn: str | None = None
    verdict_cursor: int | None = None
    rotate_key: bool = False
    commands: tuple[SignedCommand, ...] = ()
    ranges: tuple[RangeLease, ...] = ()
    blobs_wanted: tuple[BlobHash, ...] = ()
