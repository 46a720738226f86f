"""``POST /v1/lookups``: asks a register for a terminal, and records who was asked about.

A terminal may ask a register only for an item of the catalogue that names it, and only about what the
item says. The access record is durable before the answer leaves; it holds no facts, and of a document's
code nothing: whoever reads the records shall not be able to open documents with them. An answer is signed,
so that a terminal may keep it until it expires and still know whose it was.
"""

from collections.abc import Sequence
from datetime import timedelta

from central.catalogue import CatalogueShelf
from central.clock import Clock, instant
from central.connectors import Connector, DocumentCode, RegisterUnavailable, Subject, connector_for
from central.logs import LogEvent, log
from central.models import AccessRecord
from central.problems import Kind, Refused
from central.signing import SigningKey
from central.store import Store
from contract.catalogue import Catalogue, LookupStep
from contract.ids import KioskId
from contract.lookups import LookupAnswer, LookupRequest, answer_text

GOOD_FOR = timedelta(minutes=10)
"""How long a terminal may act on an answer: a visit, not a day."""
BY_CODE = "verification-code"
"""Stands for the document type in the record of a question about a code."""
REGISTER_TIMEOUT_S = 5.0
"""Below the terminal's own patience, so that it hears why."""


class LookupDesk:
    """Asks registers."""

    def __init__(
        self,
        store: Store,
        shelf: CatalogueShelf,
        clock: Clock,
        connectors: Sequence[Connector],
        key: SigningKey,
    ) -> None:
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._connectors = connectors
        self._key = key

    def ask(self, caller: KioskId, request: LookupRequest) -> LookupAnswer:
        """Return the register's answer.

        Raises:
            Refused: the item may not ask this register, or the register does not answer.
        """
        with self._store.reading() as session:
            catalogue = self._shelf.current(session)
        _check_allowed(catalogue, request)
        connector = connector_for(request.register_name, self._connectors)
        if connector is None:
            raise Refused(Kind.UNKNOWN_REGISTER)
        try:
            facts = connector.ask(request.register_name, _subject(request), REGISTER_TIMEOUT_S)
        except RegisterUnavailable:
            self._record(caller, request, "unavailable")
            raise Refused(Kind.REGISTER_UNAVAILABLE) from None
        self._record(caller, request, "no-record" if facts is None else "found")
        now = self._clock()
        answer = LookupAnswer(
            lookup_id=request.lookup_id,
            register_name=request.register_name,
            found=facts is not None,
            facts=facts or {},
            as_of=instant(now),
            expires_at=instant(now + GOOD_FOR),
        )
        return answer.model_copy(update={"signature": self._key.sign(answer_text(answer))})

    def _record(self, caller: KioskId, request: LookupRequest, outcome: str) -> None:
        about = request.applicant
        with self._store.writing() as session:
            session.add(
                AccessRecord(
                    at=instant(self._clock()),
                    kiosk_id=caller,
                    visit_id=request.visit_id,
                    lookup_id=request.lookup_id,
                    item_id=request.item_id,
                    register_name=request.register_name,
                    document_type=about.document_type if about is not None else BY_CODE,
                    document_number=about.document_number if about is not None else "",
                    outcome=outcome,
                )
            )
        log(
            LogEvent.LOOKUP_ANSWERED,
            kiosk=caller,
            lookup=request.lookup_id,
            register=request.register_name,
            outcome=outcome,
        )


def _subject(request: LookupRequest) -> Subject:
    return request.applicant if request.applicant is not None else DocumentCode(request.code or "")


def _check_allowed(catalogue: Catalogue | None, request: LookupRequest) -> None:
    try:
        item = None if catalogue is None else catalogue.item(request.item_id)
    except KeyError:
        item = None
    if item is None:
        raise Refused(Kind.UNKNOWN_ITEM)
    asked = (request.register_name, "applicant" if request.applicant is not None else "code")
    lookups = (step for step in item.steps if isinstance(step, LookupStep))
    if asked not in {(step.register_name, step.by) for step in lookups}:
        raise Refused(Kind.UNKNOWN_REGISTER)
