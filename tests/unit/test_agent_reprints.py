"""Reprints: a failed print is made good for its citizen, once for each touch, and for nobody else."""

from pathlib import Path

from contract.cases import CaseStage, PrintOutcome, Receipt
from contract.fault import Fault
from contract.ids import ActionId, CaseId, KioskId, VisitId, new_id
from devices.events import DeviceEvent, PrintDocument, PrintSettledEvent, SettlePrint
from devices.values import PrintSettlement
from kiosk_app.link.desk import CaseDelivered, CaseProgress, Interrupted, Reprint
from offline_cache.cache import open_cache
from offline_cache.prints import PrintRecord
from tests.agent_bench import FACTS, NEVER_SYNCS, Bench, bench, new_visit, refused
from tests.fakes import PRINTER, Ear, FakeHub, failed, sent
from tests.small_central import SmallCentral

AT = "2026-01-02T03:04:05.678Z"
JAM = "printer.media_jam"


class JammedOnce(FakeHub):
    """A printer whose first sheet jams; `then` says how each later one ends."""

    def __init__(self, then: PrintOutcome = PrintOutcome.SENT) -> None:
        super().__init__()
        self.then = then
        self.on_print = self._print

    def _print(self, order: PrintDocument) -> list[DeviceEvent]:
        action = order.job.action
        if len(self.printed) == 1 or self.then is PrintOutcome.FAILED:
            return [PrintSettledEvent(PRINTER, order.order, failed(action, JAM))]
        return [PrintSettledEvent(PRINTER, order.order, sent(action))] if self.then is PrintOutcome.SENT else []


def action() -> ActionId:
    return ActionId(new_id())


def jammed(here: Bench) -> tuple[VisitId, Receipt]:
    visit = new_visit()
    receipt = here.confirm(visit)
    assert here.closed(receipt).print is PrintOutcome.FAILED
    return visit, receipt


def again(here: Bench, request: Reprint) -> CaseProgress:
    """Ask for a reprint and wait for its end."""
    ear = Ear()
    unsubscribe = here.desk.subscribe(ear)
    here.desk.reprint(request).result(10)
    ended = ear.wait(CaseProgress, lambda said: said.stage is CaseStage.CLOSED)
    unsubscribe()
    return ended


def ledger(folder: Path, case: CaseId) -> tuple[PrintRecord, ...]:
    cache = open_cache(folder / "state", KioskId("demo-0001"), AT)
    found = cache.prints.of_case(case)
    cache.close()
    return found


def test_failed_print_is_made_good_with_the_same_paper_and_central_hears_of_both(tmp_path: Path) -> None:
    hub, button = JammedOnce(), action()
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub) as here:
        visit, receipt = jammed(here)
        assert again(here, Reprint(visit, receipt.case_id, button)).print is PrintOutcome.SENT
        assert hub.printed[1].job.action == button
        assert hub.printed[1].job.pdf == hub.printed[0].job.pdf
        central.wait(lambda: len(central.events) == 8)
        here.ear.wait(CaseDelivered)
        here.desk.end_visit(visit).result(10)
    hub.close()
    printing = ["print.intended", "print.settled", "case.closed"]
    assert central.kinds() == ["case.committed", "case.rendered", *printing, *printing]
    first, second = ledger(tmp_path, receipt.case_id)
    assert (first.outcome, first.fault_code, first.reprint_of) == (PrintOutcome.FAILED, JAM, None)
    assert (second.outcome, second.sheets, second.reprint_of) == (PrintOutcome.SENT, 1, first.action_id)


def test_content_is_kept_for_a_reprint_until_the_visit_is_over_though_central_has_it_all(tmp_path: Path) -> None:
    hub = JammedOnce()
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub) as here:
        visit, receipt = jammed(here)
        here.ear.wait(CaseDelivered)
        later = Ear()
        here.desk.subscribe(later)
        assert again(here, Reprint(visit, receipt.case_id, action())).print is PrintOutcome.SENT
        later.wait(CaseDelivered)
        here.desk.end_visit(visit).result(10)
    hub.close()
    cache = open_cache(tmp_path / "state", KioskId("demo-0001"), AT)
    assert cache.case(receipt.case_id) is None
    cache.close()


