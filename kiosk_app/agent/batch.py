"""The events of one request, packed before their turn: while central works on what went before them.

Packing begins with the events, so that only the request's other members are left for the moment of sending; the
text is gone once it is packed. A batch says after which event it begins and which it leaves out: whoever sends
it checks that this is still what comes next. What it holds is about people, and shows in no `repr`.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contract.ids import InstallationId
from offline_cache.journal import OutgoingEvent

_GZIP: Final = 16 + zlib.MAX_WBITS
_LEVEL: Final = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a journal a batch begins: after which event, and without which that central refused."""

    installation: InstallationId
    after: int
    without: frozenset[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """At least one event, in their order; `last` is the sequence of the newest, `sequence` and `kind` of the first."""

    place: Place
    count: int
    sequence: int
    kind: str
    last: int
    _begun: Any = field(repr=False)
    """A compressor in the midst of the request."""
    _so_far: bytes = field(repr=False)

    @property
    def following(self) -> Place:
        """Where the next begins once central has this one."""
        return Place(self.place.installation, self.last, self.place.without)

    def closed_by(self, members: bytes) -> bytes:
        """Return a request of these events and the members of a JSON object, packed with gzip."""
        rest = self._begun.copy()
        return b"".join((self._so_far, rest.compress(_joined(members)), rest.flush()))


def pack(place: Place, events: Sequence[OutgoingEvent]) -> Batch | None:
    """Begin a request with the events' text as it was written; None without events."""
    if not events:
        return None
    begun = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    first, last = events[0], events[-1]
    packed = [begun.compress(b'{"events":[' + first.json.encode())]
    packed += (begun.compress(b"," + event.json.encode()) for event in events[1:])  # never all of it unpacked at once
    packed.append(begun.compress(b"]"))
    return Batch(place, len(events), first.sequence, first.kind, last.sequence, begun, b"".join(packed))


def without_events(members: bytes) -> bytes:
    """Return a request that has nothing to deliver, not packed."""
    return b'{"events":[]' + _joined(members)


def _joined(members: bytes) -> bytes:
    return b"," + members[1:]
