"""How the facts of a register are written for people: on the screen, on paper and on the verification page.

One place for dates, money, counts, codes and masks, so that a citizen reads the same on glass and paper.
It never invents: what is missing or is not of its kind is written as a dash. Hazard guarded: a mask that
shows too much; what is not certain to be harmless is covered.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any, assert_never

from contract.catalogue import ShownList, ShownTable
from contract.documents import Mask, ShownFact
from contract.text import Text

MISSING = "—"
Codes = Mapping[str, Mapping[str, Text]]

_CHINA = timezone(timedelta(hours=8))
"""The one civil time of the whole country, without summer time since 1992."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COVER = "*"
_JOINTS = "·•．・ -"
"""What stands between the parts of a name and gives nothing away."""
_TWO_CHARACTER_SURNAMES = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 "
    "申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 轩辕 呼延 左丘 东郭 西门 南门 百里 拓跋 完颜 亓官"
)


def word(fact: ShownFact, facts: Mapping[str, Any], codes: Codes, language: str, *, masked: bool = True) -> str:
    """Write `fact` in `language`; with `masked` as its mask says, else in full."""
    value = resolve(facts, fact.path)
    if value is None or value == "":
        return MISSING
    try:
        text = _written(fact, value, codes, language, group=not (masked and fact.mask == "number"))
    except (ValueError, TypeError):
        return MISSING
    return mask(text, fact.mask) if masked and text != MISSING else text


def headings(table: ShownTable, language: str) -> tuple[str, ...]:
    """Return the labels of the table's columns."""
    return tuple(column.label.pick(language) for column in table.columns)


def table_rows(
    table: ShownTable, facts: Mapping[str, Any], codes: Codes, language: str, *, masked: bool = True
) -> tuple[tuple[str, ...], ...]:
    """Write every row under the table's path, one string a column."""
    rows = resolve(facts, table.path)
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return ()
    return tuple(
        tuple(word(column, row, codes, language, masked=masked) for column in table.columns)
        for row in rows
        if isinstance(row, Mapping)
    )


