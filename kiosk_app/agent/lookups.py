"""Questions to registers: asked with a deadline, answered for one visit, held in memory.

An answer belongs to the visit, the lookup and the applicant it was asked for, and is good until it
expires by central's own clock, counted monotonically from its arrival; one about a scanned code is only
shown, so nothing can be committed on it and none is held. When the visit ends, answers are
dropped and running questions withdrawn, so that a late answer finds nobody. An answer whose item allows it is
kept beside that (`kiosk_app.agent.kept_answers`), for an agent that takes this one's place.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

from pydantic import ValidationError

from contract.catalogue import Catalogue, LookupStep, ServiceItem
from contract.fault import Fault
from contract.ids import LookupId, VisitId
from contract.lookups import LookupAnswer, LookupRequest, answer_text
from contract.persons import Applicant
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.exchange import Answer, CentralTrouble
from kiosk_app.agent.identity import IdentityUnusable, is_signed_by
from kiosk_app.agent.kept_answers import KeptAnswers
from kiosk_app.agent.line import Line
from kiosk_app.agent.store import Store
from kiosk_app.agent.worker import in_thread
from kiosk_app.base.clock import Clock
from kiosk_app.base.log_events import LogEvent
from kiosk_app.base.logs import log
from kiosk_app.link.desk import CommitRequest, DeskFault

_SLACK_S: Final = 0.5
"""A name look-up cannot be cut short; the citizen is answered this long after the deadline all the same."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer with what it was asked for; `until` is on the monotonic clock."""

    item: ServiceItem
    catalogue: Catalogue
    applicant: Applicant | None = field(repr=False)
    answer: LookupAnswer = field(repr=False)
    until: float


