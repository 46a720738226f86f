"""The text block of an identity card: every layout, every character, every way to be wrong."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, given
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
    assert read.flags == frozenset()


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
        (32, "02"),
        (242, "XYZ"),
        (248, "Y"),
        (250, "011"),
    )
    read = decode_card(CardBlocks(text, b""), TODAY)
    assert (read.layout, read.latin_name, read.nationality) == (CardLayout.FOREIGNER_2023, latin, "XYZ")
    assert read.times_issued == "02"
    assert read.flags == frozenset()
    # The same holder's number of 2017: XYZ, province 11, region 01, 900307, 1, check digit.
    assert read.former_number == "XYZ110190030713"


@pytest.mark.parametrize(
    "changes",
    [
        {"old_number_link": ""},
        {"old_number_link": "01"},
        {"nationality": ""},
        {"nationality": "X-Z"},
        {"number": "9111999199003"},
    ],
)
def test_a_foreigner_without_a_former_card_has_no_former_number(changes: dict[str, str]) -> None:
    fields = {"layout": "Y", "number": number_18("91199919900307001"), "nationality": "XYZ", "old_number_link": "011"}
    assert decoded(**fields | changes).former_number == ""


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
    assert (read.pass_number, read.times_issued) == ("H12345678", "01")
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
    assert (CardFlag.SUPPLEMENTARY_CHARACTER in read.flags) == any(ord(character) > 0xFFFF for character in name)


@pytest.mark.parametrize("character", ["\ue863", "\U000f1234"])
def test_a_private_use_character_is_kept_and_flagged(character: str) -> None:
    read = decoded(name=f"张{character}")
    assert read.name == f"张{character}"
    assert CardFlag.PRIVATE_USE_CHARACTER in read.flags


@pytest.mark.parametrize(
    ("field", "text"), [((28, "\ud872"), "name"), ((120, "\ud872"), "address"), ((186, "\ud872"), "issuer")]
)
def test_a_character_cut_in_half_by_its_fields_end_is_kept_as_such_and_flagged(
    field: tuple[int, str], text: str
) -> None:
    read = decode_card(CardBlocks(block(*RESIDENT, field), b""), TODAY)
    assert str(getattr(read, text)).endswith("\ufffd")
    assert read.flags == {CardFlag.HALF_CHARACTER}
    assert read.name.startswith("测试甲")


@pytest.mark.parametrize("field", [(0, "\udf4e"), (4, "\ud872"), (28, "\udf4e"), (52, "\ud872")])
def test_half_a_character_anywhere_else_is_damage(field: tuple[int, str]) -> None:
    trouble = refused(block(*RESIDENT, field))
    assert trouble.fault.code == "card.unreadable"
    assert "half a character" in trouble.fault.detail
    assert trouble.__context__ is None


def test_a_character_cut_by_the_seam_of_a_long_latin_name_is_whole() -> None:
    latin = "A" * 34 + "𬭎" + "B"
    text = bytearray(card_bytes(card(layout="Y", number=number_18("911156199003070011"[:17]), nationality="XYZ")))
    units = latin.encode("utf-16-le")
    text[52:122], text[220 : 220 + len(units) - 70] = units[:70], units[70:]
    assert decode_card(CardBlocks(bytes(text), b""), TODAY).latin_name == latin


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
        # 110112 is given since 1997 only, and 110133 never was: GB/T 2260.
        ({"number": number_18("11011219900307001")}, CardFlag.REGION),
        ({"number": number_18("11013319900307001")}, CardFlag.REGION),
        ({"number": number_18("99010119900307001")}, CardFlag.REGION),
        ({"layout": "J", "number": number_18("84000019900307001")}, CardFlag.REGION),
        ({"layout": "J", "number": number_18("11010119900307001")}, CardFlag.REGION),
        ({"layout": "Y", "number": number_18("81199919900307001")}, CardFlag.REGION),
        ({"layout": "Y", "number": number_18("99999919900307001")}, CardFlag.REGION),
        ({"layout": "Y", "number": number_18("91100019900307001")}, CardFlag.REGION),
    ],
)
def test_what_does_not_add_up_is_flagged(changes: dict[str, str], flag: CardFlag) -> None:
    assert decoded(**changes).flags == {flag}


@pytest.mark.parametrize(
    ("region", "born"), [("110103", "19900307"), ("110112", "19990307"), ("210104", "19480915"), ("110106", "19850307")]
)
def test_a_region_counts_if_it_existed_when_the_holder_was_numbered(region: str, born: str) -> None:
    assert decoded(number=number_18(f"{region}{born}001"), birth=born).flags == frozenset()


@pytest.mark.parametrize("region", ["810000", "820000", "830000"])
def test_hong_kong_macao_and_taiwan_are_the_regions_of_their_permits(region: str) -> None:
    assert decoded(layout="J", number=number_18(f"{region}19900307001")).flags == frozenset()


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
        ("XYZ990190030713", {CardFlag.REGION}),
        ("XYA110190030718", {CardFlag.REGION}),
    ],
)
def test_the_number_of_2017_has_its_own_check_digit(number: str, flags: set[CardFlag]) -> None:
    nationality = "XYZ" if number.startswith("XYA") else number[:3]
    assert decoded(layout="I", latin_name="EXAMPLE PERSON", nationality=nationality, number=number).flags == flags


def test_a_card_shows_nothing_of_the_person_in_its_repr() -> None:
    shown = repr(decoded())
    assert "测试" not in shown
    assert "1101" not in shown


@given(st.binary(min_size=256, max_size=256))
def test_any_block_is_a_card_or_trouble_with_the_card(text: bytes) -> None:
    with suppress(MediaTrouble):
        decode_card(CardBlocks(text, b""), TODAY)


def words(units: int) -> st.SearchStrategy[str]:
    """Texts that fit so many UTF-16 units and do not end in what is a pad."""
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\0\ufffd"), max_size=units)
    return texts.map(lambda text: text.rstrip(" ")).filter(lambda text: len(text.encode("utf-16-le")) <= 2 * units)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
numbers = st.text("0123456789X", min_size=1, max_size=15)
LAYOUTS = {
    "resident": {"address": words(35), "issuer": words(15), "ethnic": st.sampled_from(sorted(ETHNIC_GROUPS))},
    "J": {"address": words(35), "issuer": words(15), "pass_number": words(9), "times_issued": digits(2)},
    "I": {"latin_name": words(60), "nationality": digits(3)},
    "Y": {"latin_name": words(46), "nationality": digits(3), "renewals": digits(2)},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@given(st.data())
def test_a_card_of_any_layout_comes_back_as_it_went_in(layout: str, data: st.DataObject) -> None:
    fields = {name: data.draw(kind, name) for name, kind in LAYOUTS[layout].items()}
    name, number, sex = data.draw(words(15).filter(bool)), data.draw(numbers), data.draw(st.sampled_from("0129"))
    born, first = data.draw(days), data.draw(days)
    last = data.draw(st.none() | days)
    shown = {
        "layout": layout,
        "name": name,
        "number": number,
        "sex": sex,
        "birth": born.isoformat().replace("-", ""),
        "valid_from": first.isoformat().replace("-", ""),
        "valid_to": last.isoformat().replace("-", "") if last else "长期",
    }
    latin = fields.get("latin_name", "")
    assume(not 0xD800 <= int.from_bytes(latin.encode("utf-16-le")[68:70], "little") <= 0xDBFF)  # the writer cuts there
    read = decode_card(CardBlocks(card_bytes(shown | fields), b"wlt"), TODAY)
    assert (read.layout.value, read.name, read.number, read.sex) == (layout, name, number, sex)
    assert (read.birth_date, read.valid_from, read.valid_to) == (born, first, last)
    assert (read.address, read.issuer) == (fields.get("address", ""), fields.get("issuer", ""))
    assert (read.latin_name, read.nationality) == (latin, fields.get("nationality", ""))
    assert read.ethnic_group == (ETHNIC_GROUPS[fields["ethnic"]] if "ethnic" in fields else "")
    assert read.pass_number == fields.get("pass_number", "")
    assert read.times_issued == fields.get("times_issued", fields.get("renewals", ""))


@given(st.binary(max_size=70))
def test_any_second_address_is_text_or_trouble_with_the_card(units: bytes) -> None:
    with suppress(MediaTrouble):
        decode_card(CardBlocks(card_bytes(card()), b"", b"", units), TODAY)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=7), st.sampled_from(sorted(ETHNIC_GROUPS)))
def test_any_name_comes_back_as_it_went_in(name: str, ethnic: str) -> None:
    kept = name.rstrip("\u0020\u0000")
    if kept:
        assert decoded(name=name, ethnic=ethnic).name == kept
