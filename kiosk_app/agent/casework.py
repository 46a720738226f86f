"""Casework: a case is committed once, then goes its way by itself: render, print, settle, close.

Each step is an appended event before the next begins, and the citizen's receipt exists when the first is
durable, not before. A step that fails closes the case with what is known; a disk that refuses the record
of an outcome is tried again until it takes it or the process ends, and then the next start settles it
from evidence. Personal data lives in the case, the renderer's call and nowhere else.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from contract.cases import (
    Case,
    CaseClosed,
    CaseStage,
    PrintOutcome,
    PrintSettled,
    Receipt,
    VisitRated,
)
from contract.catalogue import Catalogue
from contract.fault import Fault
from contract.ids import ActionId, CaseId, VisitId, new_id
from devices.values import PrintSettlement
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.drafts import drafted
from kiosk_app.agent.lookups import LookupDesk
from kiosk_app.agent.paperwork import Paperwork
from kiosk_app.agent.print_desk import PrintDesk
from kiosk_app.agent.store import Store
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.documents.render import DocumentFailed
from kiosk_app.link.desk import CaseProgress, CommitRequest, DeskEvent, DeskFault, Rating
from offline_cache.cases import CaseRecord
from offline_cache.trouble import AttachmentMissing

_AGAIN_S: Final = 5.0
"""How often the record of an outcome is tried again while the disk refuses it."""


@dataclass(frozen=True, slots=True)
class Desks:
    """Whom casework turns to."""

    catalogues: CatalogueDesk
    lookups: LookupDesk
    paperwork: Paperwork
    print_desk: PrintDesk


class Casework:
    """Commits cases and sees them through."""

    def __init__(
        self,
        store: Store,
        desks: Desks,
        publish: Callable[[DeskEvent], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._catalogues = desks.catalogues
        self._lookups = desks.lookups
        self._paperwork = desks.paperwork
        self._print_desk = desks.print_desk
        self._publish_event = publish
        self._clock = clock
        self._committing = asyncio.Lock()
        self._tasks: dict[CaseId, asyncio.Task[None]] = {}
        self._last_words: dict[CaseId, CaseProgress] = {}
        self._asides: set[asyncio.Task[None]] = set()
        self._announced: dict[CaseId, tuple[VisitId, Catalogue]] = {}
        """Under which catalogue the cases of the running visit were confirmed, for a print that is repeated."""
        self._over: VisitId | None = None
        """The visit that ended last."""

    @property
    def committing(self) -> asyncio.Lock:
        """Held while a commit is half way; who else holds it has every commit before done, and none begun."""
        return self._committing

    @property
    def at_work(self) -> frozenset[CaseId]:
        """The cases that this process is seeing through."""
        return frozenset(self._tasks)

    def publish(self, progress: CaseProgress) -> None:
        """Tell how a case stands, and remember it for as long as this process sees it through."""
        if progress.case_id in self._tasks:
            self._last_words[progress.case_id] = progress
        self._publish_event(progress)

    async def until_closed(self) -> None:
        """Wait until every case at work is closed."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks.values()))

    async def commit(self, request: CommitRequest) -> Receipt:
        """Make the case durable and start seeing it through; the same request again gives the same receipt.

        Raises:
            DeskFault: ``storage.*`` or ``lookup.expired``; nothing was kept and it may be tried again.
                ``visit.interrupted`` when its visit is over: its screen is gone, and nobody waits for the paper.
        """
        began = self._clock.monotonic()
        lookup = request.lookup_id or ""
        async with self._committing:
            earlier = await self._store.call(lambda cache: cache.receipt_of(request.visit_id, request.item_id, lookup))
            if earlier is not None:
                self._spawn(self._find_and_tell(earlier.case_id))
                return earlier
            draft, catalogue = await drafted(request, self._catalogues, self._lookups, self._store.now())
            if request.visit_id == self._over:
                raise DeskFault(Fault.of("visit.interrupted", "a commit of a visit that is over"))
            code = await self._paperwork.new_code()
            case = await self._make_durable(draft, request, code)
            if request.lookup_id is not None:
                self._lookups.consumed(request.visit_id, request.lookup_id)
        log(
            LogEvent.CASE_COMMITTED,
            case=case.case_id,
            visit=case.visit_id,
            item=case.item_id,
            receipt=case.receipt_number,
            ms=round((self._clock.monotonic() - began) * 1000),
        )
        self._begin(case, catalogue, code)
        self._store.on_append(1)
        return Receipt(case_id=case.case_id, receipt_number=case.receipt_number, committed_at=case.committed_at)

    async def _make_durable(self, draft: Case, request: CommitRequest, code: str) -> Case:
        try:
            case, _ = await self._store.call(
                lambda cache: cache.commit_case(
                    draft,
                    lookup_id=request.lookup_id or "",
                    verification_code=code,
                    at=draft.committed_at,
                    attachments=request.attachments,
                )
            )
        except AttachmentMissing:
            raise DeskFault(Fault.of("visit.interrupted", "an attachment is not held")) from None
        return case

    def announced(self, case_id: CaseId) -> Catalogue | None:
        """Return the catalogue that a case of a running visit was confirmed under."""
        kept = self._announced.get(case_id)
        return kept[1] if kept is not None else None

    def begin_visit(self, visit_id: VisitId) -> None:
        """Forget earlier visits, whose end may not have been heard."""
        self._announced = {case: kept for case, kept in self._announced.items() if kept[0] == visit_id}

    def end_visit(self, visit_id: VisitId) -> None:
        """Forget what was kept for prints of the visit that might have been repeated, and take no commit of it."""
        self._over = visit_id
        for case_id in [case for case, (visit, _) in self._announced.items() if visit == visit_id]:
            del self._announced[case_id]

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin something that nobody waits for, and keep it from being forgotten half way."""
        task = asyncio.ensure_future(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _find_and_tell(self, case_id: CaseId) -> None:
        """Tell how a case stands to whoever confirmed it again."""
        known = await self._store.call(lambda cache: cache.cases.find(case_id))
        if known is not None:
            self.tell_again(known)

    def tell_again(self, known: CaseRecord) -> None:
        """Tell how a case ended, or how it last stood; what is still to come is told as it comes."""
        if known.stage is CaseStage.CLOSED:
            fault = Fault.of(known.fault_code) if known.fault_code is not None else None
            self._publish_event(CaseProgress(known.case_id, CaseStage.CLOSED, print=known.outcome, fault=fault))
        elif known.case_id in self._last_words:
            self._publish_event(self._last_words[known.case_id])

    async def go_on(self, known: CaseRecord) -> None:
        """See a case through that an earlier process committed and brought to no printer.

        Only with the catalogue that it was confirmed under: the paper has to be the one that was announced.
        """
        async with self._committing:
            if known.case_id in self._tasks:
                return
            stands = await self._store.call(lambda cache: cache.cases.find(known.case_id))
            if stands is not None and stands.stage is CaseStage.CLOSED:  # while this waited for its turn
                self.tell_again(stands)
                return
            case = await self._store.call(lambda cache: cache.case(known.case_id))
            code = await self._store.call(lambda cache: cache.cases.verification_code(known.case_id))
            catalogue = await self._catalogues.in_force()
            if case is None or case.catalogue_version != catalogue.version:
                fault = Fault.of("print.interrupted")
                ended = PrintSettlement(ActionId(new_id()), PrintOutcome.FAILED, fault)
                self.publish(await self.close_case(known.case_id, ended))
                return
            log(LogEvent.CASE_RESUMED, case=case.case_id, stage=known.stage.value)
            self._begin(case, catalogue, code, rendered=known.stage is CaseStage.RENDERED)

    async def rate(self, rating: Rating) -> None:
        """Record a rating, once a case."""
        known = await self._store.call(lambda cache: cache.cases.find(rating.case_id))
        if known is None or known.visit_id != rating.visit_id:
            raise DeskFault(Fault.of("agent.bug", "a rating for a case that is not of the visit"))
        if known.rated:
            return
        await self._store.record(VisitRated(visit_id=rating.visit_id, case_id=rating.case_id, grade=rating.grade))
        log(LogEvent.RATED, visit=rating.visit_id, case=rating.case_id, grade=rating.grade)

    async def close_case(self, case_id: CaseId, settlement: PrintSettlement | None) -> CaseProgress:
        """Record how a case ended, in one transaction, and return what to tell of it.

        Raises:
            DeskFault: the disk refuses; the case stays open.
        """
        outcome = settlement.outcome if settlement is not None else PrintOutcome.NONE
        closed = CaseClosed(case_id=case_id, outcome=outcome)
        if settlement is None:
            await self._store.record(closed)
        else:
            fault = settlement.fault
            settled = PrintSettled(
                case_id=case_id,
                action_id=settlement.action,
                outcome=outcome,
                fault_code=fault.code if fault is not None else None,
                sheets=settlement.sheets,
            )
            await self._store.record(settled, closed)
            log(
                LogEvent.PRINT_SETTLED,
                case=case_id,
                action=settlement.action,
                outcome=outcome.value,
                fault=settled.fault_code,
                sheets=settlement.sheets,
                evidence=settlement.evidence or None,
            )
        log(LogEvent.CASE_CLOSED, case=case_id, print=outcome.value)
        return CaseProgress(
            case_id, CaseStage.CLOSED, print=outcome, fault=settlement.fault if settlement is not None else None
        )

    def _begin(self, case: Case, catalogue: Catalogue, code: str, *, rendered: bool = False) -> None:
        self._print_desk.expect(case.case_id)
        self._announced[case.case_id] = (case.visit_id, catalogue)
        self.work(case.case_id, self._see_through(case, catalogue, code, rendered=rendered))

    def work(self, case_id: CaseId, work: Coroutine[Any, Any, None]) -> None:
        """See a case through in a task of its own; its print is expected already."""
        task = asyncio.ensure_future(work)
        self._tasks[case_id] = task

        def ended(_: "asyncio.Task[None]") -> None:
            self._tasks.pop(case_id, None)
            self._last_words.pop(case_id, None)
            self._print_desk.forget(case_id)

        task.add_done_callback(ended)

    async def _see_through(self, case: Case, catalogue: Catalogue, code: str, *, rendered: bool) -> None:
        self.publish(CaseProgress(case.case_id, CaseStage.COMMITTED))
        settlement: PrintSettlement | None = None
        if case.template is not None:
            settlement = await self.paper(case, catalogue, case.template, code, rendered=rendered)
        await self.close_stubbornly(case.case_id, settlement)

    async def paper(
        self, case: Case, catalogue: Catalogue, template: str, code: str, *, rendered: bool
    ) -> PrintSettlement:
        """Render and print. Whatever goes wrong before the printer hears of it is a failed print."""
        try:
            document = await self._paperwork.make(case, catalogue, template, code, recorded=rendered)
            self.publish(CaseProgress(case.case_id, CaseStage.RENDERED, verification_code=code))
            return await self._print_desk.print(case.case_id, document.pdf, document.pages)
        except DeskFault as error:
            fault = error.fault
        except DocumentFailed as error:
            fault = Fault.of("document.failed", error.reason)
        except Exception as error:  # noqa: BLE001 - a bug here must not leave the citizen without an ending
            log(LogEvent.BUG, error=type(error).__name__, where=where(error))
            return await self._after_a_bug(case.case_id)
        return PrintSettlement(ActionId(new_id()), PrintOutcome.FAILED, fault)

    async def _after_a_bug(self, case_id: CaseId) -> PrintSettlement:
        """Tell a bug before the intent, which is a failed print, from one after it, which is a doubt."""
        known = await self._store.call(lambda cache: cache.cases.find(case_id))
        if known is not None and known.action_id is not None:
            return PrintSettlement(known.action_id, PrintOutcome.UNKNOWN, Fault.of("agent.bug"))
        return PrintSettlement(ActionId(new_id()), PrintOutcome.FAILED, Fault.of("agent.bug"))

    async def close_stubbornly(self, case_id: CaseId, settlement: PrintSettlement | None) -> None:
        """Close the case; the citizen hears the outcome once, also while the disk refuses its record."""
        told = False
        while True:
            try:
                progress = await self.close_case(case_id, settlement)
            except DeskFault as error:
                if not told:
                    outcome = settlement.outcome if settlement is not None else PrintOutcome.NONE
                    self.publish(CaseProgress(case_id, CaseStage.CLOSED, print=outcome, fault=error.fault))
                    told = True
                await asyncio.sleep(_AGAIN_S)
            else:
                if not told:
                    self.publish(progress)
                return
