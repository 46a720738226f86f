"""Asking a register: only what the item names, recorded before it is answered, gone after ten minutes."""

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from contract.enrolment import Enrolment
from contract.lookups import LookupAnswer, answer_text
from tests.central.server import Central
from tests.central.terminal import Terminal
from tests.central.test_sync import refused
from tests.central.values import NOBODY, NUMBER, REGISTER, question


def records(central: Central, asked: dict[str, Any]) -> list[tuple[Any, ...]]:
    return central.rows(
        "SELECT kiosk_id, item_id, register_name, document_number, outcome FROM access_records WHERE lookup_id = :i",
        i=asked["lookup_id"],
    )


def test_a_person_with_a_record_gets_its_facts(central: Central, kiosk: str, terminal: Terminal) -> None:
    asked = question()
    response = central.post("/v1/lookups", asked, terminal)
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
    central: Central, terminal: Terminal, number: str
) -> None:
    asked = question(number)
    answer = LookupAnswer.model_validate_json(central.post("/v1/lookups", asked, terminal).content)
    assert not answer.found
    assert answer.facts == {}
    assert [row[-1] for row in records(central, asked)] == ["no-record"]


def test_an_answer_is_signed_with_a_key_that_enrolment_brought(central: Central, kiosk: str) -> None:
    terminal = Terminal(kiosk)
    response = central.post("/v1/enrol", terminal.enrolment(central.code(kiosk)), terminal)
    (key,) = Enrolment.model_validate_json(response.content).answer_keys
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public_key))
    answer = LookupAnswer.model_validate_json(central.post("/v1/lookups", question(), terminal).content)
    public.verify(base64.b64decode(answer.signature or ""), answer_text(answer))
    forged = answer.model_copy(update={"facts": answer.facts | {"months": 999}})
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(answer.signature or ""), answer_text(forged))


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
    central: Central, terminal: Terminal, asked: dict[str, Any], kind: str
) -> None:
    refused(central.post("/v1/lookups", asked, terminal), 422, kind)
    assert records(central, asked) == []


def test_without_a_signature_no_register_is_asked(central: Central) -> None:
    asked = question()
    refused(central.post("/v1/lookups", asked, None), 401, "no-signature")
    assert records(central, asked) == []


def test_a_question_that_does_not_fit_is_refused_without_quoting_the_person(
    central: Central, terminal: Terminal
) -> None:
    asked = question()
    asked["applicant"]["document_number"] = [NUMBER]
    response = central.post("/v1/lookups", asked, terminal)
    problem = refused(response, 422, "not-understood")
    assert problem["misfits"] == [{"pointer": "/applicant/document_number", "reason": "string_type"}]
    assert NUMBER not in response.text
