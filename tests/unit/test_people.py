"""The demonstration's people: cards that a reader would accept, and the troubles they stand for."""

from datetime import date

import pytest
from stdnum.cn import ric

from tests.unit.documents import catalogue, lookup_of, people

DEMONSTRATION_DAY = date(2026, 11, 21)


@pytest.mark.parametrize("person", people())
def test_card_fits_the_chip_and_agrees_with_itself(person: str) -> None:
    card = people()[person]["card"]
    number = card["number"]
    # Not `ric.validate`: its table of places begins in 1983, and older people have numbers too.
    assert number[-1] == ric.calc_check_digit(number)
    assert ric.get_birth_date(number).strftime("%Y%m%d") == card["birth"]
    assert {"1": 1, "2": 0}[card["sex"]] == int(number[16]) % 2
    for field, units in (("name", 15), ("address", 35), ("issuer", 15)):
        assert len(card[field].encode("utf-16-le")) // 2 <= units
    assert date.fromisoformat(card["valid_from"]) < DEMONSTRATION_DAY
    assert card["valid_to"] == "长期" or date.fromisoformat(card["valid_to"])


@pytest.mark.parametrize("person", people())
def test_number_says_that_nobody_has_it(person: str) -> None:
    # The highest sequence numbers of a district and day, which registrations never reach.
    assert people()[person]["card"]["number"][:6] == "210104"
    assert people()[person]["card"]["number"][14:16] == "99"


def test_people_bring_the_troubles_of_a_counter() -> None:
    cards = {name: person["card"] for name, person in people().items()}
    assert cards["li-shufen"]["valid_to"] == "长期"
    assert "䶮" in cards["wang-yan"]["name"]
    assert "𬭎" in cards["zhao-hong"]["name"]
    assert len(cards["maimaiti"]["name"]) == 15
    assert cards["maimaiti"]["ethnic"] == "05"
    expired = [name for name, card in cards.items() if card["valid_to"] < DEMONSTRATION_DAY.strftime("%Y%m%d")]
    assert expired == ["liu-yang"]
    assert set(people()["chen-chen"]["registers"].values()) == {None}
    assert len(people()["sun-desheng"]["registers"]["social-insurance.participation"]["schemes"]) > 40


@pytest.mark.parametrize("person", people())
def test_every_register_knows_of_the_person_or_says_that_it_does_not(person: str) -> None:
    registers = people()[person]["registers"]
    assert registers.keys() == {
        lookup_of(item).register_name for item in catalogue().items if lookup_of(item).by == "applicant"
    }
    card = people()[person]["card"]
    for facts in filter(None, registers.values()):
        assert facts["person"] == {"name": card["name"], "number": card["number"]}
        assert date.fromisoformat(facts["as_of"]) <= DEMONSTRATION_DAY


@pytest.mark.parametrize("person", people())
def test_sums_are_the_sums_of_their_rows(person: str) -> None:
    registers = people()[person]["registers"]
    if tax := registers["tax.payments"]:
        assert tax["total_tax_fen"] == sum(row["tax_fen"] for row in tax["payments"])
        assert tax["total_income_fen"] == sum(row["income_fen"] for row in tax["payments"])
    if insurance := registers["social-insurance.participation"]:
        pension = [row["months"] for row in insurance["schemes"] if row["scheme"] in ("110", "170")]
        assert insurance["total_months"] == sum(pension)
    if fund := registers["housing-fund.deposits"]:
        assert all(row["unit_fen"] + row["person_fen"] == row["total_fen"] for row in fund["deposits"])
