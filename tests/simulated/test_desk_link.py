"""The desk through a socket: what a citizen's screen asks is answered once, also when the agent dies in between."""

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.cases import CaseStage, PrintOutcome
from contract.ids import CaseId, LookupId, VisitId, new_id
from contract.lookups import LookupRequest
from devices.events import PrintSettledEvent
from kiosk_app.agent.desk import LocalDesk
from kiosk_app.link.desk import CaseProgress, CatalogueChanged, CentralSeen, DeskFault, Interrupted, Rating
from kiosk_app.link.desk_client import RemoteDesk
from kiosk_app.link.desk_server import DeskServer
from tests.agent_bench import FACTS, ITEM, NEVER_SYNCS, QUICK, REGISTER, Bench, bench, confirmation, new_visit, refused
from tests.fakes import PRINTER, Ear, FakeHub, sent
from tests.small_central import SmallCentral


@contextmanager
def served(desk: LocalDesk, folder: Path) -> Iterator[DeskServer]:
    server = DeskServer(desk, folder / "run", screens=desk.screens)
    server.start()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[RemoteDesk]:
    """A screen's end of the link; nobody serves it yet."""
    desk = RemoteDesk(tmp_path / "run")
    desk.start()
    yield desk
    desk.close()


@pytest.fixture
def central() -> Iterator[SmallCentral]:
    with SmallCentral(FACTS) as central:
        yield central


def test_a_whole_case_through_the_link(tmp_path: Path, screen: RemoteDesk, central: SmallCentral) -> None:
    ear = Ear()
    screen.subscribe(ear)
    with bench(tmp_path, central) as here, served(here.desk, tmp_path):
        assert screen.catalogue().result(20).items
        assert screen.resume().result(20) is None
        through = Bench(screen, here.hub, ear)  # type: ignore[arg-type] # the same calls, through the link
        visit = new_visit()
        receipt = through.confirm(visit)
        assert through.closed(receipt).print is PrintOutcome.SENT
        screen.rate(Rating(visit, receipt.case_id, 2)).result(10)
        screen.end_visit(visit).result(10)
        assert ear.wait(CentralSeen).reachable
        central.wait(lambda: "visit.rated" in central.kinds())


def test_faults_of_the_desk_come_through_as_they_are(tmp_path: Path, screen: RemoteDesk, central: SmallCentral) -> None:
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        with refused("lookup.expired"):
            screen.commit(confirmation(new_visit(), LookupId(new_id()))).result(10)
        with refused("agent.bug"):
            screen.rate(Rating(new_visit(), CaseId(new_id()), 1)).result(10)


def test_what_is_asked_before_the_agent_is_there_waits_for_it(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    asked = screen.catalogue()
    assert not asked.done()
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        assert asked.result(20).items


def test_a_confirmation_whose_answer_was_lost_is_asked_again_and_makes_one_case(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    """The agent is asked twice, since nobody knows whether it heard the first time; there is one receipt."""
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        with served(here.desk, tmp_path):
            screen.begin_visit(visit).result(10)
            lookup = here.look_up(visit)
            receipt = screen.commit(confirmation(visit, lookup)).result(10)
        again = screen.commit(confirmation(visit, lookup))
        assert not again.done()
        with served(here.desk, tmp_path):
            assert again.result(20) == receipt
        assert len(here.hub.printed) <= 1


def test_screen_that_was_cut_off_hears_how_its_case_ended(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    hub = FakeHub()
    hub.on_print = lambda _: []
    ear = Ear()
    screen.subscribe(ear)
    with bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        with served(here.desk, tmp_path):
            visit = new_visit()
            receipt = screen.commit(confirmation(visit, here.look_up(visit))).result(20)
            ear.wait(CaseProgress, lambda said: said.stage is CaseStage.PRINTING)
        hub.say(PrintSettledEvent(PRINTER, hub.printed[0].order, sent(hub.printed[0].job.action)))
        here.closed(receipt)
        with served(here.desk, tmp_path):
            ended = ear.wait(CaseProgress, lambda said: said.stage is CaseStage.CLOSED)
            assert (ended.case_id, ended.print) == (receipt.case_id, PrintOutcome.SENT)
            ear.wait(CatalogueChanged)
    hub.close()


def test_screen_outlives_its_agent_and_the_case_goes_on(
    tmp_path: Path, screen: RemoteDesk, central: SmallCentral
) -> None:
    hub = FakeHub()
    hub.on_print = lambda _: []
    ear = Ear()
    screen.subscribe(ear)
    with bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        visit = new_visit()
        receipt = screen.commit(confirmation(visit, here.look_up(visit))).result(20)
        hub.wait(lambda seen: seen.printed)
    hub.close()
    second = FakeHub()
    second.on_settle = lambda order: [PrintSettledEvent(PRINTER, order.order, sent(order.action))]
    with bench(tmp_path, central, hub=second, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        ended = ear.wait(CaseProgress, lambda said: said.stage is CaseStage.CLOSED)
        assert (ended.case_id, ended.print) == (receipt.case_id, PrintOutcome.SENT)
        assert second.printed == []
    second.close()


def test_screen_that_died_is_owned_up_to_by_the_agent_that_lived(tmp_path: Path, central: SmallCentral) -> None:
    with bench(tmp_path, central, timing=NEVER_SYNCS) as here, served(here.desk, tmp_path):
        visit = new_visit()
        first = RemoteDesk(tmp_path / "run")
        first.start()
        first.begin_visit(visit).result(10)
        first.close()
        second = RemoteDesk(tmp_path / "run")
        second.start()
        assert second.resume().result(20) == Interrupted(visit, None, None)
        second.close()


def test_paper_is_withdrawn_when_the_last_screen_went(tmp_path: Path, central: SmallCentral) -> None:
    hub = FakeHub()
    hub.on_print = lambda _: []
    timing = type(QUICK)(idle_s=3600.0, alone_s=0.05, patience=QUICK.patience)
    with bench(tmp_path, central, hub=hub, timing=timing) as here, served(here.desk, tmp_path):
        screen = RemoteDesk(tmp_path / "run")
        screen.start()
        visit = new_visit()
        receipt = screen.commit(confirmation(visit, here.look_up(visit))).result(20)
        hub.wait(lambda seen: seen.printed)
        screen.close()
        assert here.closed(receipt).print is PrintOutcome.FAILED
    hub.close()


def test_closing_the_screen_ends_every_question(tmp_path: Path) -> None:
    desk = RemoteDesk(tmp_path / "run")
    desk.start()
    visit = VisitId(new_id())
    request = LookupRequest(
        lookup_id=LookupId(new_id()), visit_id=visit, item_id=ITEM, register_name=REGISTER, code="K7M2QX9A"
    )
    asked: list[Future[Any]] = [desk.catalogue(), desk.begin_visit(visit), desk.look_up(request)]
    desk.close()
    for question in asked:
        with pytest.raises(DeskFault):
            question.result(5)
    with pytest.raises(DeskFault):
        desk.catalogue().result(5)
