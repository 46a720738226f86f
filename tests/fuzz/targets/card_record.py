"""The record of an identity card: any bytes give a card or a refusal by name, and no other exception.

What is refused names the field and quotes nothing of it.
"""

from collections.abc import Iterator
from datetime import date

from devices.drivers.card_record import decode_card
from devices.drivers.sdt_codec import CardBlocks
from devices.errors import MediaTrouble
from devices.sim.card_text import card_bytes
from devices.values import IdentityCard
from tests.device_bench import CARD, card

LONGEST = 1024
_TODAY = date(2026, 6, 1)
_TEXT_BYTES = 256


def check(data: bytes) -> None:
    text, address = data[:_TEXT_BYTES], data[_TEXT_BYTES:]
    try:
        made = decode_card(CardBlocks(text, b"", b"", address), _TODAY)
    except MediaTrouble as trouble:
        assert trouble.fault.code in {"card.unreadable", "card.unsupported"}
        assert trouble.fault.detail.isprintable()
        return
    assert isinstance(made, IdentityCard)
    assert made.name
    assert len(made.number) < 6 or made.number not in repr(made), "a person's number is shown"


def seeds() -> Iterator[bytes]:
    yield CARD
    yield card_bytes(card(valid_to="长期"))
    yield CARD + "虚构市样例区另一条路2号".ljust(35).encode("utf-16-le")
    for letter in "IYJQ":
        yield CARD[:248] + letter.encode("utf-16-le") + CARD[250:]
    yield b""
    yield CARD[:-1]
