"""What can be noticed about a social security card without asking anybody: flags, never a refusal.

The social security number is the citizen's number of GB 11643: its check digit, and its birth date and sex
against the card's other fields. Nothing here says that a card is genuine; free data proves plastic only.
"""

import unicodedata
from datetime import date

from stdnum.cn.ric import calc_check_digit

from devices.values import CardFlag, SocialSecurityCard


def flags_of(card: SocialSecurityCard, today: date) -> frozenset[CardFlag]:
    """Return everything noteworthy about `card` as of `today`."""
    noticed = {
        CardFlag.EXPIRED: card.valid_to is not None and card.valid_to < today,
        CardFlag.NOT_YET_VALID: card.issued is not None and card.issued > today,
        CardFlag.PRIVATE_USE_CHARACTER: any(unicodedata.category(character) == "Co" for character in card.name),
    }
    noticed |= _number(card)
    return frozenset(flag for flag, holds in noticed.items() if holds)


def _number(card: SocialSecurityCard) -> dict[CardFlag, bool]:
    number = card.number
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return {CardFlag.CHECK_DIGIT: True}
    born = card.birth_date
    male = int(number[16]) % 2 == 1
    return {
        CardFlag.CHECK_DIGIT: number[17] != calc_check_digit(number),
        CardFlag.BIRTH_DATE_DIFFERS: born is not None and number[6:14] != born.isoformat().replace("-", ""),
        CardFlag.SEX_DIFFERS: card.sex in {"1", "2"} and male != (card.sex == "1"),
    }
