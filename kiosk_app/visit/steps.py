"""Walking an item's steps: what entering each kind of step means.

Every function returns the situation to be in and the effects to ask for. None decides about time;
`kiosk_app.visit.machine` sets the clock for the situation it gets.
"""

from dataclasses import replace

from contract import codes
from contract.catalogue import CommitStep, IdentifyStep, LookupStep, NoticeStep, ReviewStep, ScanStep, ServiceItem
from contract.fault import Fault
from contract.ids import LookupId, OrderId
from contract.lookups import LookupRequest
from contract.persons import RESIDENT_CARD, Applicant
from devices.values import CardFlag, CardLayout, IdentityCard
from kiosk_app.link.desk import CommitRequest
from kiosk_app.visit.effects import AskRegister, CommitCase, Effect, ReadCard, ReadCode, WithdrawOrder
from kiosk_app.visit.facts import Facts, blocked
from kiosk_app.visit.state import (
    Apologising,
    Asking,
    Committing,
    Consenting,
    Identifying,
    Language,
    Reviewing,
    Scanning,
    Situation,
    Visit,
)
from kiosk_app.visit.timing import CARD_ORDER_S, SCAN_ORDER_S

Moved = tuple[Situation, tuple[Effect, ...]]

_DOCUMENT_TYPES = {
    CardLayout.RESIDENT: RESIDENT_CARD,
    CardLayout.HMT_RESIDENT: "553",
    CardLayout.FOREIGNER_2017: "554",
    CardLayout.FOREIGNER_2023: "554",
}
"""GA/T 2000.156 codes; 553 and 554 are the residence permits."""

_FAULT_OF_FLAG = {
    CardFlag.EXPIRED: "card.expired",
    CardFlag.NOT_YET_VALID: "card.not_yet_valid",
    CardFlag.CHECK_DIGIT: "card.inconsistent",
    CardFlag.BIRTH_DATE_DIFFERS: "card.inconsistent",
    CardFlag.SEX_DIFFERS: "card.inconsistent",
    CardFlag.HALF_CHARACTER: "card.inconsistent",
}
"""Flags that no item may accept; a private-use character is a matter of fonts, not of identity."""


def choose(visit: Visit, item: ServiceItem, facts: Facts, language: Language) -> Moved | None:
    """Begin `item`, unless a device it needs does not serve; then nothing happens."""
    if blocked(item, facts) is not None:
        return None
    return enter(replace(visit.without_item(), item=item), facts, language)


def forward(visit: Visit, facts: Facts, language: Language) -> Moved:
    """Enter the step after the current one."""
    return enter(replace(visit, step=visit.step + 1), facts, language)


def enter(visit: Visit, facts: Facts, language: Language) -> Moved:
    """Enter the visit's current step."""
    match visit.current_step:
        case NoticeStep():
            return Consenting(visit), ()
        case IdentifyStep() if visit.applicant is not None:
            return forward(visit, facts, language)
        case IdentifyStep():
            order = OrderId(facts.fresh)
            return Identifying(replace(visit, used_reader=True), order), (ReadCard(order, CARD_ORDER_S),)
        case ScanStep():
            order = OrderId(facts.fresh)
            return Scanning(replace(visit, code=None, answer=None), order), (ReadCode(order, SCAN_ORDER_S),)
        case LookupStep() as step:
            return _ask(visit, step, facts)
        case ReviewStep():
            return Reviewing(visit), ()
        case CommitStep():
            return _commit(visit, language)
        case None:
            raise ValueError("a visit without an item has no step to enter")


def _ask(visit: Visit, step: LookupStep, facts: Facts) -> Moved:
    by_code = step.by == "code"
    if visit.item is None or (visit.code if by_code else visit.applicant) is None:
        raise ValueError(f"step {step.register_name} comes before its {step.by} is known")
    lookup = LookupId(facts.fresh)
    request = LookupRequest(
        lookup_id=lookup,
        visit_id=visit.visit_id,
        item_id=visit.item.id,
        register_name=step.register_name,
        applicant=None if by_code else visit.applicant,
        code=visit.code if by_code else None,
    )
    return Asking(visit, lookup), (AskRegister(request),)


def _commit(visit: Visit, language: Language) -> Moved:
    if visit.item is None or visit.applicant is None:
        raise ValueError("nothing can be committed before the applicant is known")
    request = CommitRequest(
        visit_id=visit.visit_id,
        item_id=visit.item.id,
        language=language,
        applicant=visit.applicant,
        lookup_id=visit.answer.lookup_id if visit.answer is not None else None,
    )
    return Committing(visit), (CommitCase(request),)


def back_to_lookup(visit: Visit) -> Visit:
    """Return the visit at the question whose answer went stale; committing it again would be refused again."""
    steps = visit.item.steps[: visit.step] if visit.item is not None else ()
    asked = [number for number, step in enumerate(steps) if isinstance(step, LookupStep)]
    return replace(visit, step=asked[-1], answer=None) if asked else visit


def back_to_scan(visit: Visit) -> Visit:
    """Return the visit at the item's scan, for another code."""
    steps = visit.item.steps if visit.item is not None else ()
    scans = [number for number, step in enumerate(steps) if isinstance(step, ScanStep)]
    return replace(visit, step=scans[-1]) if scans else visit


def take_code(now: Scanning, text: str, facts: Facts, language: Language) -> Moved:
    """Go on with a document's code; whatever else was scanned is forgotten here and the scanner goes on."""
    code = codes.in_scan(text, facts.verify_url)
    if code is None:
        return refuse_code(now, Fault.of("code.not_ours")), ()
    situation, effects = forward(replace(now.visit, code=code), facts, language)
    return situation, (WithdrawOrder(now.order), *effects)


def refuse_code(now: Scanning, fault: Fault) -> Scanning:
    """Say why a code cannot be used, and wait for the next."""
    return replace(now, fault=fault, refused=now.refused + 1)


def take_card(visit: Visit, card: IdentityCard, facts: Facts, language: Language) -> Moved:
    """Go on with the card's holder, or say why this card cannot be used."""
    for flag, code in _FAULT_OF_FLAG.items():
        if flag in card.flags:
            return Apologising(Fault.of(code), visit, again="identify"), ()
    return forward(replace(visit, applicant=applicant_of(card)), facts, language)


def applicant_of(card: IdentityCard) -> Applicant:
    """What a case needs of a card; the photograph stays behind."""
    return Applicant(
        name=card.name,
        document_type=_DOCUMENT_TYPES[card.layout],
        document_number=card.number,
        sex=card.sex,
        birth_date=card.birth_date.isoformat(),
        address=card.address,
        read_by="identity-card",
    )
