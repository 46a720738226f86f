"""An agent that takes a dead one's place: the answer its citizen is reading can be confirmed, by them alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from contract.ids import KioskId, LookupId, VisitId
from contract.persons import Applicant
from offline_cache.cache import open_cache
from tests.agent_bench import (
    APPLICANT,
    FACTS,
    KIOSK,
    NEVER_SYNCS,
    NUMBER,
    bench,
    confirmation,
    new_visit,
    refused,
)
from tests.small_central import SmallCentral

AT = "2026-01-02T03:04:05.678Z"
TAX, TAX_REGISTER = "tax-certificate", "tax.payments"


def read_by_a_citizen(folder: Path, central: SmallCentral, visit: VisitId, **asked: str) -> LookupId:
    """Have one agent answer a citizen, and end; nobody ends the visit."""
    with bench(folder, central, timing=NEVER_SYNCS) as here:
        here.desk.begin_visit(visit).result(10)
        return here.look_up(visit, **asked)


def test_the_next_agent_commits_on_the_answer_and_asks_nobody(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        visit = new_visit()
        lookup = read_by_a_citizen(tmp_path, central, visit)
        asked = len(central.requests)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            receipt = here.desk.commit(confirmation(visit, lookup)).result(10)
            here.closed(receipt)
            assert len(central.requests) == asked
    cache = open_cache(tmp_path / "state", KioskId(KIOSK), AT)
    case = cache.case(receipt.case_id)
    cache.close()
    assert case is not None
    assert (case.facts, case.applicant) == (FACTS, APPLICANT)


def test_what_the_item_does_not_allow_to_be_kept_is_asked_for_again(tmp_path: Path) -> None:
    with SmallCentral({"payments": [{"tax": "1.00"}]}) as central:
        visit = new_visit()
        lookup = read_by_a_citizen(tmp_path, central, visit, item=TAX, register=TAX_REGISTER)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here, refused("lookup.expired"):
            here.desk.commit(confirmation(visit, lookup).model_copy(update={"item_id": TAX})).result(10)


@pytest.mark.parametrize(
    "another",
    [
        lambda visit, lookup: confirmation(visit, lookup, other_person()),
        lambda _, lookup: confirmation(new_visit(), lookup),
        lambda visit, lookup: confirmation(visit, lookup).model_copy(update={"item_id": TAX}),
        lambda visit, _: confirmation(visit, LookupId("another-lookup")),
    ],
    ids=["person", "visit", "item", "lookup"],
)
def test_it_is_good_for_its_own_person_visit_and_item_alone(tmp_path: Path, another: Callable[..., object]) -> None:
    with SmallCentral(FACTS) as central:
        visit = new_visit()
        lookup = read_by_a_citizen(tmp_path, central, visit)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            with refused("lookup.expired"):
                here.desk.commit(another(visit, lookup)).result(10)  # type: ignore[arg-type] # a confirmation
            assert here.desk.commit(confirmation(visit, lookup)).result(10)


def test_one_that_expired_meanwhile_is_asked_for_again(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        central.valid_s = 0
        visit = new_visit()
        lookup = read_by_a_citizen(tmp_path, central, visit)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here, refused("lookup.expired"):
            here.desk.commit(confirmation(visit, lookup)).result(10)


def test_nothing_of_it_is_left_when_the_visit_ends(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        visit = new_visit()
        lookup = read_by_a_citizen(tmp_path, central, visit)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            here.desk.end_visit(visit).result(10)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here, refused("lookup.expired"):
            here.desk.commit(confirmation(visit, lookup)).result(10)


def other_person() -> Applicant:
    return APPLICANT.model_copy(update={"document_number": NUMBER[::-1]})
