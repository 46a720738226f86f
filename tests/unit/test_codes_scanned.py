"""What a scanned text may mean: an address of our verification page, a code by itself, or nothing of ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.codes import ALPHABET, BODY_LENGTH, check_character, group, in_scan

OURS = "https://fuwu.example.gov.cn/verify"
CODE = "7K3M9Q2XH5T8B4NT"
CODES = st.text(ALPHABET, min_size=BODY_LENGTH, max_size=BODY_LENGTH).map(lambda body: body + check_character(body))


@given(CODES)
def test_every_code_is_found_in_its_address_and_by_itself(code: str) -> None:
    assert in_scan(f"{OURS}?code={code}", OURS) == code
    assert in_scan(group(code).lower(), OURS) == code


@given(st.text(max_size=200))
def test_nothing_else_is_a_code_and_nothing_breaks(text: str) -> None:
    found = in_scan(text, OURS)
    assert found is None or check_character(found[:-1]) == found[-1]


@pytest.mark.parametrize(
    "text",
    [
        f"{OURS}?code={CODE}",
        f"HTTPS://FUWU.EXAMPLE.GOV.CN/verify?code={CODE}",
        f"https://fuwu.example.gov.cn:443/verify?lang=en&code={group(CODE)}",
        f"http://fuwu.example.gov.cn/verify?code={CODE}",
        f"  {OURS}?code={CODE}#top",
    ],
)
def test_an_address_of_ours_may_be_written_in_many_ways(text: str) -> None:
    assert in_scan(text, OURS) == CODE


@pytest.mark.parametrize(
    "text",
    [
        "",
        OURS,
        f"{OURS}?code=",
        f"{OURS}?code={CODE}&code={CODE}",
        f"{OURS}?code={CODE[:-1]}0",
        f"{OURS}/{CODE}",
        f"{OURS}2?code={CODE}",
        f"https://fuwu.example.gov.cn:8443/verify?code={CODE}",
        f"https://fuwu.example.gov.cn.example.invalid/verify?code={CODE}",
        f"https://fuwu.example.gov.cn@example.invalid/verify?code={CODE}",
        f"https://example.invalid/?page={OURS}?code={CODE}",
        f"javascript:location='{OURS}?code={CODE}'",
        "https://[",
        CODE[:-1] + "0",
        CODE + CODE,
    ],
)
def test_what_leads_elsewhere_is_not_ours_even_with_a_code_of_ours_in_it(text: str) -> None:
    assert in_scan(text, OURS) is None


@pytest.mark.parametrize("text", [f"?code={CODE}", f"x:?code={CODE}", f"{OURS}?code={CODE}"])
def test_without_a_page_of_ours_only_a_bare_code_counts(text: str) -> None:
    assert in_scan(text, "") is None
    assert in_scan(CODE, "") == CODE


def test_a_page_that_needs_more_than_the_code_has_to_be_asked_so() -> None:
    page = "https://fuwu.example.gov.cn/go?to=verify"
    assert in_scan(f"{page}&code={CODE}", page) == CODE
    assert in_scan(f"https://fuwu.example.gov.cn/go?to=pay&code={CODE}", page) is None
