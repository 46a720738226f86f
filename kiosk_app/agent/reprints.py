"""Reprints: a print that failed is made good within its visit, as a recorded act and only when asked for.

The same document, byte for byte, under an action id that the citizen's button named: asked again, it is one
print. What was sent is not repeated, and what is unknown is for a person to decide, never for a machine.
"""

import asyncio

from contract.cases import Case, CaseStage, PrintOutcome
from contract.catalogue import Catalogue
from contract.fault import Fault
from kiosk_app.agent.casework import Casework, Desks
from kiosk_app.agent.store import Store
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import CaseProgress, DeskFault, Reprint
from offline_cache.cache import Cache
from offline_cache.cases import CaseRecord


class Reprints:
    """Decides whether a print is repeated, and sees it through with the casework."""

    def __init__(self, store: Store, desks: Desks, casework: Casework) -> None:
        self._store = store
        self._catalogues = desks.catalogues
        self._print_desk = desks.print_desk
        self._casework = casework
        self._asking = asyncio.Lock()

    async def reprint(self, request: Reprint) -> None:
        """Begin to print again; how it goes is told as of every print.

        Raises:
            DeskFault: ``print.unknown``, ``visit.interrupted``, ``document.failed``, ``agent.bug`` or
                ``storage.*``; nothing is printed.
        """
        async with self._asking:
            if request.case_id in self._casework.at_work:
                return  # its progress is being told
            known, asked = await self._store.call(lambda cache: _standing(cache, request))
            if asked:
                self._casework.tell_again(known)
                return
            case, code = await self._store.call(lambda cache: _document_of(cache, known))
            catalogue = await self._announced(case)
            assert known.action_id is not None, "a print that failed had an action"  # noqa: S101 - our own bugs
            self._print_desk.expect_again(known.case_id, request.action_id, known.action_id)
            log(LogEvent.PRINT_REPEATED, case=known.case_id, action=request.action_id, reprint=known.reprints + 1)
            self._casework.work(known.case_id, self._print_again(case, catalogue, code))

    async def _print_again(self, case: Case, catalogue: Catalogue, code: str) -> None:
        settlement = await self._casework.paper(case, catalogue, case.template or "", code, rendered=True)
        if self._print_desk.intended(case.case_id):
            await self._casework.close_stubbornly(case.case_id, settlement)
        else:
            # Nothing was begun, so nothing is written: the case is closed with the failure that it had.
            failed = PrintOutcome.FAILED
            self._casework.publish(CaseProgress(case.case_id, CaseStage.CLOSED, print=failed, fault=settlement.fault))

    async def _announced(self, case: Case) -> Catalogue:
        """Return the catalogue that the paper was announced under: another would make another paper."""
        kept = self._casework.announced(case.case_id)
        catalogue = kept if kept is not None else await self._catalogues.in_force()
        if catalogue.version != case.catalogue_version:
            raise DeskFault(Fault.of("document.failed", "its catalogue is not in force any more"))
        return catalogue


def _standing(cache: Cache, request: Reprint) -> tuple[CaseRecord, bool]:
    """Return how the case stands and whether this very print was asked for before; refuse what is not to be had."""
    known = cache.cases.find(request.case_id)
    if known is None or known.visit_id != request.visit_id or cache.running_visit() != request.visit_id:
        raise DeskFault(Fault.of("visit.interrupted", "not a case of the visit that runs"))
    asked = cache.prints.find(request.action_id)
    if asked is not None:
        if asked.case_id != known.case_id:
            raise DeskFault(Fault.of("agent.bug", "the action is another case's"))
        return known, True
    if known.outcome is PrintOutcome.UNKNOWN:
        raise DeskFault(Fault.of("print.unknown"))
    if known.stage is not CaseStage.CLOSED or known.outcome is not PrintOutcome.FAILED:
        raise DeskFault(Fault.of("agent.bug", "only a print that failed is repeated"))
    return known, False


def _document_of(cache: Cache, known: CaseRecord) -> tuple[Case, str]:
    case, issued = cache.case(known.case_id), cache.document(known.case_id)
    if case is None or issued is None:
        raise DeskFault(Fault.of("document.failed", "there is no document to print again"))
    return case, issued.verification_code
