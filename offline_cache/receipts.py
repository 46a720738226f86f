"""Receipt numbers: made on the terminal, unique for ever, and safe to read out over a telephone.

``DEMO0001-7KQ-00042-X``: the terminal, a tag of this installation, a counter out of the database, and
the check character of ISO 7064 MOD 37,36 over the three. The tag keeps a terminal whose disk was wiped
from making an old number again; the mark keeps one from it whose disk lost what it had promised to hold.
Says nothing about a person.
"""

import secrets
from pathlib import Path
from typing import Final

from stdnum.iso7064 import mod_37_36

from offline_cache.keys import write_whole
from offline_cache.trouble import os_trouble

TAG_LENGTH = 3
_TAG_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: nothing that sounds or looks like another."""
MARK: Final = "receipts.mark"
_AHEAD: Final = 256
"""Numbers that are marked at a time; so many are skipped, and never used, after an end that was not in order."""
_MOST: Final = 2**31


def new_tag() -> str:
    """Return a fresh installation tag."""
    return "".join(secrets.choice(_TAG_ALPHABET) for _ in range(TAG_LENGTH))


def receipt_number(kiosk: str, tag: str, counter: int) -> str:
    """Return the number of the installation's `counter`-th receipt."""
    prefix = "".join(character for character in kiosk.upper() if character.isascii() and character.isalnum())
    parts = (prefix, tag, f"{counter:05d}")
    return "-".join((*parts, mod_37_36.calc_check_digit("".join(parts))))


def counter_of(number: str) -> int:
    """Return which receipt of its installation a number is."""
    return int(number.rsplit("-", 2)[1])


def is_receipt_number(text: str) -> bool:
    """Tell whether the check character of a number, as somebody typed it, is right."""
    return bool(mod_37_36.is_valid("".join(character for character in text.upper() if character.isalnum())))


class NumberMark:
    """How far numbers may have been given out, in a file beside the database.

    A disk that drops its last writes takes the newest cases out of the database; the numbers that citizens
    hold of them must not be given again. A mark that is gone or garbled says nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK
        try:
            upto = int(self._path.read_bytes()[:20])
        except (OSError, ValueError):
            upto = 0
        self.upto = upto if 0 <= upto < _MOST else 0

    def cover(self, number: int, *, spare: int = 0) -> None:
        """See that `number`, and so many after it, are marked before one of them is given out.

        Raises:
            StorageTrouble: the disk refuses; the number may not be used.
        """
        if number + spare > self.upto:
            self._write(number + _AHEAD)

    def settle(self, number: int) -> None:
        """Note at an end in order that `number` was the last."""
        if self.upto != number:
            self._write(number)

    def _write(self, number: int) -> None:
        try:
            write_whole(self._path, f"{number}\n".encode())
        except OSError as error:
            raise os_trouble(error, self._path.name) from None
        self.upto = number
