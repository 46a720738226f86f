"""Visits, files, prints, reprints, deliveries and kills in any order: what is owed is kept, what is not is gone."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract.cases import CaseClosed, CaseStage, PrintIntended, PrintOutcome, PrintSettled
from contract.ids import ActionId, CaseId, VisitId
from contract.privacy import Privacy
from offline_cache.cache import BLOBS, STORE, Cache
from offline_cache.trouble import AttachmentMissing
from tests.disks.workloads import STATE, attached, opened
from tests.journal_values import a_case
from tests.unit.test_attachments import as_killed
from tests.unit.test_journal_events import AT, rendered

CONTENTS = (b"", b"a page", b"another page" * 9000)


@dataclass
class Known:
    """What the model knows of a case."""

    visit: VisitId
    files: dict[str, tuple[bytes, Privacy]]
    first: int
    last: int
    sent: set[str] = field(default_factory=set)
    printed: PrintOutcome | None = None
    prints: list[ActionId] = field(default_factory=list)


class Store(RuleBasedStateMachine):
    """One store, its visits one after the other, and a model of what central has."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.folder = Path(self.place.name)
        self.cache: Cache = opened(self.folder)
        self.visits = 0
        self.running: VisitId | None = None
        self.drafts: dict[str, tuple[bytes, Privacy]] = {}
        self.cases: dict[CaseId, Known] = {}
        self.acknowledged = 0

    # The citizen

    @rule()
    def visit_begins(self) -> None:
        self.visits += 1
        self.running = VisitId(f"visit-{self.visits}")
        self.drafts = {}
        self.cache.begin_visit(self.running, AT)

    @precondition(lambda self: self.running)
    @rule(content=st.sampled_from(CONTENTS), privacy=st.sampled_from(Privacy))
    def citizen_brings_a_file(self, content: bytes, privacy: Privacy) -> None:
        name = attached(self.cache, self.running or "", content, privacy)
        self.drafts.setdefault(name, (content, privacy))

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def citizen_confirms(self, data: st.DataObject) -> None:
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.drafts)), unique=True)) if self.drafts else []
        case, new = self.cache.commit_case(
            a_case(self.running or ""),
            lookup_id=f"lookup-{len(self.cases)}",
            verification_code="0" * 16,
            at=AT,
            attachments=chosen,
            reserve_bytes=0,
        )
        assert new
        files = {name: self.drafts[name] for name in chosen}
        first = self.cache.journal.last
        self.cases[case.case_id] = Known(self.running or VisitId(""), files, first, first)
        self.drafts = {}

    @precondition(lambda self: self.running)
    @rule()
    def visit_ends(self) -> None:
        assert self.running is not None
        self.cache.end_visit(self.running)
        self.running, self.drafts = None, {}

    # Paper

    @precondition(lambda self: any(known.printed is None for known in self.cases.values()))
    @rule(outcome=st.sampled_from([PrintOutcome.SENT, PrintOutcome.FAILED, PrintOutcome.UNKNOWN]))
    def case_is_printed(self, outcome: PrintOutcome) -> None:
        case = next(case for case, known in self.cases.items() if known.printed is None)
        self.cache.record((rendered(case),), AT)
        self._print(case, outcome, None)

    @precondition(lambda self: any(self._repeatable(known) for known in self.cases.values()))
    @rule(outcome=st.sampled_from([PrintOutcome.SENT, PrintOutcome.FAILED]))
    def failed_print_is_repeated(self, outcome: PrintOutcome) -> None:
        case, known = next((case, known) for case, known in self.cases.items() if self._repeatable(known))
        assert self.cache.case(case) is not None, "a reprint needs what was confirmed"
        self._print(case, outcome, known.prints[-1])

    def _repeatable(self, known: Known) -> bool:
        return known.printed is PrintOutcome.FAILED and known.visit == self.running

    def _print(self, case: CaseId, outcome: PrintOutcome, before: ActionId | None) -> None:
        known = self.cases[case]
        action = ActionId(f"{len(known.prints)} of {case}")
        self.cache.record((PrintIntended(case_id=case, action_id=action, sheets=1, reprint_of=before),), AT)
        settled = PrintSettled(case_id=case, action_id=action, outcome=outcome)
        self.cache.record((settled, CaseClosed(case_id=case, outcome=outcome)), AT)
        known.printed, known.last = outcome, self.cache.journal.last
        known.prints.append(action)

    # Central

    @rule(data=st.data())
    def central_acknowledges(self, data: st.DataObject) -> None:
        self.acknowledged = data.draw(st.integers(self.acknowledged, self.cache.journal.last))
        self.cache.acknowledge(self.acknowledged)
        self.cache.forget_delivered()

    @rule(count=st.integers(1, 3))
    def files_are_delivered(self, count: int) -> None:
        for parcel in self.cache.blobs.to_send(count):
            content, _ = self.cases[parcel.case_id].files[parcel.sha256]
            assert self.cache.blobs.read(parcel.case_id, parcel.sha256, 0, parcel.size) == content
            self.cache.blobs.sent(parcel.case_id, parcel.sha256, parcel.size)
            self.cases[parcel.case_id].sent.add(parcel.sha256)
        self.cache.forget_delivered()

    # The machine

    @rule(killed=st.booleans())
    def agent_starts_again(self, killed: bool) -> None:
        if killed:
            as_killed(self.cache)
        else:
            self.cache.close()
        self.cache = opened(self.folder)
        assert self.cache.set_aside is None

    @invariant()
    def cases_and_paper_are_all_there(self) -> None:
        for case, known in self.cases.items():
            record = self.cache.cases.find(case)
            assert record is not None
            assert record.outcome == known.printed
            assert (record.stage is CaseStage.CLOSED) == (known.printed is not None)
            assert record.reprints == max(0, len(known.prints) - 1)
            assert [paper.action_id for paper in self.cache.prints.of_case(case)] == known.prints

    @invariant()
    def files_are_kept_for_as_long_as_they_are_owed_and_no_longer(self) -> None:
        self.cache.forget_delivered()
        owed = 0
        for case, known in self.cases.items():
            for name, (content, privacy) in known.files.items():
                if self._owed(known, privacy):
                    owed += 1
                    assert self.cache.blobs.read(case, name, 0, len(content)) == content
                else:
                    with pytest.raises(AttachmentMissing):
                        self.cache.blobs.read(case, name, 0, len(content))
        held = list((self.folder / STATE / STORE / BLOBS).iterdir())
        assert len(held) == owed + len(self.drafts)

    def _owed(self, known: Known, privacy: Privacy) -> bool:
        """Whether the terminal still has to keep files of that class: to central, or to the visit that runs."""
        of_class = {name for name, (_, other) in known.files.items() if other is privacy}
        if not of_class <= known.sent:
            return True
        if privacy is Privacy.SENSITIVE:
            return known.first > self.acknowledged
        return known.printed is None or known.last > self.acknowledged or known.visit == self.running

    def teardown(self) -> None:
        self.cache.close()
        self.place.cleanup()


TestStore = Store.TestCase
# Every step writes through to the disk, so fewer examples than a pure property gets.
TestStore.settings = settings(max_examples=max(8, settings().max_examples // 4), stateful_step_count=30)
