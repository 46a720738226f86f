"""What a technician sees of a person: a little of each field, all of it only when asked, and never by oversight."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from inspect import getmembers, isclass

import pytest

from contract.ids import DeviceId, OrderId
from devices import events, values
from devices.events import CardRead, ChipCardRead, CodeRead
from devices.values import CardFlag, CardLayout, Code, IdentityCard, SocialSecurityCard, StaffCard, Symbology
from kiosk_app.diagnostics.covering import COVERS, shown

CARD = IdentityCard(
    layout=CardLayout.FOREIGNER_2023,
    name="测试甲",
    sex="1",
    ethnic_group="01",
    birth_date=date(1990, 3, 7),
    address="虚构市样例区模拟路1号",
    number="110101199003070011",
    issuer="虚构市公安局样例分局",
    valid_from=date(2020, 1, 2),
    valid_to=date(2040, 1, 1),
    photo_wlt=b"w" * 1024,
    flags=frozenset({CardFlag.EXPIRED, CardFlag.CHECK_DIGIT}),
    latin_name="TEST, PERSON",
    nationality="UTO",
    additional_address="另一条模拟路22号",
    photo=b"\x89PNG",
    fingerprints=b"f" * 512,
    pass_number="H12345678",
    times_issued="01",
    former_number="UTO110190030701",
)
CHIP = SocialSecurityCard(
    card_number="A12345678",
    number="110101199003070011",
    name="欧阳测试",
    card_class="3",
    version="3.00",
    issuer="虚构市人力资源和社会保障局",
    issued=date(2021, 5, 6),
    valid_to=date(2031, 5, 6),
    sex="2",
    ethnic_group="汉族",
    birth_date=date(1991, 2, 3),
    birth_place="虚构省模拟市",
)
READINGS = [
    CardRead(DeviceId("id-card"), OrderId("1"), CARD),
    ChipCardRead(DeviceId("chip-card"), OrderId("2"), CHIP),
    ChipCardRead(DeviceId("chip-card"), OrderId("3"), StaffCard("T-0001", b"secret response")),
    CodeRead(DeviceId("code"), OrderId("4"), Code("https://fuwu.example.gov.cn/verify?code=7K3M", Symbology.QR)),
]


def secrets(value: object) -> Iterator[str]:
    """Yield every text and date that a value keeps out of its repr."""
    for part in fields(value):  # type: ignore[arg-type]  # called with values only
        item = getattr(value, part.name)
        if is_dataclass(item):
            yield from secrets(item)
        elif not part.repr and isinstance(item, str | date) and len(str(item)) > 2:
            yield str(item)


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: type(reading).__name__)
def test_nothing_about_a_person_is_shown_in_full(reading: object) -> None:
    said = json.dumps(shown(reading), ensure_ascii=False)
    assert [secret for secret in secrets(reading) if secret in said] == []
    assert "secret response" not in said


def test_what_is_shown_is_enough_to_tell_one_card_from_another() -> None:
    card = shown(READINGS[0])["card"]
    assert (card["name"], card["number"]) == ("测**", "110101********0011")
    assert (card["address"], card["birth_date"]) == ("虚构*********", "1990-**-**")
    assert (card["layout"], card["flags"]) == ("Y", ["check-digit", "expired"])
    assert (card["photo_wlt"], card["fingerprints"]) == ("(1024 bytes)", "(512 bytes)")


def test_a_code_may_be_a_credential_and_only_its_length_is_shown() -> None:
    assert shown(READINGS[3])["code"] == {"text": "(44 characters)", "symbology": "qr"}


def test_what_was_asked_for_is_revealed() -> None:
    card = shown(READINGS[0], reveal=True)["card"]
    assert (card["name"], card["number"], card["valid_to"]) == ("测试甲", "110101199003070011", "2040-01-01")
    assert card["photo"] == "(4 bytes)"


def test_a_card_without_end_shows_none() -> None:
    assert shown(replace(CARD, valid_to=None))["valid_to"] is None


def hidden(module: object) -> set[tuple[str, str]]:
    """Every field of a module's values that is text or a date and kept out of the repr."""
    return {
        (name, part.name)
        for name, kind in getmembers(module, isclass)
        if is_dataclass(kind)
        for part in fields(kind)
        if not part.repr and part.type in (str, date, date | None, "str")
    }


def test_every_hidden_field_of_every_value_has_its_row() -> None:
    assert hidden(values) | hidden(events) == COVERS.keys()


def test_a_field_that_has_no_row_is_covered_whole() -> None:
    @dataclass(frozen=True)
    class Tomorrow:
        open_: str
        person: str = field(repr=False)

    assert shown(Tomorrow("yes", "测试甲")) == {"open_": "yes", "person": "(3 characters)"}
