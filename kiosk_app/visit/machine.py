"""`step`: the visit as a pure function of state, event and facts.

No clock, no identifiers, no I/O: all of that comes in with `Facts` and goes out as effects. The
machine guards two things above all: an answer for an earlier visit changes nothing, and whatever
way a visit ends, it ends in `EndVisit`.
"""

from dataclasses import replace

from contract.fault import Fault, Retry
from contract.ids import OrderId, VisitId
from devices.events import CardFault, CardRead, CodeFault, CodeRead, MediaChanged, OrderEnded
from devices.values import Media
from kiosk_app.link.desk import CaseDelivered, CaseProgress, Rating
from kiosk_app.visit.clockwork import wound
from kiosk_app.visit.effects import (
    BeginVisit,
    CancelPrint,
    Effect,
    EndVisit,
    RecordRating,
    WatchCard,
    WithdrawOrder,
)
from kiosk_app.visit.events import (
    CaseKept,
    CaseRefused,
    DeskSaid,
    DeviceSaid,
    RegisterAnswered,
    RegisterFailed,
    ReprintRefused,
    Resumed,
    TimePassed,
    Touched,
    VisitEvent,
)
from kiosk_app.visit.facts import Facts, blocked
from kiosk_app.visit.paper import can_print_again, print_again, print_went_on, refuse_again, told_late
from kiosk_app.visit.state import (
    Apologising,
    Asking,
    Choosing,
    Committing,
    Consenting,
    Finished,
    Identifying,
    Idle,
    Leaving,
    Mode,
    Printing,
    Reviewing,
    Scanning,
    Situation,
    Visit,
    VisitState,
)
from kiosk_app.visit.steps import (
    Moved,
    back_to_lookup,
    back_to_scan,
    choose,
    enter,
    forward,
    refuse_code,
    take_card,
    take_code,
)
from kiosk_app.visit.timing import CARD_LEFT_ORDER_S

Stepped = tuple[VisitState, tuple[Effect, ...]]

_MODES: dict[str, Mode] = {"normal": "normal", "large": "large", "contrast": "contrast", "low": "low"}


def step(state: VisitState, event: VisitEvent, facts: Facts) -> Stepped:
    """Return the state after `event`, and what is asked of the world."""
    match event:
        case Touched():
            return _touched(state, event, facts)
        case TimePassed():
            return _time_passed(state, facts)
        case Resumed(interrupted):
            if interrupted is None or not isinstance(state.situation, Idle):
                return state, ()
            apology = Apologising(Fault.of("visit.interrupted"), receipt=interrupted.receipt, print=interrupted.print)
            return _moved(state, (apology, ()), facts)
    moved = _answered(state, event, facts)
    return _moved(state, moved, facts) if moved is not None else (state, ())


def _moved(state: VisitState, moved: Moved, facts: Facts) -> Stepped:
    """Take up a new situation; its clock starts anew when the situation is of another kind."""
    situation, effects = moved
    return wound(state, situation, facts.now), effects


def _touched(state: VisitState, touch: Touched, facts: Facts) -> Stepped:
    match touch.name:
        case "language" if touch.value in ("zh", "en"):
            state = replace(state, language="zh" if touch.value == "zh" else "en")
        case "mode":
            state = replace(state, mode=_MODES.get(touch.value, state.mode))
        case "leave" if state.visit is not None and not isinstance(state.situation, Committing):
            return _leave(state, facts, "left")
    match state.situation:
        case Leaving(_, order, card_present) if touch.name == "begin" and not card_present:
            fresh = replace(state, watched_card=order, language=state.first_language, mode="normal")
            return _begin(fresh, facts)
        case Leaving():
            return state, ()  # a card is called out for its own time, however often the next in line touches
        case Idle():
            return _begin(state, facts) if touch.name in ("begin", "language") else (state, ())
        case Apologising(visit=None):
            return (wound(state, Idle(), facts.now) if touch.name in ("done", "begin", "leave") else state), ()
    moved = _acted(state, touch, facts)
    if moved is not None:
        return _moved(state, moved, facts)
    return wound(state, state.situation, facts.now, touched=True), ()


