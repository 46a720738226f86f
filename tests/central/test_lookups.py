"""Asking a register: only what the item names, recorded before it is answered, gone after ten minutes."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contract.lookups import LookupAnswer
from tests.central.server import Central
from tests.central.test_sync import refused
from tests.central.values import NOBODY, NUMBER, REGISTER, question


def records(central: Central, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    return central.rows(
        "SELECT kiosk_id, item_id, register_name, document_number, outcome FROM access_records WHERE lookup_id = :i",
        i=asked["lookup_id"],
    )


def test_a_person_with_a_record_gets_its_facts(central: Central, kiosk: str, headers: dict[str, str]) -> None:
    asked = question()
    response = central.post("/v1/lookups", asked, headers)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    answer = LookupAnswer.model_validate_json(response.content)
    assert answer.found
    assert answer.facts["months"] == 148
    good_for = datetime.fromisoformat(answer.expires_at) - datetime.fromisoformat(answer.as_of)
    assert good_for == timedelta(minutes=10)
    assert records(central, asked) == [(kiosk, "insurance-certificate", REGISTER, NUMBER, "found")]


@pytest.mark.parametrize("number", [NOBODY, "110101190001010000", "' OR 1=1 --"])
def test_a_person_without_a_record_is_told_so_and_nothing_else(
    central: Central, headers: dict[str, str], number: str
) -> None:
    asked = question(number)
    answer = LookupAnswer.model_validate_json(central.post("/v1/lookups", asked, headers).content)
    assert not answer.found
    assert answer.facts == {}
    assert [row[-1] for row in records(central, asked)] == ["no-record"]


def test_the_access_record_holds_no_facts(central: Central) -> None:
    columns = "SELECT * FROM access_records"
    assert "148" not in {str(value) for row in central.rows(columns) for value in row}


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (question(register="housing-fund.deposits"), "unknown-register"),
        (question(register="land.nobody"), "unknown-register"),
        (question(item="no-such-item"), "unknown-item"),
    ],
)
def test_a_register_that_the_item_does_not_name_or_nobody_serves_is_refused(
    central: Central, headers: dict[str, str], asked: dict[str, Any], kind: str
) -> None:
    refused(central.post("/v1/lookups", asked, headers), 422, kind)
    assert records(central, asked) == []


def test_without_a_token_no_register_is_asked(central: Central) -> None:
    asked = question()
    refused(central.post("/v1/lookups", asked, {}), 401, "no-token")
    assert records(central, asked) == []


def test_a_question_that_does_not_fit_is_refused_without_quoting_the_person(
    central: Central, headers: dict[str, str]
) -> None:
    asked = question()
    asked["applicant"]["document_number"] = [NUMBER]
    response = central.post("/v1/lookups", asked, headers)
    problem = refused(response, 422, "not-understood")
    assert problem["misfits"] == [{"pointer": "/applicant/document_number", "reason": "string_type"}]
    assert NUMBER not in response.text
