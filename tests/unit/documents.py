"""Papers to test with: the seed catalogue, the demonstration's people, and cases made of them.

Nothing here stands in for the product; it only puts its values together.
"""

from functools import cache
from typing import Any

import assets
from contract.cases import Case
from contract.catalogue import Catalogue, LookupStep, ServiceItem
from contract.documents import DocumentTemplate
from contract.ids import CaseId, VisitId
from contract.persons import RESIDENT_CARD, Applicant
from kiosk_app.documents.render import RenderedDocument, Renderer

CODE = "7K3M9Q2XH5T8B4NC"
VERIFY_URL = "https://fuwu.example.gov.cn/verify"
ISSUED_AT = "2026-11-21T02:03:04.000Z"
ORDINARY = ("zhang-wei", "wang-yan", "zhao-hong", "maimaiti")


@cache
def catalogue() -> Catalogue:
    return Catalogue.model_validate(assets.seed_catalogue())


@cache
def people() -> dict[str, dict[str, Any]]:
    return {person["id"]: person for person in assets.demonstration_people()}


@cache
def renderer() -> Renderer:
    made = Renderer("demo-0001")
    made.warm()
    return made


def lookup_of(item: ServiceItem) -> LookupStep:
    return next(step for step in item.steps if isinstance(step, LookupStep))


def facts_of(person: str, item_id: str) -> dict[str, Any]:
    facts: dict[str, Any] = people()[person]["registers"][lookup_of(catalogue().item(item_id)).register_name]
    return facts


def case_of(person: str, item_id: str, facts: dict[str, Any] | None = None, name: str | None = None) -> Case:
    card = people()[person]["card"]
    return Case(
        case_id=CaseId("01JD000000000000000000CASE"),
        visit_id=VisitId("01JD00000000000000000VISIT"),
        receipt_number="D0001-20261121-0007",
        item_id=item_id,
        item_code=catalogue().item(item_id).code,
        catalogue_version=catalogue().version,
        language="zh",
        committed_at=ISSUED_AT,
        applicant=Applicant(
            name=name or card["name"], document_type=RESIDENT_CARD, document_number=card["number"], read_by="sdt-serial"
        ),
        register_name=lookup_of(catalogue().item(item_id)).register_name,
        facts=facts if facts is not None else facts_of(person, item_id),
        facts_as_of=ISSUED_AT,
        template=item_id,
    )


def render(case: Case, template: DocumentTemplate | None = None) -> RenderedDocument:
    return renderer().render(
        template or catalogue().template(case.template or ""),
        case,
        catalogue().hall,
        catalogue().codes,
        verification_code=CODE,
        verify_url=VERIFY_URL,
        issued_at=ISSUED_AT,
    )
