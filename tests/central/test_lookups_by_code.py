"""Asking what was issued under a code: as much as the paper's verification page tells, and no trace of the code."""

from typing import Any

import pytest

from contract import codes
from contract.lookups import LookupAnswer
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_lookups import records
from tests.central.test_sync import deliver, refused
from tests.central.values import (
    CHECK,
    ISSUED,
    ITEM,
    NUMBER,
    REGISTER,
    Journal,
    both,
    new_code,
    question,
    question_about,
)


def answer_to(central: Central, terminal: Terminal, asked: dict[str, Any]) -> LookupAnswer:
    response = central.post("/v1/lookups", asked, terminal)
    assert response.status_code == 200, response.text
    return LookupAnswer.model_validate_json(response.content)


@pytest.mark.parametrize("outcome", ["sent", "failed", "unknown", "none"])
def test_an_issued_document_is_told_masked_and_with_how_its_print_ended(
    central: Central, journal: Journal, terminal: Terminal, outcome: str
) -> None:
    case = journal.whole_case(outcome)
    deliver(central, journal.batch(), terminal)
    answer = answer_to(central, terminal, question_about(case.code))
    assert answer.found
    assert answer.facts == {
        "title": both("参保证明", "Certificate of Social Insurance"),
        "facts": [
            {"label": both("姓名", "Name"), "value": "张**"},
            {"label": both("公民身份号码", "ID number"), "value": "210104********9991"},
        ],
        "issued_at": "2026-11-21T08:53:12.000Z",
        "issued_by": both("人社局", "Human Resources"),
        "hall": both("测试大厅", "Test Hall"),
        "kiosk": journal.kiosk,
        "pages": 1,
        "print": outcome,
        "standing": "official",
    }
    assert NUMBER not in str(answer.facts)


def test_a_code_is_understood_as_people_write_it(central: Central, journal: Journal, terminal: Terminal) -> None:
    case = journal.whole_case()
    deliver(central, journal.batch(), terminal)
    assert answer_to(central, terminal, question_about(codes.group(case.code).lower())).found


@pytest.mark.parametrize("code", [new_code(), "0000-0000", "' OR 1=1 --"], ids=["unknown", "short", "sql"])
def test_a_code_that_was_never_issued_has_no_record(central: Central, terminal: Terminal, code: str) -> None:
    asked = question_about(code)
    answer = answer_to(central, terminal, asked)
    assert (answer.found, answer.facts) == (False, {})
    assert [row[-1] for row in records(central, asked)] == ["no-record"]


def test_the_code_is_in_no_record_and_no_log(central: Central, journal: Journal, terminal: Terminal) -> None:
    case = journal.whole_case()
    deliver(central, journal.batch(), terminal)
    asked = question_about(case.code)
    answer_to(central, terminal, asked)
    (row,) = records(central, asked)
    assert row[1:] == (CHECK, ISSUED, "", "found")
    kept = {str(value) for row in central.rows("SELECT * FROM access_records") for value in row}
    assert case.code not in kept
    assert case.code not in central.log.read_text()


@pytest.mark.parametrize(
    "asked",
    [
        question_about(new_code(), item=ITEM),
        question_about(new_code(), item=ITEM, register=REGISTER),
        question(register=ISSUED, item=CHECK),
        question(register=REGISTER, item=CHECK),
    ],
)
def test_an_item_asks_only_about_what_it_says_it_asks_about(
    central: Central, terminal: Terminal, asked: dict[str, Any]
) -> None:
    refused(central.post("/v1/lookups", asked, terminal), 422, "unknown-register")
    assert records(central, asked) == []


def test_a_register_of_people_cannot_be_asked_by_code(central: Central, terminal: Terminal) -> None:
    asked = question_about(new_code(), register=REGISTER)
    refused(central.post("/v1/lookups", asked, terminal), 503, "register-unavailable")
    assert [row[-1] for row in records(central, asked)] == ["unavailable"]


def test_a_question_about_a_person_and_a_code_or_about_neither_is_refused_without_quoting_it(
    central: Central, terminal: Terminal
) -> None:
    code = new_code()
    for asked in (question() | {"code": code}, question_about(code) | {"code": None}):
        response = central.post("/v1/lookups", asked, terminal)
        refused(response, 422, "not-understood")
        assert code not in response.text
        assert NUMBER not in response.text


def test_without_a_signature_nothing_is_told_of_a_code(central: Central) -> None:
    refused(central.post("/v1/lookups", question_about(new_code()), None), 401, "no-signature")