def _begin(state: VisitState, facts: Facts) -> Stepped:
    if not facts.ready or facts.catalogue is None:
        return state, ()
    visit = Visit(VisitId(facts.fresh), facts.catalogue, facts.now)
    effects: tuple[Effect, ...] = (BeginVisit(visit.visit_id),)
    if state.watched_card is not None:
        effects = (WithdrawOrder(state.watched_card), *effects)
    return replace(wound(state, Choosing(visit), facts.now), watched_card=None), effects


def _acted(state: VisitState, touch: Touched, facts: Facts) -> Moved | None:
    """What a touch on a page's own control does; None when it does nothing here."""
    match state.situation, touch.name:
        case Choosing(visit), "item":
            if any(item.id == touch.value for item in visit.catalogue.items):
                return choose(visit, visit.catalogue.item(touch.value), facts, state.language)
        case Choosing(visit), "search":
            return Choosing(visit, touch.value[:20]), ()
        case Consenting(visit), "consent":
            return forward(visit, facts, state.language)
        case ((Consenting(visit) | Reviewing(visit) | Asking(visit, _)), ("back" | "home")):
            return Choosing(visit.without_item()), ()
        case ((Identifying(visit, order) | Scanning(visit, order)), ("back" | "home")):
            return Choosing(visit.without_item()), (WithdrawOrder(order),)
        case Reviewing(visit), "confirm":
            if visit.item is not None and not visit.ends_here and blocked(visit.item, facts) is None:
                return forward(visit, facts, state.language)
        case ((Reviewing(visit) | Apologising(_, Visit() as visit, "scan")), "again") if visit.code is not None:
            return enter(back_to_scan(visit), facts, state.language)
        case Apologising(_, Visit() as visit, "identify" | "scan" | "lookup" | "commit"), "again":
            return enter(visit, facts, state.language)
        case Apologising(_, Visit() as visit), ("back" | "home"):
            return Choosing(visit.without_item()), ()
        case Finished(visit, receipt) as finished, "rate" if touch.value in ("1", "2", "3", "4", "5"):
            if finished.rated:
                return None
            grade = int(touch.value)
            rating = Rating(visit.visit_id, receipt.case_id, grade)
            return replace(finished, grade=grade, rated=True), (RecordRating(rating),)
        case Finished() as finished, "print-again" if can_print_again(finished, facts):
            return print_again(finished, facts)
        case Finished(visit) as finished, "home":
            return Choosing(visit.without_item()), _unrated(finished)
    return None


def _time_passed(state: VisitState, facts: Facts) -> Stepped:
    if state.leave_at is not None and facts.now >= state.leave_at:
        match state.situation:
            case Leaving(_, order, card_present):
                left = order if card_present else None
                effects = (WithdrawOrder(order),) if order is not None and not card_present else ()
                return replace(wound(state, Idle(bool(card_present)), facts.now), watched_card=left), effects
            case Apologising(visit=None):
                return wound(state, Idle(), facts.now), ()
            case _:
                return _leave(state, facts, "walked away")
    if state.idle_at is not None and facts.now >= state.idle_at:
        return wound(state, state.situation, facts.now, warn=True), ()
    return state, ()


def _leave(state: VisitState, facts: Facts, reason: str) -> Stepped:
    """End the visit whatever it was doing: withdraw, record, wipe, and look for a forgotten card."""
    situation = state.situation
    visit = state.visit
    if visit is None:
        return state, ()
    effects: list[Effect] = []
    match situation:
        case Identifying(_, order) | Scanning(_, order):
            effects.append(WithdrawOrder(order))
        case Printing(_, receipt) as printing:
            effects += [CancelPrint(receipt.case_id), *_unrated(printing)]
        case Finished() as finished:
            effects += _unrated(finished)
    effects.append(EndVisit(visit.visit_id, reason))
    watch = OrderId(facts.fresh) if visit.used_reader else None
    if watch is not None:
        effects.append(WatchCard(watch, CARD_LEFT_ORDER_S))
    return wound(state, Leaving(visit.visit_id, watch), facts.now), tuple(effects)