def test_one_touch_asked_twice_is_one_sheet(tmp_path: Path) -> None:
    """The link broke, and the screen asks again: while the print runs, and when it is over."""
    hub, request = JammedOnce(PrintOutcome.UNKNOWN), None
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit, receipt = jammed(here)
        request = Reprint(visit, receipt.case_id, action())
        for asked in [here.desk.reprint(request) for _ in range(3)]:
            asked.result(10)
        hub.wait(lambda seen: len(seen.printed) == 2)
        ear = Ear()
        here.desk.subscribe(ear)
        hub.say(PrintSettledEvent(PRINTER, hub.printed[1].order, failed(request.action_id, JAM)))
        ear.wait(CaseProgress, lambda said: said.stage is CaseStage.CLOSED)
        assert again(here, request).print is PrintOutcome.FAILED
        assert len(hub.printed) == 2
        hub.then = PrintOutcome.SENT
        assert again(here, Reprint(visit, receipt.case_id, action())).print is PrintOutcome.SENT
    hub.close()
    assert [record.outcome for record in ledger(tmp_path, receipt.case_id)] == ["failed", "failed", "sent"]


def test_paper_that_came_or_may_have_come_is_not_printed_again(tmp_path: Path) -> None:
    hub = FakeHub()
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        receipt = here.confirm(visit)
        assert here.closed(receipt).print is PrintOutcome.SENT
        with refused("agent.bug"):
            here.desk.reprint(Reprint(visit, receipt.case_id, action())).result(10)
    hub.close()
    assert len(hub.printed) == 1


def doubtful(action: ActionId) -> PrintSettlement:
    return PrintSettlement(action, PrintOutcome.UNKNOWN, Fault.of("print.unknown"))


def test_doubt_is_for_a_person_to_decide(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.on_print = lambda order: [PrintSettledEvent(PRINTER, order.order, doubtful(order.job.action))]
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit = new_visit()
        receipt = here.confirm(visit)
        assert here.closed(receipt).print is PrintOutcome.UNKNOWN
        with refused("print.unknown"):
            here.desk.reprint(Reprint(visit, receipt.case_id, action())).result(10)
    hub.close()
    assert len(hub.printed) == 1


def test_next_citizen_cannot_have_the_papers_of_the_one_before(tmp_path: Path) -> None:
    hub = JammedOnce()
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit, receipt = jammed(here)
        after = new_visit()
        here.desk.end_visit(visit).result(10)
        for whose in (visit, after):
            with refused("visit.interrupted"):
                here.desk.reprint(Reprint(whose, receipt.case_id, action())).result(10)
        here.desk.begin_visit(after).result(10)
        for whose in (visit, after):
            with refused("visit.interrupted"):
                here.desk.reprint(Reprint(whose, receipt.case_id, action())).result(10)
    hub.close()
    assert len(hub.printed) == 1


def test_reprint_without_a_printer_changes_nothing_and_can_be_asked_for_again(tmp_path: Path) -> None:
    hub = JammedOnce()
    with SmallCentral(FACTS) as central, bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
        visit, receipt = jammed(here)
        hub.unplug_printer()
        ended = again(here, Reprint(visit, receipt.case_id, action()))
        assert ended.print is PrintOutcome.FAILED
        assert ended.fault is not None
        assert ended.fault.code == "printer.absent"
        hub.plug_printer_in()
        assert again(here, Reprint(visit, receipt.case_id, action())).print is PrintOutcome.SENT
    hub.close()
    assert len(ledger(tmp_path, receipt.case_id)) == 2


def test_reprint_that_a_crash_cut_off_is_asked_about_and_not_repeated(tmp_path: Path) -> None:
    hub = JammedOnce(PrintOutcome.UNKNOWN)
    with SmallCentral(FACTS) as central:
        with bench(tmp_path, central, hub=hub, timing=NEVER_SYNCS) as here:
            visit, receipt = jammed(here)
            request = Reprint(visit, receipt.case_id, action())
            here.desk.reprint(request).result(10)
            hub.wait(lambda seen: len(seen.printed) == 2)
        hub.close()
        later = FakeHub()
        later.on_settle = _sent
        with bench(tmp_path, central, hub=later, timing=NEVER_SYNCS) as here:
            assert here.desk.resume().result(20) == Interrupted(visit, receipt, PrintOutcome.SENT)
        later.close()
    assert later.asked == [request.action_id]
    assert later.printed == []


def _sent(order: SettlePrint) -> list[DeviceEvent]:
    return [PrintSettledEvent(PRINTER, order.order, sent(order.action))]
