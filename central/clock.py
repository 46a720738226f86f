"""Central's wall clock and how its instants are written.

Instants are RFC 3339 text in UTC with milliseconds: they sort as text, mean the same in SQLite and in
PostgreSQL, and are only for people and records. The order of events is their sequence, never a time.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

Clock = Callable[[], datetime]

_CHINA = timezone(timedelta(hours=8))  # one zone and no summer time since 1991


def utc_now() -> datetime:
    return datetime.now(UTC)


def instant(moment: datetime) -> str:
    """Write `moment` as RFC 3339 with milliseconds, ending in ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown_in_china(written: str, language: str) -> str:
    """Write an instant for people in Chinese time; what is not an instant comes back as it is."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    if moment.tzinfo is None:
        return written
    local = moment.astimezone(_CHINA)
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%b %Y, %H:%M} (China time)"
