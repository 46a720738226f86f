"""A technician's card: an applet of our own that says who holds it and answers one challenge.

The driver holds no key and judges nothing: it hands on the id, the challenge it made up and the card's
answer, and whoever opens the diagnostics mode checks them. An id alone proves nothing, since anybody can
write one on a card; so a card without an answer is not handed on at all. See docs/hardware/staff-card.md.
"""

import re
import secrets

from devices.drivers.apdu import OK, CardChannel, refusal, selected
from devices.errors import MediaTrouble
from devices.values import StaffCard

AID = b"\xf0KIOSK\x01"
"""Begins with F: a proprietary identifier that needs no registration (ISO 7816-5)."""
CHALLENGE_BYTES = 16
RESPONSE_BYTES = range(16, 129)

_GET_DATA = bytes.fromhex("00CA0101")
_INTERNAL_AUTHENTICATE = bytes.fromhex("00880000")
_STAFF_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


def read_staff_card(channel: CardChannel) -> StaffCard | None:
    """Read the card, or return None when it is no staff card.

    Raises:
        MediaTrouble: ``card.blocked`` or ``card.unreadable``.
    """
    if not selected(channel.select(0x04, 0x00, AID)):
        return None
    found = channel.ask(_GET_DATA, expected=256)
    if found.status != OK:
        raise refusal(found.status, "staff id")
    if not _STAFF_ID.fullmatch(found.data):
        raise MediaTrouble("card.unreadable", "staff id: not 1 to 32 letters, digits, dots, lines")
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    answer = channel.ask(_INTERNAL_AUTHENTICATE, challenge, expected=256)
    if answer.status != OK:
        raise refusal(answer.status, "challenge")
    if len(answer.data) not in RESPONSE_BYTES:
        raise MediaTrouble("card.unreadable", f"challenge: answer of {len(answer.data)} bytes")
    return StaffCard(found.data.decode("ascii"), answer.data, challenge)
