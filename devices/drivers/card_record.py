"""The text block of an identity card: 256 bytes of UTF-16LE to an `IdentityCard`.

Four sibling cards share the block; the type letter at byte 248 says which. Decoding is strict: what
does not fit is `card.unreadable` naming the field, never its content, and an unknown type letter is
`card.unsupported`. Nothing of a name is dropped or transliterated; only trailing pads go, and a character
that the field's end cut in half is shown as U+FFFD and flagged.
Layouts: vendor protocol of the SDT module, GA/T 490 (text encoding on the card).
"""

import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from devices.drivers.card_checks import HALF, check_digit_2017, flags_of
from devices.drivers.ethnic_groups import ETHNIC_GROUPS
from devices.drivers.sdt_codec import CardBlocks
from devices.errors import MediaTrouble
from devices.values import CardLayout, IdentityCard

TEXT_BYTES = 256
_TYPE_AT = slice(248, 250)
_PADS = "\u0020\u0000"
_NO_END = "长期"
_SEXES = frozenset("0129")
"""GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 unstated."""


@dataclass(frozen=True, slots=True)
class _Spans:
    """Offset and length in bytes of each field; None where the card has no such field."""

    name: tuple[int, int]
    sex: tuple[int, int]
    birth_date: tuple[int, int]
    number: tuple[int, int]
    valid_from: tuple[int, int] = (188, 16)
    valid_to: tuple[int, int] = (204, 16)
    ethnic_group: tuple[int, int] | None = None
    address: tuple[int, int] | None = None
    issuer: tuple[int, int] | None = None
    latin_name: tuple[int, int] | None = None
    latin_name_overflow: tuple[int, int] | None = None
    nationality: tuple[int, int] | None = None
    pass_number: tuple[int, int] | None = None
    times_issued: tuple[int, int] | None = None
    former_number_link: tuple[int, int] | None = None


_CITIZEN = _Spans(name=(0, 30), sex=(30, 2), birth_date=(36, 16), address=(52, 70), number=(122, 36), issuer=(158, 30))
_LAYOUTS: dict[str, tuple[CardLayout, _Spans]] = {
    " ": (CardLayout.RESIDENT, replace(_CITIZEN, ethnic_group=(32, 4))),
    "\0": (CardLayout.RESIDENT, replace(_CITIZEN, ethnic_group=(32, 4))),
    "J": (CardLayout.HMT_RESIDENT, replace(_CITIZEN, pass_number=(220, 18), times_issued=(238, 4))),
    "I": (
        CardLayout.FOREIGNER_2017,
        _Spans(
            name=(158, 30),
            sex=(120, 2),
            birth_date=(220, 16),
            number=(122, 30),
            latin_name=(0, 120),
            nationality=(152, 6),
        ),
    ),
    "Y": (
        CardLayout.FOREIGNER_2023,
        _Spans(
            name=(0, 30),
            sex=(30, 2),
            birth_date=(36, 16),
            number=(122, 36),
            latin_name=(52, 70),
            latin_name_overflow=(220, 22),
            nationality=(242, 6),
            times_issued=(32, 4),
            former_number_link=(250, 6),
        ),
    ),
}