def _unrated(now: Printing | Finished) -> tuple[Effect, ...]:
    if now.rated:
        return ()
    return (RecordRating(Rating(now.visit.visit_id, now.receipt.case_id, None)),)


def _answered(state: VisitState, event: VisitEvent, facts: Facts) -> Moved | None:
    """What a fact from a device or the desk changes; None when it is not about this situation."""
    match state.situation, event:
        case Identifying(visit, order), DeviceSaid(CardRead(_, answered, card)) if answered == order:
            return take_card(visit, card, facts, state.language)
        case Identifying(_, order) as now, DeviceSaid(MediaChanged(_, answered, media)) if answered == order:
            return _card_moved(now, media), ()
        case Identifying(_, order) as now, DeviceSaid(CardFault(_, answered, fault)) if answered == order:
            if fault.retry is Retry.NEVER:
                return Apologising(fault, now.visit, again="identify"), (WithdrawOrder(order),)
            return replace(now, card_found=False, fault=fault), ()
        case Identifying(visit, order), DeviceSaid(OrderEnded(_, answered, fault)) if answered == order:
            return Apologising(fault or Fault.of("reader.offline"), visit, again="identify"), ()
        case Scanning(_, order) as now, DeviceSaid(CodeRead(_, answered, code)) if answered == order:
            return take_code(now, code.text, facts, state.language)
        case Scanning(_, order) as now, DeviceSaid(CodeFault(_, answered, fault)) if answered == order:
            return refuse_code(now, fault), ()
        case Scanning(visit, order), DeviceSaid(OrderEnded(_, answered, fault)) if answered == order:
            return Apologising(fault or Fault.of("scanner.offline"), visit, again="scan"), ()
        case Asking(visit, lookup), RegisterAnswered(answered, answer) if answered == lookup:
            return forward(replace(visit, answer=answer), facts, state.language)
        case Asking(visit, lookup), RegisterFailed(answered, fault) if answered == lookup:
            if fault.code == "code.unknown":
                return Apologising(fault, visit, again="scan"), ()
            return Apologising(fault, visit, again="none" if fault.retry is Retry.NEVER else "lookup"), ()
        case Committing(visit), CaseKept(answered, receipt) if answered == visit.visit_id:
            return Printing(replace(visit, receipt=receipt), receipt), ()
        case Committing(visit), CaseRefused(answered, fault) if answered == visit.visit_id:
            if fault.code == "lookup.expired":
                return Apologising(fault, back_to_lookup(visit), again="lookup"), ()
            return Apologising(fault, visit, again="commit"), ()
        case Printing(_, receipt) as now, DeskSaid(CaseProgress() as progress) if progress.case_id == receipt.case_id:
            return print_went_on(now, progress), ()
        case Printing(_, receipt) as now, ReprintRefused(case, fault) if case == receipt.case_id:
            return refuse_again(now, fault), ()
        case Finished(_, receipt) as now, DeskSaid(CaseProgress() as progress) if progress.case_id == receipt.case_id:
            return told_late(now, progress), ()
        case Finished(_, receipt) as now, DeskSaid(CaseDelivered(case)) if case == receipt.case_id:
            return replace(now, delivered=True), ()
        case Leaving(_, order, _) as now, DeviceSaid(MediaChanged(_, answered, media)) if answered == order:
            return replace(now, card_present=media is Media.PRESENT), ()
        case Leaving(_, order, _) as now, DeviceSaid(OrderEnded(_, answered, _)) if answered == order:
            return replace(now, order=None, card_present=False), ()
        case Idle(card_left=True), DeviceSaid(MediaChanged(_, answered, Media.NOT_PRESENT)):
            return (Idle(), ()) if answered == state.watched_card else None
        case Idle(card_left=True), DeviceSaid(OrderEnded(_, answered, _)):
            return (Idle(), ()) if answered == state.watched_card else None
    return None


def _card_moved(now: Identifying, media: Media) -> Situation:
    """A card was laid down or lifted; why the last try failed stands until it no longer holds."""
    lies = media is Media.PRESENT
    followed = now.fault is not None and now.fault.code == "card.already_read"
    return replace(now, card_found=lies, fault=None if lies or followed else now.fault)
