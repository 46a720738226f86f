"""Whether an event that came is the one that is held under its number.

It is told by a hash of the event's text as it came. A release before hashed it with its keys sorted, and a
sender may order them anew: so where hashes differ the content decides, which is dear and rare. A body that
was forgotten (`central.retention`) can only be told by its hash.
"""

import hashlib
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from central.bulk import Row, table_of
from central.models import InboxEvent

_INBOX = table_of(InboxEvent)
_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def text_hash(sequence: int, event_id: str, at: str, body: str) -> str:
    """Return the hash of an event; `body` is its JSON without spaces, with its keys in the order that they came in."""
    return hashlib.sha256(f"{sequence} {event_id} {at} {body}".encode()).hexdigest()


def same_event(session: Session, came: Row, known: str, twin: Row | None) -> bool:
    """Tell whether the row that came is the one whose hash is `known`: `twin` when that is not in the inbox yet."""
    if came["sha256"] == known:
        return True
    content = _content(came)
    if hashlib.sha256(content.encode()).hexdigest() == known:
        return True
    held = twin if twin is not None else _held(session, came)
    return held["body"] != "" and _content(held) == content


def _held(session: Session, came: Row) -> Row:
    query = select(_INBOX.c.sequence, _INBOX.c.event_id, _INBOX.c.at, _INBOX.c.body).where(
        *(_INBOX.c[name] == came[name] for name in ("installation_id", "sequence"))
    )
    return dict(session.execute(query).mappings().one())


def _content(row: Row) -> str:
    """Return an event so that the same content is the same text, as releases before hashed it."""
    body = _SORTED(json.loads(row["body"]))
    return f'{{"at":"{row["at"]}","body":{body},"event_id":"{row["event_id"]}","sequence":{row["sequence"]}}}'