def decode_card(blocks: CardBlocks, today: date) -> IdentityCard:
    """Understand what a reader read, and flag what does not add up as of `today`.

    Raises:
        MediaTrouble: ``card.unreadable`` or ``card.unsupported``.
    """
    text = blocks.text
    if len(text) != TEXT_BYTES:
        raise MediaTrouble("card.unreadable", f"text block of {len(text)} bytes")
    layout, spans = _layout(text)
    latin_name = _latin_name(text, spans)
    sex = _field(text, "sex", spans.sex)
    if sex not in _SEXES:
        raise MediaTrouble("card.unreadable", "sex: not a code of GB/T 2261.1")
    ethnic_code = _field(text, "ethnic group", spans.ethnic_group)
    card = IdentityCard(
        layout=layout,
        # A foreigner's card need not hold a Chinese name; then the Latin one is the name.
        name=_needed("name", _field(text, "name", spans.name) or latin_name),
        sex=sex,
        ethnic_group=ETHNIC_GROUPS.get(ethnic_code, ethnic_code),
        birth_date=_day("birth date", _field(text, "birth date", spans.birth_date)),
        address=_field(text, "address", spans.address),
        number=_needed("number", _field(text, "number", spans.number)).upper(),
        issuer=_field(text, "issuer", spans.issuer),
        valid_from=_day("valid from", _field(text, "valid from", spans.valid_from)),
        valid_to=_last_day(_field(text, "valid to", spans.valid_to)),
        photo_wlt=blocks.photo,
        latin_name=latin_name,
        nationality=_field(text, "nationality", spans.nationality),
        additional_address=_text("additional address", blocks.additional_address),
        fingerprints=blocks.fingerprints,
        pass_number=_field(text, "pass number", spans.pass_number),
        times_issued=_field(text, "times issued", spans.times_issued),
    )
    link = _field(text, "link to the former number", spans.former_number_link)
    card = replace(card, former_number=_former_number(card, link))
    return replace(card, flags=flags_of(card, today))


def _layout(text: bytes) -> tuple[CardLayout, _Spans]:
    unit = int.from_bytes(text[_TYPE_AT], "little")
    known = _LAYOUTS.get(chr(unit))
    if known is None:
        letter = chr(unit) if 0x21 <= unit <= 0x7E else f"U+{unit:04X}"
        raise MediaTrouble("card.unsupported", f"type letter {letter}")
    return known


def _latin_name(text: bytes, spans: _Spans) -> str:
    # Joined before it is decoded: a blank or half a character at the seam belongs to the name.
    return _text("latin name", _bytes(text, spans.latin_name) + _bytes(text, spans.latin_name_overflow))


def _former_number(card: IdentityCard, link: str) -> str:
    """Rebuild the number of 2017 from a card of 2023; "" when its holder had none.

    Nationality, province, two characters of the link, birth date, the link's last character, check digit.
    """
    if len(link) != 3 or len(card.number) != 18:
        return ""
    head = f"{card.nationality}{card.number[1:3]}{link[:2]}{card.number[8:14]}{link[2]}"
    check = check_digit_2017(head)
    return head + check if len(head) == 14 and check else ""


def _field(text: bytes, name: str, span: tuple[int, int] | None) -> str:
    return _text(name, _bytes(text, span))


def _bytes(text: bytes, span: tuple[int, int] | None) -> bytes:
    return text[span[0] : span[0] + span[1]] if span is not None else b""


def _text(name: str, units: bytes) -> str:
    """Decode one field. A character that begins with its last unit was cut by whoever wrote the card."""
    if len(units) % 2:
        raise MediaTrouble("card.unreadable", f"{name}: half a unit")
    if units and 0xD800 <= int.from_bytes(units[-2:], "little") <= 0xDBFF:
        units = units[:-2] + HALF.encode("utf-16-le")
    # Passed and then looked for, because a decoding error would carry the card's bytes along.
    value = units.decode("utf-16-le", "surrogatepass")
    if any(unicodedata.category(character) == "Cs" for character in value):
        raise MediaTrouble("card.unreadable", f"{name}: half a character")
    return value.rstrip(_PADS)


def _needed(name: str, value: str) -> str:
    if not value:
        raise MediaTrouble("card.unreadable", f"{name}: empty")
    return value


def _day(name: str, value: str) -> date:
    if len(value) != 8 or not (value.isascii() and value.isdigit()):
        raise MediaTrouble("card.unreadable", f"{name}: not YYYYMMDD")
    try:
        return date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise MediaTrouble("card.unreadable", f"{name}: no such day") from None


def _last_day(value: str) -> date | None:
    return None if value == _NO_END else _day("valid to", value)
