"""After a crash: what was open is settled from evidence, owned up to, and never printed for the next citizen.

A desk that is closed in mid-print leaves on the disk exactly what a killed process leaves there: an intent
without an outcome. `tests/processes` does the same with SIGKILL.
"""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from assets import seed_catalogue
from contract.cases import CaseRendered, PrintOutcome, Receipt
from contract.documents import IssuedDocument
from contract.fault import Fault
from contract.ids import ActionId, CaseId, KioskId, VisitId
from devices.events import DeviceEvent, OrderEnded, PrintSettledEvent, SettlePrint
from kiosk_app.agent.counter import Timing
from kiosk_app.agent.print_desk import PrintPatience
from kiosk_app.link.desk import CaseProgress, Interrupted
from offline_cache.cache import open_cache
from tests.agent_bench import FACTS, NEVER_SYNCS, SOON_UNKNOWN, bench, confirmation, new_visit, refused
from tests.fakes import PRINTER, Ear, FakeHub, PlainPress, failed, sent
from tests.journal_values import a_case
from tests.small_central import SmallCentral

AT = "2026-01-02T03:04:05.678Z"
TEMPLATE = "insurance-certificate"
PLAIN_SHA256 = "0" * 64
"""Of what `PlainPress` makes."""


def stopped_in_mid_print(folder: Path, central: SmallCentral) -> tuple[VisitId, Receipt, ActionId]:
    hub = FakeHub()
    hub.on_print = lambda _: []
    with bench(folder, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        receipt = here.confirm(visit)
        hub.wait(lambda seen: seen.printed)
    hub.close()
    return visit, receipt, hub.printed[0].job.action


def stopped_before_the_printer(
    folder: Path, *, rendered: bool, sha256: str = PLAIN_SHA256, version: int | None = None
) -> Receipt:
    """An agent that ended after the case was durable, before or after its document was, and before any intent."""
    cache = open_cache(folder / "state", KioskId("demo-0001"), AT)
    known = {"catalogue_version": version or seed_catalogue()["version"], "template": TEMPLATE}
    case, _ = cache.commit_case(
        a_case(new_visit()).model_copy(update=known), lookup_id="lookup", verification_code="0" * 16, at=AT
    )
    if rendered:
        document = IssuedDocument(
            case_id=case.case_id,
            template=TEMPLATE,
            template_version=1,
            title={"zh": "证明"},
            verification_code="0" * 16,
            sha256=sha256,
            pages=1,
            issued_at=AT,
        )
        cache.record((CaseRendered(document=document),), AT)
    cache.close()
    return Receipt(case_id=case.case_id, receipt_number=case.receipt_number, committed_at=case.committed_at)


def test_print_with_evidence_is_owned_up_to_with_its_outcome(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_settle = lambda order: [PrintSettledEvent(PRINTER, order.order, sent(order.action))]
    with SmallCentral(FACTS) as central:
        visit, receipt, action = stopped_in_mid_print(tmp_path, central)
        with bench(tmp_path, central, hub=hub) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.SENT)
            assert here.desk.resume().result(20) is None, "it is owned up to once"
            central.wait(lambda: len(central.events) == 5)
    hub.close()
    assert hub.printed == []
    assert hub.asked == [action]
    assert central.kinds()[-2:] == ["print.settled", "case.closed"]


def test_print_without_evidence_is_unknown_and_not_repeated(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        visit, receipt, _ = stopped_in_mid_print(tmp_path, central)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.UNKNOWN)
            assert here.hub.printed == []


def test_printer_that_never_answers_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_settle = lambda _: []
    with SmallCentral(FACTS) as central:
        visit, receipt, _ = stopped_in_mid_print(tmp_path, central)
        with bench(tmp_path, central, hub=hub, timing=SOON_UNKNOWN) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.UNKNOWN)
    hub.close()
    assert hub.printed == []


def test_printer_that_is_missing_leaves_the_outcome_unknown(tmp_path: Path) -> None:
    hub = FakeHub(printer=False)
    with SmallCentral(FACTS) as central:
        visit, receipt, _ = stopped_in_mid_print(tmp_path, central)
        with bench(tmp_path, central, hub=hub, timing=SOON_UNKNOWN) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.UNKNOWN)
    hub.close()


