"""Drafts: what a confirmation comes to as a case, before it has a number.

The item and the catalogue are those that the visit was shown, and the facts are the desk's own copy of the
register's answer, never the screen's. Pure but for asking who holds them.
"""

from contract.cases import Case
from contract.catalogue import Catalogue, CommitStep, LookupStep, ServiceItem
from contract.fault import Fault
from contract.ids import CaseId, new_id
from kiosk_app.agent.catalogues import CatalogueDesk
from kiosk_app.agent.lookups import Held, LookupDesk
from kiosk_app.link.desk import CommitRequest, DeskFault


async def drafted(
    request: CommitRequest, catalogues: CatalogueDesk, lookups: LookupDesk, at: str
) -> tuple[Case, Catalogue]:
    """Return the case that a confirmation asks for, and the catalogue that it was made under.

    Raises:
        DeskFault: ``lookup.expired``; ``agent.bug`` for what no screen may ask.
    """
    item, catalogue, held = await _what_for(request, catalogues, lookups)
    answer = held.answer if held is not None else None
    template = next((step.template for step in item.steps if isinstance(step, CommitStep)), None)
    case = Case(
        case_id=CaseId(new_id()),
        visit_id=request.visit_id,
        receipt_number="",
        item_id=item.id,
        item_code=item.code,
        catalogue_version=catalogue.version,
        language=request.language,
        committed_at=at,
        applicant=request.applicant,
        register_name=answer.register_name if answer is not None else None,
        facts=answer.facts if answer is not None else {},
        facts_as_of=answer.as_of if answer is not None else None,
        template=template,
    )
    return case, catalogue


async def _what_for(
    request: CommitRequest, catalogues: CatalogueDesk, lookups: LookupDesk
) -> tuple[ServiceItem, Catalogue, Held | None]:
    """Return the item as the visit knows it: the one that was looked up for, else the one in force."""
    if request.lookup_id is not None:
        held = await lookups.held(request, request.lookup_id)
        return held.item, held.catalogue, held
    catalogue = await catalogues.in_force()
    try:
        item = catalogue.item(request.item_id)
    except KeyError:
        raise DeskFault(Fault.of("agent.bug", "no such item")) from None
    if any(isinstance(step, LookupStep) for step in item.steps):
        raise DeskFault(Fault.of("agent.bug", "a commit without the item's lookup"))
    return item, catalogue, None