def list_rows(shown: ShownList, facts: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    """Write rows that bring their own label; whoever made them has covered what is to be covered."""
    rows = resolve(facts, shown.path)
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return ()
    written: list[tuple[str, str]] = []
    for row in rows:
        try:
            written.append((words(row["label"], language), plain(row["value"])))
        except (TypeError, KeyError):
            continue
    return tuple(written)


def resolve(facts: Mapping[str, Any], path: str) -> Any:
    """Follow a dotted path; None when it leads nowhere."""
    found: Any = facts
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return None
        found = found[step]
    return found


def _written(fact: ShownFact, value: Any, codes: Codes, language: str, *, group: bool) -> str:
    match fact.kind:
        case "text":
            text = plain(value)
        case "words":
            text = words(value, language)
        case "date":
            text = day(value, language)
        case "moment":
            text = moment(value, language)
        case "month":
            text = month(value, language)
        case "money":
            text = money(value)
        case "count":
            text = count(value, fact.unit, language)
        case "number":
            # A number that will be covered is not grouped first: the mask counts characters.
            text = grouped(plain(value)) if group else plain(value)
        case "code":
            text = code(value, codes.get(fact.codes or "", {}), language)
        case _:
            assert_never(fact.kind)
    return text


def plain(value: Any) -> str:
    """Write a text or a whole number as it is.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("neither text nor number")
    return str(value)


def words(value: Any, language: str) -> str:
    """Write a text that comes by language.

    Raises:
        TypeError: it does not.
    """
    if not isinstance(value, Mapping) or not all(isinstance(part, str) for part in (*value, *value.values())):
        raise TypeError("not a text by language")
    return Text(dict(value)).pick(language)


def moment(value: Any, language: str) -> str:
    """Write an instant with its minute in China: ``2026年11月21日 16:53``, ``21 Nov 2026, 16:53``.

    Raises:
        TypeError: `value` is no text.
        ValueError: it is no instant of RFC 3339.
    """
    if not isinstance(value, str):
        raise TypeError("not an instant")
    found = datetime.fromisoformat(value)
    if found.tzinfo is None:
        raise ValueError("not an instant")
    clock = found.astimezone(_CHINA).strftime("%H:%M")
    return f"{day(value, language)} {clock}" if language == "zh" else f"{day(value, language)}, {clock}"


def day(value: Any, language: str) -> str:
    """Write a date, or an instant as its date in China: ``2026年11月21日``, ``21 Nov 2026``.

    Raises:
        TypeError: `value` is no text.
        ValueError: it is no ISO 8601 date or instant.
    """
    if not isinstance(value, str):
        raise TypeError("not a date")
    if "T" in value:
        moment = datetime.fromisoformat(value)
        found = (moment.astimezone(_CHINA) if moment.tzinfo else moment).date()
    else:
        found = date.fromisoformat(value)
    if language == "zh":
        return f"{found.year}年{found.month}月{found.day}日"
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def month(value: Any, language: str) -> str:
    """Write ``2026-11`` as ``2026年11月`` or ``Nov 2026``.

    Raises:
        ValueError: `value` is no month of ISO 8601.
    """
    if not isinstance(value, str) or len(value) != len("2026-11"):
        raise ValueError("not a month")
    found = date.fromisoformat(f"{value}-01")
    return f"{found.year}年{found.month}月" if language == "zh" else f"{_MONTHS[found.month - 1]} {found.year}"


def money(value: Any) -> str:
    """Write whole fen as yuan, exactly: ``¥1,234.50``.

    Raises:
        TypeError: `value` is no whole number of fen.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not whole fen")
    yuan, fen = divmod(abs(value), 100)
    return f"{'-' if value < 0 else ''}¥{yuan:,}.{fen:02}"


def count(value: Any, unit: Text | None, language: str) -> str:
    """Write a whole number with its unit; ``month|months`` is the unit of one, and of the rest.

    Raises:
        TypeError: `value` is no whole number.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a count")
    if unit is None:
        return f"{value:,}"
    one, _, many = unit.pick(language).partition("|")
    return f"{value:,} {one if value == 1 or not many else many}"


def code(value: Any, table: Mapping[str, Text], language: str) -> str:
    """Write what a code means; one that the table lacks stands for itself rather than for nothing.

    Raises:
        TypeError: `value` is neither text nor number.
    """
    key = plain(value)
    return table[key].pick(language) if key in table else key


def grouped(number: str) -> str:
    """Group a citizen number for the eye: region, birth date, sequence with check digit."""
    return f"{number[:6]} {number[6:14]} {number[14:]}" if len(number) == 18 else number


def mask(text: str, how: Mask) -> str:
    """Cover what eyes that pass by need not see."""
    match how:
        case "none":
            return text
        case "name":
            return mask_name(text)
        case "number":
            return mask_number(text)
        case _:
            assert_never(how)


def mask_name(name: str) -> str:
    """Keep the surname, cover the rest: ``张*``, ``欧阳**``. A name of one character is covered whole."""
    letters = [letter for letter in name if unicodedata.category(letter) not in ("Mn", "Cf", "Cc")]
    parts = "".join(letters)
    surname = 2 if len(parts) > 2 and parts[:2] in _TWO_CHARACTER_SURNAMES.split() else 1
    shown = surname if len(parts) > 1 else 0
    return parts[:shown] + "".join(letter if letter in _JOINTS else _COVER for letter in parts[shown:])


def mask_number(number: str) -> str:
    """Keep region and last four of a citizen number: ``110102********001X``; of others less."""
    if len(number) == 18:
        return number[:6] + _COVER * 8 + number[-4:]
    # Other documents hold the birth date elsewhere (15-digit numbers at 6 to 11), so little of them is shown.
    kept = 2 if len(number) > 8 else 0
    return number[:kept] + _COVER * (len(number) - 2 * kept) + (number[-kept:] if kept else "")