def test_printer_that_comes_late_is_still_asked(tmp_path: Path) -> None:
    hub = FakeHub(printer=False)
    answers = iter([[Fault.of("printer.offline")], []])

    def settle(order: SettlePrint) -> list[DeviceEvent]:
        if next(answers):
            return [OrderEnded(PRINTER, order.order, Fault.of("printer.offline"))]
        return [PrintSettledEvent(PRINTER, order.order, failed(order.action, "print.cancelled"))]

    hub.on_settle = settle
    patient = Timing(idle_s=3600, patience=PrintPatience(settle_s=20))
    with SmallCentral(FACTS) as central:
        visit, receipt, action = stopped_in_mid_print(tmp_path, central)
        with bench(tmp_path, central, hub=hub, timing=patient) as here:
            future = here.desk.resume()
            hub.plug_printer_in()
            hub.wait(lambda seen: seen.asked)
            hub.plug_printer_in()
            assert future.result(20) == Interrupted(visit, receipt, PrintOutcome.FAILED)
    hub.close()
    assert hub.asked == [action, action]


def test_commit_that_was_under_way_when_its_screen_died_is_owned_up_to_and_prints_nothing(tmp_path: Path) -> None:
    """The last word of a screen: it is durable only after the next screen asked what was left."""
    making, go_on = Event(), Event()

    def slowly() -> None:
        making.set()
        assert go_on.wait(20)

    with (
        SmallCentral(FACTS) as central,
        bench(tmp_path, central, timing=NEVER_SYNCS, renderer=PlainPress(before=slowly)) as here,
    ):
        visit = new_visit()
        here.desk.begin_visit(visit).result(10)
        first, second = here.look_up(visit), here.look_up(visit)
        here.desk.commit(confirmation(visit, first)).result(10)
        assert making.wait(20)  # until it may go on, the next one gets no verification code
        last_word, left = here.desk.commit(confirmation(visit, second)), here.desk.resume()
        go_on.set()
        assert left.result(20) == Interrupted(visit, last_word.result(20), PrintOutcome.FAILED)
        assert here.hub.printed == []


def test_commit_of_a_dead_screen_that_is_heard_after_its_visit_is_over_is_refused(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        here.desk.begin_visit(visit).result(10)
        lookup = here.look_up(visit)
        assert here.desk.resume().result(20) == Interrupted(visit, None, None)
        with refused("visit.interrupted"):
            here.desk.commit(confirmation(visit, lookup)).result(10)
        assert here.hub.printed == []


def test_case_that_never_reached_the_printer_is_not_printed_for_the_next_citizen(tmp_path: Path) -> None:
    """The process ends while the document is being made; the paper's owner is gone at the next start."""
    making, go_on = Event(), Event()

    def slowly() -> None:
        making.set()
        go_on.wait(10)

    with SmallCentral(FACTS) as central:
        with bench(tmp_path, central, timing=NEVER_SYNCS, renderer=PlainPress(before=slowly)) as here:
            visit = new_visit()
            receipt = here.confirm(visit)
            assert making.wait(10)
            here.desk.close()
            go_on.set()
            assert here.hub.printed == []
        with bench(tmp_path, central) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.FAILED)
            central.wait(lambda: len(central.events) == 3)
            assert not here.hub.printed
            assert not here.hub.asked
    assert central.kinds() == ["case.committed", "print.settled", "case.closed"]


def test_visit_without_a_case_is_owned_up_to_as_such(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        visit = new_visit()
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            here.desk.begin_visit(new_visit()).result(10)
            here.desk.begin_visit(visit).result(10)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, None, None)


def test_visit_that_ended_is_not_owned_up_to(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            visit = new_visit()
            here.closed(here.confirm(visit))
            here.desk.end_visit(new_visit()).result(10)
            here.desk.end_visit(visit).result(10)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            assert here.desk.resume().result(20) is None


def test_screen_that_starts_again_withdraws_the_print_that_runs_and_says_how_far_it_came(tmp_path: Path) -> None:
    """Its citizen may be gone: what has not come out yet must not lie there for the next one."""
    hub = FakeHub()
    hub.on_print = lambda _: []
    hub.on_cancel = lambda order: [PrintSettledEvent(PRINTER, order, sent(ActionId(order)))]
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        receipt = here.confirm(visit)
        hub.wait(lambda seen: seen.printed)
        assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.SENT)
        assert here.closed(receipt).print is PrintOutcome.SENT
    hub.close()
    assert hub.cancelled == [hub.printed[0].order]
    assert hub.asked == []


