"""The text block of an identity card: every layout, every character, every way to be wrong."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.card_record import decode_card
from devices.drivers.ethnic_groups import ETHNIC_GROUPS
from devices.drivers.sdt_codec import CardBlocks
from devices.errors import MediaTrouble
from devices.sim.card_text import card_bytes
from devices.values import CardFlag, CardLayout, IdentityCard
from tests.device_bench import TODAY, card, number_18

FOREIGNER_2017_NUMBER = "XYZ110190030713"


def decoded(**changes: str) -> IdentityCard:
    return decode_card(CardBlocks(card_bytes(card(**changes)), b"wlt"), TODAY)


def block(*fields: tuple[int, str]) -> bytes:
    """A text block with `fields` at the byte offsets that the vendor protocol gives."""
    text = bytearray(" ".encode("utf-16-le") * 128)
    for offset, value in fields:
        units = value.encode("utf-16-le", "surrogatepass")
        text[offset : offset + len(units)] = units
    return bytes(text)


RESIDENT = (
    (0, "测试甲"),
    (30, "1"),
    (32, "01"),
    (36, "19900307"),
    (52, "虚构市样例区模拟路1号"),
    (122, number_18("11010119900307001")),
    (158, "虚构市公安局样例分局"),
    (188, "20200101"),
    (204, "20400101"),
)


def refused(text: bytes) -> MediaTrouble:
    with pytest.raises(MediaTrouble) as trouble:
        decode_card(CardBlocks(text, b""), TODAY)
    return trouble.value


def test_a_residents_card_is_read_at_the_documented_offsets() -> None:
    assert decode_card(CardBlocks(block(*RESIDENT), b"wlt"), TODAY) == IdentityCard(
        layout=CardLayout.RESIDENT,
        name="测试甲",
        sex="1",
        ethnic_group="汉",
        birth_date=date(1990, 3, 7),
        address="虚构市样例区模拟路1号",
        number=number_18("11010119900307001"),
        issuer="虚构市公安局样例分局",
        valid_from=date(2020, 1, 1),
        valid_to=date(2040, 1, 1),
        photo_wlt=b"wlt",
    )


def test_the_simulators_card_is_the_documented_block() -> None:
    assert card_bytes(card()) == block(*RESIDENT)


def test_a_foreigners_card_of_2017_is_read_at_the_documented_offsets() -> None:
    text = block(
        (0, "EXAMPLE, PERSON MIDDLE"),
        (120, "2"),
        (122, FOREIGNER_2017_NUMBER),
        (152, "XYZ"),
        (158, "样例"),
        (188, "20180101"),
        (204, "20280101"),
        (220, "19900307"),
        (248, "I"),
    )
    read = decode_card(CardBlocks(text, b""), TODAY)
    assert (read.layout, read.name, read.latin_name) == (CardLayout.FOREIGNER_2017, "样例", "EXAMPLE, PERSON MIDDLE")
    assert (read.nationality, read.number, read.sex) == ("XYZ", FOREIGNER_2017_NUMBER, "2")
    assert (read.birth_date, read.ethnic_group, read.address) == (date(1990, 3, 7), "", "")


def test_a_foreigners_card_of_2023_joins_a_long_latin_name() -> None:
    latin = "EXAMPLE PERSON WITH A NAME OF MANY PARTS JR"
    text = block(
        (0, "样例"),
        (30, "1"),
        (36, "19900307"),
        (52, latin[:35]),
        (122, number_18("91199919900307001")),
        (188, "20240101"),
        (204, "20340101"),
        (220, latin[35:]),
        (242, "XYZ"),
        (248, "Y"),
    )
    read = decode_card(CardBlocks(text, b""), TODAY)
    assert (read.layout, read.latin_name, read.nationality) == (CardLayout.FOREIGNER_2023, latin, "XYZ")
    assert read.flags == frozenset()


def test_a_latin_name_keeps_the_blank_where_it_continues() -> None:
    latin = "EXAMPLE PERSON WITH A BLANK AT END " + "LAST"
    assert len(latin[:35].rstrip()) == 34
    read = decoded(layout="Y", latin_name=latin, number=number_18("91199919900307001"), nationality="XYZ")
    assert read.latin_name == latin


def test_a_foreigner_without_a_chinese_name_goes_by_the_latin_one() -> None:
    read = decoded(layout="Y", name="", latin_name="EXAMPLE PERSON", number=number_18("91199919900307001"))
    assert read.name == "EXAMPLE PERSON"


def test_a_residence_permit_of_hong_kong_macao_or_taiwan_has_no_ethnic_group() -> None:
    read = decoded(layout="J", number=number_18("81000019900307001"), pass_number="H12345678", times_issued="01")
    assert (read.layout, read.ethnic_group, read.address) == (CardLayout.HMT_RESIDENT, "", "虚构市样例区模拟路1号")
    assert read.flags == frozenset()


@pytest.mark.parametrize(("unit", "told"), [("Q", "Q"), ("i", "i"), ("卡", "U+5361"), ("\u0007", "U+0007")])
def test_an_unknown_type_letter_is_named_and_never_guessed(unit: str, told: str) -> None:
    trouble = refused(block(*RESIDENT, (248, unit)))
    assert trouble.fault.code == "card.unsupported"
    assert trouble.fault.detail == f"type letter {told}"


def test_a_card_without_an_end_has_none() -> None:
    text = card_bytes(card(valid_to="长期"))
    read = decode_card(CardBlocks(text, b""), date(2099, 1, 1))
    assert read.valid_to is None
    assert CardFlag.EXPIRED not in read.flags


def test_a_name_that_fills_its_field_is_kept_whole() -> None:
    name = "一二三四五六七八九十甲乙丙丁戊"
    assert decoded(name=name).name == name


@pytest.mark.parametrize("name", ["䶮", "张𬭎", "𬭎" * 7 + "甲"])
def test_rare_characters_are_kept_as_they_are(name: str) -> None:
    read = decoded(name=name)
    assert read.name == name
    assert CardFlag.PRIVATE_USE_CHARACTER not in read.flags


@pytest.mark.parametrize("character", ["\ue863", "\U000f1234"])
def test_a_private_use_character_is_kept_and_flagged(character: str) -> None:
    read = decoded(name=f"张{character}")
    assert read.name == f"张{character}"
    assert CardFlag.PRIVATE_USE_CHARACTER in read.flags


@pytest.mark.parametrize("field", [(28, "\ud872"), (0, "\udf4e"), (120, "\ud872")])
def test_half_a_character_is_refused_rather_than_printed(field: tuple[int, str]) -> None:
    trouble = refused(block(*RESIDENT, field))
    assert trouble.fault.code == "card.unreadable"
    assert "half a character" in trouble.fault.detail
    assert trouble.__context__ is None


def test_only_trailing_pads_go() -> None:
    text = bytearray(block(*RESIDENT, (0, " 欧阳 甲")))
    text[10:30] = bytes(20)
    assert decode_card(CardBlocks(bytes(text), b""), TODAY).name == " 欧阳 甲"


def test_an_unknown_ethnic_group_shows_its_code() -> None:
    assert decoded(ethnic="77").ethnic_group == "77"


def test_the_table_of_ethnic_groups_is_whole() -> None:
    assert len(ETHNIC_GROUPS) == 58
    assert (ETHNIC_GROUPS["46"], ETHNIC_GROUPS["56"], ETHNIC_GROUPS["98"]) == ("德昂", "基诺", "外国血统中国籍人士")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("number", ""),
        ("sex", "3"),
        ("sex", ""),
        ("birth", "19900230"),
        ("birth", "1990 307"),
        ("birth", "１９９００３０７"),
        ("birth", ""),
        ("valid_from", "长期"),
        ("valid_to", ""),
        ("valid_to", "永久"),
    ],
)
def test_what_does_not_fit_is_refused_without_quoting_it(field: str, value: str) -> None:
    trouble = refused(card_bytes(card(**{field: value})))
    assert trouble.fault.code == "card.unreadable"
    assert not value or value not in trouble.fault.detail


@pytest.mark.parametrize("size", [0, 255, 258])
def test_a_block_of_another_size_is_refused(size: int) -> None:
    assert refused(bytes(size)).fault.code == "card.unreadable"


def test_a_small_x_in_the_number_is_the_same_number() -> None:
    heads = (f"1101011990030{sequence:04}" for sequence in range(7000, 7999))
    number = next(number for number in map(number_18, heads) if number.endswith("X"))
    read = decoded(number=number.lower(), sex="1" if int(number[16]) % 2 else "2")
    assert read.number == number
    assert read.flags == frozenset()


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"valid_to": "20260531"}, CardFlag.EXPIRED),
        ({"valid_from": "20260602"}, CardFlag.NOT_YET_VALID),
        ({"number": "110101199003070010"}, CardFlag.CHECK_DIGIT),
        ({"number": "11010119900307"}, CardFlag.CHECK_DIGIT),
        ({"birth": "19900308"}, CardFlag.BIRTH_DATE_DIFFERS),
        ({"sex": "2"}, CardFlag.SEX_DIFFERS),
    ],
)
def test_what_does_not_add_up_is_flagged(changes: dict[str, str], flag: CardFlag) -> None:
    assert decoded(**changes).flags == {flag}


@pytest.mark.parametrize("changes", [{"valid_to": "20260601"}, {"valid_from": "20260601"}, {"sex": "9"}])
def test_the_last_day_the_first_day_and_an_unstated_sex_raise_no_flag(changes: dict[str, str]) -> None:
    assert decoded(**changes).flags == frozenset()


@pytest.mark.parametrize(
    ("number", "flags"),
    [
        # 33*7+34*3+35 + 1*7+1*3+0+1*7 + 9*3+0+0+3*3+0+7*7 + 1*3 = 473.
        ("XYZ110190030713", set()),
        ("XYZ110190030714", {CardFlag.CHECK_DIGIT}),
        ("XYZ11019003071", {CardFlag.CHECK_DIGIT}),
        ("X-Z110190030713", {CardFlag.CHECK_DIGIT}),
        ("X<Z110190030711", set()),
        ("XYZ110190030810", {CardFlag.BIRTH_DATE_DIFFERS}),
    ],
)
def test_the_number_of_2017_has_its_own_check_digit(number: str, flags: set[CardFlag]) -> None:
    assert decoded(layout="I", latin_name="EXAMPLE PERSON", nationality="XYZ", number=number).flags == flags


def test_a_card_shows_nothing_of_the_person_in_its_repr() -> None:
    shown = repr(decoded())
    assert "测试" not in shown
    assert "1101" not in shown


@given(st.binary(min_size=256, max_size=256))
def test_any_block_is_a_card_or_trouble_with_the_card(text: bytes) -> None:
    with suppress(MediaTrouble):
        decode_card(CardBlocks(text, b""), TODAY)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=7), st.sampled_from(sorted(ETHNIC_GROUPS)))
def test_any_name_comes_back_as_it_went_in(name: str, ethnic: str) -> None:
    kept = name.rstrip("\u0020\u0000")
    if kept:
        assert decoded(name=name, ethnic=ethnic).name == kept
