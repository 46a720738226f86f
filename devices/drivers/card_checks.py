"""What can be noticed about an identity card without asking anybody: flags, never a refusal.

A flag is a fact about the card; what follows from it is for the visit to decide. The rules are those
of GB 11643 (18-digit numbers, also for residents from Hong Kong, Macao and Taiwan and for the
permanent-residence card since 2023) and of the 15-character permanent-residence number of 2017.
"""

import unicodedata
from datetime import date

from stdnum.cn.ric import calc_check_digit

from devices.values import CardFlag, CardLayout, IdentityCard

_WEIGHTS_2017 = (7, 3, 1)


def flags_of(card: IdentityCard, today: date) -> frozenset[CardFlag]:
    """Return everything noteworthy about `card` as of `today`."""
    noticed = {
        CardFlag.EXPIRED: card.valid_to is not None and card.valid_to < today,
        CardFlag.NOT_YET_VALID: card.valid_from > today,
        CardFlag.PRIVATE_USE_CHARACTER: _private_use(card.name + card.latin_name + card.address + card.issuer),
    }
    noticed |= _number_2017(card) if card.layout is CardLayout.FOREIGNER_2017 else _number_18(card)
    return frozenset(flag for flag, holds in noticed.items() if holds)


def _number_18(card: IdentityCard) -> dict[CardFlag, bool]:
    number = card.number
    if len(number) != 18 or not _digits(number[:17]):
        return {CardFlag.CHECK_DIGIT: True}
    male = int(number[16]) % 2 == 1
    return {
        CardFlag.CHECK_DIGIT: number[17] != calc_check_digit(number),
        CardFlag.BIRTH_DATE_DIFFERS: number[6:14] != card.birth_date.isoformat().replace("-", ""),
        CardFlag.SEX_DIFFERS: card.sex in {"1", "2"} and male != (card.sex == "1"),
    }


def _number_2017(card: IdentityCard) -> dict[CardFlag, bool]:
    number = card.number
    if len(number) != 15 or not _digits(number[3:]):
        return {CardFlag.CHECK_DIGIT: True}
    return {
        CardFlag.CHECK_DIGIT: number[14] != _check_digit_2017(number[:14]),
        CardFlag.BIRTH_DATE_DIFFERS: number[7:13] != card.birth_date.isoformat().replace("-", "")[2:],
    }


def _check_digit_2017(head: str) -> str | None:
    """Weights 7, 3, 1 in turn; A is 10 to Z is 35 and ``<`` is 0. None when a character has no value."""
    total = 0
    for place, character in enumerate(head):
        if character == "<":
            continue
        if not (character.isascii() and character.isalnum()):
            return None
        total += int(character, 36) * _WEIGHTS_2017[place % 3]
    return str(total % 10)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _private_use(text: str) -> bool:
    return any(unicodedata.category(character) == "Co" for character in text)
