"""Facts as people read them, and masks that do not leak."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.catalogue import ShownList
from contract.documents import Mask, ShownFact
from contract.text import Text
from kiosk_app.documents.wording import MISSING, list_rows, mask_name, mask_number, money, word

LABEL = Text({"zh": "标签", "en": "Label"})
CODES = {"state": {"1": Text({"zh": "正常", "en": "Active"})}}
MONTHS = Text({"zh": "个月", "en": "month|months"})
HAN = st.characters(categories=["Lo"], min_codepoint=0x3400, max_codepoint=0x323AF)


def fact(kind: str, mask: Mask = "none", unit: Text | None = None) -> ShownFact:
    return ShownFact.model_validate(
        {"label": LABEL, "path": "a.b", "kind": kind, "codes": "state", "mask": mask, "unit": unit}
    )


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("text", "沈阳示范机床有限公司", "沈阳示范机床有限公司", "沈阳示范机床有限公司"),
        ("text", 7, "7", "7"),
        ("date", "2026-11-21", "2026年11月21日", "21 Nov 2026"),
        ("date", "2026-11-21T17:30:00Z", "2026年11月22日", "22 Nov 2026"),
        ("month", "2026-03", "2026年3月", "Mar 2026"),
        ("money", 123450, "¥1,234.50", "¥1,234.50"),
        ("money", -5, "-¥0.05", "-¥0.05"),
        ("money", 0, "¥0.00", "¥0.00"),
        ("count", 1234, "1,234", "1,234"),
        ("number", "11010219900307001X", "110102 19900307 001X", "110102 19900307 001X"),
        ("number", "210104990000101", "210104990000101", "210104990000101"),
        ("code", "1", "正常", "Active"),
        ("code", 1, "正常", "Active"),
        ("code", "77", "77", "77"),
    ],
)
def test_a_fact_is_written_in_both_languages(kind: str, value: object, zh: str, en: str) -> None:
    assert word(fact(kind), {"a": {"b": value}}, CODES, "zh") == zh
    assert word(fact(kind), {"a": {"b": value}}, CODES, "en") == en


@pytest.mark.parametrize(("value", "en"), [(0, "0 months"), (1, "1 month"), (148, "148 months")])
def test_a_count_carries_its_unit(value: int, en: str) -> None:
    assert word(fact("count", unit=MONTHS), {"a": {"b": value}}, CODES, "en") == en
    assert word(fact("count", unit=MONTHS), {"a": {"b": value}}, CODES, "zh") == f"{value} 个月"


@pytest.mark.parametrize("facts", [{}, {"a": None}, {"a": {}}, {"a": {"b": None}}, {"a": {"b": ""}}, {"a": "b"}])
@pytest.mark.parametrize("kind", ["text", "date", "month", "money", "count", "number", "code"])
def test_what_is_missing_is_a_dash_and_never_a_guess(facts: dict[str, object], kind: str) -> None:
    assert word(fact(kind, "name"), facts, CODES, "zh") == MISSING


@pytest.mark.parametrize(
    ("kind", "value"),
    [("date", "20th"), ("date", 5), ("month", "2026-13"), ("money", "12.50"), ("money", 1.5), ("count", True)],
)
def test_what_is_not_of_its_kind_is_a_dash(kind: str, value: object) -> None:
    assert word(fact(kind), {"a": {"b": value}}, CODES, "zh") == MISSING


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张", "*"),
        ("张伟", "张*"),
        ("欧阳", "欧*"),
        ("欧阳修", "欧阳*"),
        ("欧阳文忠", "欧阳**"),
        ("王小明", "王**"),
        ("赵𬭎", "赵*"),
        ("𬭎伟", "𬭎*"),
        ("买买提吐尔逊江·阿卜杜热合曼江", "买******·*******"),
    ],
)
def test_a_masked_name_keeps_the_surname_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(HAN, min_size=1, max_size=15))
def test_a_masked_name_has_its_length_and_hides_all_but_two_characters(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert sum(letter != "*" for letter in masked) <= min(2, len(name) - 1)


@given(
    st.text("0123456789", min_size=6, max_size=6),
    st.dates(date(1900, 1, 1), date(2026, 11, 21)),
    st.text("0123456789", min_size=3, max_size=3),
    st.sampled_from("0123456789X"),
)
def test_a_masked_number_never_shows_the_birth_date(region: str, birth: date, sequence: str, check: str) -> None:
    number = f"{region}{birth:%Y%m%d}{sequence}{check}"
    shown = word(fact("number", "number"), {"a": {"b": number}}, CODES, "zh")
    assert shown == f"{region}********{sequence}{check}"
    old = f"{region}{birth:%y%m%d}{sequence}"
    assert mask_number(old)[2:-2] == "*" * 11


@given(st.text("0123456789ABC", max_size=24))
def test_a_masked_number_of_any_document_shows_ten_characters_at_most(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert sum(character != "*" for character in masked) <= (10 if len(number) == 18 else 4)


def test_a_text_by_language_is_written_in_the_citizens() -> None:
    facts = {"a": {"b": {"zh": "参保证明", "en": "Certificate"}}}
    assert [word(fact("words"), facts, CODES, language) for language in ("zh", "en")] == ["参保证明", "Certificate"]
    for wrong in ("参保证明", {"zh": 1}, ["zh"], 7):
        assert word(fact("words"), {"a": {"b": wrong}}, CODES, "zh") == MISSING


def test_a_moment_is_written_with_its_minute_in_china() -> None:
    facts = {"a": {"b": "2026-11-21T20:53:59.999Z"}}
    written = [word(fact("moment"), facts, CODES, language) for language in ("zh", "en")]
    assert written == ["2026年11月22日 04:53", "22 Nov 2026, 04:53"]
    for wrong in ("2026-11-21", "2026-11-21T20:53:59", "soon", 7):
        assert word(fact("moment"), {"a": {"b": wrong}}, CODES, "zh") == MISSING


def test_rows_that_bring_their_label_are_written_and_odd_ones_left_out() -> None:
    shown = ShownList.model_validate({"title": {"zh": "内容", "en": "Facts"}, "path": "rows"})
    good = {"label": {"zh": "姓名", "en": "Name"}, "value": "张*"}
    rows = [good, "odd", {"value": "x"}, {"label": "姓名", "value": "x"}, {"label": {"zh": 7}, "value": "x"}]
    assert list_rows(shown, {"rows": rows}, "zh") == (("姓名", "张*"),)
    assert list_rows(shown, {"rows": [good]}, "en") == (("Name", "张*"),)
    assert list_rows(shown, {"rows": "odd"}, "en") == list_rows(shown, {}, "en") == ()


def test_in_full_means_in_full() -> None:
    facts = {"a": {"b": "11010219900307001X"}}
    assert word(fact("number", "number"), facts, CODES, "zh", masked=False) == "110102 19900307 001X"


@given(st.integers(-(10**14), 10**14))
def test_money_is_exact_to_the_fen(fen: int) -> None:
    written = money(fen)
    assert int(written.replace("¥", "").replace(",", "").replace(".", "")) == fen
