"""Whether an event that came is the one that is held under its number.

It is told by a hash of the event's text as it came. A release before hashed it with its keys sorted, and a
sender may order them anew: so where hashes differ the content decides, which is dear and rare. A body that
was forgotten (`central.retention`) can only be told by its hash.
"""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.bulk import table_of
from central.incoming import Came
from central.models import InboxEvent

_INBOX = table_of(InboxEvent)
_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def same_event(session: Session, installation: str, came: Came, known: str, twin: Came | None) -> bool:
    """Tell whether the event that came is the one whose hash is `known`: `twin` when that is not in the inbox yet."""
    if came.sha256 == known:
        return True
    content = _content(came)
    if hashlib.sha256(content.encode()).hexdigest() == known:
        return True
    held = twin if twin is not None else _held(session, installation, came.sequence)
    return held.body != "" and _content(held) == content


def _held(session: Session, installation: str, sequence: int) -> Came:
    query = select(_INBOX.c.sequence, _INBOX.c.event_id, _INBOX.c.at, _INBOX.c.kind, _INBOX.c.body).where(
        _INBOX.c.installation_id == installation, _INBOX.c.sequence == sequence
    )
    return Came(*session.execute(query).one())


def _content(event: Came) -> str:
    """Return an event so that the same content is the same text, as releases before hashed it."""
    body = _SORTED(json.loads(event.body))
    return f'{{"at":"{event.at}","body":{body},"event_id":"{event.event_id}","sequence":{event.sequence}}}'
