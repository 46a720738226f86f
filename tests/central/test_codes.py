"""Verification codes: every ordinary typing error is caught, every way of writing one is read."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import codes

bodies = st.text(codes.ALPHABET, min_size=15, max_size=15)


def whole(body: str) -> str:
    return body + codes.check_character(body)


@given(bodies)
def test_a_code_with_its_check_character_is_wellformed(body: str) -> None:
    assert codes.is_wellformed(whole(body))


@given(bodies, st.integers(0, 15))
def test_every_wrong_character_is_noticed(body: str, place: int) -> None:
    code = whole(body)
    for other in set(codes.ALPHABET) - {code[place]}:
        assert not codes.is_wellformed(code[:place] + other + code[place + 1 :])


@given(bodies)
def test_any_two_swapped_characters_are_noticed(body: str) -> None:
    code = whole(body)
    for left, right in itertools.combinations(range(16), 2):
        if code[left] != code[right]:
            swapped = list(code)
            swapped[left], swapped[right] = code[right], code[left]
            assert not codes.is_wellformed("".join(swapped))


def test_every_pair_of_neighbours_is_noticed_when_swapped_at_every_place() -> None:
    for place in range(14):
        for left, right in itertools.permutations(codes.ALPHABET, 2):
            body = "0" * place + left + right + "0" * (13 - place)
            swapped = "0" * place + right + left + "0" * (13 - place)
            assert codes.check_character(body) != codes.check_character(swapped)


@given(bodies, st.sampled_from(["lower", "grouped", "spaced", "wide", "dashes"]))
def test_a_code_is_read_however_it_is_written(body: str, how: str) -> None:
    code = whole(body)
    written = {
        "lower": code.lower(),
        "grouped": codes.group(code),
        "spaced": f" {' '.join(code)}\t",
        "wide": "".join(chr(ord(c) + 0xFEE0) for c in code),
        "dashes": "—".join(code) + "\N{MINUS SIGN}_",
    }[how]
    assert codes.normalise(written) == code


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert codes.normalise("oOiIlL") == "001111"


@given(st.text(max_size=40) | st.text(codes.ALPHABET + " -oOil", min_size=16, max_size=24))
def test_no_text_makes_reading_fail_and_what_is_read_is_a_code_or_refused(text: str) -> None:
    read = codes.normalise(text)
    if codes.is_wellformed(read):
        assert len(read) == 16
        assert codes.check_character(read[:-1]) == read[-1]


@pytest.mark.parametrize("body", ["", "0" * 14, "0" * 16, "U" + "0" * 14, "a" + "0" * 14])
def test_a_body_that_is_no_body_gets_no_check_character(body: str) -> None:
    with pytest.raises(ValueError, match="15 characters"):
        codes.check_character(body)


def test_a_code_is_shown_in_four_groups() -> None:
    assert codes.group("K7QW2M9XR4TB8ZCN") == "K7QW-2M9X-R4TB-8ZCN"


def test_the_published_example_stays_what_it_is() -> None:
    """Papers are out there: the algorithm may never change."""
    assert whole("K7QW2M9XR4TB8ZC") == "K7QW2M9XR4TB8ZCN"