class LookupDesk:
    """Asks, and keeps the answers of the visit that runs."""

    def __init__(
        self, line: Line, catalogues: CatalogueDesk, store: Store, clock: Clock, heard: Callable[[bool], None]
    ) -> None:
        self._line = line
        self._catalogues = catalogues
        self._kept = KeptAnswers(store, catalogues, self._is_centrals)
        self._clock = clock
        self._heard = heard
        self._held: dict[tuple[VisitId, LookupId], Held] = {}
        self._asking: dict[VisitId, set[asyncio.Task[LookupAnswer]]] = {}

    async def look_up(self, request: LookupRequest) -> LookupAnswer:
        """Ask, decide whether the item may go on, hold the answer for the commit."""
        task = asyncio.ensure_future(self._answer(request))
        asking = self._asking.setdefault(request.visit_id, set())
        asking.add(task)
        try:
            return await task
        finally:
            asking.discard(task)
            if not asking and self._asking.get(request.visit_id) is asking:
                del self._asking[request.visit_id]

    def end_visit(self, visit_id: VisitId) -> None:
        """Withdraw the visit's questions and drop its answers."""
        for task in self._asking.pop(visit_id, ()):
            task.cancel()
        for key in [key for key in self._held if key[0] == visit_id]:
            del self._held[key]

    async def held(self, request: CommitRequest, lookup_id: LookupId) -> Held:
        """Return the answer that a commit rests on.

        Raises:
            DeskFault: ``lookup.expired`` when there is none any more; ``agent.bug`` when it was asked for
                another item or another person.
        """
        held = self._held.get((request.visit_id, lookup_id)) or await self._found_again(request, lookup_id)
        if held is None or self._clock.monotonic() >= held.until:
            self._held.pop((request.visit_id, lookup_id), None)
            raise DeskFault(Fault.of("lookup.expired"))
        if held.item.id != request.item_id or held.applicant != request.applicant:
            raise DeskFault(Fault.of("agent.bug", "the answer is for another item or applicant"))
        return held

    async def _found_again(self, request: CommitRequest, lookup_id: LookupId) -> Held | None:
        """Return what the agent before this one was answered, if it was kept."""
        found = await self._kept.find(request, lookup_id)
        if found is None:
            return None
        until = self._clock.monotonic() + found.good_for_s
        return Held(found.catalogue.item(request.item_id), found.catalogue, request.applicant, found.answer, until)

    def consumed(self, visit_id: VisitId, lookup_id: LookupId) -> None:
        """Drop an answer that is in a durable case now."""
        self._held.pop((visit_id, lookup_id), None)

    async def _answer(self, request: LookupRequest) -> LookupAnswer:
        began = self._clock.monotonic()
        try:
            held, keep = await self._ask(request)
        except DeskFault as fault:
            log(
                LogEvent.LOOKUP_FAILED,
                lookup=request.lookup_id,
                register=request.register_name,
                fault=fault.fault.code,
                ms=round((self._clock.monotonic() - began) * 1000),
            )
            raise
        if held.applicant is not None:
            self._held[request.visit_id, request.lookup_id] = held
            if keep:
                good_for_s = held.until - self._clock.monotonic()
                await self._kept.keep(
                    request.visit_id,
                    held.item.id,
                    version=held.catalogue.version,
                    asked_by=held.applicant,
                    answer=held.answer,
                    good_for_s=good_for_s,
                )
        return held.answer

    async def _ask(self, request: LookupRequest) -> tuple[Held, bool]:
        """Return the answer, and whether it may be kept on the disk."""
        catalogue = await self._catalogues.in_force()
        item, step = _step(catalogue, request)
        reply = await self._exchange(request)
        arrived = self._clock.monotonic()
        try:
            answer = LookupAnswer.model_validate_json(reply.json)
            until = arrived + _lifetime_s(answer, reply.date)
        except (ValidationError, ValueError):
            raise DeskFault(Fault.of("central.broken", "not a lookup answer")) from None
        if answer.lookup_id != request.lookup_id or answer.register_name != request.register_name:
            raise DeskFault(Fault.of("central.broken", "the answer is to another question"))
        if not self._is_centrals(answer):
            raise DeskFault(Fault.of("central.broken", "central did not sign the answer"))
        log(LogEvent.LOOKUP_ANSWERED, lookup=request.lookup_id, register=request.register_name, found=answer.found)
        if not answer.found:
            raise DeskFault(Fault.of("lookup.no_record" if request.code is None else "code.unknown"))
        if not await asyncio.wrap_future(in_thread("agent-rule", lambda: _accepts(step.accept, answer))):
            raise DeskFault(Fault.of("lookup.not_eligible"))
        return Held(item, catalogue, request.applicant, answer, until), step.keep

    def _is_centrals(self, answer: LookupAnswer) -> bool:
        """Tell whether a pinned key signed the answer; a central that told of none signs none."""
        try:
            keys = self._line.identity.read().answer_keys
        except IdentityUnusable:
            return False
        text, signature = answer_text(answer), answer.signature or ""
        return not keys or any(is_signed_by((key,), key.key_id, signature, text) for key in keys)

    async def _exchange(self, request: LookupRequest) -> Answer:
        body = request.model_dump_json().encode()
        seconds = self._line.settings.timeout_s
        try:
            async with asyncio.timeout(seconds + _SLACK_S):
                reply = await self._line.ask(
                    lambda central: central.post("/v1/lookups", body, seconds=seconds), thread="agent-lookup"
                )
        except TimeoutError:
            fault = Fault.of("central.timed_out")
        except CentralTrouble as trouble:
            fault = trouble.fault
        else:
            self._heard(True)
            return reply
        self._heard(False)
        raise DeskFault(fault)


def _step(catalogue: Catalogue, request: LookupRequest) -> tuple[ServiceItem, LookupStep]:
    try:
        item = catalogue.item(request.item_id)
    except KeyError:
        raise DeskFault(Fault.of("agent.bug", "no such item")) from None
    by = "applicant" if request.applicant is not None else "code"
    for step in item.steps:
        if isinstance(step, LookupStep) and (step.register_name, step.by) == (request.register_name, by):
            return item, step
    raise DeskFault(Fault.of("agent.bug", "the item does not ask that register"))


def _lifetime_s(answer: LookupAnswer, date: str | None) -> float:
    """How long central lets the answer live, by central's clock alone: the terminal's may be wrong."""
    told = parsedate_to_datetime(date) if date is not None else datetime.fromisoformat(answer.as_of)
    return (datetime.fromisoformat(answer.expires_at) - told).total_seconds()


def _accepts(rule: str, answer: LookupAnswer) -> bool:
    from kiosk_app.agent.rules import Undecidable, accepts  # noqa: PLC0415 - CEL loads off the loop

    try:
        return accepts(rule, answer)
    except Undecidable as error:
        raise DeskFault(Fault.of("central.broken", f"the item's rule: {error}")) from None
