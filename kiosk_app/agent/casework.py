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
from contract.catalogue import Catalogue, CommitStep, LookupStep, ServiceItem
from contract.fault import Fault
from contract.ids import ActionId, CaseId, new_id
from devices.values import PrintSettlement
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.lookups import Held, LookupDesk
from kiosk_app.agent.paperwork import Paperwork
from kiosk_app.agent.print_desk import PrintDesk
from kiosk_app.agent.store import Store
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log, where
from kiosk_app.documents.render import DocumentFailed
from kiosk_app.link.desk import CaseProgress, CommitRequest, DeskEvent, DeskFault, Rating

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
        self._publish = publish
        self._clock = clock
        self._committing = asyncio.Lock()
        self._tasks: dict[CaseId, asyncio.Task[None]] = {}
        self._asides: set[asyncio.Task[None]] = set()

    @property
    def at_work(self) -> frozenset[CaseId]:
        """The cases that this process is seeing through."""
        return frozenset(self._tasks)

    async def commit(self, request: CommitRequest) -> Receipt:
        """Make the case durable and start seeing it through; the same request again gives the same receipt.

        Raises:
            DeskFault: ``storage.*`` or ``lookup.expired``; nothing was kept and it may be tried again.
        """
        began = self._clock.monotonic()
        lookup = request.lookup_id or ""
        async with self._committing:
            earlier = await self._store.call(lambda cache: cache.receipt_of(request.visit_id, request.item_id, lookup))
            if earlier is not None:
                self._spawn(self._tell_again(earlier.case_id))
                return earlier
            item, catalogue, held = await self._what_for(request)
            draft = self._draft(request, item, catalogue, held)
            code = await self._paperwork.new_code()
            case, _ = await self._store.call(
                lambda cache: cache.commit_case(draft, lookup_id=lookup, verification_code=code, at=draft.committed_at)
            )
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

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin something that nobody waits for, and keep it from being forgotten half way."""
        task = asyncio.ensure_future(work)
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def _tell_again(self, case_id: CaseId) -> None:
        """Tell how a case ended to whoever confirmed it again; what still runs is told as it comes."""
        known = await self._store.call(lambda cache: cache.cases.find(case_id))
        if known is not None and known.stage is CaseStage.CLOSED:
            fault = Fault.of(known.fault_code) if known.fault_code is not None else None
            self._publish(CaseProgress(case_id, CaseStage.CLOSED, print=known.outcome, fault=fault))

    async def rest(self) -> None:
        """Wait until no commit is half way."""
        async with self._committing:
            pass

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

    async def _what_for(self, request: CommitRequest) -> tuple[ServiceItem, Catalogue, Held | None]:
        """Return the item as the visit knows it: the one that was looked up for, else the one in force."""
        if request.lookup_id is not None:
            held = self._lookups.held(request, request.lookup_id)
            return held.item, held.catalogue, held
        catalogue = await self._catalogues.in_force()
        try:
            item = catalogue.item(request.item_id)
        except KeyError:
            raise DeskFault(Fault.of("agent.bug", "no such item")) from None
        if any(isinstance(step, LookupStep) for step in item.steps):
            raise DeskFault(Fault.of("agent.bug", "a commit without the item's lookup"))
        return item, catalogue, None

    def _draft(self, request: CommitRequest, item: ServiceItem, catalogue: Catalogue, held: Held | None) -> Case:
        answer = held.answer if held is not None else None
        template = next((step.template for step in item.steps if isinstance(step, CommitStep)), None)
        return Case(
            case_id=CaseId(new_id()),
            visit_id=request.visit_id,
            receipt_number="",
            item_id=item.id,
            item_code=item.code,
            catalogue_version=catalogue.version,
            language=request.language,
            committed_at=self._store.now(),
            applicant=request.applicant,
            register_name=answer.register_name if answer is not None else None,
            facts=answer.facts if answer is not None else {},
            facts_as_of=answer.as_of if answer is not None else None,
            template=template,
        )

    def _begin(self, case: Case, catalogue: Catalogue, code: str) -> None:
        self._print_desk.expect(case.case_id)
        task = asyncio.ensure_future(self._see_through(case, catalogue, code))
        self._tasks[case.case_id] = task

        def ended(_: "asyncio.Task[None]") -> None:
            self._tasks.pop(case.case_id, None)
            self._print_desk.forget(case.case_id)

        task.add_done_callback(ended)

    async def _see_through(self, case: Case, catalogue: Catalogue, code: str) -> None:
        self._publish(CaseProgress(case.case_id, CaseStage.COMMITTED))
        settlement: PrintSettlement | None = None
        if case.template is not None:
            settlement = await self._paper(case, catalogue, case.template, code)
        await self._close_stubbornly(case.case_id, settlement)

    async def _paper(self, case: Case, catalogue: Catalogue, template: str, code: str) -> PrintSettlement:
        """Render and print. Whatever goes wrong before the printer hears of it is a failed print."""
        try:
            document = await self._paperwork.make(case, catalogue, template, code)
            self._publish(CaseProgress(case.case_id, CaseStage.RENDERED, verification_code=code))
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

    async def _close_stubbornly(self, case_id: CaseId, settlement: PrintSettlement | None) -> None:
        """Close the case; the citizen hears the outcome once, also while the disk refuses its record."""
        told = False
        while True:
            try:
                progress = await self.close_case(case_id, settlement)
            except DeskFault as error:
                if not told:
                    outcome = settlement.outcome if settlement is not None else PrintOutcome.NONE
                    self._publish(CaseProgress(case_id, CaseStage.CLOSED, print=outcome, fault=error.fault))
                    told = True
                await asyncio.sleep(_AGAIN_S)
            else:
                if not told:
                    self._publish(progress)
                return
