"""How much toner and paper is left, from the figures that printers give: pure.

CUPS's ``marker-*`` attributes and the ``printer-supply`` and ``printer-input-tray`` strings of PWG 5100.13, whose
fields are those of the Printer MIB (RFC 3805). Figures only ever warn. That something is *out* the printer has
to say itself, by its state reasons: a tray without a sensor often counts to zero and prints on.
"""

from collections.abc import Iterable, Mapping

from devices.drivers.ipp_wire import Group, IppValue, strings
from devices.values import Supply

LOW_PERCENT = 10
"""Where a printer names no threshold of its own."""
LOW_SHEETS = 20
"""Ten citizens with a document of two pages."""
_WASTE = ("waste", "receptacle")
_NOT_TONER = ("fuser", "opc", "transfer", "cleaner", "staple", "developer", "belt", "drum", "maintenance")


def toner_left(told: Group) -> tuple[Supply, str]:
    """Say how the colorants are, and which is lowest, for a technician; ``unknown`` without figures."""
    levels = tuple(_markers(told)) or tuple(_supplies(told))
    if not levels:
        return Supply.UNKNOWN, ""
    name, percent, low = min(levels, key=lambda level: level[1] - level[2])
    return (Supply.LOW if percent <= low else Supply.FULL), f"{name} {percent} %"


def _markers(told: Group) -> Iterable[tuple[str, int, int]]:
    """Yield name, percent and threshold of each colorant by CUPS's attributes, which stand in step."""
    levels = told.get("marker-levels", ())
    lows = told.get("marker-low-levels", ())
    names, types = strings(told, "marker-names"), strings(told, "marker-types")
    for number, level in enumerate(levels):
        kind = (types[number] if number < len(types) else "toner").lower()
        if type(level) is not int or not 0 <= level <= 100 or _is_other(kind):
            continue  # -1, -2 and -3: the printer does not know
        low = lows[number] if number < len(lows) else None
        threshold = low if type(low) is int and 0 < low < 100 else LOW_PERCENT
        yield (names[number] if number < len(names) else kind), level, threshold


def _is_other(kind: str) -> bool:
    return any(word in kind for word in (*_WASTE, *_NOT_TONER))


def _supplies(told: Group) -> Iterable[tuple[str, int, int]]:
    for fields in _each(told.get("printer-supply", ())):
        kind = fields.get("type", "").lower()
        level, most = _number(fields, "level"), _number(fields, "maxcapacity")
        if fields.get("class", "") != "supplyThatIsConsumed" or _is_other(kind) or level < 0 or most <= 0:
            continue
        yield fields.get("colorantname", kind), min(100, level * 100 // most), LOW_PERCENT


def paper_left(told: Group) -> tuple[Supply, str]:
    """Say how the trays are that feed by themselves, together; ``unknown`` without figures."""
    left, most = 0, 0
    for fields in _each(told.get("printer-input-tray", ())):
        level, capacity = _number(fields, "level"), _number(fields, "maxcapacity")
        if fields.get("type", "").startswith("sheetFeedAuto") and level >= 0 and capacity > 0:
            left, most = left + level, most + capacity
    if not most:
        return Supply.UNKNOWN, ""
    low = left <= min(LOW_SHEETS, most * LOW_PERCENT // 100)
    return (Supply.LOW if low else Supply.FULL), f"{left} of {most} sheets"


def _each(values: Iterable[IppValue]) -> Iterable[Mapping[str, str]]:
    """Take ``key=value;key=value`` strings apart."""
    for value in values:
        text = value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)
        parts = (part.partition("=") for part in text.split(";"))
        yield {key.strip(): said.strip() for key, _, said in parts if key.strip()}


def _number(fields: Mapping[str, str], name: str) -> int:
    """Return a field's number; -2, "unknown" in RFC 3805, when there is none."""
    said = fields.get(name, "")
    return int(said) if said.removeprefix("-").isascii() and said.removeprefix("-").isdigit() else -2
