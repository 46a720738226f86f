"""Cases at the desk: committed once, printed once, ended with what is known."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.cases import CaseStage, PrintOutcome
from contract.fault import Fault
from contract.ids import LookupId, new_id
from devices.events import OrderEnded, PrintHeldUp, PrintSettledEvent
from kiosk_app.base.logs import configure_logs, flush_logs, start_writing
from kiosk_app.link.desk import CaseDelivered, CaseProgress, DeskEvent, Rating
from offline_cache.receipts import is_receipt_number
from tests.agent_bench import (
    APPLICANT,
    FACTS,
    ITEM,
    NEVER_SYNCS,
    NUMBER,
    PLANTED,
    bench,
    confirmation,
    new_visit,
    refused,
)
from tests.fakes import PRINTER, FakeHub, PlainPress, held_up, sent
from tests.small_central import SmallCentral


def test_citizen_gets_receipt_then_paper_and_central_gets_every_event(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        visit = new_visit()
        receipt = here.confirm(visit)
        closed = here.closed(receipt)
        here.desk.rate(Rating(visit, receipt.case_id, 1)).result(10)
        here.desk.rate(Rating(visit, receipt.case_id, 5)).result(10)
        here.desk.end_visit(visit).result(10)
        here.ear.wait(CaseDelivered, lambda said: said.case_id == receipt.case_id)
        central.wait(lambda: len(central.events) == 6)
        stages = [said.stage for said in here.ear.heard if isinstance(said, CaseProgress)]
    assert is_receipt_number(receipt.receipt_number)
    assert receipt.receipt_number.startswith("DEMO0001-")
    assert closed.print is PrintOutcome.SENT
    assert stages == [CaseStage.COMMITTED, CaseStage.RENDERED, CaseStage.PRINTING, CaseStage.CLOSED]
    assert central.kinds() == [
        "case.committed",
        "case.rendered",
        "print.intended",
        "print.settled",
        "case.closed",
        "visit.rated",
    ]
    order = here.hub.printed[0]
    assert len(here.hub.printed) == 1
    assert order.job.title == order.job.action
    assert PLANTED not in repr(order)


def test_confirming_twice_gives_the_same_receipt_and_one_print(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        request = confirmation(visit, here.look_up(visit))
        first, second = (here.desk.commit(request) for _ in range(2))
        here.closed(first.result(10))
        third = here.desk.commit(request)
        assert first.result(10) == second.result(10) == third.result(10)
        assert len(here.hub.printed) == 1


def test_confirming_a_case_again_that_is_closed_tells_how_it_ended(tmp_path: Path) -> None:
    """Otherwise the screen would wait for a print that is long over."""
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        request = confirmation(visit, here.look_up(visit))
        here.closed(here.desk.commit(request).result(10))
        heard: queue.SimpleQueue[CaseProgress] = queue.SimpleQueue()
        here.desk.subscribe(lambda event: heard.put(event) if isinstance(event, CaseProgress) else None)
        receipt = here.desk.commit(request).result(10)
        told = heard.get(timeout=10)
    assert (told.case_id, told.stage, told.print) == (receipt.case_id, CaseStage.CLOSED, PrintOutcome.SENT)


def test_receipt_is_told_before_any_progress_of_its_case(tmp_path: Path) -> None:
    """The screen shows progress only for a receipt it knows."""
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        order: list[str] = []
        listening = threading.Event()

        def hear(event: DeskEvent) -> None:
            assert listening.wait(10)
            order.append(type(event).__name__)

        lookup = here.look_up(visit)
        here.desk.subscribe(hear)
        future = here.desk.commit(confirmation(visit, lookup))
        future.add_done_callback(lambda _: order.append("receipt"))
        listening.set()
        here.closed(future.result(10))
    assert order[0] == "receipt"


def test_commit_without_an_answer_is_refused_and_keeps_nothing(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        with refused("lookup.expired"):
            here.desk.commit(confirmation(new_visit(), LookupId(new_id()))).result(10)
        with refused("agent.bug"):
            here.desk.commit(confirmation(new_visit(), None)).result(10)
        assert here.hub.printed == []


def test_answer_about_one_person_is_never_committed_for_another(tmp_path: Path) -> None:
    other = APPLICANT.model_copy(update={"document_number": NUMBER[::-1]})
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        lookup = here.look_up(visit)
        with refused("agent.bug"):
            here.desk.commit(confirmation(visit, lookup, other)).result(10)
        assert here.desk.commit(confirmation(visit, lookup)).result(10)


def test_answer_that_expired_by_centrals_clock_is_not_committed(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        central.valid_s = 0
        visit = new_visit()
        lookup = here.look_up(visit)
        with refused("lookup.expired"):
            here.desk.commit(confirmation(visit, lookup)).result(10)


def test_empty_paper_holds_the_print_up_and_then_it_goes_on(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_print = lambda order: held_up(order, "printer.media_empty")
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        receipt = here.confirm(new_visit())
        here.ear.wait(CaseProgress, lambda said: said.held_up and said.held_up.code == "printer.media_empty")
        order = hub.printed[0]
        hub.say(
            PrintHeldUp(PRINTER, order.order, None), PrintSettledEvent(PRINTER, order.order, sent(order.job.action))
        )
        assert here.closed(receipt).print is PrintOutcome.SENT
    hub.close()


def test_print_nobody_waits_for_is_withdrawn(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_print = lambda order: held_up(order, "printer.media_empty")
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        receipt = here.confirm(new_visit())
        hub.wait(lambda seen: seen.printed)
        here.ear.wait(CaseProgress, lambda said: said.held_up)
        here.desk.cancel_print(receipt.case_id).result(10)
        here.desk.cancel_print(receipt.case_id).result(10)
        closed = here.closed(receipt)
        here.desk.cancel_print(receipt.case_id).result(10)
    hub.close()
    assert hub.cancelled == [hub.printed[0].order]
    assert closed.print is PrintOutcome.FAILED
    assert closed.fault is not None
    assert closed.fault.code == "print.cancelled"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("printer.powered_off", PrintOutcome.FAILED),
        ("printer.spooler_down", PrintOutcome.FAILED),
        ("device.bug", PrintOutcome.UNKNOWN),
        ("print.timed_out", PrintOutcome.UNKNOWN),
        (None, PrintOutcome.FAILED),
    ],
)
def test_order_that_ends_without_a_settlement_is_failed_only_when_no_page_left(
    tmp_path: Path, fault: str | None, outcome: PrintOutcome
) -> None:
    hub = FakeHub()
    hub.on_print = lambda order: [OrderEnded(PRINTER, order.order, Fault.of(fault) if fault else None)]
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        assert here.closed(here.confirm(new_visit())).print is outcome
    hub.close()


def test_terminal_without_a_printer_fails_the_print_and_keeps_the_case(tmp_path: Path) -> None:
    hub = FakeHub(printer=False)
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub) as here:
        closed = here.closed(here.confirm(new_visit()))
        central.wait(lambda: len(central.events) == 4)
    hub.close()
    assert closed.print is PrintOutcome.FAILED
    assert closed.fault == Fault.of("printer.absent", "no printer is configured")
    assert central.kinds() == ["case.committed", "case.rendered", "print.settled", "case.closed"]


def test_document_that_cannot_be_made_ends_as_a_failed_print(tmp_path: Path) -> None:
    press = PlainPress("UndrawableCharacter")
    with SmallCentral(FACTS) as central, bench(tmp_path, central, renderer=press, timing=NEVER_SYNCS) as here:
        closed = here.closed(here.confirm(new_visit()))
        assert here.hub.printed == []
    assert closed.print is PrintOutcome.FAILED
    assert closed.fault is not None
    assert closed.fault.code == "document.failed"


def test_verification_code_is_the_same_on_paper_and_on_screen(tmp_path: Path) -> None:
    press = PlainPress()
    with SmallCentral(FACTS) as central, bench(tmp_path, central, renderer=press, timing=NEVER_SYNCS) as here:
        here.closed(here.confirm(new_visit()))
        shown = here.ear.wait(CaseProgress, lambda said: said.verification_code).verification_code
    assert [shown] == press.codes


def test_listener_that_breaks_costs_no_case(tmp_path: Path) -> None:
    def broken(_: object) -> None:
        raise ValueError

    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        here.desk.subscribe(broken)
        assert here.closed(here.confirm(new_visit())).print is PrintOutcome.SENT


def test_rating_of_somebody_elses_case_is_refused(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        receipt = here.confirm(new_visit())
        with refused("agent.bug"):
            here.desk.rate(Rating(new_visit(), receipt.case_id, 3)).result(10)


def test_closed_desk_answers_that_it_is_closed(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        here.desk.close()
        here.desk.close()
        with refused("visit.interrupted"):
            here.desk.catalogue().result(10)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    configure_logs(tmp_path / "log")
    start_writing()
    yield tmp_path / "log"
    flush_logs()
    configure_logs(None)


def test_logs_of_a_whole_visit_hold_nothing_about_the_person(tmp_path: Path, log_file: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central) as here:
        visit = new_visit()
        receipt = here.confirm(visit)
        here.closed(receipt)
        here.ear.wait(CaseDelivered)
        central.trouble = "500"
        with refused("central.broken"):
            here.look_up(visit)
        here.desk.end_visit(visit).result(10)
    flush_logs()
    logged = log_file.read_text("utf-8")
    assert receipt.case_id in logged
    assert "dropped_keys" not in logged
    assert PLANTED not in logged
    assert NUMBER not in logged


def test_item_is_the_seeds(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        assert here.desk.catalogue().result(10).item(ITEM).title.pick("zh") == "参保证明"
