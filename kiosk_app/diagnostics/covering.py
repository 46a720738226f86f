"""What of a device's event a technician may see: one table, by field, for everything that is about a person.

Fields that values keep out of their `repr` are covered here, each as its row says; one that has no row is
covered whole, so that a new field can never be the one that leaks. Bytes are told by their number, always:
a photograph or fingerprint is of no use in a line of text.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from contract.model import Value
from kiosk_app.documents.wording import mask_name, mask_number

_STAR = "*"


def cover_text(text: str) -> str:
    """Keep the first two characters of a long text: of an address the province, of a place the town."""
    kept = 2 if len(text) > 4 else 0
    return text[:kept] + _STAR * (len(text) - kept)


def cover_whole(text: str) -> str:
    """Keep how long it is."""
    return f"({len(text)} characters)" if text else ""


def cover_day(text: str) -> str:
    """Keep the year of a date."""
    return text[:4] + "-**-**" if text else ""


def cover_word(text: str) -> str:
    """Keep that there is something."""
    return _STAR if text else ""


COVERS: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("IdentityCard", "name"): mask_name,
    ("IdentityCard", "sex"): cover_word,
    ("IdentityCard", "ethnic_group"): cover_word,
    ("IdentityCard", "birth_date"): cover_day,
    ("IdentityCard", "address"): cover_text,
    ("IdentityCard", "number"): mask_number,
    ("IdentityCard", "issuer"): cover_text,
    ("IdentityCard", "valid_from"): cover_day,
    ("IdentityCard", "valid_to"): cover_day,
    ("IdentityCard", "latin_name"): mask_name,
    ("IdentityCard", "nationality"): cover_word,
    ("IdentityCard", "additional_address"): cover_text,
    ("IdentityCard", "pass_number"): mask_number,
    ("IdentityCard", "times_issued"): cover_word,
    ("IdentityCard", "former_number"): mask_number,
    ("SocialSecurityCard", "card_number"): mask_number,
    ("SocialSecurityCard", "number"): mask_number,
    ("SocialSecurityCard", "name"): mask_name,
    ("SocialSecurityCard", "issuer"): cover_text,
    ("SocialSecurityCard", "issued"): cover_day,
    ("SocialSecurityCard", "valid_to"): cover_day,
    ("SocialSecurityCard", "sex"): cover_word,
    ("SocialSecurityCard", "ethnic_group"): cover_word,
    ("SocialSecurityCard", "birth_date"): cover_day,
    ("SocialSecurityCard", "birth_place"): cover_text,
    ("Code", "text"): cover_whole,
}
"""How each field about a person is shown, by the class and the field."""


def shown(value: object, *, reveal: bool = False) -> Any:
    """Turn a value of `devices` into what JSON can hold, with fields about a person covered unless `reveal`."""
    told: Any = value
    match value:
        case bytes():
            told = f"({len(value)} bytes)"
        case Value():
            told = value.model_dump(mode="json")
        case _ if is_dataclass(value) and not isinstance(value, type):
            told = {field.name: _field(value, field.name, open_=field.repr, reveal=reveal) for field in fields(value)}
        case Enum():
            told = value.value
        case date():
            told = value.isoformat()
        case Mapping():
            told = {str(key): shown(item, reveal=reveal) for key, item in value.items()}
        case frozenset() | set():
            told = sorted(shown(item, reveal=reveal) for item in value)
        case tuple() | list():
            told = [shown(item, reveal=reveal) for item in value]
        case _:
            pass
    return told


def _field(owner: object, name: str, *, open_: bool, reveal: bool) -> Any:
    item = getattr(owner, name)
    if open_ or reveal or isinstance(item, bytes) or item is None:
        return shown(item, reveal=reveal)
    if is_dataclass(item):
        return shown(item)  # what it holds is covered field by field
    cover = COVERS.get((type(owner).__name__, name), cover_whole)
    return cover(str(shown(item)))
