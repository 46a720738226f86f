"""A fleet's two directions: what a terminal says of itself, and what central may tell it to do.

Health is in XFS4IoT's words for devices and holds nothing personal. Orders are few and named here; one
carries the terminal it is meant for and an end, and crosses the wire as the exact text that was signed.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contract.enrolment import KeyId, Signature
from contract.fault import Fault
from contract.ids import DeviceId, KioskId
from contract.model import Value


class DeviceHealth(Value):
    """One device as central sees it."""

    device: DeviceId
    kind: str
    driver: str
    state: str
    fault: Fault | None = None


class Health(Value):
    """What a terminal says of itself with each sync; nothing personal.

    `clock_skew_ms` is how far its clock is ahead of central's, as far as it knows; it is told and never used
    for an order. `in_service` is False while central has taken it out of service.
    """

    release: str
    started_at: str
    at: str
    undelivered: int
    disk_free_mb: int
    devices: tuple[DeviceHealth, ...] = ()
    clock_skew_ms: Annotated[int | None, Field(exclude_if=lambda skew: skew is None)] = None
    in_service: Annotated[bool, Field(exclude_if=lambda serving: serving)] = True


class CommandKind(StrEnum):
    """Everything that central can tell a terminal to do."""

    REFRESH = "refresh"
    RESTART = "restart"
    OUT_OF_SERVICE = "out-of-service"
    IN_SERVICE = "in-service"
    COLLECT_LOGS = "collect-logs"
    SCREENSHOT = "screenshot"


class CommandOrder(Value):
    """One order for one terminal, good between its two instants by central's clock, to be done once."""

    command_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
    kiosk: KioskId
    kind: CommandKind
    issued_at: str
    expires_at: str
    reason: str = ""


class SignedCommand(Value):
    """A `CommandOrder` as the JSON text that was signed: `command_text` of it, with the key named."""

    key_id: KeyId
    payload: Annotated[str, Field(max_length=4096)]
    signature: Signature


class CommandState(StrEnum):
    """How far an order got; all but `begun` are final."""

    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    EXPIRED = "expired"


class CommandAnswer(Value):
    """What became of an order. `detail` is a word, never about a person; `blob_sha256` names what it made."""

    command_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
    state: CommandState
    at: Annotated[str, Field(pattern=r"^[0-9T:.+Z-]{1,40}$")]
    detail: Annotated[str, Field(max_length=200)] = ""
    blob_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None


def command_text(payload: str) -> bytes:
    """Return the bytes that central's command key signs."""
    return b"kiosk-command-v1\n" + payload.encode()
