"""The records of a social security card: what is odd is refused by name, and nothing of a person is guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets
from devices.drivers.social_card import (
    BIRTH_DATE,
    FILES,
    ISSUED,
    ISSUER,
    NAME,
    NUMBER,
    SEX,
    VALID_TO,
    Record,
    decode_social_card,
    value_of,
)
from devices.errors import MediaTrouble
from devices.sim.chip_cards import social_card_files
from devices.values import CardFlag, SocialSecurityCard
from tests.chip_rigs import PERSON, TODAY, attempt
from tests.device_bench import number_18

RECORDS = [record for file in FILES for record in file.records.values()]
PEOPLE = {person["id"]: person["card"] for person in assets.demonstration_people()}


def values(**changes: bytes | None) -> dict[int, bytes]:
    """The values of a healthy card, by tag; `changes` by the tag's two hex digits as ``t09``, None for "not there"."""
    files = social_card_files(PERSON | {"card_number": "D12345678"})
    found = {tag: data[2:] for records in files.values() for tag, data in records.items() if tag != 1}
    for name, value in changes.items():
        tag = int(name[1:], 16)
        if value is None:
            del found[tag]
        else:
            found[tag] = value
    return found


def decoded(**changes: bytes | None) -> SocialSecurityCard:
    return decode_social_card(values(**changes), TODAY)


def why(**changes: bytes | None) -> str:
    with pytest.raises(MediaTrouble) as raised:
        decoded(**changes)
    assert raised.value.fault.code == "card.unreadable"
    assert raised.value.__cause__ is None
    return raised.value.fault.detail


def test_a_healthy_card_is_understood() -> None:
    assert decoded() == SocialSecurityCard(
        card_number="D12345678",
        number=PERSON["number"],
        name="测试甲",
        card_class="3",
        version="3.00",
        issued=date(2024, 1, 15),
        valid_to=date(2034, 1, 15),
        sex="1",
        ethnic_group="汉",
        birth_date=date(1990, 3, 7),
        birth_place="110101",
    )


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_of_the_demonstration_fits_on_a_card(who: str) -> None:
    person = PEOPLE[who]
    found = {tag: data[2:] for records in social_card_files(person).values() for tag, data in records.items()}
    card = decode_social_card(found, TODAY)
    assert (card.name, card.number, card.flags) == (person["name"], person["number"], frozenset())


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("王䶮", "cdf5fe9f"),  # not in GBK's first edition
        ("赵𬭎", "d5d49933a932"),  # outside the basic plane: four bytes
        ("买买提吐尔逊江·阿卜杜热合曼江", "c2f2c2f2cce1cdc2b6fbd1b7bdada1a4b0a2b2b7b6c5c8c8bacfc2fcbdad"),  # all 30
    ],
)
def test_names_outside_gbk_and_names_without_padding_are_whole(name: str, encoded: str) -> None:
    assert decoded(t09=bytes.fromhex(encoded).ljust(30, b"\0")).name == name


def test_a_character_of_somebodys_own_is_kept_and_flagged() -> None:
    card = decoded(t09=bytes.fromhex("cdf5aaa1"))
    assert card.name == "王\ue000"
    assert card.flags == {CardFlag.PRIVATE_USE_CHARACTER}


@pytest.mark.parametrize("padding", [b"\0", b"\xff", b" "])
def test_any_padding_goes_and_nothing_else(padding: bytes) -> None:
    assert decoded(t09="张 三".encode("gbk").ljust(30, padding)).name == "张 三"


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        ("t09", bytes.fromhex("cdf5fe"), "name: not gb18030"),
        ("t09", "张\0三".encode("gbk"), "name: a control character"),
        ("t09", bytes(30), "name: empty"),
        ("t08", b"\xff" * 18, "number: empty"),
        ("t08", "１".encode("gbk") * 9, "number: not ascii"),
        ("t07", None, "card number: empty"),
        ("t0A", b"3", "sex: not a code of GB/T 2261.1"),
        ("t0D", bytes.fromhex("19900231"), "birth date: no such day"),
        ("t0D", bytes.fromhex("1990030A"), "birth date: not decimal digits"),
        ("t05", bytes.fromhex("2020FFFF"), "issue date: not decimal digits"),
        ("t0B", b"\x1f", "ethnic group: not decimal digits"),
    ],
)
def test_what_is_odd_is_refused_by_the_name_of_the_field_alone(tag: str, value: bytes | None, said: str) -> None:
    assert why(**{tag: value}) == said


def test_a_card_with_the_needed_records_alone_is_understood() -> None:
    bare = {f"t{record.tag:02X}": None for record in RECORDS if not record.needed}
    card = decoded(**bare)
    assert (card.name, card.valid_to, card.birth_date, card.sex) == ("测试甲", None, None, "")
    assert card.flags == frozenset()


