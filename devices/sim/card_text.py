"""Text blocks of synthetic identity cards, written the way a card office writes them: field after field.

Built from widths in order, not from the decoder's offsets, so that the two check each other. Takes
the dictionaries of the demonstration's people; knows no real person and reads no real card.
"""

from collections.abc import Mapping

_RESIDENT = (
    ("name", 15),
    ("sex", 1),
    ("ethnic", 2),
    ("birth", 8),
    ("address", 35),
    ("number", 18),
    ("issuer", 15),
    ("valid_from", 8),
    ("valid_to", 8),
    ("", 18),
)
_ORDER: dict[str, tuple[tuple[str, int], ...]] = {
    "resident": _RESIDENT,
    "J": (
        *(("", 2) if name == "ethnic" else (name, width) for name, width in _RESIDENT[:-1]),
        ("pass_number", 9),
        ("times_issued", 2),
        ("", 3),
        ("layout", 1),
        ("", 3),
    ),
    "I": (
        ("latin_name", 60),
        ("sex", 1),
        ("number", 15),
        ("nationality", 3),
        ("name", 15),
        ("valid_from", 8),
        ("valid_to", 8),
        ("birth", 8),
        ("version", 2),
        ("authority", 4),
        ("layout", 1),
        ("", 3),
    ),
    "Y": (
        ("name", 15),
        ("sex", 1),
        ("renewals", 2),
        ("birth", 8),
        ("latin_name", 35),
        ("number", 18),
        ("", 15),
        ("valid_from", 8),
        ("valid_to", 8),
        ("latin_name_overflow", 11),
        ("nationality", 3),
        ("layout", 1),
        ("old_number_link", 3),
    ),
}


def card_bytes(card: Mapping[str, str]) -> bytes:
    """Return the 256 bytes of the text block for `card`.

    Args:
        card: ``layout`` (``resident``, ``I``, ``Y``, ``J``; default resident) and the fields of that
            layout; ``valid_to`` may be 长期. A field left out is blank.

    Raises:
        ValueError: a field is longer than the card has room for, or the layout is unknown.
    """
    layout = card.get("layout", "resident")
    if layout not in _ORDER:
        raise ValueError(f"no such layout: {layout}")
    fields = dict(card)
    if layout == "Y":
        # The block has room for 35 units of the Latin name and continues it further down.
        latin_name = card.get("latin_name", "")
        fields |= {"latin_name": latin_name[:35], "latin_name_overflow": latin_name[35:]}
    return b"".join(_padded(name, fields.get(name, ""), width) for name, width in _ORDER[layout])


def _padded(name: str, value: str, width: int) -> bytes:
    units = value.encode("utf-16-le")
    if len(units) > width * 2:
        raise ValueError(f"{name} is longer than {width} UTF-16 units")
    return units + " ".encode("utf-16-le") * (width - len(units) // 2)
