"""Number ranges for queue tickets: leased to one terminal, so that it can number tickets while offline.

A number is leased once for its queue and day and never again, whatever becomes of the lease; a range
that ran out of time leaves a hole, not a double. `day` is the hall's calendar day.
"""

from typing import Annotated

from pydantic import Field

from contract.model import Value

QueueName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", examples=["hall-a"])]
Day = Annotated[str, Field(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", examples=["2026-11-21"])]
LeaseId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
TicketNumber = Annotated[int, Field(ge=1, lt=2**31)]


class RangeRequest(Value):
    """Wants `count` numbers. The same `request_id` gets the same lease, for ever."""

    request_id: LeaseId
    queue: QueueName
    day: Day
    count: Annotated[int, Field(ge=1, le=500)]


class RangeLease(Value):
    """The numbers `first` to `last`, both included, until `expires_at` by central's clock."""

    lease_id: LeaseId
    request_id: LeaseId
    queue: QueueName
    day: Day
    first: TicketNumber
    last: TicketNumber
    expires_at: str


class RangeHeld(Value):
    """A lease as its terminal holds it. `next` is the number it gives next, ``last + 1`` when none is left."""

    lease_id: LeaseId
    queue: QueueName
    day: Day
    first: TicketNumber
    last: TicketNumber
    next: TicketNumber