@pytest.mark.parametrize("blank", ["FFFFFFFF", "00000000", "99999999", ""])
def test_a_card_without_an_end_has_none(blank: str) -> None:
    assert decoded(t06=bytes.fromhex(blank)).valid_to is None


def test_an_issuer_in_packed_digits_is_shown_as_digits() -> None:
    assert decoded(t04=bytes.fromhex("915600000232100000000000")).issuer == "91560000023210"
    assert decoded(t04=b"9156A0000023").issuer == "9156A0000023"


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({"t06": bytes.fromhex("20260531")}, {CardFlag.EXPIRED}),
        ({"t06": bytes.fromhex("20260601")}, set()),
        ({"t05": bytes.fromhex("20260602")}, {CardFlag.NOT_YET_VALID}),
        ({"t0D": bytes.fromhex("19900308")}, {CardFlag.BIRTH_DATE_DIFFERS}),
        ({"t0A": b"2"}, {CardFlag.SEX_DIFFERS}),
        ({"t0A": b"9"}, set()),
        ({"t08": PERSON["number"][:17].encode() + b"?"}, {CardFlag.CHECK_DIGIT}),
        ({"t08": b"A1234567"}, {CardFlag.CHECK_DIGIT}),
    ],
)
def test_what_does_not_add_up_is_a_flag_and_no_refusal(changes: dict[str, bytes], flags: set[CardFlag]) -> None:
    assert decoded(**changes).flags == flags


def test_a_small_x_in_the_number_is_the_check_digit_ten() -> None:
    number = next(
        number
        for number in (number_18(f"11010119900307{serial:03d}") for serial in range(1, 100, 2))
        if number[-1] == "X"
    )
    card = decoded(t08=number.lower().encode())
    assert (card.number, card.flags) == (number, frozenset())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_is_taken_for_what_it_says_it_is(record: Record) -> None:
    value = bytes(range(1, record.length + 1))
    whole = bytes((record.tag, record.length)) + value
    assert value_of(record, whole) == value
    assert value_of(record, whole + b"\xff" * 7) == value
    for bad in (
        b"",
        bytes((record.tag,)),
        bytes((record.tag ^ 1,)) + whole[1:],
        whole[:-1],
        bytes((record.tag, 0xFF)) + value,
        bytes((record.tag, record.length + 1)) + value + b"\0",
    ):
        with pytest.raises(MediaTrouble):
            value_of(record, bad)


@given(st.sampled_from(RECORDS), st.binary(max_size=300))
def test_whatever_a_record_is_its_value_fits_or_is_refused(record: Record, data: bytes) -> None:
    value = attempt(lambda: value_of(record, bytes((record.tag,)) + data))
    if isinstance(value, MediaTrouble):
        assert value.fault.code == "card.unreadable"
    else:
        assert len(value) <= record.length
        assert value == data[1 : 1 + len(value)]


@given(st.dictionaries(st.sampled_from([record.tag for record in RECORDS]), st.binary(max_size=30), max_size=12))
def test_whatever_the_values_are_a_card_is_understood_or_refused_without_its_content(found: dict[int, bytes]) -> None:
    lengths = {record.tag: record.length for record in RECORDS}
    cut = {tag: value[: lengths[tag]] for tag, value in (values() | found).items()}
    card = attempt(lambda: decode_social_card(cut, TODAY))
    if isinstance(card, MediaTrouble):
        assert card.fault.detail.partition(":")[0] in {record.name for record in RECORDS}
    else:
        assert card.name
        assert card.number


@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs"]), min_size=1, max_size=15).filter(
        lambda text: len(text.encode("gb18030")) <= NAME.length
    )
)
def test_every_name_that_fits_comes_back_as_it_was(name: str) -> None:
    assert decoded(t09=name.encode("gb18030").ljust(30, b"\0")).name == name


@given(st.dates(min_value=date(1, 1, 1)))
def test_every_day_comes_back_as_it_was(day: date) -> None:
    packed = bytes.fromhex(day.isoformat().replace("-", ""))
    assert decoded(t05=packed).issued == day


@given(st.binary(min_size=4, max_size=4))
def test_four_bytes_are_a_day_or_nothing_or_refused(packed: bytes) -> None:
    day = attempt(lambda: decoded(t06=packed).valid_to)
    if isinstance(day, MediaTrouble):
        assert day.fault.detail.startswith(VALID_TO.name)
    else:
        assert day is None or day == date.fromisoformat(packed.hex())


def test_nothing_of_the_person_is_in_the_cards_repr() -> None:
    shown = repr(decoded())
    assert all(secret not in shown for secret in ("测试甲", PERSON["number"], "1990", "D12345678", "汉"))


def test_the_records_are_those_of_the_specification() -> None:
    assert [record.tag for record in (ISSUED, ISSUER, NUMBER, SEX, BIRTH_DATE)] == [0x05, 0x04, 0x08, 0x0A, 0x0D]
