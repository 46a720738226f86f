"""Network UPS Tools' answers, and what they say of the power."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.nut_codec import (
    MOST_LINES,
    NoSuchAnswer,
    Power,
    Refusal,
    VariableList,
    auxiliaries_of,
    power_of,
)

names = st.lists(st.sampled_from(["ups", "battery", "charge", "status", "low"]), min_size=2, max_size=4).map(".".join)
values = st.text("aZ0 .\\\"'=电", max_size=12).map(str.strip)


def told(variables: dict[str, str], ups: str = "hall") -> list[bytes]:
    quoted = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in variables.items()}
    lines = [f'VAR {ups} {name} "{value}"' for name, value in quoted.items()]
    return [line.encode() for line in (f"BEGIN LIST VAR {ups}", *lines, f"END LIST VAR {ups}")]


def heard(lines: list[bytes]) -> dict[str, str] | None:
    wanted = VariableList("hall")
    found = [whole for line in lines if (whole := wanted.take(line)) is not None]
    return dict(found[0]) if found else None


def power(status: str, charge: str = "80") -> Power | None:
    return power_of({"ups.status": status, "battery.charge": charge})


@given(st.dictionaries(names, values, max_size=6))
def test_variables_come_out_as_they_were(variables: dict[str, str]) -> None:
    assert heard(told(variables)) == variables


def test_nothing_is_told_before_the_list_is_whole() -> None:
    assert heard(told({"ups.status": "OL"})[:-1]) is None


@pytest.mark.parametrize("code", ["DATA-STALE", "DRIVER-NOT-CONNECTED", "UNKNOWN-UPS", "ACCESS-DENIED"])
def test_a_refusal_is_raised_with_its_word(code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        VariableList("hall").take(f"ERR {code}\n".encode())
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "lines",
    [
        [b""],
        [b"HTTP/1.1 400 Bad Request"],
        [b"ERR"],
        [b"BEGIN LIST VAR other"],
        [b"BEGIN LIST VAR hall", b"BEGIN LIST VAR hall"],
        [b"BEGIN LIST VAR hall", b'VAR other ups.status "OL"'],
        [b"BEGIN LIST VAR hall", b"VAR hall ups.status OL"],
        [b"BEGIN LIST VAR hall", b'VAR hall ups.status "OL'],
        [b"BEGIN LIST VAR hall", b"END LIST VAR other"],
    ],
)
def test_what_is_no_such_list_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(NoSuchAnswer):
        heard(lines)


def test_a_list_without_an_end_is_refused() -> None:
    lines = told({f"a.b{number}": "1" for number in range(MOST_LINES + 1)})
    with pytest.raises(NoSuchAnswer):
        heard(lines)


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_nothing_that_is_heard_makes_it_fall_over(lines: list[bytes]) -> None:
    with suppress(NoSuchAnswer, Refusal):
        heard([b"BEGIN LIST VAR hall", *lines])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("OL", Power(on_battery=False, low=False, charging=None, worn=False, charge=80)),
        ("OL CHRG", Power(on_battery=False, low=False, charging=True, worn=False, charge=80)),
        ("OB DISCHRG", Power(on_battery=True, low=False, charging=False, worn=False, charge=80)),
        ("OB LB", Power(on_battery=True, low=True, charging=False, worn=False, charge=80)),
        ("FSD OB", Power(on_battery=True, low=True, charging=False, worn=False, charge=80)),
        ("OL RB", Power(on_battery=False, low=False, charging=None, worn=True, charge=80)),
        ("WAIT", None),
        ("", None),
    ],
)
def test_words_of_the_status_are_understood(status: str, expected: Power | None) -> None:
    assert power(status) == expected


@pytest.mark.parametrize("charge", ["", "-1", "101", "nan", "full", "inf"])
def test_a_charge_that_is_no_percentage_is_none(charge: str) -> None:
    known = power("OL", charge)
    assert known is not None
    assert known.charge is None


def test_a_worn_battery_is_not_good_and_mains_that_came_back_are_recovered() -> None:
    worn = power("OL RB", "100")
    assert worn is not None
    said = auxiliaries_of(worn, was_on_battery=True)
    assert ("ups", "recovered") in said
    assert ("ups", "good") not in said
    assert ("battery", "failure") in said