def test_paper_is_withdrawn_when_no_screen_comes_back(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_print = lambda _: []
    alone = replace(NEVER_SYNCS, alone_s=0.0)
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=alone) as here:
        receipt = here.confirm(new_visit())
        hub.wait(lambda seen: seen.printed)
        here.desk.screens(False)
        assert here.closed(receipt).print is PrintOutcome.FAILED
    hub.close()


def test_screen_that_only_stumbled_gets_its_paper(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_print = lambda _: []
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        receipt = here.confirm(new_visit())
        hub.wait(lambda seen: seen.printed)
        here.desk.screens(False)
        here.desk.screens(True)
        hub.say(PrintSettledEvent(PRINTER, hub.printed[0].order, sent(hub.printed[0].job.action)))
        assert here.closed(receipt).print is PrintOutcome.SENT
    hub.close()
    assert hub.cancelled == []


@pytest.mark.parametrize("rendered", [False, True])
def test_screen_that_outlived_its_agent_gets_the_paper_that_came_to_no_printer(tmp_path: Path, rendered: bool) -> None:
    with SmallCentral(FACTS) as central:
        receipt = stopped_before_the_printer(tmp_path, rendered=rendered)
        with bench(tmp_path, central) as here:
            here.desk.tell(receipt.case_id).result(10)
            assert here.closed(receipt).print is PrintOutcome.SENT
            assert len(here.hub.printed) == 1
            central.wait(lambda: "case.closed" in central.kinds())
    expected = ["case.committed", "case.rendered", "print.intended", "print.settled", "case.closed"]
    assert central.kinds() == expected


def test_two_screens_asking_for_one_case_get_one_paper(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central:
        receipt = stopped_before_the_printer(tmp_path, rendered=False)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            for asked in [here.desk.tell(receipt.case_id) for _ in range(3)]:
                asked.result(10)
            assert here.closed(receipt).print is PrintOutcome.SENT
            assert len(here.hub.printed) == 1


def test_paper_of_another_catalogue_is_not_made_up(tmp_path: Path) -> None:
    """It was announced under words that are no longer in force; the citizen is told that nothing was printed."""
    with SmallCentral(FACTS) as central:
        receipt = stopped_before_the_printer(tmp_path, rendered=False, version=4711)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            here.desk.tell(receipt.case_id).result(10)
            assert here.closed(receipt).print is PrintOutcome.FAILED
            assert here.hub.printed == []


def test_paper_that_would_be_another_one_than_was_announced_is_not_printed(tmp_path: Path) -> None:
    receipt = stopped_before_the_printer(tmp_path, rendered=True, sha256="f" * 64)
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        here.desk.tell(receipt.case_id).result(10)
        assert here.closed(receipt).print is PrintOutcome.FAILED
        assert here.hub.printed == []


def test_screen_that_missed_the_ending_is_told_it_again(tmp_path: Path) -> None:
    with SmallCentral(FACTS) as central, bench(tmp_path, central, timing=NEVER_SYNCS) as here:
        receipt = here.confirm(new_visit())
        here.closed(receipt)
        again = Ear()
        here.desk.subscribe(again)
        here.desk.tell(receipt.case_id).result(10)
        assert again.wait(CaseProgress).print is PrintOutcome.SENT
        here.desk.tell(CaseId(new_visit())).result(10)


def test_same_confirmation_after_a_crash_gives_the_same_receipt(tmp_path: Path) -> None:
    """The screen may not know whether its commit arrived; asking again must not make a second case."""
    with SmallCentral(FACTS) as central:
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            visit = new_visit()
            lookup = here.look_up(visit)
            receipt = here.desk.commit(confirmation(visit, lookup)).result(10)
            here.closed(receipt)
        with bench(tmp_path, central, timing=NEVER_SYNCS) as here:
            assert here.desk.commit(confirmation(visit, lookup)).result(10) == receipt
            assert here.hub.printed == []
