"""The free records of a social security card (LD/T 32, files EF05 and EF06 under SSSE) to a value.

Pure: records in, a `SocialSecurityCard` out. Every record must begin with the tag that was asked for and
fit the length that the specification gives it; what does not is `card.unreadable` naming the field, never
its content. Nothing of a name is dropped, replaced or transliterated; only trailing padding goes.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from devices.drivers.ethnic_groups import ETHNIC_GROUPS
from devices.drivers.social_checks import flags_of
from devices.errors import MediaTrouble
from devices.values import SocialSecurityCard

_PADS = b"\x00\xff\x20"
_SEXES = frozenset("0129")
"""GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 unstated."""
_NO_DAY = frozenset({"", "00000000", "99999999"})
_PRINTABLE = range(0x20, 0x7F)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its tag, the value's length in bytes at most, and whether that length is exact."""

    tag: int
    name: str
    length: int
    exact: bool = False
    needed: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """One elementary file and those of its records that we read, by their place in it (from 1)."""

    identifier: int
    short_identifier: int
    records: Mapping[int, Record]


CARD_NUMBER = Record(0x07, "card number", 9, needed=True)
CARD_CLASS = Record(0x02, "card class", 1)
VERSION = Record(0x03, "version", 4)
ISSUER = Record(0x04, "issuer", 12)
ISSUED = Record(0x05, "issue date", 4, exact=True)
VALID_TO = Record(0x06, "valid to", 4, exact=True)
NUMBER = Record(0x08, "number", 18, needed=True)
NAME = Record(0x09, "name", 30, needed=True)
SEX = Record(0x0A, "sex", 1)
ETHNIC_GROUP = Record(0x0B, "ethnic group", 1, exact=True)
BIRTH_PLACE = Record(0x0C, "birth place", 3, exact=True)
BIRTH_DATE = Record(0x0D, "birth date", 4, exact=True)

FILES = (
    # Tag 01, the card's identification code, is left alone: nobody here needs it.
    File(0xEF05, 5, {7: CARD_NUMBER, 2: CARD_CLASS, 3: VERSION, 4: ISSUER, 5: ISSUED, 6: VALID_TO}),
    File(0xEF06, 6, {1: NUMBER, 2: NAME, 3: SEX, 4: ETHNIC_GROUP, 5: BIRTH_PLACE, 6: BIRTH_DATE}),
)

Values = Mapping[int, bytes]
"""Values by tag, as `value_of` returns them; a record that the card does not have is left out."""


def value_of(record: Record, data: bytes) -> bytes:
    """Take the value out of a record as read: tag, length, value, perhaps padding up to the record's size.

    Raises:
        MediaTrouble: ``card.unreadable``.
    """
    if len(data) < 2 or data[0] != record.tag:
        raise _unreadable(record, "another tag")
    length = data[1]
    if length > len(data) - 2:
        raise _unreadable(record, "shorter than it says")
    if length > record.length or (record.exact and length not in (0, record.length)):
        raise _unreadable(record, f"{length} bytes")
    return data[2 : 2 + length]


def decode_social_card(values: Values, today: date) -> SocialSecurityCard:
    """Understand the values of a card, and flag what does not add up as of `today`.

    Raises:
        MediaTrouble: ``card.unreadable``.
    """
    sex = _ascii(SEX, values)
    if sex and sex not in _SEXES:
        raise _unreadable(SEX, "not a code of GB/T 2261.1")
    ethnic_code = _digits(ETHNIC_GROUP, values)
    card = SocialSecurityCard(
        card_number=_ascii(CARD_NUMBER, values),
        number=_ascii(NUMBER, values).upper(),
        name=_chinese(NAME, values),
        card_class=_ascii(CARD_CLASS, values),
        version=_ascii(VERSION, values),
        issuer=_alphanumeric(ISSUER, values),
        issued=_day(ISSUED, values),
        valid_to=_day(VALID_TO, values),
        sex=sex,
        ethnic_group=ETHNIC_GROUPS.get(ethnic_code, ethnic_code),
        birth_date=_day(BIRTH_DATE, values),
        birth_place=_digits(BIRTH_PLACE, values),
    )
    return replace(card, flags=flags_of(card, today))


def _raw(record: Record, values: Values) -> bytes:
    value = values.get(record.tag, b"").rstrip(_PADS)
    if record.needed and not value:
        raise _unreadable(record, "empty")
    return value


def _ascii(record: Record, values: Values) -> str:
    return _text(record, _raw(record, values), "ascii")


def _chinese(record: Record, values: Values) -> str:
    # GB18030 holds all of GBK, and the rare characters that issuers write although the card says GBK.
    return _text(record, _raw(record, values), "gb18030")


def _alphanumeric(record: Record, values: Values) -> str:
    """Return text, or hex digits: the specification's "AN" is written by some issuers as packed digits."""
    value = _raw(record, values)
    return value.decode("ascii") if all(byte in _PRINTABLE for byte in value) else value.hex().upper()


def _text(record: Record, value: bytes, encoding: Literal["ascii", "gb18030"]) -> str:
    try:
        text = value.decode(encoding)
    except UnicodeDecodeError:
        # Not chained: the decoding error carries the card's bytes along.
        raise _unreadable(record, f"not {encoding}") from None
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise _unreadable(record, "a control character")
    return text


def _digits(record: Record, values: Values) -> str:
    """Return packed decimal digits; "" for a field that is all padding."""
    value = values.get(record.tag, b"")
    if not value.strip(b"\xff") or not value.strip(b"\x00"):
        return ""
    digits = value.hex()
    if not digits.isdigit():
        raise _unreadable(record, "not decimal digits")
    return digits


def _day(record: Record, values: Values) -> date | None:
    digits = _digits(record, values)
    if digits in _NO_DAY:
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise _unreadable(record, "no such day") from None


def _unreadable(record: Record, why: str) -> MediaTrouble:
    return MediaTrouble("card.unreadable", f"{record.name}: {why}")
