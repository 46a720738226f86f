"""The seed catalogue: every path leads somewhere, every code means something, every rule answers."""

import re
from collections.abc import Iterator
from typing import Any

import cel
import pytest
from pydantic import BaseModel

import assets
from contract.cases import PrintOutcome
from contract.catalogue import CommitStep, LookupStep, ReviewStep, ScanStep, ServiceItem
from contract.documents import ShownFact
from contract.text import LANGUAGES, Text
from kiosk_app.documents.wording import MISSING, resolve, table_rows, word
from tests.unit.documents import catalogue, facts_of, lookup_of, people

ITEMS = [item.id for item in catalogue().items if item.identity == "card"]
CHECK = "check-certificate"
HELD = [(item, person) for item in ITEMS for person in people() if facts_of(person, item)]


def shown_facts(item: ServiceItem) -> tuple[ShownFact, ...]:
    """Everything that the item shows of an answer, on the screen or for verification; not its rows."""
    facts: tuple[ShownFact, ...] = ()
    for step in item.steps:
        match step:
            case ReviewStep():
                facts += (*step.facts, *((step.headline,) if step.headline else ()))
            case CommitStep(template=str() as template):
                facts += catalogue().template(template).shown_on_verify
            case _:
                pass
    return facts


def review_of(item: ServiceItem) -> ReviewStep:
    return next(step for step in item.steps if isinstance(step, ReviewStep))


def texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name))
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif isinstance(value, dict):
        yield from texts(tuple(value.values()))


def test_every_text_is_there_in_every_language_in_its_own_script() -> None:
    found = list(texts(catalogue()))
    assert len(found) > 100
    for text in found:
        assert set(text.root) == set(LANGUAGES)
        assert all(text.root.values())
        assert not re.search(r"[一-鿿，。、；：]", text.root["en"]), text
        assert re.search(r"[一-鿿]", text.root["zh"]), text
        assert not re.search(r"[一-鿿][,;:!?]", text.root["zh"]), text


@pytest.mark.parametrize("item_id", ITEMS)
def test_an_item_can_be_walked_from_notice_to_paper(item_id: str) -> None:
    item = catalogue().item(item_id)
    assert [step.kind for step in item.steps] == ["notice", "identify", "lookup", "review", "commit"]
    assert item.department in {department.id for department in catalogue().departments}
    assert set(item.needs) == {"identity-reader", "printer"}
    commit = item.steps[-1]
    assert isinstance(commit, CommitStep)
    assert catalogue().template(commit.template or "").shown_on_verify


def test_a_certificate_is_checked_without_a_card_a_notice_or_a_paper() -> None:
    item = catalogue().item(CHECK)
    scan, lookup, review = item.steps
    assert isinstance(scan, ScanStep)
    assert isinstance(lookup, LookupStep)
    assert isinstance(review, ReviewStep)
    assert (item.identity, item.needs, item.sheets) == ("none", ("code-scanner",), 0)
    assert (lookup.register_name, lookup.by) == ("issued-documents", "code")
    assert len(lookup.nothing) > 1
    assert cel.compile(lookup.accept).execute({"answer": {}}) is True
    assert review.title is not None, "the screen's own title speaks of what will be printed"


def test_only_a_sent_print_is_found_good() -> None:
    review = review_of(catalogue().item(CHECK))
    assert review.finding is not None
    tones = {code: finding.tone for code, finding in review.finding.says.items()}
    assert tones == {outcome.value: "good" if outcome == "sent" else "doubt" for outcome in PrintOutcome}
    assert review.finding.otherwise.tone == "doubt"


def test_every_template_file_belongs_to_the_catalogue() -> None:
    files = {path.stem for path in (assets.ROOT / "catalogue" / "templates").glob("*.rml")}
    assert files == {template.id for template in catalogue().templates}


@pytest.mark.parametrize(("item_id", "person"), HELD)
def test_every_path_leads_to_a_fact_that_can_be_written(item_id: str, person: str) -> None:
    item, facts = catalogue().item(item_id), facts_of(person, item_id)
    for fact in shown_facts(item):
        for language in LANGUAGES:
            assert word(fact, facts, catalogue().codes, language, masked=False) != MISSING, fact.path
    table = review_of(item).table
    assert table is not None
    rows = resolve(facts, table.path)
    for row in rows:
        for column in table.columns:
            assert resolve(row, column.path) is not None, column.path
    written = table_rows(table, facts, catalogue().codes, "en", masked=False)
    assert len(written) == len(rows)
    assert MISSING not in {cell for row in written for cell in row}


@pytest.mark.parametrize(("item_id", "person"), HELD)
def test_every_code_has_its_meaning(item_id: str, person: str) -> None:
    item, facts = catalogue().item(item_id), facts_of(person, item_id)
    table = review_of(item).table
    assert table is not None
    coded = [(fact, facts) for fact in shown_facts(item) if fact.kind == "code"]
    coded += [(column, row) for column in table.columns if column.kind == "code" for row in resolve(facts, table.path)]
    for fact, found in coded:
        assert fact.codes is not None
        assert resolve(found, fact.path) in catalogue().codes[fact.codes]


def test_what_is_about_the_person_is_masked_where_others_can_see_it() -> None:
    for item in catalogue().items:
        for fact in shown_facts(item):
            if fact.path == "person.name":
                assert fact.mask == "name"
            if fact.path == "person.number":
                assert fact.mask == "number"


@pytest.mark.parametrize(
    ("item_id", "refused"),
    [
        ("insurance-certificate", {"zhou-min"}),
        ("housing-fund-certificate", {"zhou-min"}),
        ("tax-certificate", {"zhou-min"}),
    ],
)
def test_the_rule_refuses_whom_it_should_and_nobody_else(item_id: str, refused: set[str]) -> None:
    rule = cel.compile(lookup_of(catalogue().item(item_id)).accept)
    answers = {person: rule.execute({"answer": facts_of(person, item_id)}) for item, person in HELD if item == item_id}
    assert {person for person, accepted in answers.items() if accepted is not True} == refused
    assert {type(answer) for answer in answers.values()} == {bool}
