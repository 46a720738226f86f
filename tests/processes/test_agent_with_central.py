"""The agent against the real central, with the real press: what was confirmed is what anybody can verify."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

import assets
from central import demonstration
from central.__main__ import main
from central.store import Store
from contract.catalogue import Catalogue
from contract.ids import LookupId, new_id
from contract.lookups import LookupRequest
from contract.persons import RESIDENT_CARD, Applicant
from kiosk_app.__main__ import main as kiosk
from kiosk_app.documents.render import Renderer
from kiosk_app.link.desk import CaseDelivered, CaseProgress, CentralSeen, CommitRequest
from tests.agent_bench import ITEM, KIOSK, QUICK, REGISTER, bench, new_visit, settings_for
from tests.central.server import Central, new_database


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    url = new_database(tmp_path)
    assert main(["migrate", "--database", url]) == 0
    store = Store(make_url(url))
    demonstration.load(store, Catalogue.model_validate(assets.seed_catalogue()), assets.demonstration_people())
    store.close()
    made = Central(url, tmp_path).start()
    yield made
    made.stop()


def insured_person() -> dict[str, Any]:
    return next(
        person
        for person in assets.demonstration_people()
        if (person["registers"].get(REGISTER) or {}).get("status") == "1"
    )


def enrol_at(central: Central, folder: Path) -> None:
    """Have the terminal in `folder` enrolled by the command, with a code of that central."""
    configuration = folder / "kiosk.toml"
    state = settings_for(folder).kiosk.state_dir
    configuration.write_text(
        f'[kiosk]\nid = "{KIOSK}"\nhall = "demo"\nstate_dir = "{state}"\n\n[central]\nurl = "{central.address}"\n'
    )
    assert kiosk(["enrol", "--config", str(configuration), central.code(KIOSK)]) == 0


def test_confirmed_case_reaches_central_and_its_paper_verifies(tmp_path: Path, central: Central) -> None:
    card = insured_person()["card"]
    applicant = Applicant(
        name=card["name"], document_type=RESIDENT_CARD, document_number=card["number"], read_by="sdt-serial"
    )
    enrol_at(central, tmp_path)
    with bench(tmp_path, central.address, timing=QUICK, renderer=Renderer("demo-0001"), timeout_s=20) as here:
        here.ear.wait(CentralSeen, lambda seen: seen.reachable)
        visit, lookup = new_visit(), LookupId(new_id())
        here.desk.begin_visit(visit).result(20)
        here.desk.look_up(
            LookupRequest(lookup_id=lookup, visit_id=visit, item_id=ITEM, register_name=REGISTER, applicant=applicant)
        ).result(20)
        receipt = here.desk.commit(
            CommitRequest(visit_id=visit, item_id=ITEM, language="zh", applicant=applicant, lookup_id=lookup)
        ).result(20)
        here.closed(receipt)
        here.ear.wait(CaseDelivered, lambda said: said.case_id == receipt.case_id)
        code = here.ear.wait(CaseProgress, lambda said: said.verification_code).verification_code
        pdf = here.hub.printed[0].job.pdf
    assert pdf.startswith(b"%PDF")
    page = central.get("/verify", code=code)
    assert page.status_code == 200
    assert card["name"] not in page.text, "the public page is masked"
    shown = central.get(f"/v1/documents/{code}")
    assert shown.status_code == 200, shown.text
