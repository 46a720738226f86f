"""Answers of registers for an agent that is another one: kept in the store for the visit that runs.

Only where the item allows it (`LookupStep.keep`). What is kept says of whom and under which catalogue it was
asked, and comes back to the same visit, item, applicant and catalogue alone, while it is good and only if
central's signature is on it still. A disk that refuses costs nothing: the register is asked again.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from pydantic import Field, ValidationError

from contract.catalogue import Catalogue
from contract.ids import LookupId, VisitId
from contract.lookups import LookupAnswer
from contract.model import Value
from contract.persons import Applicant
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.store import Store
from kiosk_app.link.desk import CommitRequest, DeskFault
from offline_cache.lookup_cache import KeptAnswer, Moment

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class _Kept(Value):
    """What a kept answer was asked for, and the answer."""

    catalogue_version: int
    applicant: Applicant = Field(repr=False)
    answer: LookupAnswer = Field(repr=False)


class Found(NamedTuple):
    """An answer that was kept; it is good for so many seconds more."""

    catalogue: Catalogue
    answer: LookupAnswer
    good_for_s: float

    def __repr__(self) -> str:
        return f"Found({self.answer.lookup_id})"


def now() -> Moment:
    """Return the present moment of this boot, which no clock that can be set decides about (proc(5), time(7))."""
    return Moment(_BOOT_ID.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))


class KeptAnswers:
    """Puts answers into the store and finds them again."""

    def __init__(
        self,
        store: Store,
        catalogues: CatalogueDesk,
        is_centrals: Callable[[LookupAnswer], bool],
        moment: Callable[[], Moment] = now,
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._is_centrals = is_centrals
        self._moment = moment

    async def keep(
        self,
        visit: VisitId,
        item_id: str,
        *,
        version: int,
        asked_by: Applicant,
        answer: LookupAnswer,
        good_for_s: float,
    ) -> None:
        """Keep an answer that came just now."""
        here = self._moment()
        body = _Kept(catalogue_version=version, applicant=asked_by, answer=answer).model_dump_json().encode()
        kept = KeptAnswer(item_id, Moment(here.boot_id, here.seconds + good_for_s), body)
        with suppress(DeskFault):
            await self._store.call(lambda cache: cache.keep_answer(visit, answer.lookup_id, kept))

    async def find(self, request: CommitRequest, lookup_id: LookupId) -> Found | None:
        """Return the answer that a commit rests on; None when there is none for this very request."""
        here = self._moment()
        try:
            kept = await self._store.call(lambda cache: cache.kept_answer(request.visit_id, lookup_id, here))
            if kept is None or kept.item_id != request.item_id:
                return None
            read = _Kept.model_validate_json(kept.body)
        except (DeskFault, ValidationError):
            return None
        catalogue = await self._catalogues.in_force()
        ours = read.applicant == request.applicant and read.catalogue_version == catalogue.version
        if not ours or not self._is_centrals(read.answer):
            return None
        return Found(catalogue, read.answer, kept.until.seconds - here.seconds)
