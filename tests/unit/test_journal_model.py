"""A terminal and a central that lose, repeat and reorder what they tell each other: nothing is lost or doubled."""

import json
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract.cases import CaseStage
from contract.ids import CaseId, KioskId
from offline_cache.cache import Cache, open_cache
from offline_cache.cases import CaseRecord, case_of, fold
from tests.journal_values import committed
from tests.unit.test_journal_events import AT, printed


class Delivery(RuleBasedStateMachine):
    """One cache and a model of central's inbox; the network may do what networks do."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.cache = self._open()
        self.visits = 0
        self.written: dict[CaseId, str] = {}
        self.inbox: dict[int, str] = {}
        self.acknowledgements: list[int] = [0]
        self.told: list[CaseId] = []

    def _open(self) -> Cache:
        return open_cache(Path(self.place.name), KioskId("demo-0001"), AT)

    @rule()
    def citizen_confirms(self) -> None:
        self.visits += 1
        case = committed(self.cache, f"visit-{self.visits}")
        assert case.receipt_number not in self.written.values()
        self.written[case.case_id] = case.receipt_number

    @rule()
    def citizen_confirms_again(self) -> None:
        if self.visits:
            again = committed(self.cache, f"visit-{self.visits}")
            assert self.written[again.case_id] == again.receipt_number

    @rule()
    def oldest_case_is_printed(self) -> None:
        open_cases = self.cache.cases.open()
        if open_cases:
            printed(self.cache, open_cases[0].case_id)

    @rule(count=st.integers(1, 5), arrives=st.booleans())
    def batch_is_sent(self, count: int, arrives: bool) -> None:
        for event in self.cache.tail(0, count, 100_000):
            if arrives:
                assert self.inbox.setdefault(event.sequence, event.json) == event.json, "same number, other event"
        contiguous = 0
        while contiguous + 1 in self.inbox:
            contiguous += 1
        self.acknowledgements.append(contiguous)

    @rule(data=st.data())
    def acknowledgement_arrives_late_or_twice(self, data: st.DataObject) -> None:
        upto = data.draw(st.sampled_from(self.acknowledgements))
        self.told += self.cache.acknowledge(upto)
        self.cache.forget_delivered()

    @rule()
    def terminal_restarts(self) -> None:
        self.cache.close()
        self.cache = self._open()

    @invariant()
    def ledger_is_the_fold_of_the_events(self) -> None:
        folded: dict[CaseId, CaseRecord] = {}
        remembered = {event.sequence: event for event in self.cache.journal.events()}
        for sequence in range(1, self.cache.journal.last + 1):
            assert sequence in remembered or sequence in self.inbox, "an event is neither here nor at central"
            if sequence in remembered:
                body = remembered[sequence].body
                case_id = case_of(body)
                folded[case_id] = fold(folded.get(case_id), body)
        for case_id, record in folded.items():
            assert self.cache.cases.find(case_id) == record
        for case_id, number in self.written.items():
            known = self.cache.cases.find(case_id)
            assert known is not None
            assert known.receipt_number == number

    @precondition(lambda self: self.told)
    @invariant()
    def told_cases_are_whole_at_central(self) -> None:
        kinds = [event["body"]["kind"] for event in map(json.loads, self.inbox.values()) if _of(event) == self.told[-1]]
        assert kinds == ["case.committed", "case.rendered", "print.intended", "print.settled", "case.closed"]
        known = self.cache.cases.find(self.told[-1])
        assert known is not None
        assert known.stage is CaseStage.CLOSED

    def teardown(self) -> None:
        self.cache.close()
        self.place.cleanup()


def _of(event: dict[str, dict[str, object]]) -> object:
    body = event["body"]
    for holder in ("case", "document"):
        inner = body.get(holder)
        if isinstance(inner, dict):
            return inner["case_id"]
    return body["case_id"]


TestDelivery = Delivery.TestCase
# Every step writes through to the disk, so fewer examples than a pure property gets.
TestDelivery.settings = settings(max_examples=settings().max_examples // 3, stateful_step_count=25)
