"""A desk on the bench: real store, real HTTP, a fake hub, and the values a visit would bring.

The catalogue is the seed; the person is made up. `PLANTED` is what must never appear where it does not
belong.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from contract.cases import CaseStage, Receipt
from contract.enrolment import CommandKey
from contract.ids import LookupId, VisitId, new_id
from contract.lookups import LookupRequest
from contract.persons import RESIDENT_CARD, Applicant
from devices.hub import DeviceHub
from kiosk_app.agent.counter import Timing
from kiosk_app.agent.desk import LocalDesk
from kiosk_app.agent.identity import Identity, IdentityFile, new_secret
from kiosk_app.agent.paperwork import DocumentMaker
from kiosk_app.agent.print_desk import PrintPatience
from kiosk_app.agent.sync import Pace
from kiosk_app.base.machine_settings import Settings
from kiosk_app.base.settings import CentralSection, KioskSection
from kiosk_app.link.desk import CaseProgress, CommitRequest, DeskFault
from tests.fakes import Ear, FakeHub, PlainPress
from tests.small_central import SmallCentral

KIOSK = "demo-0001"
ITEM = "insurance-certificate"
REGISTER = "social-insurance.participation"
PLANTED = "植入甲"
NUMBER = "110101199003078515"
FACTS: dict[str, Any] = {"status": "1", "person": {"name": PLANTED, "number": NUMBER}}
APPLICANT = Applicant(name=PLANTED, document_type=RESIDENT_CARD, document_number=NUMBER, read_by="sdt-serial")
NOBODY = "http://127.0.0.1:9"
"""The discard port, where nothing listens."""

QUICK = Timing(
    idle_s=0.0,
    pace=Pace(floor_s=0.02, ceiling_s=0.1, request_s=1.0, refused_again_s=60.0),
    patience=PrintPatience(print_s=30.0, grace_s=5.0),
)
NEVER_SYNCS = Timing(idle_s=3600.0, patience=QUICK.patience)
SOON_UNKNOWN = Timing(idle_s=3600.0, patience=PrintPatience(settle_s=0.4, last_word_s=0.4))
"""For a printer that never says how a print ended; an answer that does come may take its time elsewhere."""


def settings_for(folder: Path, url: str = NOBODY, *, timeout_s: float = 5.0) -> Settings:
    return Settings(
        kiosk=KioskSection(id=KIOSK, hall="demo", state_dir=folder / "state"),
        central=CentralSection(url=url, timeout_s=timeout_s),
    )


def enrolled(settings: Settings, answer_keys: tuple[CommandKey, ...] = ()) -> IdentityFile:
    """Give the terminal a key, as a central that knows it would have; one that it has already stays."""
    file = IdentityFile(settings.kiosk.identity_file)
    if file.stamp is None:
        known = Identity(kiosk=settings.kiosk.id, key=new_secret(), not_after="2099-01-01T00:00:00Z")
        file.write(known.model_copy(update={"answer_keys": answer_keys}))
    return file


@dataclass
class Bench:
    """One desk and what stands around it."""

    desk: LocalDesk
    hub: FakeHub
    ear: Ear = field(default_factory=Ear)

    def look_up(self, visit: VisitId, item: str = ITEM, register: str = REGISTER) -> LookupId:
        lookup = LookupId(new_id())
        request = LookupRequest(
            lookup_id=lookup, visit_id=visit, item_id=item, register_name=register, applicant=APPLICANT
        )
        self.desk.look_up(request).result(20)
        return lookup

    def confirm(self, visit: VisitId) -> Receipt:
        """Go a visit up to the receipt."""
        self.desk.begin_visit(visit).result(10)
        return self.desk.commit(confirmation(visit, self.look_up(visit))).result(10)

    def closed(self, receipt: Receipt) -> CaseProgress:
        """Wait until the case is closed."""
        return self.ear.wait(
            CaseProgress, lambda said: said.case_id == receipt.case_id and said.stage is CaseStage.CLOSED
        )


@contextmanager
def refused(code: str) -> Iterator[None]:
    """The desk refuses, with exactly this fault."""
    with pytest.raises(DeskFault) as refusal:
        yield
    assert refusal.value.fault.code == code, refusal.value.fault


def confirmation(visit: VisitId, lookup: LookupId | None, applicant: Applicant = APPLICANT) -> CommitRequest:
    return CommitRequest(visit_id=visit, item_id=ITEM, language="zh", applicant=applicant, lookup_id=lookup)


def new_visit() -> VisitId:
    return VisitId(new_id())


@contextmanager
def bench(
    folder: Path,
    central: SmallCentral | str,
    *,
    hub: FakeHub | None = None,
    timing: Timing = QUICK,
    renderer: DocumentMaker | None = None,
    timeout_s: float = 5.0,
    enrol: bool = True,
) -> Iterator[Bench]:
    """A started desk of an enrolled terminal, closed at the end; the hub too when it is the bench's own."""
    url = central if isinstance(central, str) else central.url
    own = hub if hub is not None else FakeHub()
    protocol: DeviceHub = own
    settings = settings_for(folder, url, timeout_s=timeout_s)
    if enrol:
        enrolled(settings)
    desk = LocalDesk(
        settings,
        protocol,
        timing=timing,
        renderer=renderer if renderer is not None else PlainPress(),
    )
    made = Bench(desk, own)
    desk.subscribe(made.ear)
    desk.start()
    desk.catalogue().result(20)
    try:
        yield made
    finally:
        desk.close()
        if hub is None:
            own.close()
