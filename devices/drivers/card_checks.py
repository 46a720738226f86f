"""What can be noticed about an identity card without asking anybody: flags, never a refusal.

A flag is a fact about the card; what follows from it is for the visit to decide. The rules are those
of GB 11643 (18-digit numbers, also for residents from Hong Kong, Macao and Taiwan and for the
permanent-residence card since 2023) and of the 15-character permanent-residence number of 2017.
"""

import unicodedata
from datetime import date
from typing import assert_never

from stdnum import numdb
from stdnum.cn.ric import calc_check_digit, get_birth_place
from stdnum.exceptions import ValidationError

from devices.values import CardFlag, CardLayout, IdentityCard

HALF = "\N{REPLACEMENT CHARACTER}"
"""Stands where a card holds the first half of a character and its field ends."""
_WEIGHTS_2017 = (7, 3, 1)
_HMT_REGIONS = ("810000", "820000", "830000")
"""Hong Kong, Macao, Taiwan: State Council measures for the residence permit, 2018, article 7."""
_NUMBERED = (1984, 1990)
"""Who was alive when the first cards were issued (trial regulations of April 1984) has a code of those years."""
_REGIONS = numdb.get("cn/loc")
"""Read here, because it takes longer than a card does."""


def flags_of(card: IdentityCard, today: date) -> frozenset[CardFlag]:
    """Return everything noteworthy about `card` as of `today`."""
    texts = card.name + card.latin_name + card.address + card.issuer + card.additional_address
    noticed = {
        CardFlag.EXPIRED: card.valid_to is not None and card.valid_to < today,
        CardFlag.NOT_YET_VALID: card.valid_from > today,
        CardFlag.PRIVATE_USE_CHARACTER: any(unicodedata.category(character) == "Co" for character in texts),
        CardFlag.SUPPLEMENTARY_CHARACTER: any(ord(character) > 0xFFFF for character in texts),
        CardFlag.HALF_CHARACTER: HALF in texts,
    }
    noticed |= _number_2017(card) if card.layout is CardLayout.FOREIGNER_2017 else _number_18(card)
    return frozenset(flag for flag, holds in noticed.items() if holds)


def check_digit_2017(head: str) -> str:
    """Return the last character of a permanent-residence number of 2017, "" when one before it has no value.

    Weights 7, 3, 1 in turn; A is 10 to Z is 35 and ``<`` is 0.
    """
    total = 0
    for place, character in enumerate(head):
        if character == "<":
            continue
        if not (character.isascii() and character.isalnum()):
            return ""
        total += int(character, 36) * _WEIGHTS_2017[place % 3]
    return str(total % 10)


def _number_18(card: IdentityCard) -> dict[CardFlag, bool]:
    number = card.number
    if len(number) != 18 or not _digits(number[:17]):
        return {CardFlag.CHECK_DIGIT: True}
    male = int(number[16]) % 2 == 1
    return {
        CardFlag.CHECK_DIGIT: number[17] != calc_check_digit(number),
        CardFlag.BIRTH_DATE_DIFFERS: number[6:14] != _compact(card.birth_date),
        CardFlag.SEX_DIFFERS: card.sex in {"1", "2"} and male != (card.sex == "1"),
        CardFlag.REGION: not _region_fits(card),
    }


def _number_2017(card: IdentityCard) -> dict[CardFlag, bool]:
    number = card.number
    if len(number) != 15 or not _digits(number[3:]):
        return {CardFlag.CHECK_DIGIT: True}
    return {
        CardFlag.CHECK_DIGIT: number[14] != check_digit_2017(number[:14]),
        CardFlag.BIRTH_DATE_DIFFERS: number[7:13] != _compact(card.birth_date)[2:],
        CardFlag.REGION: number[:3] != card.nationality or not _is_province(number[3:5]),
    }


def _region_fits(card: IdentityCard) -> bool:
    """Whether the first six digits name what they may on that card."""
    head = card.number[:6]
    match card.layout:
        case CardLayout.RESIDENT:
            return _existed(head, card.birth_date)
        case CardLayout.HMT_RESIDENT:
            return head in _HMT_REGIONS
        case CardLayout.FOREIGNER_2023:  # 9, province of application, country in digits (ISO 3166-1)
            return head[0] == "9" and _is_province(head[1:3]) and head[3:] != "000"
        case CardLayout.FOREIGNER_2017:
            return True  # has no such digits
        case _:
            assert_never(card.layout)


def _existed(region: str, born: date) -> bool:
    """Whether `region` was a county's code when its holder got a number: codes are given and withdrawn (GB/T 2260)."""
    years = range(born.year, born.year + 1)
    if born.year < _NUMBERED[1]:
        years = range(max(born.year, _NUMBERED[0]), _NUMBERED[1] + 1)
    return any(_existed_in(region, year) for year in years)


def _existed_in(region: str, year: int) -> bool:
    try:
        get_birth_place(f"{region}{year:04}01010000")
    except (ValidationError, KeyError):  # python-stdnum 2.2 lets a county that its table never had escape as KeyError
        return False
    return True


def _is_province(code: str) -> bool:
    return any(found for _, found in _REGIONS.info(code))


def _compact(day: date) -> str:
    return day.isoformat().replace("-", "")


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
