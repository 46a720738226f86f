"""Receipt numbers: made on the terminal, unique for ever, and safe to read out over a telephone.

``DEMO0001-7KQ-00042-X``: the terminal, a tag of this installation, a counter out of the database, and
the check character of ISO 7064 MOD 37,36 over the three. The tag keeps a terminal whose disk was wiped
from making an old number again. Says nothing about a person.
"""

import secrets

from stdnum.iso7064 import mod_37_36

TAG_LENGTH = 3
_TAG_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: nothing that sounds or looks like another."""


def new_tag() -> str:
    """Return a fresh installation tag."""
    return "".join(secrets.choice(_TAG_ALPHABET) for _ in range(TAG_LENGTH))


def receipt_number(kiosk: str, tag: str, counter: int) -> str:
    """Return the number of the installation's `counter`-th receipt."""
    prefix = "".join(character for character in kiosk.upper() if character.isascii() and character.isalnum())
    parts = (prefix, tag, f"{counter:05d}")
    return "-".join((*parts, mod_37_36.calc_check_digit("".join(parts))))


def is_receipt_number(text: str) -> bool:
    """Tell whether the check character of a number, as somebody typed it, is right."""
    return bool(mod_37_36.is_valid("".join(character for character in text.upper() if character.isalnum())))
