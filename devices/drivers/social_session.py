"""Reading a social security card, command by command: find SSSE, select its two free files, read by tag.

Cards of different issuers take different parameters for the same thing; what the first file taught is
kept for the second. Only this application is asked for: a bank application on the same chip is nobody's
business here, and no PIN, key or PSAM is ever used.
"""

from collections.abc import Callable
from datetime import date

from devices.drivers.apdu import (
    NOT_FOUND,
    OK,
    RECORD_NOT_FOUND,
    SECURITY_NOT_SATISFIED,
    WRONG_OFFSET,
    WRONG_P1_P2,
    Answer,
    CardChannel,
    refusal,
    selected,
)
from devices.drivers.social_card import FILES, File, Record, decode_social_card, value_of
from devices.errors import MediaTrouble
from devices.values import SocialSecurityCard

SSSE = b"sx1.sh." + "社会保障".encode("gbk")
MASTER_FILE = bytes.fromhex("3F00")

_BY_NAME = (0x04, 0x00)
_SELECT_P1 = (0x02, 0x00)
"""An elementary file under the current one, or any file by its identifier: issuers differ."""
_TRY_ANOTHER = frozenset({NOT_FOUND, RECORD_NOT_FOUND, WRONG_P1_P2, WRONG_OFFSET})
_MISSING = frozenset({RECORD_NOT_FOUND, SECURITY_NOT_SATISFIED})
"""A record that the card does not have, or does not give away: no trouble where it is not needed."""


def _by_tag(_file: File, _place: int, record: Record) -> tuple[int, int]:
    return record.tag, 0x00


def _by_tag_in_short_file(file: File, _place: int, record: Record) -> tuple[int, int]:
    return record.tag, file.short_identifier << 3 | 0x04


def _by_place(_file: File, place: int, _record: Record) -> tuple[int, int]:
    return place, 0x04


_WAYS: tuple[Callable[[File, int, Record], tuple[int, int]], ...] = (_by_tag, _by_tag_in_short_file, _by_place)
"""P1 and P2 of READ RECORD, as issuers differ. Whichever it is, the tag of what comes back is checked."""


def read_social_card(channel: CardChannel, today: date) -> SocialSecurityCard | None:
    """Read the card, or return None when it is no social security card.

    Raises:
        MediaTrouble: ``card.blocked``, ``card.unreadable`` or ``card.unsupported``.
    """
    if not _found(channel):
        return None
    return decode_social_card(_Reading(channel).values(), today)


def _found(channel: CardChannel) -> bool:
    if selected(channel.select(*_BY_NAME, SSSE)):
        return True
    # A card that another application was selected on may have to go back to its root first.
    channel.select(0x00, 0x00, MASTER_FILE)
    return selected(channel.select(*_BY_NAME, SSSE))


class _Reading:
    """One card being read."""

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel
        self._p1s: tuple[int, ...] = _SELECT_P1
        self._ways = _WAYS

    def values(self) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for file in FILES:
            self._select(file)
            for place, record in file.records.items():
                value = self._value(file, place, record)
                if value is not None:
                    found[record.tag] = value
        return found

    def _select(self, file: File) -> None:
        statuses: list[int] = []
        for p1 in self._p1s:
            status = self._channel.select(p1, 0x00, file.identifier.to_bytes(2, "big"))
            if status == OK:
                self._p1s = (p1,)
                return
            statuses.append(status)
            if status not in _TRY_ANOTHER:
                break
        # What the usual way was answered says most, unless another way was answered something of its own.
        status = statuses[0] if statuses[-1] in _TRY_ANOTHER else statuses[-1]
        raise refusal(status, f"select {file.identifier:04X}")

    def _value(self, file: File, place: int, record: Record) -> bytes | None:
        answer, trouble = Answer(b"", WRONG_P1_P2), None
        for way in self._ways:
            parameters = bytes(way(file, place, record))
            answer = self._channel.ask(b"\x00\xb2" + parameters, expected=record.length + 2)
            if answer.status == OK:
                try:
                    value = value_of(record, answer.data)
                except MediaTrouble as error:
                    trouble = error  # perhaps another record's, by place instead of by tag
                    continue
                self._ways = (way,)
                return value
            if answer.status not in _TRY_ANOTHER:
                break
        if trouble is not None:
            raise trouble
        if answer.status in _MISSING and not record.needed:
            return None
        raise refusal(answer.status, f"record {record.tag:02X}")
