"""Search initials: how a citizen finds 参保证明 by typing ``cbzm``.

Every reading of every character counts, because a person types the reading they know (重 is z and c),
bounded so that a long title of many-voiced characters stays short to search. Latin words count with
their first letter. pypinyin takes half a second to load, so this is called away from the start.
"""

import re
from collections.abc import Iterable
from itertools import islice, product
from typing import Final

from pypinyin import Style, pinyin

from contract.catalogue import Catalogue, ServiceItem

MAX_READINGS: Final = 32
"""Spellings kept for one text."""

_WORD: Final = re.compile(r"[A-Za-z0-9]+|[^\W_]")


def with_initials(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with every item's initials filled in beside those that came with it."""
    items = tuple(item.model_copy(update={"initials": _of_item(item)}) for item in catalogue.items)
    return catalogue.model_copy(update={"items": items})


def initials(text: str) -> tuple[str, ...]:
    """Return the spellings of `text` by first letters, the likeliest first."""
    words = _WORD.findall(text)
    if not words:
        return ()
    # In context first: pypinyin knows phrases, and 长期 is c, never z.
    likeliest = "".join(_in_context(words))
    readings = [_readings(word) for word in words]
    spelled = ("".join(letters) for letters in islice(product(*readings), MAX_READINGS))
    return tuple(dict.fromkeys((likeliest, *spelled)))[:MAX_READINGS]


def _of_item(item: ServiceItem) -> tuple[str, ...]:
    texts: Iterable[str] = (*item.title.root.values(), *item.keywords)
    return tuple(dict.fromkeys((*item.initials, *(spelling for text in texts for spelling in initials(text)))))


def _in_context(words: list[str]) -> list[str]:
    """Read the characters as one phrase; Latin words keep their place between them."""
    flat = "".join(word for word in words if not word[0].isascii())
    read = iter(pinyin(flat, style=Style.FIRST_LETTER, errors="default"))
    return [word[0].lower() if word[0].isascii() else _one(next(read, [word])[0], word) for word in words]


def _readings(word: str) -> list[str]:
    if word[0].isascii():
        return [word[0].lower()]
    read = pinyin(word, style=Style.FIRST_LETTER, heteronym=True, errors="default")[0]
    return list(dict.fromkeys(_one(letter, word) for letter in read))


def _one(letter: str, word: str) -> str:
    return letter[0].lower() if letter else word[0].lower()
