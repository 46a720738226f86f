"""The hash of an event's text as it came, by which the same event is told from another under its number."""

import hashlib


def text_hash(sequence: bytes, event_id: bytes, at: bytes, body: bytes) -> str:
    """Return the hash; `sequence` in digits, `body` as JSON without spaces, its keys in the order that they came in."""
    return hashlib.sha256(b"%b %b %b %b" % (sequence, event_id, at, body)).hexdigest()
