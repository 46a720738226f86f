"""What one request to central carries, and what its reply changes here: no loop, no waiting, no network.

The events themselves are packed apart (`kiosk_app.agent.batch`). A reply is believed no further than it can be
right: what it acknowledges must have been written here, and what it has forgotten is said to be forgotten.
Acknowledgement, turn, cursor and verdicts are one transaction; a bad catalogue costs none of them.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from contract.fleet import CommandAnswer, Health
from contract.ids import CaseId, InstallationId, KioskId
from contract.ranges import RangeHeld, RangeRequest
from contract.sync import SequenceSpan, SyncReply, SyncRequest
from offline_cache.cache import Cache

_MOST_SPANS: Final = 500
_MOST_ANSWERS: Final = 100
_MOST_RANGES: Final = 100


class NotAReply(Exception):
    """Central's answer is none, or cannot be right; the message says how and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the terminal stands, read in one go."""

    installation: InstallationId
    first_sequence: int
    turn: str | None
    verdict_cursor: int
    acknowledged: int
    last: int
    lost: tuple[SequenceSpan, ...]
    answers: tuple[CommandAnswer, ...]
    range_requests: tuple[RangeRequest, ...]
    ranges_held: tuple[RangeHeld, ...]
    in_service: bool

    @property
    def undelivered(self) -> int:
        return self.last - self.acknowledged


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reply changed: how far central has gone on or back, what it still lacks, the cases it now has whole."""

    moved: int
    undelivered: int
    delivered: tuple[CaseId, ...]
    ranges: int


def standing(cache: Cache) -> Standing:
    """Read where the terminal stands, on the store's thread."""
    return Standing(
        installation=cache.installation,
        first_sequence=cache.life.first_sequence,
        turn=cache.life.turn,
        verdict_cursor=cache.life.verdict_cursor or 0,
        acknowledged=cache.journal.acknowledged,
        last=cache.journal.last,
        lost=tuple(SequenceSpan(first=first, last=last) for first, last in cache.journal.lost(_MOST_SPANS)),
        answers=cache.orders.untold(_MOST_ANSWERS),
        range_requests=cache.numbers.requests(_MOST_RANGES),
        ranges_held=cache.numbers.held(_MOST_RANGES),
        in_service=cache.orders.in_service,
    )


def standing_after(stands: Standing, reply: SyncReply, last: int) -> Standing:
    """Return where the terminal stands once an answer that says only how far central is was made durable.

    `last` is the newest event that goes next: it may be younger than what the journal ended with before.
    """
    return replace(
        stands,
        acknowledged=reply.acknowledged,
        turn=reply.turn,
        verdict_cursor=reply.verdict_cursor or 0,
        last=max(stands.last, last),
    )


def members(
    kiosk: KioskId,
    stands: Standing,
    catalogue_version: int,
    health: Health,
    *,
    rejected: tuple[CommandAnswer, ...] = (),
    blobs_lost: Collection[str] = (),
) -> bytes:
    """Return a `SyncRequest` as JSON, but for its events."""
    request = SyncRequest(
        kiosk=kiosk,
        installation=stands.installation,
        catalogue_version=catalogue_version,
        health=health,
        turn=stands.turn,
        first_sequence=stands.first_sequence,
        lost=stands.lost,
        verdict_cursor=stands.verdict_cursor,
        command_answers=stands.answers + rejected,
        range_requests=stands.range_requests,
        ranges_held=stands.ranges_held,
        blobs_lost=tuple(blobs_lost),
    )
    return request.model_dump_json(exclude={"events"}).encode()


def unpacked(answer: bytes) -> tuple[SyncReply, Any]:
    """Return central's reply, and the catalogue in it as it came.

    Raises:
        NotAReply: it is none.
    """
    try:
        raw: Any = json.loads(answer)
        catalogue = raw.pop("catalogue", None) if isinstance(raw, dict) else None
        return SyncReply.model_validate(raw), catalogue
    except (ValidationError, ValueError, RecursionError):
        raise NotAReply("not a sync reply") from None


def take(cache: Cache, stands: Standing, reply: SyncReply, now: str) -> Taken:
    """Make durable what central says, on the store's thread; `now` is central's time.

    Raises:
        NotAReply: it acknowledges what was never written here, or forgot what came before this installation.
        StorageTrouble: nothing was changed, and central says it again.
    """
    if reply.acknowledged > stands.last:
        raise NotAReply("acknowledged beyond the journal's end")
    if reply.acknowledged < stands.first_sequence - 1:
        raise NotAReply("acknowledged before this installation began")
    if reply.acknowledged < stands.acknowledged:
        cache.acknowledge_back(reply.acknowledged)
    # What was known already is not written again: an idle terminal does not wear its disk.
    turn = reply.turn if reply.turn != stands.turn else None
    cursor = reply.verdict_cursor if reply.verdict_cursor != stands.verdict_cursor else None
    delivered = cache.acknowledge(reply.acknowledged, turn, cursor, reply.verdicts)
    if stands.answers:
        cache.orders.told(stands.answers)
    leased = cache.numbers.leased(reply.ranges) if reply.ranges else ()
    if stands.ranges_held or stands.range_requests:
        cache.numbers.expire(now)
    return Taken(reply.acknowledged - stands.acknowledged, cache.journal.undelivered, delivered, len(leased))
